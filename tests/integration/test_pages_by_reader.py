"""What a page says depends on who reads it, and what an organiser has said stays said."""

from __future__ import annotations

from bridge.lms.models import LmsGradebookGrade, LmsGradeItem, LmsSite
from bridge.programme import roster
from tests.support import rows
from tests.support.app import World

HIDDEN_MARK = "73,7"
HIDDEN_POINTS = "7,4"
SHOWN_MARK = "61,1"


def _grade(world: World, *, item: int, term: str, mark: str, hidden: bool) -> None:
    with world.installation.database.writing() as session:
        site = session.get_one(LmsSite, world.here.site_id)
        rows.add(session, site, LmsGradeItem, moodle_item_id=item, moodle_course_id=11, idnumber=term)
        rows.add(
            session,
            site,
            LmsGradebookGrade,
            moodle_item_id=item,
            moodle_course_id=11,
            moodle_user_id=101,
            grade=mark.replace(",", "."),
            hidden=hidden,
        )


def _page(world: World, reader: str) -> str:
    answer = world.signed_in(reader).get(f"/seasons/{world.here.this}/people/{world.people['participant']}")
    assert answer.status_code == 200
    return answer.text


def test_a_mark_hidden_in_moodle_is_not_told_to_its_owner(on_file: World) -> None:
    _grade(on_file, item=601, term="analysis", mark=HIDDEN_MARK, hidden=True)
    _grade(on_file, item=602, term="test", mark=SHOWN_MARK, hidden=False)
    organisers, own = _page(on_file, "organiser"), _page(on_file, "participant")
    assert HIDDEN_MARK in organisers
    assert SHOWN_MARK in organisers
    assert HIDDEN_MARK not in own
    assert SHOWN_MARK in own
    assert HIDDEN_POINTS in organisers
    assert HIDDEN_POINTS not in own
    assert "Преподаватель ещё не показал эту оценку" in own.replace("\N{NO-BREAK SPACE}", " ")


def test_a_course_said_to_be_unused_is_not_asked_about_again(on_file: World) -> None:
    organiser = on_file.signed_in("organiser")
    path = f"/seasons/{on_file.here.this}/sources"
    saved = organiser.post(path, {"course-11": "1", "course-12": "0", "role-student": "participant"})
    assert saved.status_code == 302
    with on_file.installation.database.reading() as session:
        season = on_file.season(session, on_file.here.this)
        assert roster.unmapped_courses(session, season) == []
    page = organiser.get(path).text
    assert 'name="course-12"' in page
    # Course 12 was the mentor's only one: nobody of it takes part any more.
    assert organiser.get(f"/seasons/{on_file.here.this}/rating").status_code == 200
