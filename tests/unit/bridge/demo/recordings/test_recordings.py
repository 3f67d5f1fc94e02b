import gzip
import json
from pathlib import Path

import pytest

from bridge.demo.accounts import LEAST_PRIVILEGE, LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.errors import RecordingError
from bridge.demo.recordings import load_recordings, read_recordings, tables_from

FIXTURES = Path(__file__).parents[4] / "fixtures" / "moodle"


@pytest.fixture(scope="module")
def tables():
    return load_recordings(FIXTURES / "4.5.6.jsonl.gz")


@pytest.fixture(scope="module")
def after():
    return load_recordings(FIXTURES / "4.5.6-after.jsonl.gz")


def _roles(tables):
    found = {}
    for row in tables.role_assignments.values():
        found.setdefault(tables.roles[row.roleid].shortname, set()).add(row.userid)
    return {name: len(people) for name, people in found.items()}


def test_the_recorded_season_is_whole(tables):
    assert _roles(tables) == {"student": 60, "editingteacher": 4, "mentor": 10, "schoolhead": 10}
    assert (len(tables.courses), len(tables.assigns), len(tables.quizzes)) == (4, 7, 1)
    assert (len(tables.groups), len(tables.groupings), len(tables.cohorts)) == (12, 1, 1)
    assert (len(tables.workshops), len(tables.workshop_assessments), len(tables.workshop_grades)) == (2, 285, 1020)
    assert sum(row.grade is not None for row in tables.workshop_assessments.values()) == 255


def test_suspended_people_are_found_without_anybody_saying_so(tables):
    suspended = {(row.courseid, row.userid) for row in tables.enrolments.values() if row.suspended}

    assert suspended == {(course, user) for course in (3, 4, 5) for user in (19, 36, 53)}


def test_locked_overridden_and_hidden_are_marked(tables):
    project = next(item for item in tables.grade_items.values() if item.idnumber == "project")
    checkpoint = next(item for item in tables.grade_items.values() if item.idnumber == "checkpoint")

    assert [row.userid for row in tables.grade_grades.values() if row.locked] == [11]
    assert (project.id, 13) in {(row.itemid, row.userid) for row in tables.grade_grades.values() if row.overridden}
    assert checkpoint.hidden
    assert not any(row.hidden for row in tables.grade_grades.values())


def test_what_an_overridden_cell_was_sent_comes_from_the_assignment(tables):
    project = next(item for item in tables.grade_items.values() if item.idnumber == "project")
    cell = tables.grade_grades[project.id, 13]

    sent = next(
        row.grade for row in tables.assign_grades.values() if (row.assignment, row.userid) == (project.iteminstance, 13)
    )
    assert (cell.final, cell.raw) == (66, sent)


def test_a_scale_gets_its_labels_from_the_marks(tables):
    assert [scale.items for scale in tables.scales.values()] == [["не готов", "частично готов", "готов"]]


def test_the_rows_that_do_not_show_are_there(tables, after):
    def people_of(source, assignment):
        rows = (row for row in source.assign_submissions.values() if row.assignment == assignment and row.userid)
        return {row.userid for row in rows}

    assert len(people_of(tables, 2)) == 58
    assert 23 in people_of(after, 1)
    assert (2, 23) not in after.enrolments


def test_after_the_term_the_changes_are_in_the_rows(after):
    assert after.courses[5].fullname == "Этап 4. Презентация, внедрение и кураторство"
    assert after.enrolments[2, 22].suspended
    assert (2, 88) in after.enrolments
    assert 9 not in after.course_modules
    assert (7 in after.groups[1].members, 7 in after.groups[2].members) == (False, True)
    assert not next(item for item in after.grade_items.values() if item.idnumber == "checkpoint").hidden


def test_accounts_for_tests_are_added(tables):
    assert tables.tokens[SERVICE_TOKEN].capabilities == LEAST_PRIVILEGE
    assert tables.users[tables.tokens[LIMITED_TOKEN].userid].username == "limited"


def test_errors_writes_and_other_formats_are_set_aside():
    recordings = read_recordings(FIXTURES / "4.5.6.jsonl.gz")

    plain = [each for each in recordings if each.is_plain]

    assert len(plain) < len(recordings)
    assert not any(each.name.startswith(("write_", "error_", "xml_", "limited_")) for each in plain)


def test_a_folder_is_read_like_one_file(tmp_path):
    recordings = read_recordings(FIXTURES / "4.5.6.jsonl.gz")
    for each in recordings:
        file = tmp_path / f"{each.name}.json"
        file.parent.mkdir(exist_ok=True)
        names = ("function", "params", "format", "status", "content_type", "body")
        file.write_text(json.dumps({name: getattr(each, name) for name in names}), "utf-8")

    again = read_recordings(tmp_path)

    assert sorted(again, key=lambda each: each.name) == sorted(recordings, key=lambda each: each.name)


def test_nothing_there_is_an_error(tmp_path):
    with pytest.raises(RecordingError, match="no recordings"):
        read_recordings(tmp_path / "nowhere")
    with pytest.raises(RecordingError, match="no recordings"):
        read_recordings(tmp_path)


def test_something_else_is_an_error(tmp_path):
    (tmp_path / "a.json").write_text('{"function": "x"}', "utf-8")
    with pytest.raises(RecordingError, match="not a recorded call"):
        read_recordings(tmp_path)

    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write('{"name": "a"}\n')
    with pytest.raises(RecordingError, match="not a recorded call"):
        read_recordings(tmp_path / "a.jsonl.gz")


def test_recordings_without_the_site_are_an_error():
    recordings = [each for each in read_recordings(FIXTURES / "4.5.6.jsonl.gz") if each.name != "site_info"]

    with pytest.raises(RecordingError, match="site_info"):
        tables_from(recordings)
