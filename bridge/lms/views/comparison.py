"""A comparison of a course with Moodle as the page shows it: with names for ids, and values as people write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.lms.models import (
    LmsActivity,
    LmsAssignment,
    LmsComparison,
    LmsGradeItem,
    LmsGroup,
    LmsSite,
    LmsUser,
    LmsWorkshop,
    Mirror,
)
from bridge.lms.views.runs import problem_words
from bridge.lms.words import field_words, kind_words, titled
from bridge.web.filters import num, stamp
from bridge.web.messages import gettext as _

__all__ = ["ComparisonView", "comparison_view"]

LONGEST_VALUE = 200

_NAMED: Mapping[str, tuple[type[Mirror], str]] = {
    "assignment_id": (LmsAssignment, "moodle_assignment_id"),
    "item_id": (LmsGradeItem, "moodle_item_id"),
    "workshop_id": (LmsWorkshop, "moodle_workshop_id"),
    "group_id": (LmsGroup, "moodle_group_id"),
    "course_module_id": (LmsActivity, "moodle_course_module_id"),
}
"""Field of a record -> the table that has a name for the id in it; the first one says what it is about."""

_NUMBERS = frozenset({"grade", "grading_grade", "grade_min", "grade_max", "weight"})

_PEOPLE = ("user_id", "author_id", "reviewer_id")


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One field: its name, what is stored, what Moodle says."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    """One record that differs; ``state`` says how where no field does."""

    title: str
    changes: tuple[ChangeView, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind of record that differs, in counts and examples."""

    name: str
    counts: str
    examples: tuple[ExampleView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The last comparison; ``failure`` is the sentence that says why it could not be made."""

    at: datetime
    differences: int
    same: int
    calls: int
    seconds: float
    kinds: tuple[KindView, ...]
    problems: tuple[str, ...]
    failure: str = ""


def comparison_view(session: Session, site: LmsSite, row: LmsComparison) -> ComparisonView:
    """The kept report with names for ids."""
    report: Mapping[str, Any] = row.report
    kinds: Sequence[Mapping[str, Any]] = report.get("kinds", ())
    differing = [kind for kind in kinds if any(kind[word] for word in ("missing", "different", "gone", "out_of_sight"))]
    names = _names(session, site, differing)
    return ComparisonView(
        at=row.compared_at or row.asked_at,
        differences=report.get("differences", 0),
        same=sum(kind["same"] for kind in kinds),
        calls=report.get("calls", 0),
        seconds=report.get("seconds", 0.0),
        kinds=tuple(_kind(kind, names) for kind in differing),
        problems=tuple(problem_words(one["code"], one["facts"]) for one in report.get("problems", ())),
        failure=problem_words(row.failure, {}) if row.failure else "",
    )


Names = Mapping[tuple[str, int], str]
"""(field of an id, id) -> what people call it."""


def _names(session: Session, site: LmsSite, kinds: Sequence[Mapping[str, Any]]) -> Names:
    wanted: dict[str, set[int]] = {}
    for example in (one for kind in kinds for one in _all_examples(kind)):
        for field, value in example["ids"].items():
            if isinstance(value, int):
                wanted.setdefault(field, set()).add(value)
    found: dict[tuple[str, int], str] = {}
    for field, (model, column) in _NAMED.items():
        key = getattr(model, column)
        query = select(key, getattr(model, "name")).where(model.site_id == site.id)  # noqa: B009  a column of each
        found |= {(field, id_): name for id_, name in session.execute(query.where(key.in_(wanted.get(field, set()))))}
    found |= _totals(session, site, wanted.get("item_id", set()))
    people = set().union(*(wanted.get(field, set()) for field in _PEOPLE))
    users = session.scalars(select(LmsUser).where(LmsUser.site_id == site.id, LmsUser.moodle_user_id.in_(people)))
    found |= {("user_id", user.moodle_user_id): f"{user.last_name} {user.first_name}" for user in users}
    return found


def _totals(session: Session, site: LmsSite, ids: set[int]) -> dict[tuple[str, int], str]:
    """Columns without a name of their own are sums."""
    words = {"course": _("course total"), "category": _("category total")}
    query = select(LmsGradeItem.moodle_item_id, LmsGradeItem.item_type).where(
        LmsGradeItem.site_id == site.id, LmsGradeItem.moodle_item_id.in_(ids), LmsGradeItem.name == ""
    )
    return {("item_id", item_id): words.get(item_type, "") for item_id, item_type in session.execute(query)}


def _all_examples(kind: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for word in ("examples", "missing_examples", "gone_examples"):
        yield from kind[word]


def _kind(kind: Mapping[str, Any], names: Names) -> KindView:
    examples = [
        *(ExampleView(_title(one, names), _changes(one), _returned(one)) for one in kind["examples"]),
        *(ExampleView(_title(one, names), state=_("missing here")) for one in kind["missing_examples"]),
        *(ExampleView(_title(one, names), state=_("gone in Moodle")) for one in kind["gone_examples"]),
    ]
    total = kind["missing"] + kind["different"] + kind["gone"]
    return KindView(
        name=titled(_(kind_words(kind["kind"]))),
        counts=_counts(kind),
        examples=tuple(examples),
        more=total - len(examples),
    )


def _counts(kind: Mapping[str, Any]) -> str:
    told = (
        _("missing here: %(num)d", num=kind["missing"]) if kind["missing"] else "",
        _("different: %(num)d", num=kind["different"]) if kind["different"] else "",
        _("gone in Moodle: %(num)d", num=kind["gone"]) if kind["gone"] else "",
        _("no longer visible: %(num)d", num=kind["out_of_sight"]) if kind["out_of_sight"] else "",
    )
    return ", ".join(words for words in told if words)


def _returned(example: Mapping[str, Any]) -> str:
    return "" if example["changes"] else _("had been taken for gone, and is there")


def _title(example: Mapping[str, Any], names: Names) -> str:
    """What the record is about and whom: «Эссе, Бадмаева Саглара»."""
    ids: Mapping[str, int | None] = example["ids"]
    things = (names.get((field, ids[field] or 0)) for field in _NAMED if field in ids)
    thing = example["name"] or next((name for name in things if name), "")
    people = (names.get(("user_id", ids[field] or 0)) for field in _PEOPLE if field in ids)
    told = [part for part in (thing, *people) if part]
    return ", ".join(told) or _("number %(key)s", key=", ".join(str(part) for part in example["key"]))


def _changes(example: Mapping[str, Any]) -> tuple[ChangeView, ...]:
    return tuple(
        ChangeView(
            name=_(field_words(one["field"])),
            before=_value(one["field"], one["before"]),
            after=_value(one["field"], one["after"]),
        )
        for one in example["changes"]
    )


def _value(field: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    if field in _NUMBERS:
        return num(Decimal(text))
    if field.endswith("_at"):
        return stamp(datetime.fromisoformat(text))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
