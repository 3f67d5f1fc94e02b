"""The examination of the connection: asking for one, what was found, and the recipe for Moodle's administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_administer
from bridge.errors import NotFound
from bridge.lms import doctor as service
from bridge.lms import one_course, recipe
from bridge.lms.advice import EFFECTS, advise, steps_of
from bridge.lms.asked import EXAMINE_SITE
from bridge.lms.views.blueprint import find_our_site, lms_pages, our_site
from bridge.lms.views.panels import health_tag
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Link, Tag, Tone
from lms_sync.doctor import Examination, Finding, Holding, RoleName, Severity

__all__ = ["doctor", "examine", "recipe_file"]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it stands on the page: what is the matter, where, and the steps to mend it."""

    tag: Tag
    text: str
    effect: str
    courses: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RightView:
    """One right: its name, what is lost without it, what is known of it."""

    capability: str
    holding: Holding
    effect: str
    tag: Tag

    @property
    def plugin(self) -> str:
        """Up to the colon, where a long name may be broken."""
        return self.capability.partition(":")[0]

    @property
    def verb(self) -> str:
        return self.capability.partition(":")[2]


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """The last examination; ``at`` is None before the first."""

    site_name: str
    at: datetime | None = None
    is_awaited: bool = False
    health: Tag | None = None
    report: Examination | None = None
    findings: tuple[FindingView, ...] = ()
    rights: tuple[RightView, ...] = ()
    """The missing ones first."""
    rights_words: str = ""
    files: tuple[Link, ...] = ()


@route(lms_pages, "/moodle/doctor", rule=can_administer)
def doctor() -> ResponseReturnValue:
    """Show the last examination, and the recipe."""
    return render_template("lms/doctor.html", page=_page())


@route(lms_pages, "/moodle/doctor", rule=can_administer, methods=("POST",))
def examine() -> ResponseReturnValue:
    """Ask for an examination; a worker makes it."""
    site, session, now = our_site(), current.db_session(), current.now()
    last = service.last_examination(session, site)
    if last is not None and service.is_awaited(last.asked_at, last.examined_at, now):
        flash(_("The connection is being examined. The result will stand here in a minute."))
    else:
        service.ask_for_examination(session, site, now=now, actor=current.person_uid())
        current.services().jobs.enqueue(session, EXAMINE_SITE, site_id=site.id)
        flash(_("The connection is being examined. The result will stand here in a minute."))
    return redirect(url_for("lms.doctor"))


@route(lms_pages, "/moodle/recipe/<name>", rule=can_administer)
def recipe_file(name: str) -> ResponseReturnValue:
    """Hand out a file of the recipe."""
    if name not in recipe.FILES:
        raise NotFound("There is no such page.")
    answer = make_response(recipe.file_content(name))
    answer.headers["Content-Type"] = f"{_media_type(name)}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _media_type(name: str) -> str:
    return "application/xml" if name.endswith(".xml") else "text/plain"


def _page() -> DoctorPage:
    site = find_our_site()
    if site is None:
        return DoctorPage("", files=_files())
    session = current.db_session()
    last = service.last_examination(session, site)
    if last is None or last.examined_at is None:
        awaited = last is not None and service.is_awaited(last.asked_at, None, current.now())
        return DoctorPage(site.name, is_awaited=awaited, files=_files())
    report = service.from_json(last.report)
    names = one_course.course_titles(session, site)
    return DoctorPage(
        site_name=site.name,
        at=last.examined_at,
        is_awaited=service.is_awaited(last.asked_at, last.examined_at, current.now()),
        health=health_tag(last.health),
        report=report,
        findings=tuple(_finding(finding, site.username, names) for finding in report.findings),
        rights=_rights(report),
        rights_words=_rights_words(report),
        files=_files(),
    )


def _finding(finding: Finding, username: str, names: Mapping[int, str]) -> FindingView:
    advice = advise(finding, username=username)
    tags = {
        Severity.BLOCKS: Tag(_("blocks"), Tone.BAD),
        Severity.LESSENS: Tag(_("lessens"), Tone.WARN),
        Severity.NOTE: Tag(_("to know"), Tone.INFO),
    }
    return FindingView(
        tag=tags[finding.severity],
        text=_(advice.text, **advice.places),
        effect=_(advice.effect, **advice.places) if advice.effect else "",
        courses=tuple(
            names.get(course_id) or _("Course %(course)d", course=course_id) for course_id in finding.course_ids
        ),
        steps=tuple(_(step, **advice.places) for step in steps_of(advice.fix)),
    )


def _rights(report: Examination) -> tuple[RightView, ...]:
    order = (Holding.MISSING, Holding.UNKNOWN, Holding.HELD)
    known = sorted(report.rights.items(), key=lambda item: order.index(item[1]))
    return tuple(_right(capability, holding) for capability, holding in known)


def _rights_words(report: Examination) -> str:
    holdings = list(report.rights.values())
    return _(
        "there: %(held)d, missing: %(missing)d, cannot be seen from outside: %(unknown)d",
        held=holdings.count(Holding.HELD),
        missing=holdings.count(Holding.MISSING),
        unknown=holdings.count(Holding.UNKNOWN),
    )


def _right(capability: str, holding: Holding) -> RightView:
    tags = {
        Holding.HELD: Tag(_("there"), Tone.OK),
        Holding.MISSING: Tag(_("missing"), Tone.BAD),
        Holding.UNKNOWN: Tag(_("cannot be seen from outside")),
    }
    return RightView(capability, holding, _(EFFECTS[capability]), tags[holding])


def _files() -> tuple[Link, ...]:
    words = {
        RoleName.CONNECTION: _("Role “connection”, assigned at System"),
        RoleName.READING: _("Role “reading”, assigned in the programme's category"),
        RoleName.WRITING: _("Role “writing”, only if marks are to be written back"),
        None: _("Functions of the web service"),
    }
    return tuple(Link(words[role], url_for("lms.recipe_file", name=name)) for name, role in recipe.FILES.items())
