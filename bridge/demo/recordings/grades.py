"""The gradebook out of recorded answers."""

from bridge.demo.recordings.archive import Archive
from bridge.demo.shapes import Json
from bridge.demo.tables import Assign, GradeGrade, GradeItem, GradeType, Scale, Tables

__all__ = ["load_gradebook"]

_HTML = 1


def load_gradebook(archive: Archive, tables: Tables) -> None:
    """Fill in columns, scales and cells; activities get the id numbers that only columns show."""
    for call in archive.calls("gradereport_user_get_grade_items"):
        for person in call.body["usergrades"]:
            for order, row in enumerate(person["gradeitems"]):
                item = tables.grade_items.get(row["id"])
                if item is None:
                    item = tables.grade_items[row["id"]] = _item(tables, person["courseid"], order, row)
                _cell(tables, item, person["userid"], row)
    _hide_items(tables)
    _fill_scales(archive, tables)
    _name_modules(tables)
    _fill_suspended(tables)


def _item(tables: Tables, courseid: int, order: int, row: Json) -> GradeItem:
    assign = tables.assigns.get(row["iteminstance"]) if row["itemmodule"] == "assign" else None
    gradetype, scaleid = _type(assign)
    return GradeItem(
        id=row["id"],
        course=courseid,
        itemname=row["itemname"],
        itemtype=row["itemtype"],
        itemmodule=row["itemmodule"],
        iteminstance=row["iteminstance"],
        itemnumber=row["itemnumber"],
        idnumber=row["idnumber"],
        categoryid=row["categoryid"],
        gradetype=gradetype,
        grademin=row["grademin"],
        grademax=row["grademax"],
        scaleid=scaleid,
        locked=row["locked"],
        sortorder=order,
    )


def _type(assign: Assign | None) -> tuple[GradeType, int | None]:
    if assign is None or assign.grade > 0:
        return GradeType.VALUE, None
    return (GradeType.SCALE, -assign.grade) if assign.grade < 0 else (GradeType.TEXT, None)


def _exists(row: Json) -> bool:
    """Say whether a cell is a row: one that is not has no weight, no feedback format and no grade."""
    return "weightraw" in row or bool(row["feedbackformat"]) or row["graderaw"] is not None


def _cell(tables: Tables, item: GradeItem, userid: int, row: Json) -> None:
    if not _exists(row):
        return
    final = row["graderaw"]
    overridden = row["gradeisoverridden"]
    tables.grade_grades[item.id, userid] = GradeGrade(
        itemid=item.id,
        userid=userid,
        raw=_sent(tables, item, userid) if overridden else final,
        final=final,
        hidden=row["gradeishidden"],
        locked=row["gradeislocked"] and not item.locked,
        overridden=overridden,
        feedback=row["feedback"],
        feedbackformat=row["feedbackformat"],
        timecreated=row["gradedatesubmitted"],
        timemodified=row["gradedategraded"],
        rawmax=row["grademax"] if item.itemtype == "course" else None,
    )
    _comment(tables, item, userid, row)


def _sent(tables: Tables, item: GradeItem, userid: int) -> float | None:
    """Return what the activity sent for an overridden cell, where it can be known."""
    if item.itemmodule != "assign":
        return None
    found = [
        row.grade
        for row in tables.assign_grades.values()
        if row.assignment == item.iteminstance and row.userid == userid and row.grade >= 0
    ]
    return found[0] if found else None


def _comment(tables: Tables, item: GradeItem, userid: int, row: Json) -> None:
    """Give the tutor's comment back to the assignment it came from."""
    if item.itemmodule != "assign" or row["feedbackformat"] != _HTML:
        return
    for grade in tables.assign_grades.values():
        if (grade.assignment, grade.userid) == (item.iteminstance, userid):
            grade.comment = row["feedback"]


def _hide_items(tables: Tables) -> None:
    """A column that is hidden for everyone is hidden itself."""
    for item in tables.grade_items.values():
        cells = [row for (itemid, _), row in tables.grade_grades.items() if itemid == item.id]
        if cells and all(row.hidden for row in cells):
            item.hidden = True
            for row in cells:
                row.hidden = False


def _fill_scales(archive: Archive, tables: Tables) -> None:
    """Collect a scale's labels from the marks that were given and from the ends of the range."""
    labels: dict[int, dict[int, str]] = {}
    for body in archive.bodies("gradereport_user_get_grade_items"):
        for person in body["usergrades"]:
            for row in person["gradeitems"]:
                scaleid = tables.grade_items[row["id"]].scaleid
                if scaleid is None:
                    continue
                known = labels.setdefault(scaleid, {})
                first, last = row["rangeformatted"].split("&ndash;")
                known |= {int(row["grademin"]): first, int(row["grademax"]): last}
                if row["graderaw"] is not None:
                    known[int(row["graderaw"])] = row["gradeformatted"]
    for scaleid, known in labels.items():
        items = [known.get(number, str(number)) for number in range(1, max(known) + 1)]
        tables.scales[scaleid] = Scale(scaleid, f"Шкала {scaleid}", items)


def _name_modules(tables: Tables) -> None:
    idnumbers = {
        (item.itemmodule, item.iteminstance): item.idnumber
        for item in tables.grade_items.values()
        if item.itemnumber == 0 and item.idnumber
    }
    for module in tables.course_modules.values():
        module.idnumber = idnumbers.get((module.modname, module.instance), "") or ""


def _fill_suspended(tables: Tables) -> None:
    """Give suspended people the cells that the page does not list: what their tutors marked and released."""
    for (courseid, userid), enrolment in tables.enrolments.items():
        if not enrolment.suspended:
            continue
        for item in tables.grade_items.values():
            if item.course == courseid and item.itemmodule == "assign" and (item.id, userid) not in tables.grade_grades:
                _fill(tables, item, userid)


def _fill(tables: Tables, item: GradeItem, userid: int) -> None:
    assign = tables.assigns[item.iteminstance or 0]
    flags = tables.assign_user_flags.get((assign.id, userid))
    released = not assign.markingworkflow or (flags is not None and flags.workflowstate == "released")
    if assign.blindmarking or not released:
        return
    for row in tables.assign_grades.values():
        if (row.assignment, row.userid) == (assign.id, userid) and row.grade >= 0:
            tables.grade_grades[item.id, userid] = GradeGrade(
                item.id, userid, row.grade, row.grade, timemodified=row.timemodified
            )
