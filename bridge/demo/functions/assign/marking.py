"""What the functions of assignments share: which may be read, latest attempts, teams, how far the marking has come."""

from collections.abc import Iterable

from bridge.demo.calls import Call
from bridge.demo.shapes import Json
from bridge.demo.tables import Assign, AssignGrade, AssignSubmission, CourseModule

__all__ = ["SUBMITTERS", "VIEW_GRADES", "Marking", "latest_submissions", "readable", "team_of"]

VIEW_GRADES = ("mod/assign:viewgrades", "mod/assign:grade")
SUBMITTERS = frozenset({"student"})
"""Archetypes that submit."""
_NO_ACCESS = "No access rights in module context"


def readable(call: Call, ids: Iterable[int], warnings: list[Json]) -> dict[int, CourseModule]:
    """Return the assignments that exist and whose grades the account may see; those it may not become warnings."""
    wanted = set(ids)
    modules = [
        module
        for module in call.tables.course_modules.values()
        if module.modname == "assign" and module.instance in wanted
    ]
    open_ones = {}
    for module in sorted(modules, key=lambda module: module.id):
        if call.may_enter(call.tables.courses[module.course]) and call.sees(module) and call.can(*VIEW_GRADES):
            open_ones[module.instance] = module
        else:
            warnings.append(
                {"item": "assignment", "itemid": module.instance, "warningcode": "1", "message": _NO_ACCESS}
            )
    return open_ones


def latest_submissions(call: Call, assignmentid: int) -> dict[tuple[int, int], AssignSubmission]:
    """Return the latest attempt by (user, group)."""
    latest: dict[tuple[int, int], AssignSubmission] = {}
    for row in call.tables.assign_submissions.values():
        if row.assignment != assignmentid:
            continue
        known = latest.get((row.userid, row.groupid))
        if known is None or row.attemptnumber > known.attemptnumber:
            latest[row.userid, row.groupid] = row
    return latest


def team_of(call: Call, assign: Assign, userid: int) -> int:
    """Return the group that a person submits with, 0 for the default team of those in none."""
    grouping = call.tables.groupings.get(assign.teamsubmissiongroupingid)
    groups = [
        group.id
        for group in call.tables.groups.values()
        if group.courseid == assign.course and userid in group.members and (not grouping or group.id in grouping.groups)
    ]
    return groups[0] if len(groups) == 1 else 0


class Marking:
    """What tells how far the marking of an assignment has come."""

    def __init__(self, call: Call, assign: Assign) -> None:
        self.call = call
        self.assign = assign
        self.works = {row.userid: row for row in latest_submissions(call, assign.id).values()}
        self.graded: dict[int, AssignGrade] = {}
        for row in call.tables.assign_grades.values():
            if row.assignment == assign.id:
                known = self.graded.get(row.userid)
                if known is None or row.attemptnumber >= known.attemptnumber:
                    self.graded[row.userid] = row

    def status(self, userid: int) -> str:
        """Return ``graded`` or ``notgraded``, or the workflow's state where there is a workflow."""
        if self.assign.markingworkflow:
            flags = self.call.tables.assign_user_flags.get((self.assign.id, userid))
            return (flags.workflowstate if flags else "") or "notmarked"
        row = self.graded.get(userid)
        return "graded" if row is not None and row.grade >= 0 else "notgraded"
