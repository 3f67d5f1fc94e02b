"""Which languages there are, and which one an answer is in."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["DEFAULT_LANGUAGE", "LANGUAGE_NAMES", "N_", "Language", "negotiate"]


class Language(StrEnum):
    """The languages of the interface, by their BCP 47 tag."""

    RU = "ru"
    EN = "en"


DEFAULT_LANGUAGE = Language.RU

LANGUAGE_NAMES = {Language.RU: "Русский", Language.EN: "English"}
"""What a language calls itself: a switch shows these untranslated."""


def N_(message: str) -> str:  # noqa: N802  the name every gettext tool knows
    """Mark a message for extraction and return it as it is; the edge translates it."""
    return message


def negotiate(*wanted: str | None, accepted: Iterable[str] = ()) -> Language:
    """The language of an answer.

    Parameters
    ----------
    wanted
        Explicit choices, strongest first (the person's own, then the cookie); None and unknown ones are passed over.
    accepted
        The tags of an Accept-Language header, best first. A region is ignored: ``en-GB`` is English.

    Returns
    -------
    Language
        Russian where nothing fits.
    """
    known = {str(language): language for language in Language}
    for choice in wanted:
        if choice in known:
            return known[choice]
    for tag in accepted:
        language = known.get(tag.replace("_", "-").split("-")[0].lower())
        if language is not None:
            return language
    return DEFAULT_LANGUAGE
