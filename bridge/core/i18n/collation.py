"""The order of names in lists, as Russians expect it: by the alphabet, ё right after е.

Kalmyk names are written in the same lists, so that alphabet's further letters have their places (ә after а, һ after г).
"""

from __future__ import annotations

import re

__all__ = ["ru_key"]

ALPHABET = "аәбвгһдеёжҗзийклмнңоөпрстуүфхцчшщъыьэюя"
"""Russian letters in order, with the six further ones of Kalmyk where that alphabet has them."""

_LETTER_RANK = {letter: rank for rank, letter in enumerate(ALPHABET)}
_PIECES = re.compile(r"\d+|.", re.DOTALL)

_PUNCTUATION, _NUMBER, _FOREIGN, _CYRILLIC = range(4)

Key = tuple[tuple[tuple[int, int], ...], str]


def _rank(piece: str) -> tuple[int, int]:
    if piece.isdecimal():
        return _NUMBER, int(piece)
    if piece in _LETTER_RANK:
        return _CYRILLIC, _LETTER_RANK[piece]
    return (_FOREIGN if piece.isalpha() else _PUNCTUATION), ord(piece[0])


def ru_key(name: str) -> Key:
    """Key for ``sorted``: alphabetical, whatever the case; numbers by value (school 2 before school 10).

    Spaces and hyphens come before letters, so that «Иванова Анна» stands before «Иванова-Петрова Анна». Names that
    differ only in case keep a fixed order by their characters.

    Examples
    --------
    >>> sorted(["Жуков", "Ёлкин", "Ежов", "Еремеев"], key=ru_key)
    ['Ежов', 'Еремеев', 'Ёлкин', 'Жуков']
    """
    folded = " ".join(name.casefold().split())
    return tuple(_rank(piece) for piece in _PIECES.findall(folded)), name
