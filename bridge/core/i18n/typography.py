"""Spaces and dashes that a line break must not part, put in when text is shown, never when it is stored.

The rules are those of a Russian typesetter (Мильчин, «Справочник издателя и автора»): no line ends in a preposition,
№ stays with its number, a number with its unit, a dash with the word before it, initials with the surname, a range is
one word. Only white space is replaced and word joiners are added: the words themselves stay as they were.
"""

from __future__ import annotations

import re
from typing import overload

from markupsafe import Markup

__all__ = ["typo"]

NBSP = "\N{NO-BREAK SPACE}"
WORD_JOINER = "\N{WORD JOINER}"
NB_HYPHEN = "\N{NON-BREAKING HYPHEN}"

_LINKING_WORDS = "и|а|но|или|в|во|к|ко|о|об|у|до|от|из|на|по|за|не|со|для|and|or|of|to|in|on|at|by|from|for|is|are|with"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # A range is one word: 5–6, 2026–2028.
        (rf"(?<=\d){WORD_JOINER}?–{WORD_JOINER}?(?=\d)", f"{WORD_JOINER}–{WORD_JOINER}"),
        # 25-е, 1-й, 10-го.
        (r"(?<=\d)-(?=[а-яё]{1,3}\b)", NB_HYPHEN),
        # Words of one or two letters lean on what follows: в, к, из, не.
        (r"(?<![\w&#;-])([А-Яа-яЁё]{1,2}) (?=\S)", rf"\1{NBSP}"),
        (r"№ ?(?=\d)", f"№{NBSP}"),
        # A number keeps its unit or what it counts: 72 %, 3 000 ₽, 24 места, 2028 г.; not «с 59 до 72», "24 of 55".
        (rf"(?<=\d) (?!(?:{_LINKING_WORDS})\b)(?=[%‰₽€$°а-яёa-z])", NBSP),
        (r" (?=—)", NBSP),
        (r"(?<=×) (?=\d)", NBSP),
        (r"(?<=[а-яё]) (?=(?:СОШ|ООШ|НОШ|ОШ)\b)", NBSP),
        # Очирова Т. С., also И. Очирова.
        (r"(?<=[а-яёa-z]) (?=[А-ЯЁA-Z]\.(?:[ \u00a0,;:)]|$))", NBSP),
        (r"(?<![\w])([А-ЯЁA-Z]\.) (?=[А-ЯЁA-Z](?:\.|[а-яёa-z]))", rf"\1{NBSP}"),
        # Shortened words that only name a number: гр. 5, стр. 2, каб. 12, п. 4.
        (r"(?<!\w)(гр|стр|каб|п|ст|рис|табл|ул|д|корп|л)\. (?=\d)", rf"\1.{NBSP}"),
        (r"(?<!\w)((?:[Ээ]тап|[Вв]ерси|[Гг]рупп|[Пп]ункт)[а-яё]*) (?=\d)", rf"\1{NBSP}"),
        (r"(?<!\w)(т)\. (?=[дпек]\.)", rf"\1.{NBSP}"),
    )
)

_TAG = re.compile(r"(<(code|pre|textarea)\b.*?</\2\s*>|<[^>]*>)", re.DOTALL | re.IGNORECASE)


def _apply(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _apply_between_tags(markup: str) -> str:
    pieces, start = [], 0
    for tag in _TAG.finditer(markup):
        pieces += [_apply(markup[start : tag.start()]), tag.group()]
        start = tag.end()
    return "".join([*pieces, _apply(markup[start:])])


@overload
def typo(text: Markup) -> Markup: ...
@overload
def typo(text: object) -> str: ...
def typo(text: object) -> str:
    """The text with the spaces that must not break.

    Parameters
    ----------
    text
        Anything printable; None is empty. Markup stays markup, and only its text is touched: never a tag, an attribute,
        or what stands in ``code``, ``pre`` or ``textarea``. Plain text stays plain, for the template to escape.

    Examples
    --------
    >>> typo("В 5-м классе 41 % не понимают").replace(NBSP, "~")
    'В~5\u2011м~классе 41~% не~понимают'
    """
    if text is None:
        return ""
    if hasattr(text, "__html__"):
        return Markup(_apply_between_tags(str(text.__html__())))  # noqa: S704  it was markup before
    return _apply(str(text))
