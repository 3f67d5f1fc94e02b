"""Courses with their pages, completion, quizzes out of recorded answers."""

from bridge.demo.recordings.archive import Archive
from bridge.demo.shapes import Json
from bridge.demo.tables import Course, CourseModule, ModuleCompletion, Quiz, Section, Tables

__all__ = ["load_courses"]


def load_courses(archive: Archive, tables: Tables) -> None:
    """Fill in courses, sections, activities, completion and quizzes."""
    for body in archive.bodies("core_course_get_courses_by_field"):
        for row in body["courses"]:
            if "idnumber" in row:
                tables.courses[row["id"]] = _course(row)
    for call in archive.calls("core_course_get_contents"):
        for row in call.body:
            _section(tables, call.params["courseid"], row)
    _load_completion(archive, tables)
    for body in archive.bodies("mod_quiz_get_quizzes_by_courses"):
        for row in body["quizzes"]:
            tables.quizzes[row["id"]] = _quiz(row)


def _load_completion(archive: Archive, tables: Tables) -> None:
    for call in archive.calls("core_completion_get_activities_completion_status"):
        for row in call.body["statuses"]:
            _completion(tables, call.params["userid"], row)


def _course(row: Json) -> Course:
    return Course(
        id=row["id"],
        category=row["categoryid"],
        fullname=row["fullname"],
        shortname=row["shortname"],
        idnumber=row["idnumber"],
        summary=row["summary"],
        contextid=int(row["courseimage"].split("/pluginfile.php/")[1].split("/")[0]),
        sortorder=row["sortorder"],
        format=row["format"],
        startdate=row["startdate"],
        enddate=row["enddate"],
        visible=row["visible"],
        groupmode=row["groupmode"],
        enablecompletion=row["enablecompletion"],
        timecreated=row["timecreated"],
        timemodified=row["timemodified"],
        cacherev=row["cacherev"],
        enrolmethods=list(row["enrollmentmethods"]),
    )


def _section(tables: Tables, courseid: int, row: Json) -> None:
    tables.sections[row["id"]] = Section(
        row["id"], courseid, row["section"], row["name"], row["summary"], row["visible"]
    )
    for each in row["modules"]:
        rules = {rule["rulename"] for rule in each.get("completiondata", {}).get("details", [])}
        tables.course_modules[each["id"]] = CourseModule(
            id=each["id"],
            course=courseid,
            modname=each["modname"],
            instance=each["instance"],
            section=row["section"],
            visible=each["visible"],
            contextid=each["contextid"],
            completion=each["completion"],
            completionusegrade="completionusegrade" in rules,
            groupmode=each["groupmode"],
        )


def _completion(tables: Tables, userid: int, row: Json) -> None:
    if row["state"] or row["timecompleted"]:
        tables.module_completion[row["cmid"], userid] = ModuleCompletion(
            row["cmid"], userid, row["state"], row["timecompleted"], row["overrideby"]
        )


def _quiz(row: Json) -> Quiz:
    return Quiz(
        row["id"],
        row["course"],
        row["name"],
        row["intro"],
        row["grade"],
        row["timeopen"],
        row["timeclose"],
        row["timelimit"],
        row["attempts"],
        row["timecreated"],
        row["timemodified"],
    )
