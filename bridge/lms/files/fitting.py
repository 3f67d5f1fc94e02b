"""Whether records fit their columns, asked before anything is written: a file may hold what no Moodle would."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.types import TypeEngine

from bridge.core.db import Exact
from bridge.lms.models import MIRRORS
from bridge.lms.records import column_values
from lms_sync.records import Kind, Record

__all__ = ["misfit", "room_of"]

_INTEGER, _BIG_INTEGER = 2**31 - 1, 2**63 - 1
_MOST = Decimal(10**12)


def misfit(kind: Kind, record: Record) -> str | None:
    """The first column that a record does not fit; None where it fits."""
    types = _types(kind)
    for column, value in column_values(kind, record).items():
        for one in value if isinstance(value, list) else (value,):
            if not _fits(one, types[column]):
                return column
    return None


def room_of(kind: Kind, column: str) -> int:
    """How many characters a column of texts holds."""
    return getattr(_types(kind)[column], "length", None) or 0


@cache
def _types(kind: Kind) -> dict[str, TypeEngine[object]]:
    return {column.key: column.type for column in MIRRORS[kind].metadata.tables[MIRRORS[kind].__tablename__].columns}


def _fits(value: object, column: TypeEngine[object]) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, str):
        room = column.length if isinstance(column, String) else None
        return room is None or len(value) <= room
    if isinstance(value, Decimal):
        return not isinstance(column, Exact) or abs(value) < _MOST
    if isinstance(value, int):
        most = _BIG_INTEGER if isinstance(column, BigInteger) or not isinstance(column, Integer) else _INTEGER
        return abs(value) <= most
    return True
