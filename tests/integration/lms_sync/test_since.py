"""What an incremental reading is composed of: the same readers, asked for what changed."""

from __future__ import annotations

from lms_sync.client import Client, Function
from lms_sync.plan import Coverage, Part
from lms_sync.reader import Desk, Problem, Progress, Roster
from lms_sync.reader.assignments import read_assignments, read_grades, read_submissions
from lms_sync.reader.people import read_enrolments
from lms_sync.reader.workshops import read_criterion_marks, read_works, read_workshops
from lms_sync.records import Kind
from lms_sync.site import describe
from tests.integration.lms_sync.conftest import Read
from tests.integration.lms_sync.recorded import TOKEN, URL, RecordedSite

SINCE = 1_795_476_056


def desk_of(site: RecordedSite) -> Desk:
    client = Client(URL, TOKEN, transport=site)
    return Desk(client, describe(client), Progress())


def test_changes_since_a_time_are_partial_and_one_call_each(after: Read) -> None:
    site = RecordedSite("season_after.json.gz")
    desk = desk_of(site)
    assignments: dict = {}
    rosters: dict[int, Roster] = {}
    for course_id in (2, 3, 4, 5):
        list(read_enrolments(desk, course_id, rosters))
    list(read_assignments(desk, (2, 3, 4, 5), assignments))
    site.log.clear()
    parts = [*read_submissions(desk, assignments, rosters, since_s=SINCE)]
    parts += read_grades(desk, assignments, rosters, since_s=SINCE)
    assert all(isinstance(part, Part) and part.coverage is Coverage.PARTIAL for part in parts)
    assert [(function, params["since"]) for function, params in site.log] == [
        (Function.SUBMISSIONS, str(SINCE)),
        (Function.ASSIGNMENT_GRADES, str(SINCE)),
    ]
    graded = {record.user_id for part in parts if part.kind is Kind.ASSIGNMENT_GRADE for record in part.records}
    recorded = site.body("assign_grades_since")["assignments"]
    assert graded == {row["userid"] for one in recorded for row in one["grades"]}
    assert {4, 15} <= graded, "the regraded and the newly marked"


def test_only_the_wanted_reviews_are_asked_for_and_the_others_stay(season: Read) -> None:
    site = RecordedSite()
    desk = desk_of(site)
    workshops: dict = {}
    works: dict = {}
    list(read_workshops(desk, (2,), workshops))
    list(read_works(desk, workshops, works))
    site.log.clear()
    found = list(read_criterion_marks(desk, works, wanted=lambda review: review.assessment_id == 100))
    assert not any(isinstance(one, Problem) for one in found)
    assert [params["assessmentid"] for _, params in site.log] == ["100"]
    (part,) = [one for one in found if one.kind is Kind.CRITERION_MARK]
    assert {record.assessment_id for record in part.records} == {100}
    unread = {key for reach in part.unread if reach.field == "assessment_id" for key in reach.ids}
    written = {one.assessment_id for one in season.records(Kind.WORKSHOP_ASSESSMENT).values() if one.grade is not None}
    assert unread == written - {100}
