"""Text of spreadsheet cells: how it is stored, and how it is compared.

What is stored keeps its letters; only what nobody can see is put in order. What is compared forgets case, ё and е,
quotation marks and the kind of spaces and dashes, because people type them as they come.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["clean", "fold", "fold_heading"]

_QUOTES = str.maketrans("", "", "«»„“”‟\"'`‘’‚′″")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NOT_WORD = re.compile(r"[^\w]+|_")


def clean(text: str) -> str:
    """The text on one line, with plain single spaces and without characters that show nothing."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(_shown(character) for character in composed)
    return " ".join(shown.split())


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    # Zero-width spaces and joiners, soft hyphens, marks of direction.
    return "" if kind == "Cf" else character


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """What two spellings of one thing have in common.

    Examples
    --------
    >>> fold("МБОУ «Берёзовская  СОШ №2»") == fold('мбоу "Березовская СОШ № 2"')
    True
    """
    plain = clean(text).casefold().replace("ё", "е").replace("№", " № ")
    return " ".join(plain.translate(_QUOTES).translate(_DASHES).split())


def fold_heading(text: str) -> str:
    """A column's heading as words: «E-mail*» and "e mail" are one heading."""
    return _NOT_WORD.sub(" ", fold(text)).strip()
