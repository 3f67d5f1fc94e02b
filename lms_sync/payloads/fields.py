"""How Moodle writes values, as marshmallow fields.

Each takes the JSON form and the text that the XML format and some JSON answers use instead ("12", "91.50000", "1").
Whether a key may be missing or null is the schema's to say: ``required`` and ``allow_none`` as in marshmallow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html import unescape
from html.entities import html5
from typing import Any, TypeVar, cast

from marshmallow import ValidationError, fields, missing

from lms_sync.client.answers import JsonValue

__all__ = ["Exact", "Flag", "Id", "Instant", "Mark", "Name", "Text", "canonical", "plain_name"]

_Value = TypeVar("_Value")
_Data = Mapping[str, Any] | None
Options = Any
"""marshmallow's own keyword arguments, passed on."""
# Moodle keeps grades as NUMERIC(10, 5). Where PHP prints floats with 17 digits, 60.3 comes as 60.299999999999997.
_GRADE_STEP = Decimal("0.00001")
_MOST_DIGITS = 10
_LARGEST_ID = 2**63 - 1
_LATEST_S = 253_402_300_799  # 9999-12-31, the last second datetime can hold
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SPACES = re.compile(r"\s+")


def plain_name(text: str) -> str:
    """A name as people read it: entities undone once, tags out, spaces single.

    Moodle escapes a lone ``&`` when it formats a name and leaves an entity that is there already, so the formatted and
    the raw form of a name both give the same here.

    Examples
    --------
    >>> plain_name("R&amp;D <b>&laquo;Школа&raquo;</b>")
    'R&D «Школа»'
    """
    return _SPACES.sub(" ", _ENTITY.sub(_character, _TAG.sub("", text))).strip()


def _character(found: re.Match[str]) -> str:
    # unescape() takes the longest known beginning, and so makes "&notaname;" a negation sign and a rest.
    entity = found.group()
    return unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value, re.ASCII):
        return int(value)
    return None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    # By its digits, not by comparison, which overflows on 1e999999999999.
    return number if number.is_finite() and (not number or number.adjusted() < _MOST_DIGITS) else None


class _Plain(fields.Field[_Value]):
    """What the fields below have in common: no validators, and null for an optional key read as a missing key.

    PHP and the XML format write out what there is not. A large answer has a million values, and marshmallow's way
    through its validators, of which there are none here, would take half the time of reading it.
    """

    def deserialize(self, value: JsonValue, attr: str | None = None, data: _Data = None, **kwargs: Options) -> _Value:
        """As marshmallow's."""
        if value is None and not self.required and self.load_default is not missing:
            return cast("_Value", self.load_default)
        if value is None or value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        return self._deserialize(value, attr, data)


class Id(_Plain[int]):
    """A whole number within the database's range. An id is never a word, a fraction or a boolean."""

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> int:
        number = _integer(value)
        if number is None or abs(number) > _LARGEST_ID:
            raise ValidationError("not a whole number")
        return number


class Flag(_Plain[bool]):
    """0, 1, a boolean, or (where PHP wrote a boolean as text) an empty string."""

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> bool:
        if isinstance(value, bool):
            return value
        number = 0 if value == "" else _integer(value)
        if number is None:
            raise ValidationError("neither yes nor no")
        # Some columns hold a time instead of 1 (locked since, hidden until).
        return number > 0


class Instant(_Plain[datetime | None]):
    """Epoch seconds as aware UTC; 0, null and an empty text mean "never"."""

    def __init__(self, **kwargs: Options) -> None:
        super().__init__(allow_none=True, load_default=None, **kwargs)

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> datetime | None:
        seconds = 0 if value == "" else _integer(value)
        if seconds is None or not 0 <= seconds <= _LATEST_S:
            raise ValidationError("not a time in seconds")
        return datetime.fromtimestamp(seconds, UTC) if seconds else None


class Exact(_Plain[Decimal]):
    """A number, exact, in Moodle's own step of 0.00001 and without trailing zeros."""

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> Decimal:
        number = _decimal(value)
        if number is None:
            raise ValidationError("not a number")
        return canonical(number)


class Mark(_Plain[Decimal | None]):
    """A mark, or None where there is none: null, an empty text, a lone dash, and Moodle's -1 for "not graded"."""

    def __init__(self, **kwargs: Options) -> None:
        super().__init__(allow_none=True, **kwargs)

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> Decimal | None:
        if isinstance(value, str) and value in {"", "-"}:
            return None
        number = _decimal(value)
        if number is None:
            raise ValidationError("not a mark")
        return None if number == -1 else canonical(number)


def canonical(number: Decimal) -> Decimal:
    """The number in steps of 0.00001, without trailing zeros and without an exponent."""
    stepped = number.quantize(_GRADE_STEP)
    whole = stepped.to_integral_value()
    # normalize() alone would write 100 as 1E+2.
    return whole if stepped == whole else stepped.normalize()


class Text(_Plain[str]):
    """Text as it comes; null is an empty text. A number is accepted: some columns hold either."""

    def __init__(self, **kwargs: Options) -> None:
        if not kwargs.get("required"):
            kwargs.setdefault("load_default", "")
        super().__init__(allow_none=True, **kwargs)

    def deserialize(self, value: JsonValue, attr: str | None = None, data: _Data = None, **kwargs: Options) -> str:
        """As marshmallow's, with null read as an empty text."""
        return "" if value is None else super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise ValidationError("not a text")
        # A zero byte is no text anywhere, and PostgreSQL refuses it.
        return str(value).replace("\x00", "")


class Name(Text):
    """A name as people read it; see :func:`plain_name`."""

    def _deserialize(self, value: JsonValue, attr: str | None, data: _Data, **kwargs: Options) -> str:
        return plain_name(super()._deserialize(value, attr, data, **kwargs))
