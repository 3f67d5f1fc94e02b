"""The municipality's people as Moodle knows them, for those parts that must not know Moodle's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core.permissions import Role
from bridge.lms.models import LmsEnrolment, LmsIdentity, LmsSite, LmsUser
from bridge.people.imports.snapshot import MoodleSide
from bridge.programme.models import NOT_USED, MappedRole, Season, SeasonCourse, SeasonRole
from bridge.programme.roster import GRANTED
from lms_sync.plan import Presence

__all__ = ["moodle_people"]


def moodle_people(session: Session, municipality_id: int) -> Mapping[int, MoodleSide]:
    """Person's key -> what Moodle says: login, number, address, employer, and the roles of all seasons."""
    roles = _roles(session, municipality_id)
    query = (
        select(LmsIdentity.person_id, LmsUser)
        .join(LmsSite, LmsSite.id == LmsIdentity.site_id)
        .join(
            LmsUser,
            (LmsUser.site_id == LmsIdentity.site_id) & (LmsUser.moodle_user_id == LmsIdentity.moodle_user_id),
        )
        .where(LmsSite.municipality_id == municipality_id)
        .order_by(LmsIdentity.id)
    )
    return {
        person_id: MoodleSide(
            username=user.username,
            id_number=user.idnumber.strip(),
            email=user.email.strip(),
            institution=user.institution.strip(),
            roles=frozenset(roles.get(person_id, ())),
        )
        for person_id, user in session.execute(query)
    }


def _roles(session: Session, municipality_id: int) -> Mapping[int, set[Role]]:
    query = (
        select(LmsIdentity.person_id, LmsEnrolment.roles, SeasonRole.moodle_role, SeasonRole.role)
        .join(
            LmsEnrolment,
            (LmsEnrolment.site_id == LmsIdentity.site_id) & (LmsEnrolment.moodle_user_id == LmsIdentity.moodle_user_id),
        )
        .join(Season, Season.site_id == LmsEnrolment.site_id)
        .join(
            SeasonCourse,
            (SeasonCourse.season_id == Season.id) & (SeasonCourse.moodle_course_id == LmsEnrolment.moodle_course_id),
        )
        .join(SeasonRole, SeasonRole.season_id == Season.id)
        .where(
            Season.municipality_id == municipality_id,
            SeasonCourse.stage_number != NOT_USED,
            LmsEnrolment.presence == Presence.PRESENT.value,
        )
    )
    found: dict[int, set[Role]] = defaultdict(set)
    for person_id, held, moodle_role, role in session.execute(query):
        if moodle_role in held and MappedRole(role) in GRANTED:
            found[person_id].add(GRANTED[MappedRole(role)])
    return found
