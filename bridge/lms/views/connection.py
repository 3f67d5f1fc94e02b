"""The connection to Moodle: where it is, how fresh the data are, what could not be read; reading it now."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.permissions import can_administer, can_start_sync
from bridge.errors import InvalidInput
from bridge.lms import connection as service
from bridge.lms import runs
from bridge.lms.forms import CategoryForm, ConnectForm
from bridge.lms.models import LmsSite
from bridge.lms.runs import Freshness
from bridge.lms.sentences import LmsRefused
from bridge.lms.views.blueprint import find_our_site, lms_pages, our_site
from bridge.lms.views.panels import ConnectionPage, course_rows, examination_summary, hidden_groups
from bridge.lms.views.runs import problem_groups, run_events
from bridge.lms.work import SYNC_SITE
from bridge.people.models import Municipality
from bridge.web.messages import gettext as _

__all__ = ["category", "connect", "connection", "sync"]


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
    site = our_site()
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
    """Ask for a reading of Moodle, of what changed or (``full``) of everything; a worker does it."""
    site = our_site()
    if not site.moodle_category_ids:
        flash(_("Choose the course category of the programme first."), "warn")
    elif runs.freshness(current.db_session(), site).running:
        flash(_("Moodle is being read at this moment. Wait for that run to end."))
    else:
        full = bool(request.form.get("full"))
        current.services().jobs.enqueue(current.db_session(), SYNC_SITE, site_id=site.id, full=full)
        flash(_("Moodle is being read. This takes about a minute; the page shows when it is done."))
    return redirect(url_for("lms.connection"))


def _municipality() -> Municipality:
    return current.db_session().get_one(Municipality, current.actor().municipality_id)


def _uid() -> str:
    return current.person_uid()


def _page(connect: ConnectForm | None = None) -> ConnectionPage:
    site = find_our_site()
    if site is None:
        return ConnectionPage(site=None, fresh=Freshness(), connect=connect or ConnectForm(), category=None)
    session, now = current.db_session(), current.now()
    return ConnectionPage(
        site=site,
        fresh=runs.freshness(session, site),
        connect=connect or ConnectForm(url=site.url),
        category=_category_form(site),
        next_at=site.next_run_at if site.next_run_at is not None and site.next_run_at > now else None,
        runs=run_events(session, site),
        problems=problem_groups(session, site),
        examination=examination_summary(session, site, now=now),
        courses=course_rows(session, site, now=now),
        hidden=hidden_groups(session, site),
    )


def _category_form(site: LmsSite) -> CategoryForm | None:
    categories = service.known_categories(current.db_session(), site)
    if not categories:
        return None
    form = CategoryForm(categories=site.moodle_category_ids)
    form.categories.choices = [(row.moodle_category_id, row.name) for row in categories]
    return form
