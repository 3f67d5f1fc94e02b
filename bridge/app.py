"""create_app: the only place where the web is wired. Nothing is opened at import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, g
from flask.typing import ResponseValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from bridge import web
from bridge.core.http import access, current
from bridge.core.http.access import Found
from bridge.core.http.sessions import ServerSessions
from bridge.core.permissions import (
    Actor,
    Facts,
    can_act_as_nobody,
    can_administer,
    can_choose_own_messages,
    can_edit_people,
    can_edit_season,
    can_open_home,
    can_run_messages,
    can_see_rating,
)
from bridge.home import frame
from bridge.home.views import home_pages
from bridge.installation import Installation
from bridge.lms.views import lms_pages
from bridge.lms.views.files import find_file_draft, use_after_sync
from bridge.messages.digest import Speaking
from bridge.messages.views import COVERED, count_waiting, init_messages, messages_pages
from bridge.people import service as people
from bridge.people.imports.views import find_import_draft, imports_pages
from bridge.people.lists.views import lists_pages
from bridge.people.models import Person
from bridge.people.moodle import use_directory
from bridge.people.views import people_pages
from bridge.programme import service as programme
from bridge.programme.directory import moodle_people
from bridge.programme.roster import lms_grants
from bridge.programme.views import programme_pages
from bridge.rating.sources import sources_pages
from bridge.rating.views import rating_pages
from bridge.settings import Settings
from bridge.web.messages import lazy_gettext as _l
from bridge.web.navigation import NavItem

__all__ = ["create_app", "speaking_in"]

SyncView = Callable[..., ResponseValue]

MAX_BODY_BYTES = 20 * 1024 * 1024
DOOR_LIMIT = "20 per minute"
"""Attempts at a door from one address; an account has a limit of its own."""

SLICES = (
    home_pages,
    people_pages,
    lists_pages,
    imports_pages,
    lms_pages,
    messages_pages,
    programme_pages,
    rating_pages,
    sources_pages,
)

NOT_OURS = ("web.asset", "web.language")
"""Views that the web kit adds; they show nothing of anybody."""


def create_app(settings: Settings | None = None, *, installation: Installation | None = None) -> Flask:
    """Wire the web application.

    Parameters
    ----------
    settings
        Read from the environment where neither is given.
    installation
        An open one to share (the demo and the tests have their own clock); else one is opened by the settings.
    """
    opened = installation or Installation.open(settings or Settings.from_env())
    app = Flask("bridge", static_folder=None)
    _configure(app, opened)
    web.init_web(app)
    web.configure_web(app, frame=frame.build_frame, save_language=_save_language, now=opened.clock)
    _init_services(app, opened)
    app.before_request(frame.prepare_request)
    for blueprint in SLICES:
        app.register_blueprint(blueprint)
    _limit_doors(app, opened.settings)
    _fill_menu(app)
    access.open_to_everybody(app, *NOT_OURS)
    access.require_rules(app)
    return app


def _configure(app: Flask, opened: Installation) -> None:
    settings = opened.settings
    app.config.update(
        SECRET_KEY=opened.vault.signing_keys[0],
        SECRET_KEY_FALLBACKS=list(opened.vault.signing_keys[1:]),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
    )
    app.session_interface = ServerSessions(opened.database, opened.clock)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask documents this place for middleware
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=count, x_prefix=count
        )


def _init_services(app: Flask, opened: Installation) -> None:
    current.init_current(
        app,
        current.Services(
            settings=opened.settings,
            database=opened.database,
            vault=opened.vault,
            jobs=opened.jobs,
            clock=opened.clock,
            make_client=opened.make_client,
            setup_code=opened.setup_code,
            load_actor=_load_actor,
        ),
    )
    access.add_resolver(app, "season", _find_season)
    access.add_resolver(app, "person", _find_person)
    init_messages(app, opened.post)
    access.add_resolver(app, "draft", find_import_draft)
    access.add_resolver(app, "file_draft", find_file_draft)
    use_after_sync(app, opened.puller.after)
    use_directory(app, moodle_people)


def _load_actor(session: Session, person_id: int) -> Actor:
    person = session.get_one(Person, person_id)
    return people.actor_of(session, person, lms_grants=lms_grants(session, person))


def _find_season(session: Session, uid: str, _outer: object) -> Found | None:
    season = programme.find_season(session, uid)
    if season is None:
        return None
    return Found(season, Facts(municipality_id=season.municipality_id, season_id=season.id))


def _find_person(session: Session, uid: str, _outer: object) -> Found | None:
    person = people.find_person(session, uid)
    if person is None:
        return None
    facts = Facts(municipality_id=person.municipality_id, school_id=person.school_id, person_id=person.id)
    return Found(person, facts)


def _save_language(language: str) -> None:
    session = current.db_session(write=True)
    session.get_one(Person, current.actor().person_id).locale = language
    access.commit()


def _limit_doors(app: Flask, settings: Settings) -> None:
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.rate_limit_storage)
    for endpoint in ("people.sign_in", "programme.first_run"):
        view = cast("SyncView", app.view_functions[endpoint])
        limited = limiter.limit(DOOR_LIMIT, methods=["POST"])(view)
        access.give_rule(limited, access.rule_of(view) or can_act_as_nobody)
        app.view_functions[endpoint] = limited


def _fill_menu(app: Flask) -> None:
    values = frame.season_values
    web.register(
        app,
        NavItem("home.what_to_do", _l("What to do now"), None, can_open_home),
        NavItem("rating.table", _l("Rating"), 3, can_see_rating, values=values, covers=("rating.person",)),
        NavItem("sources.show", _l("People and marks"), "season", can_edit_season, values=values),
        NavItem("lists.people", _l("People"), "season", can_edit_people),
        NavItem("lists.schools", _l("Schools"), "season", can_edit_people),
        NavItem("imports.choose", _l("Import from a file"), "season", can_edit_people, covers=("imports.preview",)),
        NavItem(
            "messages.show_log",
            _l("Messages"),
            "season",
            can_run_messages,
            count=count_waiting,
            covers=COVERED,
        ),
        NavItem(
            "lms.connection",
            _l("Connection to Moodle"),
            "season",
            can_administer,
            covers=("lms.doctor", "lms.course", "lms.files", "lms.file_preview"),
        ),
        NavItem("programme.new_season", _l("New season"), "season", can_edit_season),
        NavItem("messages.mine", _l("My messages"), "season", can_choose_own_messages),
    )


def speaking_in(app: Flask) -> Speaking:
    """How a job speaks as the pages do: their words, dates and addresses, outside any request."""

    @contextmanager
    def speaking(language: str, zone: str) -> Iterator[None]:
        # As if the page were asked for at the address that people use: links get the path it lies under.
        with app.test_request_context(base_url=app.extensions[current.EXTENSION].settings.base_url or None):
            g.language, g.zone = language, zone
            yield

    return speaking
