"""A transport that answers from recordings, by function and meaning: subsets, pages, suspended people are derived."""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from lms_sync.client import RawAnswer

FIXTURES = Path(__file__).parents[2] / "fixtures" / "lms_sync"
URL = "https://moodle.example"
TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed"

CHANGES_SINCE = 1_795_476_056
"""The ``since`` of the recordings: just before the term's changes."""
WITH_REVIEWS = 30
"""The phase from which on a workshop has reviews."""

Params = dict[str, Any]


def unflatten(form: list[tuple[str, str]]) -> Params:
    """The nested parameters that PHP would make of the form; lists are dictionaries by index, as in PHP."""
    params: Params = {}
    for name, value in form:
        first, *rest = re.findall(r"[^\[\]]+", name)
        target = params
        for step, following in zip([first, *rest], [*rest, None], strict=True):
            if following is None:
                target[step] = value
            else:
                target = target.setdefault(step, {})
    return params


class RecordedSite:
    """Stands in for HTTP. ``log`` keeps (function, parameters) of every call; ``twist`` may change an answer.

    Who is suspended was recorded for one course only; of the others it is told by the gradebook, which leaves out
    suspended students.
    """

    def __init__(self, fixture: str = "season.json.gz") -> None:
        self.bodies, self.answers, self.listed = _load(fixture)
        self.log: list[tuple[str, Params]] = []
        self.twist: Callable[[str, Params, Any], Any] = lambda _function, _params, value: value

    def post(self, url: str, form: list[tuple[str, str]], *, function: str) -> RawAnswer:
        assert url == f"{URL}/webservice/rest/server.php"
        assert form[0] == ("wstoken", TOKEN), "the token goes first"
        params = unflatten([pair for pair in form if not pair[0].startswith(("wstoken", "wsfunction", "moodlews"))])
        self.log.append((function, params))
        value = self.twist(function, params, self.value(function, params))
        if isinstance(value, RawAnswer):
            return value
        if dict(form)["moodlewsrestformat"] == "xml":
            return RawAnswer(200, "application/xml; charset=utf-8", as_xml(value))
        return RawAnswer(200, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def value(self, function: str, params: Params) -> Any:
        special = getattr(self, f"_{function}", None)
        if special is not None:
            return special(params)
        missing = error("dml_missing_record_exception", "invalidrecord")
        return self.answers.get(_key(function, params), missing)

    def body(self, name: str) -> Any:
        """The recorded body of that name."""
        return self.bodies[name]

    def _core_course_get_categories(self, params: Params) -> Any:
        criterion = params["criteria"]["0"]
        return [row for row in self.body("categories") if str(row[criterion["key"]]) == criterion["value"]]

    def _core_course_get_courses_by_field(self, params: Params) -> Any:
        courses = self.body("courses_in_category")["courses"]
        if params["field"] == "category":
            return {"courses": [row for row in courses if str(row["categoryid"]) == params["value"]], "warnings": []}
        ids = params["value"].split(",")
        if not set(ids) <= {str(row["id"]) for row in courses}:
            return self.body("courses_by_ids_one_missing")
        return {"courses": [row for row in courses if str(row["id"]) in ids], "warnings": []}

    def _core_enrol_get_enrolled_users(self, params: Params) -> Any:
        options = {option["name"]: option["value"] for option in params["options"].values()}
        users = self._people(params["courseid"])
        if users is None:
            return error("dml_missing_record_exception", "invalidrecord")
        if "onlysuspended" in options:
            users = [user for user in users if user["id"] in self._suspended(params["courseid"])]
        if "onlyactive" in options:
            users = [user for user in users if user["id"] not in self._suspended(params["courseid"])]
        start = int(options.get("limitfrom", 0))
        keys = options["userfields"].split(",") if "userfields" in options else None
        page = sorted(users, key=lambda user: user["id"])[start : start + int(options["limitnumber"])]
        return [{key: value for key, value in user.items() if keys is None or key in keys} for user in page]

    def _people(self, course_id: str) -> list[dict[str, Any]] | None:
        return self.listed.get(course_id)

    def _suspended(self, course_id: str) -> set[int]:
        book = self.value("gradereport_user_get_grade_items", {"courseid": course_id})
        listed = {row["userid"] for row in book["usergrades"]}
        students = {
            user["id"]
            for user in self._people(course_id) or ()
            if any(role["shortname"] == "student" for role in user["roles"])
        }
        return students - listed

    def _core_group_get_group_members(self, params: Params) -> Any:
        asked = set(params["groupids"].values())
        return [row for row in self.body("group_members") if str(row["groupid"]) in asked]

    def _core_group_get_groupings(self, params: Params) -> Any:
        asked = set(params["groupingids"].values())
        return [row for row in self.body("groupings_with_groups") if str(row["id"]) in asked]

    def _core_group_get_course_groupings(self, params: Params) -> Any:
        return self.body("groupings") if params["courseid"] == "3" else []

    def _mod_assign_get_assignments(self, params: Params) -> Any:
        assert params["includenotenrolledcourses"] == "1"
        asked = set(params["courseids"].values())
        courses = [row for row in self.body("assignments")["courses"] if str(row["id"]) in asked]
        return {"courses": courses, "warnings": []}

    def _mod_assign_get_submissions(self, params: Params) -> Any:
        return self._by_assignment("assign_submissions", "submissions", params)

    def _mod_assign_get_grades(self, params: Params) -> Any:
        return self._by_assignment("assign_grades", "grades", params)

    def _by_assignment(self, name: str, key: str, params: Params) -> Any:
        since, before = int(params.get("since", 0)), int(params.get("before", 2**31))
        asked = set(params["assignmentids"].values())
        listed = [
            row | {key: [one for one in row[key] if since <= one["timemodified"] <= before]}
            for row in self.body(name)["assignments"]
            if str(row["assignmentid"]) in asked
        ]
        found = {row["assignmentid"] for row in listed if row[key] or key == "submissions"}
        warnings = [
            {"item": "assignment", "itemid": int(one), "warningcode": "3", "message": "No grades found"}
            for one in sorted(asked)
            if int(one) not in found
        ]
        return {"assignments": [row for row in listed if row["assignmentid"] in found], "warnings": warnings}

    def _core_course_get_updates_since(self, params: Params) -> Any:
        """What was recorded between the two seasons; before and after it, what Moodle always says of a workshop."""
        name = f"updates_since_{self._name_of(params['courseid'])}"
        recorded = self.bodies.get(name)
        if recorded is not None and int(params["since"]) <= CHANGES_SINCE:
            return recorded
        graded = {"name": "userassessmentgrades", "itemids": [1, 2, 3]}
        instances = [
            {"contextlevel": "module", "id": row["coursemodule"], "updates": [graded]}
            for row in self.body("workshops")["workshops"]
            if str(row["course"]) == params["courseid"] and row["phase"] >= WITH_REVIEWS
        ]
        return {"instances": instances, "warnings": []}

    def _name_of(self, course_id: str) -> str:
        courses = {str(row["id"]): row["shortname"] for row in self.body("courses_in_category")["courses"]}
        return courses.get(course_id, "").partition("-")[2]

    def _mod_quiz_get_quizzes_by_courses(self, params: Params) -> Any:
        asked = set(params["courseids"].values())
        quizzes = [row for row in self.body("quizzes")["quizzes"] if str(row["course"]) in asked]
        return {"quizzes": quizzes, "warnings": []}

    def _mod_workshop_get_workshops_by_courses(self, params: Params) -> Any:
        asked = set(params["courseids"].values())
        workshops = [row for row in self.body("workshops")["workshops"] if str(row["course"]) in asked]
        return {"workshops": workshops, "warnings": []}

    def _mod_workshop_get_grades_report(self, params: Params) -> Any:
        if params["workshopid"] != "1":
            return error("core\\exception\\moodle_exception", "nothingfound")
        rows = self.body("workshop_grades_report")["report"]["grades"]
        start = int(params["page"]) * int(params["perpage"])
        page = rows[start : start + int(params["perpage"])]
        return {"report": {"grades": page, "totalcount": len(rows)}, "warnings": []}

    def _mod_workshop_get_submissions(self, params: Params) -> Any:
        if params["workshopid"] != "1":
            return {"submissions": [], "totalcount": 0, "totalfilesize": 0}
        return self.body("workshop_submissions")


def error(exception: str, errorcode: str, message: str = "") -> dict[str, str]:
    """An error as Moodle tells it inside a 200."""
    return {"exception": exception, "errorcode": errorcode, "message": message}


@functools.cache
def _load(fixture: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Bodies by name, by call, and the full lists of people by course."""
    bodies: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    people: dict[str, list[dict[str, Any]]] = {}
    for recorded in json.loads(gzip.decompress((FIXTURES / fixture).read_bytes())):
        if recorded["name"].startswith(("limited_", "error_")) or recorded["format"] != "json":
            continue
        function, params, body = recorded["function"], _plain(recorded["params"]), recorded["body"]
        bodies[recorded["name"]] = body
        answers[_key(function, params)] = body
        options = {option["name"] for option in params.get("options", {}).values()}
        if function == "core_enrol_get_enrolled_users" and options == {"userfields"}:
            people[params["courseid"]] = body
    return bodies, answers, people


def _key(function: str, params: Params) -> str:
    meant = {key: value for key, value in params.items() if key not in {"page", "perpage"}}
    return json.dumps([function, meant], sort_keys=True)


def as_xml(value: Any) -> bytes:
    """An answer as Moodle's default format writes it: of booleans and numbers texts."""
    if isinstance(value, dict) and "exception" in value:
        inner = f"<ERRORCODE>{value['errorcode']}</ERRORCODE>\n<MESSAGE>{value['message']}</MESSAGE>\n"
        text = f'<EXCEPTION class="{value["exception"]}">\n{inner}</EXCEPTION>\n'
    else:
        text = f"<RESPONSE>\n{_xml_value(value)}</RESPONSE>\n"
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n{text}'.encode()


def _xml_value(value: Any) -> str:
    match value:
        case None:
            return '<VALUE null="null"/>\n'
        case list():
            return f"<MULTIPLE>\n{''.join(map(_xml_value, value))}</MULTIPLE>\n"
        case dict():
            keys = "".join(f'<KEY name="{key}">{_xml_value(inner)}</KEY>\n' for key, inner in value.items())
            return f"<SINGLE>\n{keys}</SINGLE>\n"
        case bool():
            return f"<VALUE>{int(value)}</VALUE>\n"
        case _:
            return f"<VALUE>{escape(str(value), quote=False)}</VALUE>\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {str(index): _plain(inner) for index, inner in enumerate(value)}
    return str(value)
