from __future__ import annotations

import pytest

from bridge.core import permissions
from bridge.core.permissions import ANYONE, Actor, Facts, Grant, Role

HERE, THERE = 1, 2
THIS, BEFORE = 10, 11
ME, OTHER = 100, 101


def actor(role: Role | None, *, municipality: int | None = HERE, season: int | None = None) -> Actor:
    grants = (Grant(role, municipality_id=municipality, season_id=season),) if role else ()
    return Actor(person_id=ME, person_uid="me", municipality_id=HERE, grants=grants)


SEASON = Facts(municipality_id=HERE, season_id=THIS)
PREDICATES = {name: getattr(permissions, name) for name in permissions.__all__ if name.startswith("can_")}

EXPECTED = {
    # Of a season of one's own municipality, by a role that holds in all of it.
    Role.ORGANISER: "can_see_rating can_see_person can_edit_people can_edit_season can_start_sync can_administer "
    "can_run_messages",
    Role.LEADERSHIP: "can_see_rating can_see_person",
    Role.REGION: "",
    Role.ADMINISTRATOR: "can_start_sync can_administer",
    Role.TEACHER: "",
    Role.MENTOR: "",
    Role.HEAD: "",
    Role.PARTICIPANT: "",
    Role.EXPERT: "",
    None: "",
}
SIGNED_IN = {"can_act_as_nobody", "can_sign_out", "can_open_home", "can_choose_own_messages"}


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_opens_what_the_table_says(role: Role | None) -> None:
    opened = {name for name, rule in PREDICATES.items() if rule(actor(role), SEASON)}
    assert opened == SIGNED_IN | set(EXPECTED[role].split())


def test_nobody_opens_the_doors_only() -> None:
    for facts in (Facts(), SEASON, Facts(person_id=None)):
        assert {name for name, rule in PREDICATES.items() if rule(ANYONE, facts)} == {"can_act_as_nobody"}


@pytest.mark.parametrize("facts", [Facts(municipality_id=THERE, season_id=THIS), Facts(season_id=THIS), Facts()])
def test_a_role_of_one_municipality_opens_nothing_elsewhere(facts: Facts) -> None:
    for role in Role:
        assert {name for name, rule in PREDICATES.items() if rule(actor(role), facts)} == SIGNED_IN


def test_a_role_of_one_season_opens_that_season_only() -> None:
    of_season = actor(Role.ORGANISER, season=THIS)
    assert permissions.can_edit_season(of_season, SEASON)
    assert not permissions.can_edit_season(of_season, Facts(municipality_id=HERE, season_id=BEFORE))
    assert not permissions.can_edit_season(of_season, Facts(municipality_id=HERE))
    assert not permissions.can_administer(of_season, Facts(municipality_id=HERE))


def test_a_role_of_one_school_opens_that_school_only() -> None:
    organiser = Actor(ME, "me", HERE, (Grant(Role.ORGANISER, municipality_id=HERE, school_id=5),))
    assert permissions.can_see_person(organiser, Facts(municipality_id=HERE, school_id=5, person_id=OTHER))
    assert not permissions.can_see_person(organiser, Facts(municipality_id=HERE, school_id=6, person_id=OTHER))
    assert not permissions.can_see_person(organiser, Facts(municipality_id=HERE, person_id=OTHER))


def test_everybody_sees_their_own_page_and_nobody_elses() -> None:
    for role in (Role.PARTICIPANT, Role.TEACHER, Role.MENTOR, Role.HEAD, None):
        assert permissions.can_see_person(actor(role), Facts(municipality_id=HERE, season_id=THIS, person_id=ME))
        assert not permissions.can_see_person(actor(role), Facts(municipality_id=HERE, season_id=THIS, person_id=OTHER))


def test_somebody_anonymous_is_not_a_person_without_an_id() -> None:
    assert not permissions.can_see_person(ANYONE, Facts(municipality_id=HERE, person_id=None))


def test_a_thing_of_another_municipality_does_not_exist_but_for_the_region() -> None:
    elsewhere = Facts(municipality_id=THERE)
    assert not permissions.may_know_of(actor(Role.ORGANISER), elsewhere)
    assert not permissions.may_know_of(ANYONE, elsewhere)
    assert permissions.may_know_of(actor(Role.REGION, municipality=None), elsewhere)
    assert not permissions.may_know_of(actor(Role.REGION), elsewhere)
    assert permissions.may_know_of(actor(None), Facts(municipality_id=HERE))
    assert permissions.may_know_of(ANYONE, Facts())
