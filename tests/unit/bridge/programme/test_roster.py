from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.db import Database
from bridge.core.permissions import Role
from bridge.lms.models import LmsCourse, LmsEnrolment, LmsGroup, LmsGroupMember, LmsIdentity, LmsUser
from bridge.people.models import Person
from bridge.people.service import NewMunicipality, create_municipality
from bridge.programme import roster
from bridge.programme.models import MappedRole
from bridge.programme.preset import ROLES
from bridge.programme.service import SeasonMap, SeasonPlan, create_season, set_map
from tests.support import rows

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
ANNA, BORIS = 101, 102
ENTRY, GROUPS, STRANGE = 11, 12, 99


class School:
    """A season whose rows a test tells one by one; people come by the real linking."""

    def __init__(self, session: Session) -> None:
        self.session = session
        new = NewMunicipality("Кетченеровский район", "Отдел", "Europe/Moscow")
        municipality = create_municipality(session, new, now=NOW, source=Source.SYSTEM)
        self.site = rows.add_site(session, municipality)
        plan = SeasonPlan("2026–2028", date(2026, 9, 1), date(2028, 6, 30))
        self.season = create_season(session, municipality, plan, site=self.site, now=NOW, source=Source.SYSTEM)
        self.map()

    def map(self, **roles: MappedRole) -> None:
        set_map(self.session, self.season, SeasonMap(courses={ENTRY: 1, GROUPS: 2}, roles={**ROLES, **roles}))

    def add(self, model, **values: object):
        return rows.add(self.session, self.site, model, **values)

    def user(self, user: int, **values: object) -> None:
        self.add(LmsUser, moodle_user_id=user, **values)

    def enrol(self, user: int, course: int = ENTRY, role: str = "student", **values: object):
        enrolment = {"moodle_user_id": user, "moodle_course_id": course, "roles": [role]}
        return self.add(LmsEnrolment, **{**enrolment, **values})

    def put_into(self, user: int, group: int, name: str, course: int) -> None:
        self.add(LmsGroup, moodle_group_id=group, moodle_course_id=course, name=name)
        self.add(LmsGroupMember, moodle_group_id=group, moodle_course_id=course, moodle_user_id=user)

    def link(self) -> None:
        self.session.flush()
        roster.link_people(self.session, self.site, NOW)
        self.session.flush()

    def members(self, role: MappedRole = MappedRole.PARTICIPANT) -> list[roster.Member]:
        self.link()
        return roster.members(self.session, self.season, role)

    def grants(self, user: int) -> set[Role]:
        self.link()
        identity = self.session.scalars(select(LmsIdentity).where(LmsIdentity.moodle_user_id == user)).one()
        person = self.session.get_one(Person, identity.person_id)
        return {grant.role for grant in roster.lms_grants(self.session, person)}


@pytest.fixture
def school(database: Database) -> Iterator[School]:
    with database.writing() as session:
        school = School(session)
        school.user(ANNA, last_name="Бадмаева", institution="МБОУ «Сарпинская СОШ»")
        school.user(BORIS, last_name="Лиджиев")
        yield school


def test_a_participant_comes_with_name_and_school(school: School) -> None:
    school.enrol(ANNA)
    (member,) = school.members()
    assert (member.moodle_user_id, member.last_name, member.school) == (ANNA, "Бадмаева", "Сарпинская СОШ")
    assert (member.withdrawn, member.group) == (False, "")


def test_suspended_in_one_course_is_withdrawn_and_has_no_role_from_it(school: School) -> None:
    school.enrol(ANNA)
    school.enrol(ANNA, GROUPS, suspended=True)
    school.enrol(BORIS, suspended=True)
    assert [member.withdrawn for member in school.members()] == [True, True]
    assert school.grants(ANNA) == {Role.PARTICIPANT}
    assert school.grants(BORIS) == set()


@pytest.mark.parametrize("values", [{"presence": "gone"}, {"moodle_course_id": STRANGE}, {"roles": []}])
def test_who_is_not_enrolled_in_the_season_takes_no_part(school: School, values: dict[str, object]) -> None:
    school.enrol(ANNA, **values)
    assert school.members() == []


@pytest.mark.parametrize(
    ("moodle_role", "mapped", "granted"),
    [
        ("student", MappedRole.PARTICIPANT, Role.PARTICIPANT),
        ("editingteacher", MappedRole.TEACHER, Role.TEACHER),
        ("teacher", MappedRole.TEACHER, Role.TEACHER),
        ("mentor", MappedRole.MENTOR, Role.MENTOR),
        ("schoolhead", MappedRole.HEAD, Role.HEAD),
    ],
)
def test_roles_of_moodle_mean_what_the_map_says(
    school: School, moodle_role: str, mapped: MappedRole, granted: Role
) -> None:
    school.enrol(ANNA, role=moodle_role)
    assert [member.moodle_user_id for member in school.members(mapped)] == [ANNA]
    assert school.grants(ANNA) == {granted}


def test_a_role_without_a_meaning_is_asked_for_and_makes_nobody_a_person(school: School) -> None:
    school.enrol(ANNA, role="expert")
    school.enrol(BORIS, role="manager")
    school.link()
    assert school.session.scalars(select(Person)).all() == []
    assert roster.unmapped_roles(school.session, school.season) == ["expert"]
    school.map(expert=MappedRole.MENTOR)
    assert [member.moodle_user_id for member in school.members(MappedRole.MENTOR)] == [ANNA]
    assert roster.unmapped_roles(school.session, school.season) == []


def test_the_group_of_the_group_stage_goes_before_others(school: School) -> None:
    school.enrol(ANNA)
    school.enrol(BORIS)
    school.put_into(ANNA, 1, "Ученики А", ENTRY)
    school.put_into(ANNA, 2, "Проект «Степь»", GROUPS)
    school.put_into(BORIS, 3, "Ученики Б", ENTRY)
    school.put_into(BORIS, 4, "Чужая", STRANGE)
    assert [member.group for member in school.members()] == ["Проект «Степь»", "Ученики Б"]


def test_linking_again_makes_nobody_twice_and_follows_a_changed_name(school: School) -> None:
    school.enrol(ANNA)
    before = school.members()
    user = school.session.scalars(select(LmsUser).where(LmsUser.moodle_user_id == ANNA)).one()
    user.last_name = "Манджиева"
    (after,) = school.members()
    assert after.uid == before[0].uid
    assert after.last_name == "Манджиева"


def test_courses_that_no_season_has_taken_are_asked_for(school: School) -> None:
    for course in (ENTRY, STRANGE):
        school.add(LmsCourse, moodle_course_id=course)
    school.add(LmsCourse, moodle_course_id=98, presence="gone")
    school.session.flush()
    assert [row.moodle_course_id for row in roster.unmapped_courses(school.session, school.season)] == [STRANGE]
