"""Assignments out of recorded answers."""

from bridge.demo.recordings.archive import Archive
from bridge.demo.shapes import Json
from bridge.demo.tables import (
    Assign,
    AssignConfig,
    AssignGrade,
    AssignSubmission,
    AssignUserFlags,
    Tables,
)

__all__ = ["load_assignments"]

_COPIED = (
    "id",
    "course",
    "name",
    "intro",
    "grade",
    "duedate",
    "cutoffdate",
    "gradingduedate",
    "allowsubmissionsfromdate",
    "timemodified",
    "nosubmissions",
    "submissiondrafts",
    "teamsubmission",
    "requireallteammemberssubmit",
    "teamsubmissiongroupingid",
    "blindmarking",
    "revealidentities",
    "markingworkflow",
    "attemptreopenmethod",
    "maxattempts",
    "completionsubmit",
)


def load_assignments(archive: Archive, tables: Tables) -> None:
    """Fill in assignments, submissions, grades, workflow states and blind numbers."""
    for body in archive.bodies("mod_assign_get_assignments"):
        for course in body["courses"]:
            for row in course["assignments"]:
                tables.assigns[row["id"]] = _assign(row)
    _load_grades(archive, tables)
    _load_submissions(archive, tables)
    _load_hidden_submissions(archive, tables)
    _load_blind_numbers(archive, tables)


def _assign(row: Json) -> Assign:
    configs = [AssignConfig(each["plugin"], each["subtype"], each["name"], each["value"]) for each in row["configs"]]
    return Assign(configs=configs, **{name: row[name] for name in _COPIED})


def _load_grades(archive: Archive, tables: Tables) -> None:
    for body in archive.bodies("mod_assign_get_grades"):
        for assignment in body["assignments"]:
            for row in assignment["grades"]:
                tables.assign_grades[row["id"]] = AssignGrade(
                    row["id"],
                    assignment["assignmentid"],
                    row["userid"],
                    row["timecreated"],
                    row["timemodified"],
                    row["grader"],
                    float(row["grade"]),
                    row["attemptnumber"],
                )


def _load_submissions(archive: Archive, tables: Tables) -> None:
    for body in archive.bodies("mod_assign_get_submissions"):
        for assignment in body["assignments"]:
            for row in assignment["submissions"]:
                _submission(tables, tables.assigns[assignment["assignmentid"]], row)


def _submission(tables: Tables, assign: Assign, row: Json) -> None:
    editors = [field for plugin in row["plugins"] for field in plugin.get("editorfields", [])]
    tables.assign_submissions[row["id"]] = AssignSubmission(
        row["id"],
        assign.id,
        row["userid"],
        row["timecreated"],
        row["timemodified"],
        row["timestarted"],
        row["status"],
        row["groupid"],
        row["attemptnumber"],
        text=editors[0]["text"] if editors else "",
    )
    if assign.markingworkflow and row["userid"]:
        key = (assign.id, row["userid"])
        tables.assign_user_flags[key] = AssignUserFlags(*key, workflowstate=row["gradingstatus"])


def _load_hidden_submissions(archive: Archive, tables: Tables) -> None:
    """Add the rows that exist and do not show: a team's people have rows of their own, people who left keep theirs.

    The change hints name their ids, the grades name their people.
    """
    for body in archive.bodies("core_course_get_updates_since"):
        for instance in body["instances"]:
            module = tables.course_modules.get(instance["id"])
            if module is None or module.modname != "assign":
                continue
            ids = {
                itemid
                for each in instance["updates"]
                if each["name"] == "usersubmissions"
                for itemid in each["itemids"]
            }
            _hide(tables, tables.assigns[module.instance], sorted(ids - tables.assign_submissions.keys()))


def _hide(tables: Tables, assign: Assign, ids: list[int]) -> None:
    shown = {row.userid for row in tables.assign_submissions.values() if row.assignment == assign.id and row.userid}
    graded = [row for row in tables.assign_grades.values() if row.assignment == assign.id and row.userid not in shown]
    people = [(row.userid, row.timecreated) for row in sorted(graded, key=lambda row: row.id)]
    if assign.teamsubmission and len(people) < len(ids):
        known = {userid for userid, _ in people}
        missing = sorted(_team_people(tables, assign) - known)
        people += [(userid, assign.timemodified) for userid in missing]
    for number, (userid, moment) in zip(ids, people, strict=False):
        tables.assign_submissions[number] = AssignSubmission(
            number, assign.id, userid, moment, moment, status="submitted"
        )


def _team_people(tables: Tables, assign: Assign) -> set[int]:
    grouping = tables.groupings.get(assign.teamsubmissiongroupingid)
    return {userid for group in grouping.groups for userid in tables.groups[group].members} if grouping else set()


def _load_blind_numbers(archive: Archive, tables: Tables) -> None:
    for call in archive.calls("mod_assign_list_participants"):
        assignid = call.params["assignid"]
        for row in call.body:
            if row["recordid"] > 0:
                key = (assignid, row["id"])
                tables.assign_user_flags.setdefault(key, AssignUserFlags(*key)).blindid = row["recordid"]
    _number_the_rest(tables)


def _number_the_rest(tables: Tables) -> None:
    """Give everyone else a number of their own: a recording shows a few people only."""
    taken = max((row.blindid for row in tables.assign_user_flags.values()), default=0)
    for assign in tables.assigns.values():
        if not assign.blindmarking:
            continue
        for courseid, userid in sorted(tables.enrolments):
            key = (assign.id, userid)
            flags = tables.assign_user_flags.setdefault(key, AssignUserFlags(*key))
            if courseid == assign.course and not flags.blindid:
                taken += 1
                flags.blindid = taken
