from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lms_sync.errors import FileFault, FileRefused
from lms_sync.files.archives import Limits
from lms_sync.files.backup import Backup, elements, read_backup, shelf
from lms_sync.plan import Coverage
from lms_sync.records import Activity, Enrolment, Kind, Record, Scale
from tests.support.backups import FILES, USERS, changed, made, members_of
from tests.support.workbooks import gz_tar, zipped

PEOPLE = {Kind.USER, Kind.ENROLMENT}


def read(name: str) -> Backup:
    with (FILES / name).open("rb") as file:
        return read_backup(file)


def of(backup: Backup, kind: Kind) -> list[Record]:
    return [record for part in backup.parts if part.kind is kind for record in part.records]


def refused(data: bytes | io.BytesIO) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_backup(io.BytesIO(data) if isinstance(data, bytes) else data)
    return caught.value


# ------------------------------------------------------------ real backups


def test_a_backup_says_where_it_is_from_and_when_it_was_made() -> None:
    cover = read("course-2.mbz").cover
    assert (cover.site_url, cover.course_id, cover.short_name) == ("http://127.0.0.1:8045", 2, "a26-select")
    assert cover.full_name == "Этап 1. Отбор в акселератор"
    assert cover.made_at == datetime(2026, 11, 24, 8, 18, 28, tzinfo=UTC)
    assert cover.release.startswith("4.5.6")
    assert cover.activities[3] == ("workshop", "Взаимная экспертиза эссе")
    assert (cover.is_whole, cover.has_groups) == (True, True)


def test_parts_come_in_an_order_in_which_each_refers_to_earlier_ones() -> None:
    order = list(Kind)
    kinds = [part.kind for part in read("course-4.mbz").parts]
    assert kinds == sorted(kinds, key=order.index)
    assert not {Kind.CATEGORY, Kind.COHORT, Kind.COURSE_COMPLETION} & set(kinds)


def test_a_whole_backup_tells_all_of_its_course_and_some_of_the_site() -> None:
    coverage = {part.kind: (part.course_id, part.coverage) for part in read("course-4.mbz").parts}
    assert coverage.pop(Kind.USER) == (None, Coverage.PARTIAL)
    assert coverage.pop(Kind.SCALE) == (None, Coverage.PARTIAL)
    assert set(coverage.values()) == {(4, Coverage.WHOLE)}


def test_zip_and_tar_are_read_alike() -> None:
    backup = read("course-3.mbz")
    assert {kind: len(of(backup, kind)) for kind in (Kind.GROUP, Kind.GROUP_MEMBER, Kind.SUBMISSION)} == {
        Kind.GROUP: 12,
        Kind.GROUP_MEMBER: 60,
        Kind.SUBMISSION: 72,
    }
    again = gz_tar(members_of("course-3.mbz").items())
    assert read_backup(io.BytesIO(again)) == backup


def test_a_scale_comes_with_its_words() -> None:
    backup = read("course-4.mbz")
    assert of(backup, Kind.SCALE) == [Scale(3, ("не готов", "частично готов", "готов"))]
    marks = {grade.label for grade in of(backup, Kind.GRADEBOOK_GRADE) if grade.item_id == 10}  # type: ignore[union-attr]
    assert {"не готов", "частично готов", "готов"} <= marks


def test_completion_is_told_for_each_activity() -> None:
    done = of(read("course-4.mbz"), Kind.ACTIVITY_COMPLETION)
    assert {one.course_module_id for one in done} == {6, 7}  # type: ignore[union-attr]


def test_birth_dates_never_become_records() -> None:
    field = (
        b'<custom_fields><custom_field id="1"><field_name>birthdate</field_name>'
        b"<field_data>873327600</field_data></custom_field></custom_fields>"
        b"<extra><username>873327600</username></extra></user>"
    )
    data = changed("course-2.mbz", users=lambda users: users.replace(b"</user>", field))
    told = repr(read_backup(io.BytesIO(data)))
    assert "birthdate" not in told
    assert "873327600" not in told


# ------------------------------------------------------------ what is refused


def test_archives_that_are_no_backups_are_refused() -> None:
    assert refused(b"%PDF").fault is FileFault.UNKNOWN_FORMAT
    assert refused(zipped({"moodle.xml": "<MOODLE_BACKUP/>"})).fault is FileFault.UNKNOWN_FORMAT
    assert refused(zipped({"moodle_backup.xml": "<x/>"})).fault is FileFault.UNKNOWN_FORMAT
    activity = changed("course-5.mbz", moodle_backup=lambda cover: cover.replace(b"<type>course<", b"<type>activity<"))
    assert refused(activity).fault is FileFault.UNKNOWN_FORMAT


def test_a_backup_without_people_is_told_apart_from_a_damaged_one() -> None:
    assert refused(made(settings={"users": "0"})).fault is FileFault.NO_USER_DATA
    assert refused(made({"users.xml": "<users/>"})).fault is FileFault.NO_USER_DATA
    assert refused(made(settings={"anonymize": "1"})).fault is FileFault.ANONYMOUS


def test_a_value_that_is_not_as_documented_is_refused_with_its_place() -> None:
    error = refused(made({"users.xml": '<users><user id="x"/></users>'}))
    assert (error.fault, error.member, error.facts["path"]) == (FileFault.BAD_RECORD, "users.xml", "users/user.id")


@pytest.mark.parametrize(
    ("member", "rows"),
    [
        ("course/enrolments.xml", "<user_enrolments><enrolment><userid>3</userid></enrolment></user_enrolments>"),
        ("groups.xml", "<group_members><group_member><userid>3</userid></group_member></group_members>"),
        ("groups.xml", "<grouping_groups><grouping_group><groupid>3</groupid></grouping_group></grouping_groups>"),
        ("activities/assign_1/assign.xml", '<submissions><submission id="1"/></submissions>'),
        ("gradebook.xml", "<grade_grades><grade_grade><userid>1</userid></grade_grade></grade_grades>"),
        ("activities/workshop_1/workshop.xml", '<assessments><assessment id="1"/></assessments>'),
    ],
)
def test_a_row_without_the_row_around_it_is_refused(member: str, rows: str) -> None:
    assert refused(made({member: f"<a>{rows}</a>"})).fault is FileFault.BAD_RECORD


def test_a_text_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "_LONGEST_VALUE", 100)
    users = USERS.replace("u3", "x" * 101)
    assert refused(made({"users.xml": users})).fault is FileFault.TEXT_TOO_LONG


def test_more_records_than_a_course_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_MOST_RECORDS", 100)
    with (FILES / "course-2.mbz").open("rb") as file, pytest.raises(FileRefused) as caught:
        read_backup(file)
    assert (caught.value.fault, caught.value.facts["limit"]) == (FileFault.TOO_MANY_RECORDS, 100)


def test_more_people_than_a_course_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_MOST_PEOPLE", 50)
    error = refused((FILES / "course-2.mbz").read_bytes())
    assert (error.fault, error.facts["limit"]) == (FileFault.TOO_MANY_RECORDS, 50)


def test_limits_may_be_narrower() -> None:
    with (FILES / "course-2.mbz").open("rb") as file, pytest.raises(FileRefused) as caught:
        read_backup(file, limits=Limits(packed_bytes=10, members=10, inflated_bytes=10))
    assert caught.value.fault is FileFault.TOO_LARGE


# ------------------------------------------------------------ backups made in other ways


def test_parts_about_marks_are_partial_where_an_activity_was_left_out() -> None:
    backup = read_backup(made(settings={"assign_1_included": "0", "users": "1"}))
    coverage = {part.kind: part.coverage for part in backup.parts}
    assert coverage[Kind.GRADEBOOK_GRADE] is coverage[Kind.ACTIVITY] is Coverage.PARTIAL
    assert coverage[Kind.ENROLMENT] is coverage[Kind.GROUP] is Coverage.WHOLE
    with_all = read_backup(made(settings={"assign_1_included": "1", "assign_1_userinfo": "1"}))
    assert with_all.cover.is_whole


def test_a_backup_without_groups_is_silent_about_them() -> None:
    kinds = {part.kind for part in read_backup(made(settings={"groups": "0"})).parts}
    assert not {Kind.GROUP, Kind.GROUPING, Kind.GROUP_MEMBER} & kinds


def test_people_without_a_row_in_the_course_are_left_out_and_deleted_ones_too() -> None:
    users = USERS.replace(
        "</users>",
        '<user id="2"><username>admin</username></user>'
        '<user id="4"><username>gone</username><deleted>1</deleted></user></users>',
    )
    (user,) = of(read_backup(made({"users.xml": users})), Kind.USER)
    assert user.key == (3,)


METHOD = "<enrol><status>{method}</status><user_enrolments>{rows}</user_enrolments></enrol>"
ROW = """<enrolment><userid>3</userid><status>{status}</status><timestart>{start}</timestart>
<timeend>{end}</timeend></enrolment>"""


@pytest.mark.parametrize(
    ("ways", "suspended"),
    [
        ([("0", "0", "0", "0")], False),
        ([("0", "1", "0", "0")], True),
        ([("1", "0", "0", "0")], True),
        ([("0", "0", "1795508309", "0")], True),
        ([("0", "0", "1795508308", "1795508309")], False),
        ([("0", "0", "0", "1795508308")], True),
        ([("0", "1", "0", "0"), ("0", "0", "0", "0")], False),
    ],
)
def test_somebody_is_suspended_where_none_of_their_enrolments_counts(
    *, ways: list[tuple[str, str, str, str]], suspended: bool
) -> None:
    methods = "".join(
        METHOD.format(method=method, rows=ROW.format(status=status, start=start, end=end))
        for method, status, start, end in ways
    )
    roles = '<roles_definition><role id="5"><shortname>student</shortname></role></roles_definition>'
    assigned = "".join(
        f"<assignment><roleid>{role}</roleid><userid>3</userid></assignment>" for role in ("5", "5", "9")
    )
    backup = read_backup(
        made(
            {
                "course/enrolments.xml": f"<e><enrols>{methods}</enrols></e>",
                "roles.xml": roles,
                "course/roles.xml": f"<roles><role_assignments>{assigned}</role_assignments></roles>",
            }
        )
    )
    assert of(backup, Kind.ENROLMENT) == [Enrolment(7, 3, ("student",), suspended)]


def test_activities_of_any_kind_have_their_instance_and_visibility() -> None:
    backup = read_backup(
        made(
            {
                "activities/forum_5/forum.xml": '<activity id="50" moduleid="5" modulename="forum"><forum/></activity>',
                "activities/forum_5/module.xml": '<module id="5"><visible>0</visible></module>',
                "activities/forum_5/inforef.xml": "not even XML",
                "activities/page_6/module.xml": '<module id="6"><visible>1</visible></module>',
            },
            activities={5: "forum", 6: "page"},
        )
    )
    url = "https://moodle.example.test/mod/forum/view.php?id=5"
    assert of(backup, Kind.ACTIVITY) == [Activity(5, 7, "forum", 50, "forum 5", visible=False, url=url)]
    assert refused(made({"activities/forum_5/forum.xml": "<forum/>"})).fault is FileFault.BAD_RECORD


def test_a_course_without_a_category_is_read() -> None:
    course = '<course id="7"><shortname>c7</shortname><fullname>Курс</fullname><visible>0</visible></course>'
    (found,) = of(read_backup(made({"course/course.xml": course})), Kind.COURSE)
    assert (found.category_id, found.visible, found.starts_at) == (0, False, None)  # type: ignore[union-attr]


def test_completion_set_by_hand_and_not_reached_is_told() -> None:
    rows = (
        "<completion><userid>3</userid><completionstate>2</completionstate><overrideby>9</overrideby>"
        "<timemodified>1795491951</timemodified></completion>"
        "<completion><userid>4</userid><completionstate>0</completionstate><overrideby>$@NULL@$</overrideby>"
        "<timemodified>1795491951</timemodified></completion>"
    )
    backup = read_backup(made({"activities/forum_5/completion.xml": f"<completions>{rows}</completions>"}))
    done, not_yet = of(backup, Kind.ACTIVITY_COMPLETION)
    assert (done.state, done.overridden, done.completed_at is None) == (2, True, False)  # type: ignore[union-attr]
    assert (not_yet.state, not_yet.overridden, not_yet.completed_at) == (0, False, None)  # type: ignore[union-attr]


ASSIGN = """<activity id="9" moduleid="1"><assign id="9"><name>Эссе</name><grade>{grade}</grade>
<teamsubmission>{team}</teamsubmission>
<submissions>{submissions}</submissions><grades>{grades}</grades></assign></activity>"""


def test_only_the_latest_attempt_counts_as_the_site_tells_it() -> None:
    submissions = (
        '<submission id="1"><userid>3</userid><latest>0</latest><attemptnumber>0</attemptnumber></submission>'
        '<submission id="2"><userid>3</userid><latest>1</latest><attemptnumber>1</attemptnumber></submission>'
        '<submission id="3"><userid>0</userid><groupid>0</groupid><latest>1</latest></submission>'
    )
    grades = (
        '<grade id="2"><userid>3</userid><grade>70.00000</grade><attemptnumber>1</attemptnumber></grade>'
        '<grade id="1"><userid>3</userid><grade>-1.00000</grade><attemptnumber>0</attemptnumber></grade>'
    )
    xml = ASSIGN.format(grade="100", team="0", submissions=submissions, grades=grades)
    backup = read_backup(made({"activities/assign_1/assign.xml": xml}))
    assert [record.key for record in of(backup, Kind.SUBMISSION)] == [(2,)]
    assert [(grade.key, grade.grade) for grade in of(backup, Kind.ASSIGNMENT_GRADE)] == [((2,), Decimal(70))]  # type: ignore[union-attr]


def test_members_own_rows_beside_their_teams_are_left_out() -> None:
    submissions = (
        '<submission id="1"><userid>3</userid><groupid>0</groupid></submission>'
        '<submission id="2"><userid>0</userid><groupid>5</groupid></submission>'
    )
    xml = ASSIGN.format(grade="0", team="1", submissions=submissions, grades="")
    backup = read_backup(made({"activities/assign_1/assign.xml": xml}))
    assert [record.key for record in of(backup, Kind.SUBMISSION)] == [(2,)]
    (assignment,) = of(backup, Kind.ASSIGNMENT)
    assert (assignment.grade_max, assignment.scale_id) == (None, None)  # type: ignore[union-attr]


ITEM = """<grade_item id="4"><itemtype>manual</itemtype><itemname>Явка</itemname><gradetype>{kind}</gradetype>
<scaleid>{scale}</scaleid><hidden>{hidden}</hidden><locked>{locked}</locked><decimals>{decimals}</decimals>
<grade_grades>{grades}</grade_grades></grade_item>"""
GRADE = """<grade_grade id="1"><userid>3</userid><finalgrade>{grade}</finalgrade><hidden>{hidden}</hidden>
<locked>{locked}</locked><overridden>{overridden}</overridden><feedback>{feedback}</feedback>
<timemodified>1795491951</timemodified></grade_grade>"""


def graded(grade: str = "2.00000", *, feedback: str = "$@NULL@$", overridden: str = "0", **item: str) -> Record:
    facts = {"kind": "1", "scale": "$@NULL@$", "hidden": "0", "locked": "0", "decimals": "$@NULL@$", **item}
    cell = GRADE.format(
        grade=grade,
        feedback=feedback,
        overridden=overridden,
        hidden=item.get("cell_hidden", "0"),
        locked=item.get("cell_locked", "0"),
    )
    members = {
        "gradebook.xml": f"<gradebook><grade_items>{ITEM.format(grades=cell, **facts)}</grade_items></gradebook>",
        "scales.xml": '<scales_definition><scale id="8"><scale>нет, да</scale></scale></scales_definition>',
    }
    (found,) = of(read_backup(made(members)), Kind.GRADEBOOK_GRADE)
    return found


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, {"grade": Decimal(2), "label": "2.00", "hidden": False, "locked": False, "overridden": False}),
        ({"decimals": "0"}, {"label": "2"}),
        ({"decimals": "99"}, {"label": "2.00000"}),
        ({"grade": "$@NULL@$"}, {"grade": None, "label": "", "graded_at": None}),
        ({"grade": "$@NULL@$", "feedback": "ждём"}, {"grade": None, "feedback": "ждём"}),
        ({"kind": "2", "scale": "8"}, {"grade": Decimal(2), "label": "да"}),
        ({"kind": "2", "scale": "8", "grade": "5.00000"}, {"label": "5.00"}),
        ({"kind": "2", "scale": "9"}, {"label": "2.00"}),
        ({"kind": "2"}, {"label": "2.00"}),
        ({"hidden": "1"}, {"hidden": True}),
        ({"cell_hidden": "1"}, {"hidden": True}),
        ({"cell_hidden": "1795508309"}, {"hidden": True}),
        ({"cell_hidden": "1795508308"}, {"hidden": False}),
        ({"locked": "1795491951"}, {"locked": True}),
        ({"cell_locked": "1"}, {"locked": True}),
        ({"overridden": "1795491951"}, {"overridden": True}),
    ],
)
def test_a_grade_is_told_as_the_gradebook_words_it(facts: dict[str, str], expected: dict[str, object]) -> None:
    grade = graded(**facts)
    assert {name: getattr(grade, name) for name in expected} == expected


def test_a_backup_without_its_own_date_is_read() -> None:
    undated = changed("course-5.mbz", moodle_backup=lambda cover: cover.replace(b"backup_date>", b"other_date>"))
    assert read_backup(io.BytesIO(undated)).cover.made_at is None
