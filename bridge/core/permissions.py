"""Who may do what: pure predicates over an actor and the facts of the thing. Every ``can_*`` of the product is here.

``facts`` name whose the thing is. A predicate that says no about a thing of one's own municipality gives 403; a thing
of another municipality does not exist for the actor at all (404), which ``may_know_of`` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ANYONE",
    "Actor",
    "Facts",
    "Grant",
    "Role",
    "can_act_as_nobody",
    "can_administer",
    "can_choose_own_messages",
    "can_edit_people",
    "can_edit_season",
    "can_open_home",
    "can_run_messages",
    "can_see_person",
    "can_see_rating",
    "can_sign_out",
    "can_start_sync",
    "may_know_of",
]


class Role(StrEnum):
    """Whom the product knows. The first four and the last exist only here, the others come from the LMS's roles."""

    ORGANISER = "organiser"
    LEADERSHIP = "leadership"
    REGION = "region"
    ADMINISTRATOR = "administrator"
    TEACHER = "teacher"
    MENTOR = "mentor"
    HEAD = "head"
    PARTICIPANT = "participant"
    EXPERT = "expert"


STAFF = frozenset({Role.ORGANISER, Role.LEADERSHIP})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and where it holds: None is "everywhere below" (no season: all seasons of the municipality)."""

    role: Role
    municipality_id: int | None = None
    season_id: int | None = None
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks; ``person_id`` is None for somebody not signed in."""

    person_id: int | None = None
    person_uid: str = ""
    municipality_id: int | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None

    def holds(self, *roles: Role, facts: Facts) -> bool:
        """Whether one of the roles covers the thing."""
        return any(grant.role in roles and _covers(grant, facts) for grant in self.grants)


ANYONE = Actor()


@dataclass(frozen=True, slots=True)
class Facts:
    """Whose a thing is; None where it does not belong to one."""

    municipality_id: int | None = None
    season_id: int | None = None
    school_id: int | None = None
    person_id: int | None = None


def _covers(grant: Grant, facts: Facts) -> bool:
    return all(
        mine is None or mine == its
        for mine, its in (
            (grant.municipality_id, facts.municipality_id),
            (grant.season_id, facts.season_id),
            (grant.school_id, facts.school_id),
        )
    )


def may_know_of(actor: Actor, facts: Facts) -> bool:
    """Whether the thing exists for this actor at all."""
    if facts.municipality_id is None:
        return True
    return actor.municipality_id == facts.municipality_id or actor.holds(Role.REGION, facts=facts)


def can_act_as_nobody(actor: Actor, facts: Facts) -> bool:
    """Doors: sign-in, first set-up, static files, the page that says that the server lives."""
    return True


def can_sign_out(actor: Actor, facts: Facts) -> bool:
    return actor.is_signed_in


def can_open_home(actor: Actor, facts: Facts) -> bool:
    """Everyone signed in has a first page; what stands on it depends on their roles."""
    return actor.is_signed_in


def can_see_rating(actor: Actor, facts: Facts) -> bool:
    """The department's table with names: organisers and the leadership. A region sees totals only, elsewhere."""
    return actor.holds(*STAFF, facts=facts)


def can_see_person(actor: Actor, facts: Facts) -> bool:
    """One's own page, or anybody's of the season for the department."""
    is_own = actor.person_id is not None and actor.person_id == facts.person_id
    return is_own or actor.holds(*STAFF, facts=facts)


def can_edit_season(actor: Actor, facts: Facts) -> bool:
    return actor.holds(Role.ORGANISER, facts=facts)


def can_edit_people(actor: Actor, facts: Facts) -> bool:
    """Lists of schools and people, with their contacts, and importing them: they are of the whole municipality."""
    return actor.holds(Role.ORGANISER, facts=facts)


def can_start_sync(actor: Actor, facts: Facts) -> bool:
    return actor.holds(Role.ORGANISER, Role.ADMINISTRATOR, facts=facts)


def can_administer(actor: Actor, facts: Facts) -> bool:
    """Connections to an LMS and accounts."""
    return actor.holds(Role.ADMINISTRATOR, Role.ORGANISER, facts=facts)


def can_run_messages(actor: Actor, facts: Facts) -> bool:
    """The log with names, the texts, the settings: whoever organises in the whole municipality."""
    return actor.holds(Role.ORGANISER, facts=facts)


def can_choose_own_messages(actor: Actor, facts: Facts) -> bool:
    """Everybody says for themselves how they want to be told."""
    return actor.is_signed_in
