"""The lists as pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.i18n import Language
from bridge.core.permissions import can_edit_people
from bridge.people.imports.columns import ROLE_NAMES, roles_text
from bridge.people.imports.snapshot import Snapshot
from bridge.people.imports.store import take_snapshot
from bridge.people.lists.service import (
    PeopleFilter,
    filter_people,
    people_per_school,
    schools_in_order,
)
from bridge.people.moodle import moodle_directory
from bridge.web.locale import current_language
from bridge.web.messages import gettext as _
from bridge.web.tables import query_url
from bridge.web.viewmodels import Choice, FilterField

__all__ = ["lists_pages"]

lists_pages = Blueprint("lists", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person's row."""

    name: str
    school: str
    work: str
    roles: str
    email: str
    phone: str
    is_from_moodle: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    people: tuple[PersonLine, ...]
    fitting: int
    everybody: int
    filters: tuple[FilterField, ...]
    is_filtered: bool
    reset_url: str
    next_url: str
    first_url: str


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school's row; ``people`` leads to the list of its people."""

    short_name: str
    name: str
    code: str
    people: int
    url: str


@dataclass(frozen=True, slots=True)
class SchoolsPage:
    schools: tuple[SchoolLine, ...]
    has_codes: bool


@route(lists_pages, "/people", rule=can_edit_people)
def people() -> ResponseReturnValue:
    """Show the municipality's people."""
    known, wanted = _snapshot(), _wanted()
    found = filter_people(known, wanted)
    lines = tuple(
        PersonLine(
            name=person.label,
            school=person.school_label,
            work=", ".join(filter(None, (person.values.get("position"), person.values.get("organisation")))),
            roles=roles_text(person.roles, current_language()),
            email=person.values.get("email", ""),
            phone=person.values.get("phone", ""),
            is_from_moodle=person.moodle is not None,
        )
        for person in found.people
    )
    page = PeoplePage(
        people=lines,
        fitting=found.fitting,
        everybody=found.everybody,
        filters=_filters(known, wanted),
        is_filtered=wanted.is_set,
        reset_url=url_for("lists.people"),
        next_url=query_url(after=found.next_after) if found.next_after else "",
        first_url=query_url(after=None) if wanted.after else "",
    )
    return render_template("lists/people.html", page=page)


@route(lists_pages, "/schools", rule=can_edit_people)
def schools() -> ResponseReturnValue:
    """Show the municipality's schools."""
    known = _snapshot()
    counts = people_per_school(known)
    lines = tuple(
        SchoolLine(
            school.short_name,
            school.name,
            school.code,
            counts.get(school.uid, 0),
            url_for("lists.people", school=school.uid),
        )
        for school in schools_in_order(known)
    )
    page = SchoolsPage(lines, has_codes=any(line.code for line in lines))
    return render_template("lists/schools.html", page=page)


def _snapshot() -> Snapshot:
    return take_snapshot(current.db_session(), current.actor().municipality_id or 0, moodle_directory())


def _wanted() -> PeopleFilter:
    asked = request.args
    role = asked.get("role", "")
    return PeopleFilter(
        text=asked.get("q", "").strip(),
        role=role if role in {each.value for each in ROLE_NAMES} else "",
        school_uid=asked.get("school", ""),
        after=asked.get("after", ""),
    )


def _filters(known: Snapshot, wanted: PeopleFilter) -> tuple[FilterField, ...]:
    place = 0 if current_language() == Language.RU else 1
    roles = (Choice("", _("Any")), *(Choice(role.value, names[place]) for role, names in ROLE_NAMES.items()))
    in_order = (Choice(school.uid, school.short_name) for school in schools_in_order(known))
    return (
        FilterField("q", _("Name or contact"), wanted.text),
        FilterField("role", _("Role"), wanted.role, roles),
        FilterField("school", _("School"), wanted.school_uid, (Choice("", _("Any")), *in_order)),
    )
