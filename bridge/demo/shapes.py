"""Descriptions of parameters and answers, and what Moodle does with them.

Moodle checks every parameter before a function runs and every value after it has run, against the same kind of
description. Both checks are strict and both refuse the whole call: an unknown parameter, or one bad row in ten
thousand. The order of keys in an answer is the order of its description.

References
----------
Moodle, "External functions API", sections "Parameters" and "Returns"; behaviour read in 4.5.6.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from bridge.demo.errors import InvalidParameter, InvalidResponse

__all__ = [
    "ALPHA",
    "ALPHANUM",
    "ALPHANUMEXT",
    "BOOL",
    "CUSTOM_FIELDS",
    "FILES",
    "FLOAT",
    "INT",
    "NOTAGS",
    "RAW",
    "TEXT",
    "WARNINGS",
    "Json",
    "Kind",
    "Multiple",
    "Presence",
    "Shape",
    "Single",
    "Value",
]

Json: TypeAlias = Any
"""A JSON value. Answers are trees of unlike things; their shape is checked at run time, by this module."""


class Kind(StrEnum):
    """The PARAM types that the functions here use."""

    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    RAW = "raw"
    TEXT = "text"
    NOTAGS = "notags"
    ALPHA = "alpha"
    ALPHANUM = "alphanum"
    ALPHANUMEXT = "alphanumext"


class Presence(StrEnum):
    """Whether a key may be left out."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFAULT = "default"


_FLOAT = re.compile(r"[+-]?[0-9]*\.?[0-9]*(e[-+]?[0-9]+)?", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_NOT_IN = {
    Kind.ALPHA: re.compile(r"[^a-zA-Z]"),
    Kind.ALPHANUM: re.compile(r"[^a-zA-Z0-9]"),
    Kind.ALPHANUMEXT: re.compile(r"[^a-zA-Z0-9_-]"),
    Kind.NOTAGS: _TAGS,
    # TEXT keeps multilang spans, everything else goes.
    Kind.TEXT: re.compile(r"<(?!/?span\b)[^>]*>"),
}


_NATIVE: dict[Kind, type] = {Kind.INT: int, Kind.BOOL: bool, Kind.RAW: str}


class _BadValue(Exception):
    """A value does not survive cleaning."""


def _php_string(value: object) -> str:
    """Write a scalar as PHP's string cast does."""
    if value is True:
        return "1"
    if value is False or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _integer(value: object) -> int:
    text = _php_string(value)
    match = re.fullmatch(r"-?(0|[1-9][0-9]*)", text)
    if match is None or text == "-0":
        raise _BadValue(text)
    return int(text)


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = _php_string(value)
    if not _FLOAT.fullmatch(text):
        raise _BadValue(text)
    try:
        return float(text)
    except ValueError as err:
        raise _BadValue(text) from err


def _boolean(value: object) -> bool:
    # Anything but 0 and 1 is refused: "true" cleans to 1, and "1" is not "true".
    text = _php_string(value) if not isinstance(value, bool) else str(int(value))
    if text not in {"0", "1"}:
        raise _BadValue(text)
    return text == "1"


def _cleaned(kind: Kind, value: object) -> Json:
    if kind is Kind.INT:
        return value if type(value) is int else _integer(value)
    if kind is Kind.FLOAT:
        return _number(value)
    if kind is Kind.BOOL:
        return _boolean(value)
    if kind is Kind.RAW and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value if type(value) is str else _php_string(value)
    pattern = _NOT_IN.get(kind)
    if pattern is not None and pattern.search(text):
        raise _BadValue(text)
    return text


def _escaped(text: str) -> str:
    # Double quotes only, as PHP's ENT_COMPAT does.
    return html.escape(text, quote=False).replace('"', "&quot;")


@dataclass(frozen=True, slots=True)
class Value:
    """One scalar."""

    kind: Kind
    presence: Presence = Presence.REQUIRED
    default: Json = None
    nullable: bool = True

    def optional(self) -> "Value":
        """Return the same scalar, which may be left out."""
        return replace(self, presence=Presence.OPTIONAL)

    def or_else(self, default: Json) -> "Value":
        """Return the same scalar with a default."""
        return replace(self, presence=Presence.DEFAULT, default=default)

    def never_null(self) -> "Value":
        """Return the same scalar, which refuses null."""
        return replace(self, nullable=False)

    def parameter(self, raw: Json) -> Json:
        """Check one submitted value.

        Raises
        ------
        InvalidParameter
            It is an array, or does not survive cleaning unchanged.
        """
        try:
            return self._check(raw)
        except _BadValue as err:
            raise InvalidParameter(f"the server was expecting {self.kind}, not {err}") from err

    def answer(self, value: Json) -> Json:
        """Check one value of an answer; see `parameter`. PHP prints a whole float as an integer, so it becomes one."""
        if type(value) is _NATIVE.get(self.kind):
            # Most values of a large answer are what they should be already.
            return value
        try:
            checked = self._check(value)
            return int(checked) if isinstance(checked, float) and checked.is_integer() else checked
        except _BadValue as err:
            raise InvalidResponse(f"the server was expecting {self.kind}, not {err}") from err

    def _check(self, value: Json) -> Json:
        if value is None:
            if self.nullable:
                return None
            raise _BadValue("null")
        if isinstance(value, dict | list):
            raise _BadValue("array")
        return _cleaned(self.kind, value)

    def xml(self, value: Json) -> str:
        """Write one checked value in Moodle's XML."""
        if value is None:
            return '<VALUE null="null"/>\n'
        text = str(int(value)) if isinstance(value, bool) else _php_string(value)
        return f"<VALUE>{_escaped(text)}</VALUE>\n"


@dataclass(frozen=True, slots=True)
class Single:
    """A structure with named keys."""

    keys: Mapping[str, "Shape"]
    presence: Presence = Presence.REQUIRED
    default: Json = field(default=None, hash=False)

    def optional(self) -> "Single":
        """Return the same structure, which may be left out."""
        return replace(self, presence=Presence.OPTIONAL)

    def or_else(self, default: Json) -> "Single":
        """Return the same structure with a default."""
        return replace(self, presence=Presence.DEFAULT, default=default)

    def parameter(self, raw: Json) -> dict[str, Json]:
        """Check a submitted structure.

        Raises
        ------
        InvalidParameter
            A key is missing, unknown or bad.
        """
        if not isinstance(raw, Mapping):
            raise InvalidParameter("Only arrays accepted")
        unknown = raw.keys() - self.keys.keys()
        if unknown:
            raise InvalidParameter(f"Unexpected keys ({', '.join(sorted(unknown))}) detected in parameter array.")
        checked: dict[str, Json] = {}
        for key, shape in self.keys.items():
            if key in raw:
                checked[key] = shape.parameter(raw[key])
            elif shape.presence is Presence.REQUIRED:
                raise InvalidParameter(f"Missing required key in single structure: {key}")
            elif shape.presence is Presence.DEFAULT:
                checked[key] = shape.default
        return checked

    def answer(self, value: Json) -> dict[str, Json]:
        """Check a structure of an answer; keys that the description lacks are dropped.

        Raises
        ------
        InvalidResponse
            A key is missing or bad.
        """
        if not isinstance(value, Mapping):
            raise InvalidResponse("Only arrays/objects accepted")
        checked: dict[str, Json] = {}
        for key, shape in self.keys.items():
            if key in value:
                checked[key] = shape.answer(value[key])
            elif shape.presence is Presence.REQUIRED:
                raise InvalidResponse(f"Missing following required key in a single structure: {key}")
            elif shape.presence is Presence.DEFAULT and isinstance(shape, Value):
                checked[key] = shape.default
        return checked

    def xml(self, value: Json) -> str:
        """Write a checked structure: a key that was left out looks like null."""
        present = value or {}
        body = "".join(f'<KEY name="{key}">{shape.xml(present.get(key))}</KEY>\n' for key, shape in self.keys.items())
        return f"<SINGLE>\n{body}</SINGLE>\n"


@dataclass(frozen=True, slots=True)
class Multiple:
    """A list of one shape."""

    content: "Shape"
    presence: Presence = Presence.REQUIRED
    default: Json = field(default=None, hash=False)

    def optional(self) -> "Multiple":
        """Return the same list, which may be left out."""
        return replace(self, presence=Presence.OPTIONAL)

    def or_else(self, default: Json) -> "Multiple":
        """Return the same list with a default."""
        return replace(self, presence=Presence.DEFAULT, default=default)

    def parameter(self, raw: Json) -> list[Json]:
        """Check a submitted list; PHP makes no difference between a list and a map, so keys are ignored."""
        if isinstance(raw, Mapping):
            raw = list(raw.values())
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            raise InvalidParameter("Only arrays accepted")
        return [self.content.parameter(each) for each in raw]

    def answer(self, value: Json) -> list[Json]:
        """Check a list of an answer."""
        if not isinstance(value, list):
            raise InvalidResponse("Only arrays accepted")
        check = self.content.answer
        return [check(each) for each in value]

    def xml(self, value: Json) -> str:
        """Write a checked list; one that was left out looks empty."""
        return f"<MULTIPLE>\n{''.join(self.content.xml(each) for each in value or [])}</MULTIPLE>\n"


Shape: TypeAlias = Value | Single | Multiple

INT = Value(Kind.INT)
FLOAT = Value(Kind.FLOAT)
BOOL = Value(Kind.BOOL)
RAW = Value(Kind.RAW)
TEXT = Value(Kind.TEXT)
NOTAGS = Value(Kind.NOTAGS)
ALPHA = Value(Kind.ALPHA)
ALPHANUM = Value(Kind.ALPHANUM)
ALPHANUMEXT = Value(Kind.ALPHANUMEXT)

WARNINGS = Multiple(
    Single({"item": TEXT.optional(), "itemid": INT.optional(), "warningcode": ALPHANUM, "message": RAW}),
).optional()
FILES = Multiple(
    Single(
        {
            "filename": RAW.optional(),
            "filepath": RAW.optional(),
            "filesize": INT.optional(),
            "fileurl": RAW.optional(),
            "timemodified": INT.optional(),
            "mimetype": RAW.optional(),
            "isexternalfile": BOOL.optional(),
            "repositorytype": RAW.optional(),
            "icon": RAW.optional(),
        }
    )
)
CUSTOM_FIELDS = Multiple(
    Single({"name": RAW, "shortname": RAW, "type": ALPHANUMEXT, "valueraw": RAW, "value": RAW}),
).optional()
"""Custom fields of courses, groups and cohorts; those of people have a shape of their own."""
