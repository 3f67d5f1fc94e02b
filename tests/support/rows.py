"""Rows as a sync would have left them, said in few words: what a test does not name has a dull default."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from bridge.lms.models import (
    LmsActivity,
    LmsAssignment,
    LmsAssignmentGrade,
    LmsCategory,
    LmsCourse,
    LmsEnrolment,
    LmsGradebookGrade,
    LmsGradeItem,
    LmsGroup,
    LmsGroupMember,
    LmsSite,
    LmsSubmission,
    LmsUser,
    LmsWorkshop,
    LmsWorkshopSubmission,
    Mirror,
)
from bridge.people.models import Municipality

SEEN = datetime(2028, 2, 16, 9, 0, tzinfo=UTC)

DULL = {
    LmsCategory: {"moodle_parent_id": 0, "name": "Акселератор", "idnumber": ""},
    LmsCourse: {
        "moodle_category_id": 1,
        "short_name": "",
        "full_name": "Курс",
        "idnumber": "",
        "visible": True,
        "starts_at": None,
        "ends_at": None,
        "modified_at": None,
    },
    LmsUser: {
        "username": "",
        "first_name": "Айса",
        "last_name": "Бадмаева",
        "email": "",
        "idnumber": "",
        "institution": "",
        "department": "",
    },
    LmsEnrolment: {"roles": ["student"], "suspended": False},
    LmsGroup: {"name": "Группа", "idnumber": ""},
    LmsGroupMember: {},
    LmsActivity: {"module": "assign", "moodle_instance_id": 0, "name": "Работа", "visible": True, "url": ""},
    LmsAssignment: {
        "moodle_course_module_id": 0,
        "name": "Эссе",
        "due_at": None,
        "cutoff_at": None,
        "grade_max": Decimal(100),
        "moodle_scale_id": None,
        "team_submission": False,
        "moodle_team_grouping_id": 0,
        "blind_marking": False,
        "identities_revealed": False,
        "marking_workflow": False,
        "modified_at": None,
    },
    LmsSubmission: {
        "moodle_user_id": 0,
        "moodle_group_id": 0,
        "attempt_number": 0,
        "status": "submitted",
        "created_at": None,
        "modified_at": None,
    },
    LmsAssignmentGrade: {
        "attempt_number": 0,
        "moodle_grader_id": 0,
        "grade": None,
        "created_at": None,
        "modified_at": None,
    },
    LmsGradeItem: {
        "item_type": "mod",
        "module": "assign",
        "moodle_instance_id": None,
        "item_number": 0,
        "moodle_course_module_id": None,
        "moodle_category_id": None,
        "name": "Эссе",
        "idnumber": "",
        "grade_min": Decimal(0),
        "grade_max": Decimal(100),
        "is_scale": False,
        "locked": False,
    },
    LmsGradebookGrade: {
        "grade": None,
        "label": "",
        "hidden": False,
        "locked": False,
        "overridden": False,
        "feedback": "",
        "submitted_at": None,
        "graded_at": None,
    },
    LmsWorkshop: {
        "moodle_course_module_id": 0,
        "name": "Экспертиза",
        "phase": 20,
        "strategy": "rubric",
        "submission_grade_max": Decimal(80),
        "assessment_grade_max": Decimal(20),
        "submission_ends_at": None,
        "assessment_ends_at": None,
        "modified_at": None,
    },
    LmsWorkshopSubmission: {"title": "", "grade": None, "modified_at": None},
}


def add(session: Session, site: LmsSite, model: type[Mirror], **values: object) -> Mirror:
    """Add one mirrored row of the site."""
    seen = {"presence": "present", "presence_at": SEEN, "first_seen_at": SEEN, "changed_at": SEEN}
    row = model(site_id=site.id, **{**seen, **DULL[model], **values})
    session.add(row)
    return row


def add_site(session: Session, municipality: Municipality, *, url: str = "https://moodle.example.test") -> LmsSite:
    """Add a connection that nobody will ask: its token is no token."""
    site = LmsSite(
        municipality_id=municipality.id,
        url=url,
        name="Moodle района",
        release="4.5.6",
        token_closed="closed",
        username="companion",
        functions=[],
        moodle_category_ids=[1],
        connected_at=SEEN,
    )
    session.add(site)
    session.flush()
    return site
