import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from bridge.demo.errors import SeasonError
from bridge.demo.gradebook import item_of
from bridge.demo.seasons import ELISTA, KETCHENERY, PLACES, demo_site, generate
from bridge.demo.tables import WorkshopPhase

NOW = 1_795_500_000
DAY = 86_400
TIES = ("project", "peer")
"""What breaks a tie, in this order."""


@pytest.fixture(scope="module")
def season():
    return generate(1, now=NOW)


def _item(tables, idnumber):
    return next(item for item in tables.grade_items.values() if item.idnumber == idnumber)


def _assign(tables, idnumber):
    return tables.assigns[_item(tables, idnumber).iteminstance]


def _role(tables, name):
    return {row.userid for row in tables.role_assignments.values() if tables.roles[row.roleid].shortname == name}


def _participants(tables, code):
    rows = [user for user in tables.users.values() if user.username.startswith(f"{code}_p")]
    return sorted(rows, key=lambda user: user.id)


# ---------------------------------------------------------------- shape


def test_a_season_has_the_people_and_the_activities_of_the_programme(season):
    idnumbers = {module.idnumber for module in season.course_modules.values()}

    assert [len(_role(season, name)) for name in ("student", "editingteacher", "mentor", "schoolhead")] == [
        60,
        4,
        10,
        10,
    ]
    assert idnumbers == {
        "essay",
        "test",
        "peer",
        "groupproject",
        "analysis",
        "checkpoint",
        "project",
        "defence",
        "diary",
        "peerproject",
    }
    assert (len(season.courses), len(season.groups), len(season.cohorts)) == (4, 12, 1)
    assert len({user.institution for user in season.users.values() if user.username.startswith("a25_h")}) == 10


def test_the_same_seed_gives_the_same_season():
    assert generate(3, now=NOW) == generate(3, now=NOW)
    assert generate(3, now=NOW) != generate(4, now=NOW)


def test_every_row_belongs_to_rows_that_exist(season):
    tables = season
    assert all(c in tables.courses and u in tables.users for c, u in tables.enrolments)
    assert all(item in tables.grade_items and user in tables.users for item, user in tables.grade_grades)
    assert all(row.assignment in tables.assigns for row in tables.assign_submissions.values())
    assert all(row.grader in _role(tables, "editingteacher") for row in tables.assign_grades.values())
    assert all(row.submissionid in tables.workshop_submissions for row in tables.workshop_assessments.values())
    assert all(row.assessmentid in tables.workshop_assessments for row in tables.workshop_grades.values())
    assert all(tables.activity(module).course == module.course for module in tables.course_modules.values())


def test_a_season_may_be_large():
    tables = generate(5, participants=200, activities=40, now=NOW)

    assert len(_role(tables, "student")) == 200
    assert len(tables.course_modules) == 40
    assert sum(row.idnumber.startswith("practice") for row in tables.course_modules.values()) == 30


@pytest.mark.parametrize(
    "size", [{"participants": 19}, {"participants": 5_001}, {"activities": 9}, {"activities": 201}]
)
def test_another_size_is_refused(size):
    with pytest.raises(SeasonError):
        generate(1, now=NOW, **size)


def test_a_prefix_and_patronymics_may_be_asked_for():
    tables = generate(1, participants=20, now=NOW, prefix="x1", patronymics=True)

    assert {course.idnumber for course in tables.courses.values()} >= {"accel-x1-select"}
    assert all(len(user.firstname.split()) == 2 for user in _participants(tables, "x1"))


# ---------------------------------------------------------------- time


@pytest.mark.parametrize("now", [NOW, NOW + 200 * DAY, 1_600_000_000])
def test_the_clock_stands_at_stage_three_whenever_it_is(now):
    tables = generate(1, now=now)

    assert _assign(tables, "essay").duedate < _assign(tables, "groupproject").duedate < now
    assert now - 30 * DAY < _assign(tables, "project").duedate < now
    assert now < _assign(tables, "defence").duedate < now + 30 * DAY
    upcoming = [row.submissionstart for row in tables.workshops.values() if row.phase == WorkshopPhase.SETUP]
    assert len(upcoming) == 1
    assert upcoming[0] > now


def test_deadlines_are_one_minute_to_midnight_in_moscow(season):
    for row in season.assigns.values():
        if row.duedate:
            assert (row.duedate + 3 * 3_600) % DAY == DAY - 60


def test_nothing_happened_in_the_future(season):
    moments = [
        *(row.timemodified for row in season.assign_submissions.values()),
        *(row.timemodified for row in season.assign_grades.values()),
        *(row.timemodified or 0 for row in season.grade_grades.values()),
        *(row.timemodified for row in season.workshop_assessments.values()),
        *(user.lastaccess for user in season.users.values()),
    ]
    assert max(moments) < NOW


def test_marks_come_after_works(season):
    works = {(row.assignment, row.userid): row for row in season.assign_submissions.values()}
    for row in season.assign_grades.values():
        work = works[row.assignment, row.userid]
        assert row.timemodified >= work.timemodified or season.assigns[row.assignment].teamsubmission


# ---------------------------------------------------------------- agreement


def test_the_gradebook_agrees_with_the_assignments(season):
    for row in season.assign_grades.values():
        assign = season.assigns[row.assignment]
        item = item_of(season, "assign", assign.id)
        cell = season.grade_grades.get((item.id, row.userid))
        if assign.blindmarking:
            assert cell is None or cell.final is None
        elif assign.markingworkflow and season.assign_user_flags[assign.id, row.userid].workflowstate != "released":
            assert cell.final is None
        elif not cell.overridden:
            assert cell.final == row.grade


def test_a_teams_mark_reaches_each_active_member(season):
    item, course = _item(season, "groupproject"), next(iter(season.groups.values())).courseid
    for group in season.groups.values():
        active = {user for user in group.members if not season.enrolments[course, user].suspended}
        assert len({season.grade_grades[item.id, user].final for user in active}) == 1


def test_the_workshop_agrees_with_itself_and_with_the_gradebook(season):
    weight = {row.id: row.weight for row in season.workshop_dimensions.values()}
    item = _item(season, "peer")
    shares = {}
    for entry in season.workshop_assessments.values():
        marks = [row for row in season.workshop_grades.values() if row.assessmentid == entry.id]
        if entry.grade is None:
            assert marks == []
            continue
        earned = sum(row.grade / 10 * weight[row.dimensionid] for row in marks)
        assert entry.grade == pytest.approx(earned / sum(weight.values()) * 100, abs=1e-5)
        shares.setdefault(entry.submissionid, []).append(entry.grade)
    for work in season.workshop_submissions.values():
        mean = sum(shares[work.id]) / len(shares[work.id])
        assert work.grade == pytest.approx(mean, abs=1e-5)
        assert season.grade_grades[item.id, work.authorid].final == pytest.approx(mean * 0.8, abs=1e-4)


# ---------------------------------------------------------------- story


def test_birth_dates_are_custom_fields_and_one_participant_is_over_the_age(season):
    opened = datetime.fromtimestamp(NOW - 430 * DAY, UTC).year
    born = [
        datetime.fromtimestamp(int(user.profile["birthdate"]) + 3 * 3_600, UTC).year
        for user in _participants(season, "a25")
    ]

    assert sum(opened - year > 40 for year in born) == 1
    assert min(opened - year for year in born) >= 23


def test_some_profiles_spell_their_school_their_own_way(season):
    usual = {KETCHENERY.institution(number) for number in range(10)}

    assert 3 <= sum(user.institution not in usual for user in _participants(season, "a25")) <= 5


def test_one_reviewer_is_severe_and_one_is_at_random(season):
    people = _participants(season, "a25")
    mean = {row.id: row.grade for row in season.workshop_submissions.values()}
    leaning, misses = {}, {}
    for entry in season.workshop_assessments.values():
        if entry.grade is not None:
            leaning.setdefault(entry.reviewerid, []).append(entry.grade - mean[entry.submissionid])
            misses.setdefault(entry.reviewerid, []).append(abs(entry.grade - mean[entry.submissionid]))

    lowest = min(leaning, key=lambda user: sum(leaning[user]) / len(leaning[user]))
    ranked = sorted(misses, key=lambda user: -sum(misses[user]) / len(misses[user]))
    assert lowest == people[6].id
    assert people[11].id in ranked[:6]


def test_a_reviewer_and_an_author_share_a_school(season):
    works = {row.id: row.authorid for row in season.workshop_submissions.values()}
    third = _participants(season, "a25")[2]
    reviewers = [row.reviewerid for row in season.workshop_assessments.values() if works[row.submissionid] == third.id]

    assert third.institution in {season.users[user].institution for user in reviewers}


def test_the_last_tutor_is_late_and_nobody_else(season):
    project = _assign(season, "project").id
    tutor_of = {}
    for row in season.assign_grades.values():
        tutor_of.setdefault(row.userid, Counter())[row.grader] += 1
    marked = {row.userid for row in season.assign_grades.values() if row.assignment == project}
    waiting = [user for user in _participants(season, "a25") if user.id not in marked]
    last = max(_role(season, "editingteacher"))

    assert 5 <= len(waiting) <= 9
    assert all(tutor_of[user.id][last] for user in waiting)


def test_an_appeal_raised_a_mark(season):
    essay, user = _assign(season, "essay").id, _participants(season, "a25")[0]
    row = next(row for row in season.assign_grades.values() if (row.assignment, row.userid) == (essay, user.id))

    assert (row.grade, "апелляции" in row.comment) == (91.5, True)
    assert row.timemodified > row.timecreated


def test_hidden_locked_overridden_suspended_and_unreleased_are_all_there(season):
    assert _item(season, "checkpoint").hidden
    assert sum(row.locked for row in season.grade_grades.values()) == 1
    assert sum(row.overridden for row in season.grade_grades.values()) == 2
    assert sum(row.suspended for row in season.enrolments.values()) == 9
    assert sum(row.workflowstate == "inreview" for row in season.assign_user_flags.values()) == 6
    assert sum(row.status == "draft" for row in season.assign_submissions.values()) == 1
    assert sum(row.grade is None for row in season.workshop_assessments.values()) > 5


@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize(
    "size", [{}, {"participants": 180, "municipality": ELISTA}, {"participants": 32, "closed": True}], ids=str
)
def test_two_are_tied_at_the_cut_off(seed, size):
    """Ranked here by the preset's formula, written a second time; the two are equal where ties are broken, too."""
    tables = generate(seed, now=NOW, **size)
    weights = {"essay": 10, "peer": 15, "test": 10, "groupproject": 15, "analysis": 10, "checkpoint": 10, "project": 30}
    items = {name: _item(tables, name) for name in weights}
    essays = {row.userid for row in tables.assign_submissions.values() if row.assignment == items["essay"].iteminstance}
    suspended = {row.userid for row in tables.enrolments.values() if row.suspended}
    totals = []
    for user in _role(tables, "student") - suspended:
        tenths = 0
        for name, item in items.items():
            row = tables.grade_grades.get((item.id, user))
            if row is not None and row.final is not None:
                share = (row.final - item.grademin) / (item.grademax - item.grademin)
                tenths += int(share * weights[name] * 10 + 0.5 + 1e-9)
            elif name != "peer" and not (name == "essay" and user not in essays):
                break
        else:
            broken = [row.final if (row := tables.grade_grades.get((items[name].id, user))) else 0 for name in TIES]
            totals.append((tenths, *broken))
    totals.sort(reverse=True)

    assert len(totals) > PLACES
    assert totals[PLACES - 1] == totals[PLACES]
    assert totals[PLACES - 1][2] > 0


def test_a_large_season_was_reviewed_in_two_rooms():
    tables = generate(2, participants=180, municipality=ELISTA, now=NOW)
    works = {row.id: row.authorid for row in tables.workshop_submissions.values()}
    pairs = [(row.reviewerid, works[row.submissionid]) for row in tables.workshop_assessments.values()]

    reached, frontier = set(), {pairs[0][0]}
    while frontier:
        reached |= frontier
        frontier = {b for a, b in pairs if a in reached} | {a for a, b in pairs if b in reached}
        frontier -= reached

    assert 0 < len(reached) < len({user for pair in pairs for user in pair})


def test_a_closed_season_waits_for_nothing():
    tables = generate(6, participants=32, closed=True, now=NOW)
    marked = {(row.assignment, row.userid) for row in tables.assign_grades.values()}
    unmarked = [
        row for row in tables.assign_submissions.values() if row.userid and (row.assignment, row.userid) not in marked
    ]

    assert unmarked == []
    assert all(row.duedate < NOW - 300 * DAY for row in tables.assigns.values())


# ---------------------------------------------------------------- the demo


def test_the_demo_has_two_municipalities_and_a_closed_season_without_a_clash():
    tables = demo_site(NOW)

    assert [category.idnumber for category in tables.categories.values()] == ["accel-a23", "accel-a25", "accel-e25"]
    assert len(tables.courses) == 12
    names = [user.username for user in tables.users.values()]
    emails = [user.email for user in tables.users.values() if user.email]
    contexts = [row.contextid for row in (*tables.courses.values(), *tables.course_modules.values())]
    assert len(set(names)) == len(names)
    assert len(set(emails)) == len(emails)
    assert len(set(contexts)) == len(contexts)


def test_without_a_moment_the_present_is_meant():
    tables = generate(1, participants=20)

    assert 0 < _assign(tables, "defence").duedate - time.time() < 11 * DAY
