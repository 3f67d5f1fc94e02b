"""Use cases of the rating: the season's formula, and the rating that it makes of the marks as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.i18n import ru_key
from bridge.programme.models import MappedRole, Season
from bridge.programme.roster import Member, members
from bridge.rating.marks import Mark, TermItem, find_items, read_marks
from bridge.rating.models import FormulaVersion
from scoring.rating import (
    Formula,
    Person,
    PersonRating,
    PersonStatus,
    Rating,
    Standing,
    parse_formula,
    rate,
)

__all__ = ["Line", "SeasonRating", "formula_of", "preset_formula", "rate_season", "set_formula"]


@cache
def preset_formula() -> Formula:
    """The formula that a new season starts with."""
    text = resources.files("bridge.rating").joinpath("presets/accelerator.yaml").read_text(encoding="utf-8")
    return parse_formula(yaml.safe_load(text))


def formula_of(session: Session, season: Season) -> tuple[Formula, int]:
    """The season's formula and the number of its version; 0 is the preset that nobody has changed."""
    latest = session.scalar(
        select(FormulaVersion)
        .where(FormulaVersion.season_id == season.id)
        .order_by(FormulaVersion.number.desc())
        .limit(1)
    )
    if latest is None:
        return preset_formula(), 0
    return parse_formula(latest.body), latest.number


def set_formula(
    session: Session, season: Season, formula: Formula, *, now: datetime, source: Source, actor: str = ""
) -> int:
    """Make a formula the season's next version; the same formula again makes none. Returns the version's number."""
    current, number = formula_of(session, season)
    if number and current.hash == formula.hash:
        return number
    newest = session.scalar(
        select(func.coalesce(func.max(FormulaVersion.number), 0)).where(FormulaVersion.season_id == season.id)
    )
    version = FormulaVersion(
        season_id=season.id,
        number=(newest or 0) + 1,
        body=formula.to_mapping(),
        digest=formula.hash,
        created_at=now,
        created_by=actor,
    )
    session.add(version)
    facts = {"number": version.number, "formula_hash": formula.hash}
    audit.record(
        session,
        "formula.set",
        now=now,
        actor=actor,
        source=source,
        season=season.uid,
        subject=f"season:{season.uid}",
        facts=facts,
    )
    return version.number


@dataclass(frozen=True, slots=True)
class Line:
    """One participant of the rating: who they are, what they have, what it makes."""

    member: Member
    rating: PersonRating
    marks: Mapping[str, Mark]
    """Term id -> mark."""


@dataclass(frozen=True, slots=True)
class SeasonRating:
    """A season's rating as of now; nothing of it is stored or published."""

    season: Season
    formula_number: int
    rating: Rating
    items: tuple[TermItem, ...]
    lines: tuple[Line, ...]
    """In the order of places, namesakes of a place by name; then the pending, the unrated and the withdrawn."""

    def line(self, uid: str) -> Line | None:
        return next((line for line in self.lines if line.member.uid == uid), None)

    @property
    def ranked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.rating.standing is Standing.RANKED)


def rate_season(session: Session, season: Season, *, now: datetime) -> SeasonRating:
    """Compute the season's rating from what the store knows.

    Raises
    ------
    scoring.errors.InvalidInput
        When a mark lies outside its own scale: it names the person and the term.
    """
    formula, number = formula_of(session, season)
    participants = members(session, season, MappedRole.PARTICIPANT)
    items = find_items(session, season, formula)
    user_ids = [member.moodle_user_id for member in participants]
    by_term = {item.term.id: read_marks(session, season, item, user_ids, now=now) for item in items}
    marks = {
        member.uid: {term_id: of_users[member.moodle_user_id] for term_id, of_users in by_term.items()}
        for member in participants
    }
    rating = rate(formula, [_as_input(member, marks[member.uid]) for member in participants])
    by_uid = {member.uid: member for member in participants}
    lines = [Line(by_uid[line.id], line, marks[line.id]) for line in rating.people]
    return SeasonRating(season, number, rating, items, tuple(sorted(lines, key=_listing_order)))


def _as_input(member: Member, marks: Mapping[str, Mark]) -> Person:
    status = PersonStatus.WITHDRAWN if member.withdrawn else PersonStatus.ACTIVE
    return Person(member.uid, {term_id: mark.cell() for term_id, mark in marks.items()}, status=status)


_STANDINGS = tuple(Standing)


def _listing_order(line: Line) -> tuple[object, ...]:
    person = line.rating
    name = (ru_key(line.member.last_name), ru_key(line.member.first_name), line.member.uid)
    return (_STANDINGS.index(person.standing), person.rank or 0, -person.total, *name)
