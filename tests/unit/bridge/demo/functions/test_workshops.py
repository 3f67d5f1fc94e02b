import pytest

from bridge.demo.accounts import LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.tables import WorkshopPhase

REPORT = "mod_workshop_get_grades_report"


@pytest.fixture
def workshop(tables, activity):
    return tables.workshops[activity("peer").instance]


def test_workshops_are_listed_and_closed_courses_warned_of(ask, course_id):
    ids = [course_id("select"), course_id("individual")]

    listed = ask("mod_workshop_get_workshops_by_courses", courseids=ids)
    closed = ask("mod_workshop_get_workshops_by_courses", token=LIMITED_TOKEN, courseids=ids)

    assert [row["phase"] for row in listed["workshops"]] == [50, 10]
    assert closed["workshops"] == []
    assert [warning["itemid"] for warning in closed["warnings"]] == ids


def test_works_are_listed_paged_and_chosen(ask, workshop, tables, participant):
    whole = ask("mod_workshop_get_submissions", workshopid=workshop.id)
    own = ask("mod_workshop_get_submissions", workshopid=workshop.id, userid=participant(1).id)
    part = ask("mod_workshop_get_submissions", workshopid=workshop.id, page=1, perpage=5)
    group = next(iter(tables.groups.values()))
    grouped = ask("mod_workshop_get_submissions", workshopid=workshop.id, groupid=group.id)

    assert whole["totalcount"] == len(whole["submissions"]) == 38
    assert [row["authorid"] for row in own["submissions"]] == [participant(1).id]
    # Moodle hands the page number on as a row number.
    assert part["submissions"] == whole["submissions"][1:6]
    assert {row["authorid"] for row in grouped["submissions"]} <= group.members


def test_without_their_rights_works_are_ones_own_and_names_are_hidden(ask, workshop, tables):
    rights = tables.tokens[SERVICE_TOKEN].capabilities
    rights.remove("mod/workshop:viewauthornames")
    rows = ask("mod_workshop_get_submissions", token=SERVICE_TOKEN, workshopid=workshop.id)["submissions"]
    assert {row["authorid"] for row in rows} == {0}

    rights.remove("mod/workshop:viewallsubmissions")
    assert ask("mod_workshop_get_submissions", token=SERVICE_TOKEN, workshopid=workshop.id)["totalcount"] == 0


# ---------------------------------------------------------------- report


def test_pages_of_the_report_add_up_and_hold_every_review_twice(ask, workshop, tables):
    pages = [ask(REPORT, workshopid=workshop.id, page=page, perpage=15)["report"] for page in range(4)]

    rows = [row for page in pages for row in page["grades"]]
    reviewed = {each["assessmentid"] for row in rows for each in row["reviewedby"]}
    reviewing = {each["assessmentid"] for row in rows for each in row["reviewerof"]}
    assert [len(page["grades"]) for page in pages] == [15, 15, 10, 0]
    assert {page["totalcount"] for page in pages} == {40}
    assert reviewed == reviewing == set(tables.workshop_assessments)


def test_the_report_rounds_what_the_gradebook_has_exact(ask, workshop, tables, item):
    row = next(
        row for row in ask(REPORT, workshopid=workshop.id)["report"]["grades"] if row["submissiongrade"] is not None
    )

    exact = tables.grade_grades[item("peer").id, row["userid"]].final
    assert row["submissiongrade"] == int(exact + 0.5)


def test_reviews_between_people_who_left_vanish(ask, workshop, tables):
    entry = next(iter(tables.workshop_assessments.values()))
    author = tables.workshop_submissions[entry.submissionid].authorid
    for userid in (entry.reviewerid, author):
        del tables.enrolments[workshop.course, userid]

    rows = ask(REPORT, workshopid=workshop.id)["report"]["grades"]

    seen = {each["assessmentid"] for row in rows for each in (*row["reviewedby"], *row["reviewerof"])}
    assert entry.id not in seen
    assert len(rows) == 38


@pytest.mark.parametrize(
    ("phase", "missing"),
    [
        (WorkshopPhase.SUBMISSION, {"submissiongrade", "reviewedby"}),
        (WorkshopPhase.ASSESSMENT, {"submissiongrade", "gradinggrade"}),
        (WorkshopPhase.EVALUATION, set()),
    ],
)
def test_the_report_shows_what_its_phase_allows(ask, workshop, phase, missing):
    workshop.phase = phase

    row = ask(REPORT, workshopid=workshop.id)["report"]["grades"][0]

    assert not missing & row.keys()
    assert ("reviewedby" in row) is (phase >= WorkshopPhase.ASSESSMENT)


def test_a_workshop_in_setup_has_nothing_to_show(ask, activity):
    assert ask(REPORT, workshopid=activity("peerproject").instance)["errorcode"] == "nothingfound"


@pytest.mark.parametrize(
    "by", ["lastname", "firstname", "submissiontitle", "submissionmodified", "submissiongrade", "gradinggrade"]
)
def test_the_report_is_sorted_as_asked_with_the_empty_first(ask, workshop, by):
    rows = ask(REPORT, workshopid=workshop.id, sortby=by)["report"]["grades"]
    down = ask(REPORT, workshopid=workshop.id, sortby=by, sortdirection="desc")["report"]["grades"]

    if by in rows[0]:
        values = [(row[by] is not None, row[by] or 0 if by != "submissiontitle" else row[by] or "") for row in rows]
        assert values == sorted(values)
    assert {row["userid"] for row in rows} == {row["userid"] for row in down}
    assert rows[0]["userid"] != down[0]["userid"]


def test_another_order_is_refused(ask, workshop):
    assert ask(REPORT, workshopid=workshop.id, sortby="id")["errorcode"] == "invalidparameter"
    assert ask(REPORT, workshopid=workshop.id, sortdirection="up")["errorcode"] == "invalidparameter"


def test_the_report_of_one_group_and_without_names(ask, workshop, tables):
    group = next(iter(tables.groups.values()))
    tables.tokens[SERVICE_TOKEN].capabilities -= {"mod/workshop:viewreviewernames", "mod/workshop:viewauthornames"}

    rows = ask(REPORT, token=SERVICE_TOKEN, workshopid=workshop.id, groupid=group.id)["report"]["grades"]

    assert {row["userid"] for row in rows} == group.members
    assert {each["userid"] for row in rows for each in (*row["reviewedby"], *row["reviewerof"])} == {0}


def test_one_persons_two_grades(ask, workshop, tables, participant, item):
    user = participant(1)

    answer = ask("mod_workshop_get_grades", workshopid=workshop.id, userid=user.id)

    assert answer["submissionrawgrade"] == tables.grade_grades[item("peer").id, user.id].final
    assert answer["submissionlongstrgrade"].endswith(" / 80.00")
    assert ask("mod_workshop_get_grades", workshopid=workshop.id) == {"warnings": []}


# ---------------------------------------------------------------- reviews

FORM = "mod_workshop_get_assessment_form_definition"


def test_every_written_review_has_a_mark_for_each_criterion(ask, tables):
    for entry in tables.workshop_assessments.values():
        current = ask(FORM, assessmentid=entry.id)["current"]
        marks = [each["value"] for each in current if each["name"].startswith("grade__idx_")]
        assert len(marks) == (0 if entry.grade is None else 4)
        assert all(0 <= float(mark) <= 10 for mark in marks)


def test_a_form_tells_whether_the_reviewer_owes_others(ask, tables):
    owing = next(row for row in tables.workshop_assessments.values() if row.grade is None)
    other = next(
        row for row in tables.workshop_assessments.values() if row.reviewerid == owing.reviewerid and row.id != owing.id
    )

    options = {each["name"]: each["value"] for each in ask(FORM, assessmentid=other.id)["options"]}
    assert options["pending"] == "1"


def test_another_mode_is_refused_and_a_missing_review_named(ask):
    assert ask(FORM, assessmentid=1, mode="edit")["errorcode"] == "invalidparameter"
    assert ask(FORM, assessmentid=9999)["errorcode"] == "invalidrecord"


def test_reviews_of_a_work_and_of_a_reviewer(ask, tables, workshop):
    entry = next(iter(tables.workshop_assessments.values()))

    of_work = ask("mod_workshop_get_submission_assessments", submissionid=entry.submissionid)["assessments"]
    of_person = ask("mod_workshop_get_reviewer_assessments", workshopid=workshop.id, userid=entry.reviewerid)
    one = ask("mod_workshop_get_assessment", assessmentid=entry.id)["assessment"]

    assert entry.id in [row["id"] for row in of_work]
    assert one in of_work
    assert {row["reviewerid"] for row in of_person["assessments"]} == {entry.reviewerid}
    assert len(of_work) == len(of_person["assessments"]) == 5


def test_reviews_need_their_rights(ask, tables, workshop):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("mod/workshop:viewallassessments")
    query = {"token": SERVICE_TOKEN}

    assert ask(REPORT, workshopid=workshop.id, **query)["errorcode"] == "nopermissions"
    assert ask(FORM, assessmentid=1, **query)["errorcode"] == "nopermissions"
    assert ask("mod_workshop_get_submission_assessments", submissionid=1, **query)["errorcode"] == "nopermissions"
    assert ask("mod_workshop_get_reviewer_assessments", workshopid=workshop.id, userid=6, **query)["errorcode"] == (
        "nopermissions"
    )
    assert ask("mod_workshop_get_reviewer_assessments", workshopid=workshop.id, **query)["assessments"] == []


def test_missing_works_and_workshops_are_named(ask):
    assert ask("mod_workshop_get_submission_assessments", submissionid=999)["errorcode"] == "invalidrecord"
    assert ask(REPORT, workshopid=999)["errorcode"] == "invalidrecord"
