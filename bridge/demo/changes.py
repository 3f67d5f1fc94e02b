"""What happens to a site in the course of a term, as functions that keep its rows in agreement.

Each takes the site's tables and what changes, and leaves them as Moodle would: a deleted activity takes its column
along, a deleted person leaves every course. `a_term` does what the recorded site went through, all at once.
"""

from dataclasses import replace

from bridge.demo.errors import DemoError
from bridge.demo.gradebook import bounded, cell, item_of
from bridge.demo.tables import (
    AssignGrade,
    AssignSubmission,
    CourseModule,
    Enrolment,
    GradeGrade,
    GradeItem,
    ModuleCompletion,
    RoleAssignment,
    Tables,
    User,
    WorkshopGrade,
)

__all__ = [
    "a_term",
    "change_scale",
    "delete_activity",
    "delete_user",
    "enrol_newcomer",
    "hand_in",
    "lock_grade",
    "mark",
    "move_member",
    "override_grade",
    "renumber_assignment",
    "unenrol",
    "write_review",
]

_HTML, _PLAIN = 1, 2
"""Text formats of feedback."""


def _module(tables: Tables, idnumber: str) -> CourseModule:
    for module in tables.course_modules.values():
        if module.idnumber == idnumber:
            return module
    raise DemoError(f"The site has no activity with the id number {idnumber}")


def _item(tables: Tables, idnumber: str) -> GradeItem:
    module = _module(tables, idnumber)
    item = item_of(tables, module.modname, module.instance)
    if item is None:
        raise DemoError(f"The activity {idnumber} has no column in the gradebook")
    return item


# ---------------------------------------------------------------- works and marks


def hand_in(tables: Tables, idnumber: str, userid: int, *, now: int, text: str = "<p>Сдано.</p>") -> AssignSubmission:
    """Hand in a person's work, or hand it in again."""
    module = _module(tables, idnumber)
    for row in tables.assign_submissions.values():
        if (row.assignment, row.userid, row.groupid) == (module.instance, userid, 0):
            row.text, row.timemodified, row.status = text, now, "submitted"
            return row
    number = 1 + max(tables.assign_submissions, default=0)
    row = AssignSubmission(number, module.instance, userid, now, now, text=text)
    tables.assign_submissions[number] = row
    return row


def mark(
    tables: Tables, idnumber: str, userid: int, grade: float, *, grader: int, now: int, comment: str = ""
) -> AssignGrade:
    """Mark a work, for the first time or again; -1 takes a mark back. The mark is published at once."""
    module, item = _module(tables, idnumber), _item(tables, idnumber)
    rows = [row for row in tables.assign_grades.values() if (row.assignment, row.userid) == (module.instance, userid)]
    if rows:
        row = rows[-1]
    else:
        number = 1 + max(tables.assign_grades, default=0)
        row = tables.assign_grades[number] = AssignGrade(number, module.instance, userid, now)
    row.grade, row.grader, row.timemodified, row.comment = grade, grader, now, comment
    entry = cell(tables, item, userid)
    if not entry.locked and not entry.overridden:
        entry.raw, entry.timecreated = None if grade < 0 else grade, None
        entry.final, entry.timemodified = bounded(item, entry.raw), now
        entry.feedback, entry.feedbackformat = comment, _HTML if comment else 0
    _complete(tables, module, entry, now)
    return row


def _complete(tables: Tables, module: CourseModule, entry: GradeGrade, now: int) -> None:
    key, state = (module.id, entry.userid), int(entry.final is not None)
    row = tables.module_completion.setdefault(key, ModuleCompletion(*key))
    if module.completionusegrade and row.state != state:
        row.state, row.timemodified = state, now


def override_grade(
    tables: Tables, idnumber: str, userid: int, grade: float, *, now: int, reason: str = ""
) -> GradeGrade:
    """Decide a gradebook cell by hand; what the activity sent stays behind it."""
    row = cell(tables, _item(tables, idnumber), userid)
    row.final, row.overridden, row.timemodified = grade, True, now
    row.feedback, row.feedbackformat = reason, _PLAIN
    return row


def lock_grade(tables: Tables, idnumber: str, userid: int) -> GradeGrade:
    """Lock a gradebook cell; nothing else shows it."""
    row = cell(tables, _item(tables, idnumber), userid)
    row.locked = True
    return row


def write_review(tables: Tables, assessmentid: int, points: float, *, now: int) -> None:
    """Write a review that was owed, with the same points on every criterion."""
    entry = tables.workshop_assessments[assessmentid]
    workshopid = tables.workshop_submissions[entry.submissionid].workshopid
    criteria = [row for row in tables.workshop_dimensions.values() if row.workshopid == workshopid]
    for row in criteria:
        number = 1 + max(tables.workshop_grades, default=0)
        tables.workshop_grades[number] = WorkshopGrade(number, assessmentid, row.id, points)
    whole = sum(row.weight for row in criteria)
    entry.grade = round(sum(points / row.grade * row.weight for row in criteria) / whole * 100, 5)
    entry.timemodified = now


def change_scale(tables: Tables, idnumber: str, labels: list[str]) -> None:
    """Replace the labels of the scale that an activity is marked by; marks keep their numbers."""
    item = _item(tables, idnumber)
    scale = tables.scales[item.scaleid or 0]
    scale.items, item.grademax = list(labels), float(len(labels))


# ---------------------------------------------------------------- people


def enrol_newcomer(tables: Tables, courseid: int, *, username: str, idnumber: str = "", role: str = "student") -> User:
    """Create an account and enrol it."""
    number = 1 + max(tables.users, default=1)
    user = User(number, username, "Новый", "Участник", f"{username}@example.test", idnumber)
    tables.users[number] = user
    tables.enrolments[courseid, number] = Enrolment(courseid, number)
    roleid = next(row.id for row in tables.roles.values() if row.shortname == role)
    assigned = 1 + max(tables.role_assignments, default=0)
    tables.role_assignments[assigned] = RoleAssignment(assigned, courseid, number, roleid)
    return user


def unenrol(tables: Tables, courseid: int, userid: int) -> None:
    """Remove a person from a course: roles and groups go, works and marks stay behind."""
    tables.enrolments.pop((courseid, userid), None)
    gone = [row.id for row in tables.role_assignments.values() if (row.courseid, row.userid) == (courseid, userid)]
    for number in gone:
        del tables.role_assignments[number]
    for group in tables.groups.values():
        if group.courseid == courseid:
            group.members.discard(userid)


def delete_user(tables: Tables, userid: int) -> None:
    """Delete an account: it leaves every course and cohort, and its name is spoilt as Moodle spoils it."""
    user = tables.users[userid]
    for courseid in [course for course, person in tables.enrolments if person == userid]:
        unenrol(tables, courseid, userid)
    for cohort in tables.cohorts.values():
        cohort.members.discard(userid)
    user.deleted, user.username, user.idnumber = True, f"{user.email}.{userid}", ""


def move_member(tables: Tables, userid: int, *, source: int, target: int) -> None:
    """Move a person from one group to another."""
    tables.groups[source].members.discard(userid)
    tables.groups[target].members.add(userid)


# ---------------------------------------------------------------- activities


def delete_activity(tables: Tables, idnumber: str) -> None:
    """Delete an activity with its column, its cells and all that was handed in."""
    module = _module(tables, idnumber)
    key = (module.modname, module.instance)
    items = [row.id for row in tables.grade_items.values() if (row.itemmodule, row.iteminstance) == key]
    del tables.course_modules[module.id]
    for itemid in items:
        del tables.grade_items[itemid]
    for place in [place for place in tables.grade_grades if place[0] in items]:
        del tables.grade_grades[place]
    for place in [place for place in tables.module_completion if place[0] == module.id]:
        del tables.module_completion[place]
    if module.modname == "assign":
        _delete_assignment(tables, module.instance)


def _delete_assignment(tables: Tables, number: int) -> None:
    del tables.assigns[number]
    for submission in [row for row in tables.assign_submissions.values() if row.assignment == number]:
        del tables.assign_submissions[submission.id]
    for grade in [row for row in tables.assign_grades.values() if row.assignment == number]:
        del tables.assign_grades[grade.id]


def renumber_assignment(tables: Tables, idnumber: str) -> int:
    """Restore an assignment from a backup into its own place: the id number stays, every id is new.

    Returns
    -------
    int
        The new assignment's id.
    """
    old, item = _module(tables, idnumber), _item(tables, idnumber)
    assign = replace(tables.assigns[old.instance], id=1 + max(tables.assigns))
    module = replace(old, id=1 + max(tables.course_modules), instance=assign.id)
    column = replace(item, id=1 + max(tables.grade_items), iteminstance=assign.id)
    works = [row for row in tables.assign_submissions.values() if row.assignment == old.instance]
    marks = [row for row in tables.assign_grades.values() if row.assignment == old.instance]
    cells = [row for row in tables.grade_grades.values() if row.itemid == item.id]
    states = [row for row in tables.module_completion.values() if row.cmid == old.id]
    first_work, first_mark = 1 + max(tables.assign_submissions, default=0), 1 + max(tables.assign_grades, default=0)
    delete_activity(tables, idnumber)
    tables.assigns[assign.id], tables.course_modules[module.id], tables.grade_items[column.id] = assign, module, column
    for number, work in enumerate(works, first_work):
        tables.assign_submissions[number] = replace(work, id=number, assignment=assign.id)
    for number, grade in enumerate(marks, first_mark):
        tables.assign_grades[number] = replace(grade, id=number, assignment=assign.id)
    for entry in cells:
        tables.grade_grades[column.id, entry.userid] = replace(entry, itemid=column.id)
    for state in states:
        tables.module_completion[module.id, state.userid] = replace(state, cmid=module.id)
    return assign.id


# ---------------------------------------------------------------- a term


def a_term(tables: Tables, *, code: str, now: int) -> None:
    """Let a term pass over a season: everything that the recorded site went through.

    A regrade, a first mark, a late submission, a suspension, an unenrolment, a newcomer, a moved member, a deleted
    activity, a renamed course, a new deadline, an overridden grade, a column shown, a grade locked, a review written.

    Parameters
    ----------
    code
        What the season's accounts and courses begin with, as in a25.
    now
        When all of it happens.
    """
    people = {user.username.removeprefix(f"{code}_"): user.id for user in tables.users.values()}
    courses = {course.shortname.removeprefix(f"{code}-"): course for course in tables.courses.values()}
    tutor = people["t2"]
    mark(tables, "essay", people["p2"], 88.0, grader=tutor, now=now, comment="изменено")
    mark(tables, "essay", people["p13"], 71.5, grader=tutor, now=now, comment="изменено")
    hand_in(tables, "essay", people["p19"], now=now, text="<p>Поздно, но сдано</p>")
    tables.enrolments[courses["select"].id, people["p20"]].suspended = True
    unenrol(tables, courses["select"].id, people["p21"])
    enrol_newcomer(tables, courses["select"].id, username=f"{code}_pnew", idnumber=f"{code}-p-new".upper())
    groups = {group.idnumber: group.id for group in tables.groups.values()}
    move_member(tables, people["p5"], source=groups[f"{code}-g1"], target=groups[f"{code}-g2"])
    delete_activity(tables, "diary")
    courses["implement"].fullname = "Этап 4. Презентация, внедрение и кураторство"
    courses["implement"].timemodified = now
    essay = tables.assigns[_module(tables, "essay").instance]
    essay.duedate, essay.timemodified = now + 30 * 86_400, now
    override_grade(tables, "test", people["p3"], 40.0, now=now, reason="апелляция")
    _item(tables, "checkpoint").hidden = False
    lock_grade(tables, "project", people["p4"])
    owed = min(row.id for row in tables.workshop_assessments.values() if row.grade is None)
    write_review(tables, owed, 7.0, now=now)
