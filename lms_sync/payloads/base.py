"""Loads lists of Moodle's rows, and says exactly where one is not as documented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError

from lms_sync.client.answers import JsonValue
from lms_sync.errors import BadAnswer
from lms_sync.records import Key

__all__ = ["Row", "RowSchema", "Sifted", "child", "distinct", "load_row", "load_rows", "rows_of"]

Row = dict[str, Any]
_Record = TypeVar("_Record")


class _HasKey(Protocol):
    @property
    def key(self) -> Key: ...


_Keyed = TypeVar("_Keyed", bound=_HasKey)


@dataclass(frozen=True, slots=True)
class Sifted(Generic[_Record]):
    """Records of an answer that is nested by parent (an assignment, a person), wrong rows kept from spoiling the rest.

    ``broken`` are the parents of which a row is not as documented, each with its first error; none of their records
    is among ``records``. ``parents`` are all that the answer lists.
    """

    records: tuple[_Record, ...]
    parents: frozenset[int] = frozenset()
    broken: Mapping[int, BadAnswer] = field(default_factory=dict)


class RowSchema(Schema):
    """One row. Keys it does not name (custom profile fields among them) are dropped."""

    class Meta:  # noqa: D106  marshmallow's own
        unknown = EXCLUDE


def distinct(records: Iterable[_Keyed]) -> list[_Keyed]:
    """Records without repetitions: an answer may list a row twice; the later one wins."""
    return list({record.key: record for record in records}.values())


def rows_of(value: JsonValue, *, function: str, path: str = "") -> Sequence[Row]:
    """The value as a list of objects.

    PHP writes a list whose numbering has holes as an object; its values are the list.

    Raises
    ------
    BadAnswer
        Anything else.
    """
    if isinstance(value, Mapping) and all(str(key).isdigit() for key in value):
        value = list(value.values())
    if not isinstance(value, list):
        raise BadAnswer("not a list", function=function, path=path)
    for index, row in enumerate(value):
        if not isinstance(row, dict):
            raise BadAnswer("not an object", function=function, path=f"{path}[{index}]", row=index)
    return value


def child(value: JsonValue, key: str, *, function: str, path: str = "") -> JsonValue:
    """One key of an object that must be there.

    Raises
    ------
    BadAnswer
        Not an object, or without the key.
    """
    if not isinstance(value, Mapping) or key not in value:
        where = f"{path}.{key}" if path else key
        raise BadAnswer("missing", function=function, path=where)
    return value[key]


def load_rows(schema: RowSchema, value: JsonValue, *, function: str, path: str = "") -> list[Row]:
    """Load a list of rows by the schema.

    Parameters
    ----------
    path
        Where the list stands in the answer, for errors: ``assignments[0].grades``.

    Raises
    ------
    BadAnswer
        For the first wrong value: function, path down to the field, index of the row in its innermost list.
    """
    rows = rows_of(value, function=function, path=path)
    try:
        return list(schema.load(rows, many=True))
    except ValidationError as err:
        # marshmallow's error keeps the rows themselves, which hold personal data: only what is wrong is passed on.
        raise _bad(err.messages_dict, function=function, path=path) from None


def load_row(schema: RowSchema, value: JsonValue, *, function: str, path: str = "", row: int | None = None) -> Row:
    """Load one object by the schema; as :func:`load_rows`, ``row`` being its index where it is one of a list."""
    if not isinstance(value, dict):
        raise BadAnswer("not an object", function=function, path=path, row=row)
    try:
        return dict(schema.load(value))
    except ValidationError as err:
        raise _bad(err.messages_dict, function=function, path=path, row=row) from None


def _bad(messages: Mapping[Any, Any], *, function: str, path: str, row: int | None = None) -> BadAnswer:
    where = path
    for step in _first_path(messages):
        if isinstance(step, int):
            row = step
            where = f"{where}[{step}]"
        else:
            where = f"{where}.{step}" if where else step
    return BadAnswer(_first_message(messages), function=function, path=where, row=row)


def _first_path(messages: JsonValue) -> Iterator[int | str]:
    while isinstance(messages, Mapping):
        key = min(messages, key=lambda key: (isinstance(key, str), key))
        if key != "_schema":
            yield key
        messages = messages[key]


def _first_message(messages: JsonValue) -> str:
    while isinstance(messages, Mapping):
        messages = messages[min(messages, key=lambda key: (isinstance(key, str), key))]
    return str(messages[0]) if isinstance(messages, list) and messages else str(messages)
