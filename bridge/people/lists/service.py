"""What the lists show: filtered, in the order of names, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.core.i18n import ru_key
from bridge.core.permissions import Role
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, Snapshot
from bridge.people.imports.text import fold

__all__ = ["PAGE", "PeopleFilter", "PeopleSlice", "filter_people", "people_per_school", "schools_in_order"]

PAGE = 100
"""People on one page."""


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What somebody looks for; an empty value fits everybody.

    Attributes
    ----------
    text
        Part of a name, an address or a number; case, ё and е do not matter.
    role
        One of the roles' words.
    school_uid
        A school.
    after
        The person after whom the page begins.
    """

    text: str = ""
    role: str = ""
    school_uid: str = ""
    after: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.text or self.role or self.school_uid)


@dataclass(frozen=True, slots=True)
class PeopleSlice:
    """One page of the people who fit."""

    people: tuple[KnownPerson, ...]
    fitting: int
    everybody: int
    next_after: str = ""
    """Where the next page begins; empty on the last one."""


def filter_people(known: Snapshot, wanted: PeopleFilter) -> PeopleSlice:
    """The people who fit, in the order of their names, from a place on."""
    fitting = sorted(
        (person for person in known.people if _fits(person, wanted)),
        key=lambda person: (ru_key(person.label), person.uid),
    )
    begins = next((place for place, person in enumerate(fitting, start=1) if person.uid == wanted.after), 0)
    shown = fitting[begins : begins + PAGE]
    has_more = begins + PAGE < len(fitting)
    return PeopleSlice(tuple(shown), len(fitting), len(known.people), shown[-1].uid if has_more else "")


def _fits(person: KnownPerson, wanted: PeopleFilter) -> bool:
    if wanted.role and Role(wanted.role) not in person.roles:
        return False
    if wanted.school_uid and person.school_uid != wanted.school_uid:
        return False
    texts = fold(" ".join((person.label, *person.values.values())))
    return all(word in texts for word in fold(wanted.text).split())


def schools_in_order(known: Snapshot) -> Sequence[KnownSchool]:
    """Schools by short name, as Russians sort."""
    return sorted(known.schools, key=lambda school: (ru_key(school.short_name), school.uid))


def people_per_school(known: Snapshot) -> Mapping[str, int]:
    """School's uid -> how many people are of it."""
    return Counter(person.school_uid for person in known.people if person.school_uid)
