"""What was read of an upload, and how it waits in the database: packed JSON of plain values."""

from __future__ import annotations

import dataclasses
import json
import types
import zlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bridge.lms.records import RECORDS
from lms_sync.files.gradebook import GradeSheet
from lms_sync.plan import Coverage, Part
from lms_sync.records import Kind, Record

__all__ = ["Staged", "StagedBackup", "StagedSheet", "pack", "unpack"]


@dataclass(frozen=True, slots=True)
class StagedBackup:
    """A course backup: whose it is, when it was made, what it says."""

    site_url: str
    release: str
    course_id: int
    course_name: str
    made_at: datetime | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class StagedSheet:
    """A gradebook export, and the course that somebody said it is of (its short or full name)."""

    course_name: str
    sheet: GradeSheet


Staged = StagedBackup | StagedSheet
_Value = TypeVar("_Value")
_BACKUP, _SHEET = "backup", "sheet"


def pack(staged: Staged) -> bytes:
    """The content of a draft."""
    kind = _BACKUP if isinstance(staged, StagedBackup) else _SHEET
    text = json.dumps([kind, _plain(staged)], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"), 6)


def unpack(content: bytes) -> Staged:
    """What :func:`pack` packed."""
    kind, plain = json.loads(zlib.decompress(content))
    return _made(StagedBackup, plain) if kind == _BACKUP else _made(StagedSheet, plain)


def _plain(value: object) -> object:
    if isinstance(value, Part):
        return [value.kind.value, value.course_id, value.coverage.value, [_plain(one) for one in value.records]]
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, (Decimal, datetime)):
        return value.isoformat() if isinstance(value, datetime) else str(value)
    return value


def _made(kind: type[_Value], plain: list[Any]) -> _Value:
    """A dataclass from its values in their order."""
    makers = _makers(cast("Hashable", kind))
    return kind(*(make(value) for make, value in zip(makers, plain, strict=True)))


@cache
def _makers(kind: Any) -> tuple[Callable[[Any], Any], ...]:  # noqa: ANN401  a class of ours
    hints: Mapping[str, Any] = get_type_hints(kind)
    return tuple(_maker(hints[field.name]) for field in dataclasses.fields(kind))


def _maker(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401  a type as written
    """What turns a plain value back into one of the type."""
    if get_origin(hint) in {Union, types.UnionType}:
        (inner,) = (one for one in get_args(hint) if one is not types.NoneType)
        make = _maker(inner)
        return lambda value: None if value is None else make(value)
    if get_origin(hint) is tuple:
        each = _maker(get_args(hint)[0])
        return lambda value: tuple(each(one) for one in value)
    if hint is Part:
        return _part
    if hint is datetime:
        return datetime.fromisoformat
    if dataclasses.is_dataclass(hint):
        made_by: Any = hint
        return lambda value: _made(made_by, value)
    return hint if hint is Decimal or issubclass(hint, StrEnum) else _as_it_is


def _as_it_is(value: _Value) -> _Value:
    return value


def _part(plain: list[Any]) -> Part:
    name, course_id, coverage, rows = plain
    kind = Kind(name)
    made_by: Any = RECORDS[kind]
    records: tuple[Record, ...] = tuple(_made(made_by, row) for row in rows)
    return Part(kind=kind, course_id=course_id, coverage=Coverage(coverage), records=records)
