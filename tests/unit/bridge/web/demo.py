"""A tiny app that shows every page of the kit with sample data, in both languages."""

from typing import ClassVar

from flask import Flask, Response, abort, g, render_template, request
from jinja2 import BytecodeCache

from bridge.core.permissions import Actor, Facts, Grant, Role, can_edit_season, can_open_home, can_see_rating
from bridge.web import Frame, NavItem, Viewer, configure_web, init_web, register
from bridge.web.forms import SetupForm, SignInForm
from bridge.web.messages import lazy_gettext
from bridge.web.viewmodels import Link, Note, SetupPage, SignInPage, Tone
from tests.unit.bridge.web import samples

ORGANISER = Actor(person_id=1, municipality_id=1, grants=(Grant(Role.ORGANISER, municipality_id=1),))

PAGES = {
    "/home": ("home/home.html", samples.home),
    "/home-long": ("home/home.html", lambda: samples.home(long=True)),
    "/home-empty": ("home/home.html", lambda: samples.EMPTY_HOME),
    "/home-first": ("home/home.html", lambda: samples.FIRST_HOME),
    "/rating": ("rating/rating.html", lambda: samples.RATING),
    "/rating-plain": ("rating/rating.html", lambda: samples.PLAIN_RATING),
    "/rating-empty": ("rating/rating.html", lambda: samples.EMPTY_RATING),
    "/rating-nobody": ("rating/rating.html", lambda: samples.NOBODY_FOUND),
    "/person": ("people/person.html", lambda: samples.PERSON),
    "/person-staff": ("people/person.html", lambda: samples.STAFF_PERSON),
    "/person-unknown": ("people/person.html", lambda: samples.UNKNOWN_PERSON),
}
DOORS = ("/sign-in", "/setup")
EVERY_PAGE = (*PAGES, *DOORS, "/parts", "/no-such-page")


def organisers_frame():
    return Frame(
        place="Кетченеровский район",
        viewer=Viewer("Очирова Т. С.", "методист"),
        actor=ORGANISER,
        facts=Facts(municipality_id=1),
        seasons=samples.SEASONS,
        stages=samples.STAGES,
        home_url="/home",
        sign_in_url="/sign-in",
        sign_out_url="/sign-out",
    )


def frame():
    is_door = request.path in DOORS or request.path.startswith("/anonymous")
    return Frame(place="Кетченеровский район", sign_in_url="/sign-in") if is_door else organisers_frame()


def show(template, make):
    def view():
        return render_template(template, page=make(), embed="embed" in request.args)

    return view


def sign_in():
    form = SignInForm()
    form.validate_on_submit()
    others = (Link("Войти через Moodle", "/launch"),)
    return render_template(
        "people/sign_in.html", page=SignInPage(form, "Отдел образования Кетченеровского района", others)
    )


def setup():
    form = SetupForm()
    form.validate_on_submit()
    note = Note("Включите https.", "Соединение не защищено.", Tone.WARN)
    return render_template("setup/setup.html", page=SetupPage(form, (note,)))


def parts():
    return render_template("parts_demo.html", samples=samples)


def keep_form():
    if request.method == "GET":
        return render_template("keep_demo.html")
    return Response(f"kept {request.form['text']}", mimetype="text/plain")


def _pages(app):
    for path, (template, make) in PAGES.items():
        app.add_url_rule(path, path.strip("/").replace("-", "_"), show(template, make))
    app.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    app.add_url_rule("/setup", "setup", setup, methods=["GET", "POST"])
    app.add_url_rule("/parts", "parts", parts)
    app.add_url_rule("/keep", "keep", keep_form, methods=["GET", "POST"])
    app.add_url_rule("/sign-out", "sign_out", lambda: "out", methods=["POST"])
    app.add_url_rule("/errors/<int:code>", "errors", abort)
    app.add_url_rule("/boom", "boom", lambda: 1 // 0)
    app.add_url_rule("/api/boom", "api_boom", lambda: 1 // 0)


def _menu(app):
    register(
        app,
        NavItem("home", lazy_gettext("What to do now"), None, can_open_home, count=lambda: 7),
        NavItem("no_such_endpoint", "Заявки", 1, can_open_home),
        NavItem("setup", "Экспертиза эссе", 1, can_edit_season),
        NavItem("rating", "Рейтинг", 3, can_see_rating, covers=("person_staff",), count=lambda: 0),
        NavItem("rating_plain", "Экспертиза проектов", 3, can_see_rating, count=lambda: 2),
        NavItem("parts", "Подключение к Moodle", "season", can_edit_season),
    )


class _SharedBytecode(BytecodeCache):
    """Compiled templates of all demo apps of a run: a test that builds an app does not compile them anew."""

    compiled: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket):
        self.compiled[bucket.key] = bucket.bytecode_to_string()


def make_app(**config):
    app = Flask(__name__, template_folder="templates")
    app.jinja_env.bytecode_cache = _SharedBytecode()
    app.config.update(SECRET_KEY="for tests only", **config)
    init_web(app)
    configure_web(app, frame=frame, now=lambda: samples.NOW)

    @app.before_request
    def _season():
        g.plain_years = range(2026, 2029)

    _pages(app)
    _menu(app)
    return app
