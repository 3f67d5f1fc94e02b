"""The connection to Moodle: where it is, how fresh the data are, what could not be read; reading it now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_administer, can_start_sync
from bridge.errors import InvalidInput, NotFound
from bridge.lms import connection as service
from bridge.lms import runs
from bridge.lms.forms import CategoryForm, ConnectForm
from bridge.lms.models import LmsProblem, LmsSite, RunState, SyncRun
from bridge.lms.runs import Freshness
from bridge.lms.sentences import LmsRefused, places, sentence
from bridge.lms.work import SYNC_SITE
from bridge.people.models import Municipality
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Event, Note, Tag, Tone

__all__ = ["lms_pages"]

lms_pages = Blueprint("lms", __name__, template_folder="templates")

RUNS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ConnectionPage:
    """What the connection page shows."""

    site: LmsSite | None
    fresh: Freshness
    connect: ConnectForm
    category: CategoryForm | None
    runs: tuple[Event, ...]
    problems: tuple[str, ...]
    notes: tuple[Note, ...] = ()


@route(lms_pages, "/moodle", rule=can_administer)
def connection() -> ResponseReturnValue:
    """Show the municipality's connection."""
    return render_template("lms/connection.html", page=_page())


@route(lms_pages, "/moodle", rule=can_administer, methods=("POST",))
def connect() -> ResponseReturnValue:
    """Connect a Moodle, or renew the token of the one there is."""
    form = ConnectForm()
    if not form.validate_on_submit():
        return render_template("lms/connection.html", page=_page(form)), 422
    try:
        probed = service.probe(form.url.data, form.token.data, current.services().make_client)
    except LmsRefused as err:
        (form.token if err.is_about_token else form.url).errors = [_(err.message, **err.facts)]
        return render_template("lms/connection.html", page=_page(form)), 422
    session, now = current.db_session(), current.now()
    site = service.save_connection(
        session, _municipality(), probed, vault=current.services().vault, now=now, source=Source.WEB, actor=_uid()
    )
    service.remember_categories(session, site, probed.categories, now=now)
    guessed = service.guess_category(probed.categories)
    if guessed is not None and not site.moodle_category_ids:
        service.choose_categories(session, site, [guessed.category_id], now=now, source=Source.WEB, actor=_uid())
    flash(_("Moodle is connected: %(name)s.", name=site.name))
    return redirect(url_for("lms.connection"))


@route(lms_pages, "/moodle/category", rule=can_administer, methods=("POST",))
def category() -> ResponseReturnValue:
    """Say which course categories are the programme's."""
    site = _site()
    form = _category_form(site)
    if form is None or not form.validate_on_submit():
        return render_template("lms/connection.html", page=_page()), 422
    try:
        service.choose_categories(
            current.db_session(), site, form.categories.data, now=current.now(), source=Source.WEB, actor=_uid()
        )
    except InvalidInput as err:
        form.categories.errors = [_(err.fields["category"])]
        return render_template("lms/connection.html", page=replace(_page(), category=form)), 422
    flash(_("The categories are saved. They are read with the next run."), "ok")
    return redirect(url_for("lms.connection"))


@route(lms_pages, "/moodle/sync", rule=can_start_sync, methods=("POST",))
def sync() -> ResponseReturnValue:
    """Ask for a reading of Moodle; a worker does it."""
    site = _site()
    if not site.moodle_category_ids:
        flash(_("Choose the course category of the programme first."), "warn")
    elif runs.freshness(current.db_session(), site).running:
        flash(_("Moodle is being read at this moment. Wait for that run to end."))
    else:
        current.services().jobs.enqueue(current.db_session(), SYNC_SITE, site_id=site.id)
        flash(_("Moodle is being read. This takes about a minute; the page shows when it is done."))
    return redirect(url_for("lms.connection"))


def _municipality() -> Municipality:
    return current.db_session().get_one(Municipality, current.actor().municipality_id)


def _uid() -> str:
    return current.person_uid()


def _site() -> LmsSite:
    sites = service.sites_of(current.db_session(), current.actor().municipality_id or 0)
    if not sites:
        raise NotFound("Moodle is not connected yet.")
    return sites[0]


def _page(connect: ConnectForm | None = None) -> ConnectionPage:
    session = current.db_session()
    sites = service.sites_of(session, current.actor().municipality_id or 0)
    site = sites[0] if sites else None
    latest = runs.last_run(session, site) if site is not None else None
    return ConnectionPage(
        site=site,
        fresh=runs.freshness(session, site) if site is not None else Freshness(),
        connect=connect or ConnectForm(url=site.url if site is not None else None),
        category=_category_form(site) if site is not None else None,
        runs=tuple(_events(site)) if site is not None else (),
        problems=tuple(_problems(latest)) if latest is not None else (),
    )


def _category_form(site: LmsSite) -> CategoryForm | None:
    categories = service.known_categories(current.db_session(), site)
    if not categories:
        return None
    form = CategoryForm(categories=site.moodle_category_ids)
    form.categories.choices = [(row.moodle_category_id, row.name) for row in categories]
    return form


def _events(site: LmsSite) -> Iterable[Event]:
    for run in runs.latest_runs(current.db_session(), site, RUNS_SHOWN):
        yield Event(at=run.ended_at or run.started_at, text=_run_words(run), who=_run_cost(run), tag=_run_tag(run))


def _run_words(run: SyncRun) -> str:
    if run.state == RunState.RUNNING.value:
        return _("Being read now")
    if run.state == RunState.FAILED.value:
        return _problem_words(run.problems[0]) if run.problems else _("The run was broken off")
    changes = run.inserted + run.changed + run.retired + run.not_visible
    return ngettext("%(num)d change", "%(num)d changes", changes) if changes else _("No changes")


def _run_cost(run: SyncRun) -> str:
    calls = ngettext("%(num)d request", "%(num)d requests", run.calls)
    if run.ended_at is None:
        return calls
    return _("%(calls)s, %(seconds)d s", calls=calls, seconds=round((run.ended_at - run.started_at).total_seconds()))


def _run_tag(run: SyncRun) -> Tag | None:
    if run.state == RunState.FAILED.value:
        return Tag(_("failed"), Tone.BAD)
    if run.state == RunState.PARTLY.value:
        return Tag(_("not everything was read"), Tone.WARN)
    return None


def _problems(run: SyncRun) -> Iterable[str]:
    for problem in run.problems:
        words = _problem_words(problem)
        course = problem.moodle_course_id
        yield _("Course %(course)d: %(problem)s", course=course, problem=words) if course else words


def _problem_words(problem: LmsProblem) -> str:
    return _(sentence(problem.code), **places(problem.facts))
