from __future__ import annotations

from decimal import Decimal
from typing import cast

import pytest

from lms_sync.files.backup import Backup, read_backup
from lms_sync.records import CriterionMark, Kind, WorkshopAssessment, WorkshopCriterion, WorkshopSubmission
from tests.support.backups import FILES, made

WORKSHOP = """<activity id="1" moduleid="3" modulename="workshop"><workshop id="1"><name>Экспертиза</name>
<phase>50</phase><grade>80.00000</grade><gradinggrade>20.00000</gradinggrade><strategy>{strategy}</strategy>
{dimensions}
<submissions><submission id="11"><authorid>3</authorid><title>Работа</title><grade>50.00000</grade>
<gradeover>{over}</gradeover><assessments><assessment id="21"><reviewerid>4</reviewerid><weight>1</weight>
<grade>25.00000</grade><gradinggrade>90.00000</gradinggrade><gradinggradeover>{over}</gradinggradeover>{marks}
</assessment><assessment id="22"><reviewerid>5</reviewerid></assessment></assessments></submission></submissions>
</workshop></activity>"""


def form(strategy: str, rows: str) -> str:
    tag = f"subplugin_workshopform_{strategy}"
    return f"<{tag}_workshop>{rows}</{tag}_workshop>"


def dimension(strategy: str, number: int, values: str) -> str:
    tag = f"workshopform_{strategy}_dimension"
    return f'<{tag} id="{number}"><sort>{9 - number}</sort><description>k{number}</description>{values}</{tag}>'


def marks(strategy: str, *grades: tuple[int, str]) -> str:
    tag = f"workshopform_{strategy}_grade"
    rows = "".join(
        f'<{tag} id="{number}"><dimensionid>{number}</dimensionid><grade>{grade}</grade>'
        f"<peercomment>c{number}</peercomment></{tag}>"
        for number, grade in grades
    )
    return f"<subplugin_workshopform_{strategy}_assessment>{rows}</subplugin_workshopform_{strategy}_assessment>"


def read(strategy: str, dimensions: str, given: str, *, over: str = "$@NULL@$") -> Backup:
    xml = WORKSHOP.format(strategy=strategy, dimensions=dimensions, marks=given, over=over)
    return read_backup(made({"activities/workshop_3/workshop.xml": xml}, activities={3: "workshop"}))


def of(backup: Backup, kind: Kind) -> list[object]:
    return [record for part in backup.parts if part.kind is kind for record in part.records]


def criteria(backup: Backup) -> list[tuple[int, int, Decimal, Decimal, Decimal]]:
    found = cast("list[WorkshopCriterion]", of(backup, Kind.WORKSHOP_CRITERION))
    return [(one.criterion_id, one.position, one.grade_min, one.grade_max, one.weight) for one in found]


def given_marks(backup: Backup) -> list[tuple[int, int, Decimal, str]]:
    found = cast("list[CriterionMark]", of(backup, Kind.CRITERION_MARK))
    return [(one.assessment_id, one.criterion_id, one.grade, one.comment) for one in found]


def test_points_count_from_zero_to_the_criterions_most() -> None:
    rows = dimension("accumulative", 1, "<grade>10</grade><weight>2</weight>")
    rows += dimension("accumulative", 2, "<grade>5</grade><weight>1</weight>")
    backup = read("accumulative", form("accumulative", rows), marks("accumulative", (1, "7.50000"), (2, "$@NULL@$")))
    assert criteria(backup) == [(2, 0, 0, 5, 1), (1, 1, 0, 10, 2)]
    assert given_marks(backup) == [(21, 1, Decimal("7.5"), "c1")]


def test_levels_bound_the_marks_of_a_rubric() -> None:
    levels = "".join(
        f'<workshopform_rubric_level id="{number}"><grade>{grade}</grade></workshopform_rubric_level>'
        for number, grade in ((1, "1.00000"), (2, "6.00000"))
    )
    rows = dimension("rubric", 1, f"<workshopform_rubric_levels>{levels}</workshopform_rubric_levels>")
    rows += dimension("rubric", 2, "")
    backup = read("rubric", form("rubric", rows), marks("rubric", (1, "6.00000")))
    assert criteria(backup) == [(2, 0, 0, 0, 1), (1, 1, 1, 6, 1)]
    assert given_marks(backup) == [(21, 1, Decimal(6), "c1")]


@pytest.mark.parametrize(("written", "mark"), [("1.00000", 1), ("0.00000", 0), ("-1.00000", 0)])
def test_yes_and_no_are_one_and_zero(written: str, mark: int) -> None:
    rows = dimension("numerrors", 1, "<grade0>Нет</grade0><grade1>Да</grade1><weight>1</weight>")
    backup = read("numerrors", form("numerrors", rows), marks("numerrors", (1, written)))
    assert criteria(backup) == [(1, 0, 0, 1, 1)]
    assert given_marks(backup) == [(21, 1, Decimal(mark), "c1")]


def test_comments_have_no_marks() -> None:
    backup = read("comments", form("comments", dimension("comments", 1, "")), marks("comments", (1, "$@NULL@$")))
    assert criteria(backup) == [(1, 0, 0, 0, 1)]
    assert given_marks(backup) == []


def test_what_is_left_of_a_former_strategy_is_not_counted() -> None:
    dimensions = form("accumulative", dimension("accumulative", 1, "<grade>10</grade>")) + form(
        "comments", dimension("comments", 1, "")
    )
    given = marks("comments", (1, "$@NULL@$")) + marks("accumulative", (1, "3.00000"), (7, "9.00000"))
    backup = read("accumulative", dimensions, given)
    assert criteria(backup) == [(1, 0, 0, 10, 1)]
    assert given_marks(backup) == [(21, 1, Decimal(3), "c1")]


def test_percentages_are_put_on_the_workshops_own_scales() -> None:
    backup = read("comments", "", "")
    (work,) = cast("list[WorkshopSubmission]", of(backup, Kind.WORKSHOP_SUBMISSION))
    written, waiting = cast("list[WorkshopAssessment]", of(backup, Kind.WORKSHOP_ASSESSMENT))
    assert (work.author_id, work.title, work.grade) == (3, "Работа", Decimal(40))
    assert (written.submission_id, written.reviewer_id, written.grade) == (11, 4, Decimal(20))
    assert written.grading_grade == Decimal(18)
    assert (waiting.grade, waiting.grading_grade) == (None, None)


def test_a_grade_set_by_a_teacher_wins() -> None:
    backup = read("comments", "", "", over="100.00000")
    (work,) = cast("list[WorkshopSubmission]", of(backup, Kind.WORKSHOP_SUBMISSION))
    written, _ = cast("list[WorkshopAssessment]", of(backup, Kind.WORKSHOP_ASSESSMENT))
    assert (work.grade, written.grading_grade) == (Decimal(80), Decimal(20))


def test_a_file_without_a_workshop_tells_nothing() -> None:
    backup = read_backup(made({"activities/workshop_3/workshop.xml": '<activity id="1" moduleid="3"/>'}))
    assert of(backup, Kind.WORKSHOP) == []


def test_a_real_workshop_is_read_to_the_last_mark() -> None:
    with (FILES / "course-2.mbz").open("rb") as file:
        backup = read_backup(file)
    assert len(of(backup, Kind.WORKSHOP_ASSESSMENT)) == 285
    assert len(of(backup, Kind.CRITERION_MARK)) == 1_020
    assert [position for _, position, *_ in criteria(backup)] == [0, 1, 2, 3]
