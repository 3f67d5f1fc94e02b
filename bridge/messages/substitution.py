"""Placeholders in texts that organisers edit: ``{name}`` and nothing else. Pure.

No template language: a text can name what its template offers, in the words of its language, and cannot do anything.
Values are put in once and never read again, so that a name with braces in it stays a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.core.i18n import Language

__all__ = ["Fault", "FaultKind", "Placeholder", "check", "fill", "one_line"]

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something a text may name.

    Parameters
    ----------
    key
        How the code calls it.
    ru, en
        How a text calls it; every text may use the word of either language.
    words
        What it stands for, as a message id.
    is_needed
        Whether a text without it would be of no use (a link nobody gets).
    """

    key: str
    ru: str
    en: str
    words: str
    is_needed: bool = False

    def name(self, language: str) -> str:
        """The word for it in a text of this language."""
        return self.ru if language == Language.RU else self.en

    @property
    def names(self) -> frozenset[str]:
        return frozenset((self.key, self.ru, self.en))


class FaultKind(StrEnum):
    """What can be wrong with a text."""

    UNKNOWN = "unknown"
    BRACE = "brace"
    """A brace without its other half."""
    MISSING = "missing"
    TOO_LONG = "too_long"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text; ``name`` is the placeholder as it is written there or should be, or the limit."""

    kind: FaultKind
    name: str = ""


def check(
    text: str, placeholders: Collection[Placeholder], *, language: str, needs_all: bool = False
) -> tuple[Fault, ...]:
    """What keeps a text from being used, in the order in which it is read; empty for a good one.

    Parameters
    ----------
    needs_all
        Whether placeholders that are needed must stand in this text (the body, not the subject).
    """
    faults = list(_faults_inside(text, placeholders))
    if not text.strip():
        faults.append(Fault(FaultKind.EMPTY))
    if needs_all:
        found = {name.strip() for name in _PLACE.findall(text)}
        faults += [
            Fault(FaultKind.MISSING, one.name(language))
            for one in placeholders
            if one.is_needed and not found & one.names
        ]
    return tuple(faults)


def _faults_inside(text: str, placeholders: Collection[Placeholder]) -> Iterator[Fault]:
    known = {name for one in placeholders for name in one.names}
    for name in _PLACE.findall(text):
        if name.strip() not in known:
            yield Fault(FaultKind.UNKNOWN, name.strip())
    if re.search(r"[{}]", _PLACE.sub("", text)):
        yield Fault(FaultKind.BRACE)


def fill(text: str, placeholders: Collection[Placeholder], values: Mapping[str, str]) -> str:
    """The text with its values.

    Parameters
    ----------
    values
        By the placeholders' keys. What is not there leaves its placeholder's name in the text, so that a person sees
        what is missing; a checked text and a caller that gives every value never come to that.
    """
    by_name = {name: values[one.key] for one in placeholders if one.key in values for name in one.names}
    return _PLACE.sub(lambda found: by_name.get(found[1].strip(), found[0]), text)


def one_line(text: str) -> str:
    """The text as one line without control characters: what may stand in a subject."""
    return " ".join(_CONTROL.sub(" ", text).split())
