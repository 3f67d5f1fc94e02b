"""Numbers as a spreadsheet's file writes them."""

from __future__ import annotations

import math
import re
from decimal import Decimal

__all__ = ["number_of"]

_LONGEST = 40
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def number_of(text: str) -> Decimal | None:
    """The number that a spreadsheet shows for its stored text; None where it is no number.

    The stored text is that of a binary fraction (92.299999999999997); the shortest decimal of the same fraction is
    what was entered (92.3).
    """
    bare = text.strip()
    if len(bare) > _LONGEST or not _NUMBER.fullmatch(bare):
        return None
    value = float(bare)
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < 1e15:
        return Decimal(int(value))
    return Decimal(repr(value))
