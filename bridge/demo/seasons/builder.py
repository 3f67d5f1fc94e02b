"""Rows of a season, one call a thing that happens: an account, a course, a submission, a mark."""

import random
from itertools import count

from bridge.demo.gradebook import bounded, cell
from bridge.demo.tables import (
    Assign,
    AssignGrade,
    AssignSubmission,
    AssignUserFlags,
    Course,
    CourseModule,
    Enrolment,
    GradeItem,
    GradeType,
    ModuleCompletion,
    Role,
    RoleAssignment,
    Section,
    Tables,
    User,
)

__all__ = ["DAY", "HOUR", "Builder", "deadline"]

DAY = 86_400
HOUR = 3_600
_MOSCOW = 3 * HOUR
"""Moscow's distance from UTC: the deadlines of the programme are Moscow's."""
_ROLES = (
    (1, "manager", "", "manager"),
    (3, "editingteacher", "", "editingteacher"),
    (4, "teacher", "", "teacher"),
    (5, "student", "", "student"),
    (9, "mentor", "Наставник", "teacher"),
    (10, "schoolhead", "Руководитель школы", "student"),
)
_HTML = 1


def deadline(now: int, days: int) -> int:
    """Return 23:59 in Moscow, so many days from now; negative days lie behind."""
    day = (now + _MOSCOW) // DAY + days
    return day * DAY + 23 * HOUR + 59 * 60 - _MOSCOW


class Builder:
    """Adds rows to tables and keeps their ids, times and places in agreement.

    Parameters
    ----------
    tables
        Where the rows go; what is there stays.
    dice
        Every draw comes from here, so the same seed gives the same season.
    now
        The moment the season is looked at, epoch seconds.
    """

    def __init__(self, tables: Tables, dice: random.Random, now: int) -> None:
        self.tables = tables
        self.dice = dice
        self.now = now
        self._ids: dict[str, count[int]] = {}
        self._blind = count(1 + max((row.blindid for row in tables.assign_user_flags.values()), default=240))
        contexts = [row.contextid for row in tables.courses.values()]
        contexts += [row.contextid for row in tables.course_modules.values()]
        self._contexts = count(1 + max(contexts, default=99))
        self._own: dict[tuple[int, int], AssignSubmission] = {}
        for number, shortname, name, archetype in _ROLES:
            tables.roles.setdefault(number, Role(number, shortname, name, archetype))
        self._role_ids = {role.shortname: role.id for role in tables.roles.values()}

    def next_id(self, table: str, *, after: int = 0) -> int:
        """Return the next id of a table: one past its highest, at least one past `after`."""
        if table not in self._ids:
            self._ids[table] = count(1 + max(getattr(self.tables, table), default=after))
        return next(self._ids[table])

    # ------------------------------------------------------------ people

    def user(self, **columns: object) -> User:
        """Add an account."""
        number = self.next_id("users")
        user = User(id=number, **columns)  # type: ignore[arg-type]  # the caller's keywords are User's own columns
        self.tables.users[number] = user
        return user

    def enrol(self, course: Course, user: User, role: str, *, suspended: bool = False) -> None:
        """Enrol a person with a role."""
        seen = 0 if suspended else self.now - self.dice.randint(1, 20 * DAY)
        self.tables.enrolments[course.id, user.id] = Enrolment(course.id, user.id, suspended, lastaccess=seen)
        number = self.next_id("role_assignments")
        self.tables.role_assignments[number] = RoleAssignment(number, course.id, user.id, self._role_ids[role])
        user.lastaccess = max(user.lastaccess, seen)

    # ------------------------------------------------------------ courses

    def course(self, category: int, *, fullname: str, shortname: str, idnumber: str, **columns: object) -> Course:
        """Add a course with an empty page and the column of its total."""
        tables = self.tables
        number = self.next_id("courses", after=1)
        course = Course(
            id=number,
            category=category,
            fullname=fullname,
            shortname=shortname,
            idnumber=idnumber,
            contextid=next(self._contexts),
            **columns,  # type: ignore[arg-type]
        )
        tables.courses[number] = course
        for order in range(6):
            section = self.next_id("sections")
            title = "Общее" if order == 0 else f"Раздел {order}"
            tables.sections[section] = Section(section, number, order, title)
        item = self.next_id("grade_items")
        tables.grade_items[item] = GradeItem(item, number, None, "course", iteminstance=number, itemnumber=None)
        return course

    def module(self, course: Course, modname: str, instance: int, idnumber: str, *, by_grade: bool) -> CourseModule:
        """Put an activity on a course's page."""
        number = self.next_id("course_modules")
        module = CourseModule(
            number,
            course.id,
            modname,
            instance,
            idnumber=idnumber,
            contextid=next(self._contexts),
            completion=2 if by_grade else 0,
            completionusegrade=by_grade,
        )
        self.tables.course_modules[number] = module
        return module

    def item(self, module: CourseModule, name: str, *, number: int = 0, top: float, **columns: object) -> GradeItem:
        """Add an activity's column to the gradebook."""
        itemid = self.next_id("grade_items")
        item = GradeItem(
            itemid,
            module.course,
            name,
            itemmodule=module.modname,
            iteminstance=module.instance,
            itemnumber=number,
            idnumber=module.idnumber if number == 0 else None,
            categoryid=module.course,
            grademax=top,
            sortorder=itemid,
            **columns,  # type: ignore[arg-type]
        )
        self.tables.grade_items[itemid] = item
        return item

    # ------------------------------------------------------------ assignments

    def assign(self, course: Course, idnumber: str, name: str, **columns: object) -> "AssignDesk":
        """Add an assignment with its place and its column."""
        number = self.next_id("assigns")
        row = Assign(number, course.id, name, **columns)  # type: ignore[arg-type]  # Assign's own columns
        self.tables.assigns[number] = row
        module = self.module(course, "assign", number, idnumber, by_grade=True)
        scale = self.tables.scales.get(-row.grade)
        if scale is not None:
            item = self.item(
                module, name, top=float(len(scale.items)), grademin=1.0, gradetype=GradeType.SCALE, scaleid=scale.id
            )
        elif row.grade == 0:
            item = self.item(module, name, top=100.0, gradetype=GradeType.TEXT)
        else:
            item = self.item(module, name, top=float(row.grade))
        return AssignDesk(self, row, module, item)

    def own_submission(self, assign: Assign, userid: int, moment: int, **columns: object) -> AssignSubmission:
        """Return a person's row of an assignment, adding it where there is none."""
        row = self._own.get((assign.id, userid))
        if row is None:
            number = self.next_id("assign_submissions")
            row = AssignSubmission(
                number,
                assign.id,
                userid,
                moment,
                moment,
                **columns,  # type: ignore[arg-type]
            )
            self.tables.assign_submissions[number] = row
            self._own[assign.id, userid] = row
        return row

    def team_submission(self, assign: Assign, groupid: int, moment: int, text: str, status: str) -> None:
        """Hand in a team's work."""
        number = self.next_id("assign_submissions")
        self.tables.assign_submissions[number] = AssignSubmission(
            number, assign.id, 0, moment, moment, status=status, groupid=groupid, text=text
        )

    def mark(self, assign: Assign, userid: int, grade: float, *, grader: int, moment: int, comment: str) -> AssignGrade:
        """Save a tutor's mark, unpublished."""
        self.own_submission(assign, userid, moment, status="new")
        number = self.next_id("assign_grades")
        row = AssignGrade(number, assign.id, userid, moment, moment, grader, grade, comment=comment)
        self.tables.assign_grades[number] = row
        return row

    def flags(self, assign: Assign, userid: int) -> AssignUserFlags:
        """Return what an assignment remembers of a person, with a blind number where it marks blindly."""
        key = (assign.id, userid)
        row = self.tables.assign_user_flags.get(key)
        if row is None:
            row = self.tables.assign_user_flags[key] = AssignUserFlags(*key)
            if assign.blindmarking:
                row.blindid = next(self._blind)
        return row

    # ------------------------------------------------------------ gradebook

    def publish(
        self, module: CourseModule, item: GradeItem, userid: int, grade: float | None, *, at: int, comment: str = ""
    ) -> None:
        """Put a mark into the gradebook, and the activity's completion beside it."""
        row = cell(self.tables, item, userid)
        row.raw, row.final = grade, bounded(item, grade)
        row.timemodified = at if grade is not None else None
        row.feedback, row.feedbackformat = comment, _HTML if comment else 0
        if module.completionusegrade and grade is not None:
            key = (module.id, userid)
            self.tables.module_completion[key] = ModuleCompletion(*key, state=1, timemodified=at)


class AssignDesk:
    """One assignment with its place and column: what people and tutors do to it."""

    def __init__(self, builder: Builder, row: Assign, module: CourseModule, item: GradeItem) -> None:
        self.builder = builder
        self.row = row
        self.module = module
        self.item = item

    def submit(self, user: User, text: str, moment: int) -> None:
        """Hand in a work."""
        self.builder.own_submission(self.row, user.id, moment, text=text)

    def grade(self, user: User, grade: float, grader: User, moment: int, comment: str = "") -> None:
        """Mark a work and publish the mark, as far as workflow and blind marking let it."""
        builder, row = self.builder, self.row
        builder.mark(row, user.id, grade, grader=grader.id, moment=moment, comment=comment)
        if row.blindmarking and not row.revealidentities:
            return
        released = not row.markingworkflow or builder.flags(row, user.id).workflowstate == "released"
        shown, said = (grade, comment) if released else (None, "")
        builder.publish(self.module, self.item, user.id, shown, at=moment, comment=said)
