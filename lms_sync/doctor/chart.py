"""What an examination has asked and been told: probes share it, so that no question is asked twice.

An examination asks little: the lists of the site once, and of at most :data:`MOST_COURSES` courses what each probe
needs; for four courses with one workshop about 55 calls. It reads no more of people than it must, and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from lms_sync.client import Client, Function, Param, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import BadAnswer, LmsError, MissingFunction
from lms_sync.records import Site

__all__ = ["MOST_COURSES", "PEOPLE", "Answer", "Asked", "Chart", "Memory", "Row"]

MOST_COURSES = 4
"""Courses looked at closely; a season has four. Of further ones only the lists are examined, and this is said."""
PEOPLE = 250
"""People of a course that are asked for."""
SEPARATE_GROUPS = 1
"""Moodle's number for the group mode that parts people from each other."""
MOST_REMEMBERED = 4
MOST_ASSIGNMENTS = 8
MOST_WORKSHOPS = 2

Row = Mapping[str, Any]

_TEACHING = frozenset({"teacher", "editingteacher", "manager", "coursecreator"})
_USER_FIELDS = ("id", "username", "fullname", "firstname", "lastname", "email", "roles")


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store knows from earlier readings and has not seen go: what is missing now was perhaps hidden.

    Attributes
    ----------
    activities
        Course -> course module id -> module name (``quiz``).
    groups
        Course -> ids of its groups.
    """

    category_ids: frozenset[int] = frozenset()
    course_ids: frozenset[int] = frozenset()
    activities: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    groups: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question brought: a value, or the error in its place."""

    function: str
    value: JsonValue = None
    error: LmsError | None = None

    def rows(self, key: str = "") -> list[dict[str, Any]]:
        """The rows of a list, or of the list under a key; none where the call failed.

        Raises
        ------
        BadAnswer
            Something else stands there.
        """
        if self.error is not None:
            return []
        found = self.value.get(key) if key and isinstance(self.value, dict) else self.value
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise BadAnswer("not a list of rows", path=key, function=self.function)
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and the course it was about."""

    function: str
    course_id: int | None
    answer: Answer


@dataclass
class Chart:
    """One examination under way.

    Parameters
    ----------
    info
        The raw answer of the site's information: it says more than :class:`Site` keeps.
    category_ids
        The programme's categories.
    skew_s
        By how many seconds the site's clock is ahead of ours; None where it does not say.
    """

    client: Client
    site: Site
    info: Row
    category_ids: tuple[int, ...]
    memory: Memory = field(default_factory=Memory)
    skew_s: float | None = None
    log: list[Asked] = field(default_factory=list)
    _known: dict[str, Answer] = field(default_factory=dict)

    def ask(
        self,
        function: Function,
        params: Params | None = None,
        *,
        course_id: int | None = None,
        may_fail: bool = False,
    ) -> Answer:
        """Ask, or remember; a function outside the service is not called.

        ``may_fail`` keeps the question out of the log: its failure says nothing of the site.

        Raises
        ------
        LmsError
            The site as a whole is lost: further questions would fail alike.
        """
        key = f"{function} {json.dumps(params or {}, sort_keys=True, default=str)}"
        if key not in self._known:
            self._known[key] = self._answer(function, params or {})
            if not may_fail:
                self.log.append(Asked(str(function), course_id, self._known[key]))
        return self._known[key]

    def _answer(self, function: Function, params: Params) -> Answer:
        if function not in self.site.functions:
            return Answer(function, error=MissingFunction("not in the token's service", function=function))
        try:
            return Answer(function, self.client.call(function, params))
        except LmsError as err:
            if err.fatal:
                # One call may meet a fault of its own (a server error of one report); a dead site fails the next too.
                self.client.call(Function.SITE_INFO)
            return Answer(function, error=err)

    # ------------------------------------------------------------ the site

    @property
    def is_administrator(self) -> bool:
        """Whether the token's account may do everything."""
        return bool(self.info.get("userissiteadmin"))

    @cached_property
    def categories(self) -> list[dict[str, Any]]:
        """The programme's categories with their subcategories, each once."""
        found: dict[int, dict[str, Any]] = {}
        for category_id in self.category_ids:
            params: Params = {"criteria": [{"key": "id", "value": category_id}]}
            found |= {row["id"]: row for row in self.ask(Function.CATEGORIES, params).rows()}
        return list(found.values())

    @cached_property
    def listed(self) -> list[dict[str, Any]]:
        """Courses as the category lists show them."""
        ids = dict.fromkeys([*self.category_ids, *(row["id"] for row in self.categories)])
        return [row for category_id in ids for row in self.courses_of(category_id)]

    def courses_of(self, category_id: int) -> list[dict[str, Any]]:
        """The courses that stand in one category."""
        return self.ask(Function.COURSES_BY_FIELD, {"field": "category", "value": category_id}).rows("courses")

    @cached_property
    def remembered(self) -> list[dict[str, Any]]:
        """Courses that the lists do not show, and the store knows: asked for by id."""
        unseen = sorted(self.memory.course_ids - {row["id"] for row in self.listed})
        # One at a time: an id that is gone fails the call that names it, and that is no fault of the site.
        answers = [
            self.ask(Function.COURSES_BY_FIELD, {"field": "ids", "value": course_id}, may_fail=True)
            for course_id in unseen[:MOST_REMEMBERED]
        ]
        return [row for answer in answers for row in answer.rows("courses")]

    @cached_property
    def courses(self) -> dict[int, dict[str, Any]]:
        """The courses looked at closely, by id: first one of each sort in which a right of its own shows."""
        rows = {row["id"]: row for row in [*self.listed, *self.remembered] if "startdate" in row}
        by_id = sorted(rows.values(), key=lambda row: int(row["id"]))
        separate = [row for row in by_id if row.get("groupmode") == SEPARATE_GROUPS]
        hidden = [row for row in by_id if row.get("visible") in (0, False)]
        ordered = {row["id"]: row for row in [*separate[:1], *hidden[:1], *by_id]}
        return dict(islice(ordered.items(), MOST_COURSES))

    @cached_property
    def why_closed(self) -> LmsError | None:
        """Where no course opens: what Moodle says when one is entered. Its lists say nothing of the reason."""
        known = [row["id"] for row in self.listed] or sorted(self.memory.course_ids)
        return self.contents(known[0]).error if known and not self.courses else None

    @property
    def course_count(self) -> int:
        """How many courses could be looked at."""
        return len({row["id"] for row in [*self.listed, *self.remembered] if "startdate" in row})

    # ------------------------------------------------------------ a course

    def people(self, course_id: int) -> Answer:
        """A course's people, the first few hundred by id."""
        return self._people(course_id)

    def suspended(self, course_id: int) -> Answer:
        """Those of them whose enrolment does not count now."""
        return self._people(course_id, ("id", "fullname"), "onlysuspended")

    def _people(self, course_id: int, fields: tuple[str, ...] = _USER_FIELDS, *flags: str) -> Answer:
        options: list[Mapping[str, Param]] = [
            {"name": "userfields", "value": ",".join(fields)},
            {"name": "limitnumber", "value": PEOPLE},
            {"name": "sortby", "value": "id"},
        ]
        options += [{"name": flag, "value": 1} for flag in flags]
        return self.ask(Function.ENROLLED_USERS, {"courseid": course_id, "options": options}, course_id=course_id)

    def participant(self, course_id: int) -> int | None:
        """Somebody who is marked in the course: listed without a teaching role, or in a group."""
        away = {row["id"] for row in self.suspended(course_id).rows()}
        for row in self.people(course_id).rows():
            roles = {role.get("shortname") for role in row.get("roles") or []}
            if roles and not roles & _TEACHING and row["id"] not in away:
                return int(row["id"])
        return next(iter(sorted(self.group_members(course_id))), None)

    def contents(self, course_id: int) -> Answer:
        """The sections of the course's page with their activities."""
        return self.ask(Function.COURSE_CONTENTS, {"courseid": course_id}, course_id=course_id)

    def modules(self, course_id: int) -> list[dict[str, Any]]:
        """The activities that the course's page shows."""
        return [module for section in self.contents(course_id).rows() for module in section.get("modules") or []]

    def groups(self, course_id: int) -> Answer:
        """The course's groups."""
        return self.ask(Function.COURSE_GROUPS, {"courseid": course_id}, course_id=course_id)

    def group_members(self, course_id: int) -> frozenset[int]:
        """Everybody in any of the groups."""
        ids = [row["id"] for row in self.groups(course_id).rows()]
        if not ids:
            return frozenset()
        members = self.ask(Function.GROUP_MEMBERS, {"groupids": ids[:100]}, course_id=course_id).rows()
        return frozenset(user_id for row in members for user_id in row.get("userids") or [])

    def grade_items(self, course_id: int) -> Answer:
        """Every column of the gradebook, whatever the account may see of it."""
        return self.ask(Function.GRADE_ITEMS, {"courseid": course_id}, course_id=course_id)

    def gradebook(self, course_id: int) -> Answer | None:
        """One participant's gradebook; None where nobody is there to be marked."""
        user_id = self.participant(course_id)
        if user_id is None:
            return None
        return self.ask(Function.GRADEBOOK, {"courseid": course_id, "userid": user_id}, course_id=course_id)

    def updates(self, course_id: int) -> Answer:
        """Everything that ever changed, as hints."""
        return self.ask(Function.UPDATES_SINCE, {"courseid": course_id, "since": 1}, course_id=course_id)

    # ------------------------------------------------------------ activities

    @property
    def assignments(self) -> Answer:
        """The assignments of the courses looked at, and warnings about those that may not be entered."""
        params: Params = {"courseids": list(self.courses), "includenotenrolledcourses": True}
        return self.ask(Function.ASSIGNMENTS, params)

    def assignments_of(self, course_id: int) -> list[dict[str, Any]]:
        """The assignments of one course."""
        found = (row for row in self.assignments.rows("courses") if row.get("id") == course_id)
        return [each for row in found for each in row.get("assignments") or []]

    @cached_property
    def assignment_ids(self) -> list[int]:
        """Some assignments of each course, whose works and marks are asked for."""
        ids = [row["id"] for course_id in self.courses for row in self.assignments_of(course_id)[:2]]
        return ids[:MOST_ASSIGNMENTS]

    def submissions(self) -> Answer:
        """Works handed in for these assignments."""
        return self.ask(Function.SUBMISSIONS, {"assignmentids": self.assignment_ids})

    def grades(self) -> Answer:
        """Marks of these assignments."""
        return self.ask(Function.ASSIGNMENT_GRADES, {"assignmentids": self.assignment_ids})

    def workshops(self) -> list[dict[str, Any]]:
        """Some of the workshops of the courses looked at."""
        answer = self.ask(Function.WORKSHOPS, {"courseids": list(self.courses)})
        return answer.rows("workshops")[:MOST_WORKSHOPS]

    def modules_of_all(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every activity seen, with its course."""
        for course_id in self.courses:
            for module in self.modules(course_id):
                yield course_id, module
