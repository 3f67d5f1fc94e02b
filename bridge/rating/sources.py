"""Where a season's people and marks come from: which course is which stage, which role and activity means what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_edit_season
from bridge.lms.models import LmsSite
from bridge.programme import mapping, preset, service
from bridge.programme.mapping import CourseRow, RoleRow, TermRow
from bridge.programme.models import NOT_USED, STAGE_COUNT, MappedRole, Season
from bridge.programme.roster import link_people
from bridge.rating.marks import find_items
from bridge.rating.service import formula_of
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Choice

__all__ = ["SourcesPage", "sources_pages"]


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The map as a form."""

    season: Season
    courses: tuple[CourseRow, ...]
    roles: tuple[RoleRow, ...]
    terms: tuple[TermRow, ...]
    stage_choices: tuple[Choice, ...]
    role_choices: tuple[Choice, ...]
    item_choices: tuple[Choice, ...]

    @property
    def has_guesses(self) -> bool:
        """Whether something stands there that nobody has confirmed."""
        return any(row.is_guess for row in self.courses) or any(row.is_guess for row in self.roles)


sources_pages = Blueprint("sources", __name__)


@route(sources_pages, "/seasons/<season>/sources", rule=can_edit_season)
def show(season: Season) -> ResponseReturnValue:
    """Show the map."""
    session = current.db_session()
    page = SourcesPage(
        season=season,
        courses=tuple(mapping.course_rows(session, season)),
        roles=tuple(mapping.role_rows(session, season)),
        terms=tuple(_terms(session, season)),
        stage_choices=tuple(_stage_choices()),
        role_choices=tuple(_role_choices()),
        item_choices=tuple(Choice(str(item), name) for item, name in mapping.item_choices(session, season)),
    )
    return render_template("rating/sources.html", page=page)


@route(sources_pages, "/seasons/<season>/sources", rule=can_edit_season, methods=("POST",))
def save(season: Season) -> ResponseReturnValue:
    """Save the map; people and marks follow it at once."""
    session, now = current.db_session(), current.now()
    service.set_map(session, season, mapping.read_map(request.form, season))
    audit.record(
        session,
        "season.mapped",
        now=now,
        source=Source.WEB,
        actor=current.person_uid(),
        season=season.uid,
        subject=f"season:{season.uid}",
    )
    if season.site_id is not None:
        link_people(session, session.get_one(LmsSite, season.site_id), now)
    flash(_("The map is saved."), "ok")
    return redirect(url_for("sources.show", season=season.uid))


def _terms(session: Session, season: Season) -> Iterable[TermRow]:
    formula, _number = formula_of(session, season)
    picked = service.map_of(season).activities
    for found in find_items(session, season, formula):
        name = found.item.name if found.item is not None and found.term.id not in picked else ""
        yield TermRow(found.term.id, found.term.label or found.term.id, picked.get(found.term.id, 0), name)


def _stage_choices() -> Iterable[Choice]:
    yield Choice(str(NOT_USED), _("Not used in this season"))
    for number in range(1, STAGE_COUNT + 1):
        yield Choice(str(number), f"{number}. {_(preset.STAGES[number - 1])}")


def _role_choices() -> Iterable[Choice]:
    words = {
        MappedRole.PARTICIPANT: _("Participant"),
        MappedRole.TEACHER: _("Tutor"),
        MappedRole.MENTOR: _("Mentor"),
        MappedRole.HEAD: _("Head of a school"),
        MappedRole.NONE: _("No part in the season"),
    }
    return (Choice(role.value, text) for role, text in words.items())
