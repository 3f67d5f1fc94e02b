"""Rows of a backup's XML, handed on one by one as the document passes by.

Moodle writes a table as ``<grade_items><grade_item id="2"><grademax>100</grademax>...``: rows within rows, values as
elements directly inside their row. Only rows and values that were asked for are kept, and a row only until it ends:
custom profile fields, texts and attachments never become objects here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, missing

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Member
from lms_sync.files.markup import Quiet, feed
from lms_sync.payloads.base import Row, RowSchema

__all__ = ["Element", "Wanted", "around", "load", "read_rows"]

NULL = "$@NULL@$"
"""How a backup writes that there is no value."""
_LONGEST_VALUE = 1 << 20

Wanted = Mapping[str, Collection[str]]
"""Rows by the names of their container and their own ("grade_items/grade_item"), each with the values to keep."""


@dataclass(slots=True)
class Element:
    """A row: its attributes and values as texts, None where Moodle has no value; ``parent`` is the row around it.

    ``row`` are the values as ``schema`` typed them last: one item is asked for with each of its thousand grades.
    """

    name: str
    member: str
    parent: Element | None
    values: dict[str, str | None] = field(default_factory=dict)
    schema: RowSchema | None = None
    row: Row = field(default_factory=dict)


class _Rows(Quiet):
    def __init__(self, member: str, wanted: Wanted, sink: Callable[[Element], None]) -> None:
        super().__init__(member)
        self._wanted = {name: frozenset(values) for name, values in wanted.items()}
        self._sink = sink
        self._tags: list[str] = [""]
        self._rows: list[tuple[int, Element]] = []
        self._value: str | None = None
        self._pieces: list[str] = []
        self._length = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = f"{self._tags[-1]}/{tag}"
        depth, row = self._rows[-1] if self._rows else (-1, None)
        self._tags.append(tag)
        if name in self._wanted:
            opened = Element(name, self.member, row, dict(attrib))
            self._rows.append((len(self._tags), opened))
        elif row is not None and depth == len(self._tags) - 1 and tag in self._wanted[row.name]:
            self._value, self._length = tag, 0

    def data(self, data: str) -> None:
        if self._value is None:
            return
        self._length += len(data)
        if self._length > _LONGEST_VALUE:
            facts = {"limit": _LONGEST_VALUE}
            raise FileRefused(FileFault.TEXT_TOO_LONG, "a value too long", member=self.member, facts=facts)
        self._pieces.append(data)

    def end(self, tag: str) -> None:
        depth, row = self._rows[-1] if self._rows else (-1, None)
        if row is not None and depth == len(self._tags):
            self._rows.pop()
            self._sink(row)
        elif row is not None and self._value == tag and depth == len(self._tags) - 1:
            text = "".join(self._pieces)
            row.values[tag] = None if text == NULL else text
            self._value = None
            self._pieces.clear()
        self._tags.pop()


def read_rows(member: Member, wanted: Wanted, sink: Callable[[Element], None]) -> None:
    """Hand each wanted row of a member to ``sink`` when it ends: inner rows before those around them.

    Raises
    ------
    FileRefused
        The member is no XML of ours, or a value is longer than a text may be.
    """
    feed(_Rows(member.name, wanted, sink), member.chunks(), member=member.name)


def load(schema: RowSchema, element: Element) -> Row:
    """The values of a row as the schema types them.

    Raises
    ------
    FileRefused
        A value is missing or not of its type; says where, without the value.
    """
    if schema is element.schema:
        return element.row
    # Field by field: a schema's own way is made for forms, and takes five times as long.
    values, row = element.values, {}
    for name, default, deserialize in _fields(schema):
        try:
            row[name] = default if name not in values and default is not missing else deserialize(values.get(name))
        except ValidationError:
            facts = {"path": f"{element.name}.{name}"}
            # marshmallow's error may quote the value.
            message = f"{element.name}.{name}: not as documented"
            raise FileRefused(FileFault.BAD_RECORD, message, member=element.member, facts=facts) from None
    element.schema, element.row = schema, row
    return row


@lru_cache(maxsize=64)
def _fields(schema: RowSchema) -> tuple[tuple[str, Any, Callable[[Any], Any]], ...]:
    return tuple((name, typed.load_default, typed.deserialize) for name, typed in schema.fields.items())


def around(element: Element, name: str) -> Element:
    """The row around a row.

    Raises
    ------
    FileRefused
        When the row stands elsewhere than Moodle writes it.
    """
    if element.parent is None or element.parent.name != name:
        facts = {"path": element.name}
        raise FileRefused(FileFault.BAD_RECORD, "a row without its parent", member=element.member, facts=facts)
    return element.parent
