"""Workshops out of recorded answers."""

from bridge.demo.gradebook import item_of
from bridge.demo.recordings.archive import Archive
from bridge.demo.shapes import Json
from bridge.demo.tables import (
    Tables,
    Workshop,
    WorkshopAggregation,
    WorkshopAssessment,
    WorkshopDimension,
    WorkshopGrade,
    WorkshopPhase,
    WorkshopSubmission,
)

__all__ = ["load_workshops"]

_COPIED = (
    "id",
    "course",
    "name",
    "intro",
    "instructauthors",
    "instructreviewers",
    "conclusion",
    "grade",
    "gradinggrade",
    "strategy",
    "evaluation",
    "gradedecimals",
    "submissionstart",
    "submissionend",
    "assessmentstart",
    "assessmentend",
    "timemodified",
)


def load_workshops(archive: Archive, tables: Tables) -> None:
    """Fill in workshops, works, reviews, criteria with their marks, and what reviewers earned.

    The gradebook must be there already: it alone has the exact grades for reviewing.
    """
    for body in archive.bodies("mod_workshop_get_workshops_by_courses"):
        for row in body["workshops"]:
            copied = {name: row[name] for name in _COPIED}
            tables.workshops[row["id"]] = Workshop(phase=WorkshopPhase(row["phase"]), **copied)
    for body in archive.bodies("mod_workshop_get_submissions"):
        for row in body["submissions"]:
            tables.workshop_submissions[row["id"]] = _work(row)
    for body in archive.bodies("mod_workshop_get_submission_assessments"):
        for row in body["assessments"]:
            tables.workshop_assessments[row["id"]] = _review(row)
    for call in archive.calls("mod_workshop_get_assessment_form_definition"):
        _form(tables, call.params["assessmentid"], call.body)
    _load_aggregations(archive, tables)


def _work(row: Json) -> WorkshopSubmission:
    return WorkshopSubmission(
        row["id"],
        row["workshopid"],
        row["authorid"],
        row["title"],
        row["content"],
        row["timecreated"],
        row["timemodified"],
        row["timegraded"],
        row["grade"],
        row["gradeover"],
        row["gradeoverby"],
        row["feedbackauthor"],
    )


def _review(row: Json) -> WorkshopAssessment:
    return WorkshopAssessment(
        row["id"],
        row["submissionid"],
        row["reviewerid"],
        row["weight"],
        row["timecreated"],
        row["timemodified"],
        row["grade"],
        row["gradinggrade"],
        row["gradinggradeover"],
        row["gradinggradeoverby"],
        row["feedbackauthor"],
    )


def _form(tables: Tables, assessmentid: int, body: Json) -> None:
    fields = {each["name"]: each["value"] for each in body["fields"]}
    current = {each["name"]: each["value"] for each in body["current"]}
    workshopid = tables.workshop_submissions[tables.workshop_assessments[assessmentid].submissionid].workshopid
    for number in range(body["dimenssionscount"]):
        dimensionid = int(fields[f"dimensionid__idx_{number}"])
        tables.workshop_dimensions[dimensionid] = WorkshopDimension(
            dimensionid,
            workshopid,
            number + 1,
            fields[f"description__idx_{number}"],
            int(fields[f"grade__idx_{number}"]),
            int(fields[f"weight__idx_{number}"]),
        )
        if f"grade__idx_{number}" in current:
            gradeid = int(current[f"gradeid__idx_{number}"])
            grade = float(current[f"grade__idx_{number}"])
            comment = current[f"peercomment__idx_{number}"]
            tables.workshop_grades[gradeid] = WorkshopGrade(gradeid, assessmentid, dimensionid, grade, comment)


def _load_aggregations(archive: Archive, tables: Tables) -> None:
    for body in archive.bodies("core_course_get_updates_since"):
        for instance in body["instances"]:
            module = tables.course_modules.get(instance["id"])
            if module is None or module.modname != "workshop":
                continue
            for each in instance["updates"]:
                if each["name"] == "userassessmentgrades":
                    _aggregate(tables, tables.workshops[module.instance], each["itemids"])


def _aggregate(tables: Tables, workshop: Workshop, ids: list[int]) -> None:
    """Share the known ids out among the authors: which of them has which no answer tells."""
    item = item_of(tables, "workshop", workshop.id, 1)
    authors = sorted(row.authorid for row in tables.workshop_submissions.values() if row.workshopid == workshop.id)
    for number, userid in zip(ids, authors, strict=False):
        row = tables.grade_grades.get((item.id, userid)) if item else None
        earned = None if row is None or row.raw is None else row.raw * 100 / workshop.gradinggrade
        moment = (row.timemodified if row else None) or workshop.timemodified
        tables.workshop_aggregations[number] = WorkshopAggregation(number, workshop.id, userid, earned, moment)
