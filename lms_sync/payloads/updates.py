"""What a course says of its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marshmallow import fields

from lms_sync.client.answers import JsonValue
from lms_sync.client.functions import Function
from lms_sync.payloads.base import Row, RowSchema, child, load_rows
from lms_sync.payloads.fields import Id, Text

__all__ = ["Update", "updates"]

_MODULE = "module"


class _AreaSchema(RowSchema):
    name = Text(required=True)
    itemids = fields.List(Id(), load_default=list, allow_none=True)


class _InstanceSchema(RowSchema):
    contextlevel = Text(required=True)
    id = Id(required=True)
    updates = fields.List(fields.Nested(_AreaSchema), required=True)


_INSTANCE = _InstanceSchema()


@dataclass(frozen=True, slots=True)
class Update:
    """An activity of which something changed: area (Moodle's word) -> ids of the rows that did, where it says them."""

    course_module_id: int
    areas: Mapping[str, frozenset[int]]


def updates(answer: JsonValue) -> list[Update]:
    """Read ``core_course_get_updates_since``."""
    function = Function.UPDATES_SINCE
    rows = load_rows(_INSTANCE, child(answer, "instances", function=function), function=function, path="instances")
    return [_update(row) for row in rows if row["contextlevel"] == _MODULE]


def _update(row: Row) -> Update:
    return Update(row["id"], {area["name"]: frozenset(area["itemids"] or ()) for area in row["updates"]})
