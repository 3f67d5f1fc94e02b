"""What the store knows at one moment, as plans need it: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.core.permissions import Role

__all__ = ["KnownPerson", "KnownSchool", "MoodleSide", "Snapshot"]


@dataclass(frozen=True, slots=True)
class MoodleSide:
    """What the LMS says of a person. Names are the LMS's own, and so is the school where the profile names one."""

    username: str = ""
    id_number: str = ""
    email: str = ""
    institution: str = ""
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownSchool:
    uid: str
    name: str
    short_name: str
    code: str = ""
    spellings: tuple[str, ...] = ()
    """Names that are known to mean it."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person; ``values`` are the texts of the template's columns, our own or else the LMS's."""

    uid: str
    values: Mapping[str, str]
    school_uid: str = ""
    school_label: str = ""
    roles: frozenset[Role] = frozenset()
    moodle: MoodleSide | None = None

    @property
    def label(self) -> str:
        """«Очирова Татьяна Сергеевна»."""
        parts = (self.values.get(field, "") for field in ("last_name", "first_name", "middle_name"))
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Schools and people of one municipality; nobody else's can be matched."""

    schools: tuple[KnownSchool, ...] = ()
    people: tuple[KnownPerson, ...] = ()
