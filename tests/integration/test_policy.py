"""Who gets which answer at which address: a table written by hand, not computed from the rules it tests.

A row is a method, an endpoint and what its address names; a column is who asks. 302 for somebody anonymous leads to the
sign-in. 403 is a thing of one's own municipality that one's role does not open, 404 one that is not there for oneself.
"""

from __future__ import annotations

import pytest
from flask import Blueprint, url_for
from werkzeug.test import TestResponse

import bridge.app
from bridge.app import create_app
from bridge.core.http import access
from bridge.lms.files import service as files
from bridge.lms.files.staged import StagedSheet, pack
from bridge.lms.models import LmsFileDraft
from bridge.messages.service import send_test
from bridge.people.imports.columns import TABLES, TableKey
from bridge.people.imports.drafts import find_draft, keep_draft
from bridge.people.imports.rows import Row, Upload
from lms_sync.files.gradebook import GradeSheet
from tests.support.app import Browser, World

ROLES = ["anonymous", "organiser", "leadership", "administrator", "region", "season_organiser", "nobody"]
ROLES += ["participant", "teacher", "mentor", "head", "withdrawn", "alumna", "there_organiser", "there_participant"]

# Columns:                            anon orgr lead admn regn seas nobo part teac ment head with alum tOrg tPar
TABLE = """
GET  home.health    -                  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  home.start     -                  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302
GET  home.what_to_do -                 302  200  200  200  200  200  200  302  200  200  200  200  200  200  302
GET  web.asset      app.css            200  200  200  200  200  200  200  200  200  200  200  200  200  200  200
GET  web.asset      nothing.css        404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  web.language   -                  303  303  303  303  303  303  303  303  303  303  303  303  303  303  303
POST web.language   -                  303  303  303  303  303  303  303  303  303  303  303  303  303  303  303
GET  people.sign_in -                  200  302  302  302  302  302  302  302  302  302  302  302  302  302  302
POST people.sign_in -                  422  302  302  302  302  302  302  302  302  302  302  302  302  302  302
GET  programme.first_run -             404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST programme.first_run -             404  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  lms.connection -                  302  200  403  200  403  403  403  403  403  403  403  403  403  200  403
POST lms.connect    -                  302  422  403  422  403  403  403  403  403  403  403  403  403  422  403
POST lms.category   -                  302  302  403  302  403  403  403  403  403  403  403  403  403  302  403
POST lms.sync       -                  302  302  403  302  403  403  403  403  403  403  403  403  403  302  403
GET  lms.doctor     -                  302  200  403  200  403  403  403  403  403  403  403  403  403  200  403
POST lms.examine    -                  302  302  403  302  403  403  403  403  403  403  403  403  403  302  403
GET  lms.recipe_file role-reading.xml  302  200  403  200  403  403  403  403  403  403  403  403  403  200  403
GET  lms.recipe_file secret.key        302  404  403  404  403  403  403  403  403  403  403  403  403  404  403
GET  lms.course     11                 302  200  403  200  403  403  403  403  403  403  403  403  403  200  403
GET  lms.course     31                 302  404  403  404  403  403  403  403  403  403  403  403  403  404  403
POST lms.compare    11                 302  302  403  302  403  403  403  403  403  403  403  403  403  302  403
POST lms.compare    31                 302  404  403  404  403  403  403  403  403  403  403  403  403  404  403
POST lms.read_course 11                302  302  403  302  403  403  403  403  403  403  403  403  403  302  403
POST lms.read_course 31                302  404  403  404  403  403  403  403  403  403  403  403  403  404  403
GET  lms.files      -                  302  200  403  200  403  403  403  403  403  403  403  403  403  200  403
POST lms.upload_file -                 302  422  403  422  403  403  403  403  403  403  403  403  403  422  403
GET  lms.file_preview ours             302  200  403  200  403  403  403  403  403  403  403  403  403  404  404
GET  lms.file_preview theirs           302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
GET  lms.file_preview unknown          302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST lms.import_file ours              302  303  403  303  403  403  403  403  403  403  403  403  403  404  404
POST lms.import_file theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  303  403
POST lms.import_file unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST lms.discard_file ours             302  303  403  303  403  403  403  403  403  403  403  403  403  404  404
POST lms.discard_file theirs           302  404  404  404  403  404  404  404  404  404  404  404  404  303  403
POST lms.discard_file unknown          302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  messages.show_log   -                 302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  messages.to_copy    -                 302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
POST messages.send_all   -                 302  302  403  403  403  403  403  403  403  403  403  403  403  302  403
GET  messages.show       ours              302  200  403  403  403  403  403  403  403  403  403  403  403  404  404
GET  messages.show       theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
GET  messages.show       unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST messages.cancel     ours              302  302  403  403  403  403  403  403  403  403  403  403  403  404  404
POST messages.cancel     theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  302  403
POST messages.cancel     unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST messages.send_again ours              302  302  403  403  403  403  403  403  403  403  403  403  403  404  404
POST messages.send_again theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  302  403
POST messages.send_again unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST messages.handed_over ours              302  302  403  403  403  403  403  403  403  403  403  403  403  404  404
POST messages.handed_over theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  302  403
POST messages.handed_over unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  messages.list_texts -                 302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  messages.edit_text  digest/ru         302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  messages.edit_text  digest/fr         302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  messages.edit_text  nothing/ru        302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST messages.save_text  digest/ru         302  302  403  403  403  403  403  403  403  403  403  403  403  302  403
POST messages.save_text  nothing/ru        302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST messages.reset_text digest/ru         302  302  403  403  403  403  403  403  403  403  403  403  403  302  403
POST messages.reset_text nothing/ru        302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  messages.show_settings -                 302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
POST messages.save_settings -                 302  302  403  403  403  403  403  403  403  403  403  403  403  302  403
POST messages.send_test  -                 302  302  403  403  403  403  403  403  403  403  403  403  403  302  403
GET  messages.mine       -                 302  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST messages.save_mine  -                 302  302  302  302  302  302  302  302  302  302  302  302  302  302  302
GET  programme.new_season -            302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
POST programme.new_season -            302  422  403  403  403  403  403  403  403  403  403  403  403  422  403
GET  rating.table   this               302  200  200  403  403  200  403  403  403  403  403  403  403  404  404
GET  rating.table   other              302  200  200  403  403  403  403  403  403  403  403  403  403  404  404
GET  rating.table   there              302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
GET  rating.table   unknown            302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  sources.show   this               302  200  403  403  403  200  403  403  403  403  403  403  403  404  404
GET  sources.show   other              302  200  403  403  403  403  403  403  403  403  403  403  403  404  404
GET  sources.show   there              302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
GET  sources.show   unknown            302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST sources.save   this               302  302  403  403  403  302  403  403  403  403  403  403  403  404  404
POST sources.save   other              302  302  403  403  403  403  403  403  403  403  403  403  403  404  404
POST sources.save   there              302  404  404  404  403  404  404  404  404  404  404  404  404  302  403
POST sources.save   unknown            302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  rating.person  this/participant   302  200  200  403  403  200  403  200  403  403  403  403  403  404  404
GET  rating.person  this/classmate     302  200  200  403  403  200  403  403  403  403  403  403  403  404  404
GET  rating.person  this/withdrawn     302  200  200  403  403  200  403  403  403  403  403  200  403  404  404
GET  rating.person  this/teacher       302  404  404  403  403  404  403  403  404  403  403  403  403  404  404
GET  rating.person  this/alumna        302  404  404  403  403  404  403  403  403  403  403  403  404  404  404
GET  rating.person  this/there_participant  302 404 404 404 404 404  404  404  404  404  404  404  404  404  404
GET  rating.person  this/unknown       302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  rating.person  other/alumna       302  200  200  403  403  403  403  403  403  403  403  403  200  404  404
GET  rating.person  other/participant  302  404  404  403  403  403  403  404  403  403  403  403  403  404  404
GET  rating.person  there/there_participant 302 404 404 404 403 404  404  404  404  404  404  404  404  200  200
GET  rating.person  there/there_classmate   302 404 404 404 403 404  404  404  404  404  404  404  404  200  403
GET  rating.person  there/participant  302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  rating.person  unknown/participant 302 404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  lists.people   -                  302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  lists.schools  -                  302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  imports.choose -                  302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
POST imports.upload -                  302  422  403  403  403  403  403  403  403  403  403  403  403  422  403
GET  imports.download schools          302  200  403  403  403  403  403  403  403  403  403  403  403  200  403
GET  imports.download unknown          302  404  403  403  403  403  403  403  403  403  403  403  403  404  403
GET  imports.preview ours              302  200  403  403  403  403  403  403  403  403  403  403  403  404  404
GET  imports.preview theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
GET  imports.preview unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
GET  imports.errors ours               302  200  403  403  403  403  403  403  403  403  403  403  403  404  404
GET  imports.errors theirs             302  404  404  404  403  404  404  404  404  404  404  404  404  200  403
POST imports.confirm ours              302  303  403  403  403  403  403  403  403  403  403  403  403  404  404
POST imports.confirm theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  303  403
POST imports.confirm unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST imports.discard ours              302  303  403  403  403  403  403  403  403  403  403  403  403  404  404
POST imports.discard theirs            302  404  404  404  403  404  404  404  404  404  404  404  404  303  403
POST imports.discard unknown           302  404  404  404  404  404  404  404  404  404  404  404  404  404  404
POST people.sign_out -                 302  302  302  302  302  302  302  302  302  302  302  302  302  302  302
"""
"""The sign-out comes last: it ends the session that the rows above are asked in."""

ROWS = [line.split() for line in TABLE.strip().splitlines()]

MAP_AS_IT_IS = {"course-11": "1", "course-12": "3", "role-student": "participant", "role-editingteacher": "teacher"}
BODIES = {
    # What is sent to doors that may do something: the map, kept as it is, and the category chosen already.
    "sources.save": {**MAP_AS_IT_IS, "role-mentor": "mentor", "role-schoolhead": "head"},
    "lms.category": {"categories": "1"},
    "messages.save_text": {"subject": "Ждут: {число}", "body": "{список} {адрес} {настройки}", "version": "0"},
    "messages.save_settings": {"order": "smtp-moodle", "digest": "weekly", "digest_hour": "8"},
    "messages.reset_text": {"version": "1"},
    "messages.save_mine": {"channel": "", "digest": "y"},
}
FOR_PROGRAMS = {"Accept": "application/json"}
"""A refusal is the same for a program and for a reader, and costs no drawing of a page."""
OTHER_MAP = {"course-11": "0", "course-12": "0", "course-21": "1"}

METHODS = {
    "/health": "GET",
    "/": "GET",
    "/home": "GET",
    "/assets/0/app.css": "GET",
    "/language": "GET POST",
    "/sign-in": "GET POST",
    "/sign-out": "POST",
    "/setup": "GET POST",
    "/moodle": "GET POST",
    "/moodle/category": "POST",
    "/moodle/sync": "POST",
    "/moodle/doctor": "GET POST",
    "/moodle/recipe/role-reading.xml": "GET",
    "/moodle/courses/11": "GET",
    "/moodle/courses/11/compare": "POST",
    "/moodle/courses/11/read": "POST",
    "/moodle/files": "GET POST",
    "/moodle/files/some": "GET POST",
    "/moodle/files/some/discard": "POST",
    "/messages": "GET",
    "/messages/to-copy": "GET POST",
    "/messages/some": "GET",
    "/messages/some/cancel": "POST",
    "/messages/some/again": "POST",
    "/messages/some/handed-over": "POST",
    "/messages/templates": "GET",
    "/messages/templates/digest/ru": "GET POST",
    "/messages/templates/digest/ru/reset": "POST",
    "/messages/settings": "GET POST",
    "/messages/settings/test": "POST",
    "/messages/mine": "GET POST",
    "/people": "GET",
    "/schools": "GET",
    "/people/import": "GET POST",
    "/people/import/templates/schools": "GET",
    "/people/import/some": "GET POST",
    "/people/import/some/errors": "GET",
    "/people/import/some/discard": "POST",
    "/seasons/new": "GET POST",
    "/seasons/this/rating": "GET",
    "/seasons/this/people/participant": "GET",
    "/seasons/this/sources": "GET POST",
}
"""Every address with its methods; all others are 405. GET brings HEAD with it."""


def address(world: World, endpoint: str, names: str) -> str:
    with world.app.test_request_context():
        return url_for(endpoint, **_values(world, endpoint, names))


def _values(world: World, endpoint: str, names: str) -> dict[str, str]:
    if names == "-":
        return {"lang": "ru"} if endpoint == "web.language" else {}
    if endpoint.endswith("_text"):
        return dict(zip(("template", "language"), names.split("/"), strict=True))
    if endpoint.startswith(("imports.", "messages.")):
        return _waiting_values(world, endpoint, names)
    if endpoint.startswith("lms."):
        return _lms_values(world, endpoint, names)
    if endpoint == "web.asset":
        return {"digest": "0", "name": names}
    seasons = {"this": world.here.this, "other": world.here.other, "there": world.there.this}
    season, _, person = names.partition("/")
    values = {"season": seasons.get(season, "nosuchseason")}
    return {**values, "person": world.people.get(person, "nosuchperson")} if person else values


def _lms_values(world: World, endpoint: str, names: str) -> dict[str, str]:
    """Of a course, a recipe's file, or a file of Moodle that waits."""
    if endpoint in {"lms.file_preview", "lms.import_file", "lms.discard_file"}:
        return {"file_draft": _file_draft(world, names)}
    return {"name" if endpoint == "lms.recipe_file" else "course": names}


def _waiting_values(world: World, endpoint: str, names: str) -> dict[str, str]:
    """Of what waits for somebody's word: an upload, a message."""
    if endpoint == "imports.download":
        return {"table": names}
    if endpoint.startswith("imports."):
        return {"draft": _draft(world, names)}
    return {"message": _message(world, names)}


def _draft(world: World, names: str) -> str:
    """The uid of an upload that waits, made anew after somebody has discarded it; its one row can never be imported."""
    place = {"ours": world.here, "theirs": world.there}.get(names)
    if place is None:
        return "nosuchdraft"
    with world.installation.database.writing() as session:
        known = find_draft(session, world.people.get(f"draft {names}", ""), now=world.clock())
        upload = Upload((Row(2, {"last_name": "Безымянная"}),))
        draft = known or keep_draft(
            session,
            place.municipality_id,
            TABLES[TableKey.PEOPLE],
            upload,
            filename="f.xlsx",
            person_id=None,
            now=world.clock(),
        )
        world.people[f"draft {names}"] = draft.uid
    return draft.uid


def _file_draft(world: World, names: str) -> str:
    """The uid of a file of Moodle that waits, made anew after somebody has discarded it; here it is never taken in."""
    place = {"ours": world.here, "theirs": world.there}.get(names)
    if place is None:
        return "nosuchdraft"
    with world.installation.database.writing() as session:
        known = files.find_draft(session, world.people.get(f"file {names}", ""), now=world.clock())
        draft = known or LmsFileDraft(
            municipality_id=place.municipality_id,
            filename="f.csv",
            content=pack(StagedSheet("course", GradeSheet("f.csv", (), (), (), ()))),
            expires_at=world.clock() + files.LIFETIME,
        )
        session.add(draft)
        session.flush()
        world.people[f"file {names}"] = draft.uid
    return draft.uid


def _message(world: World, names: str) -> str:
    """The uid of a text that waits to be handed over, of either municipality's organiser."""
    owner = {"ours": "organiser", "theirs": "there_organiser"}.get(names)
    if owner is not None and names not in world.people:
        with world.installation.database.writing() as session:
            message = send_test(session, world.installation.post, world.person(session, owner), now=world.clock())
            assert message is not None
            world.people[names] = message.uid
    return world.people.get(names, "nosuchmessage")


def ask(world: World, browser: Browser, method: str, endpoint: str, names: str) -> TestResponse:
    body = BODIES.get(endpoint, {})
    if endpoint == "sources.save" and names == "other":
        body = {**body, **OTHER_MAP}
    data = None if method in {"GET", "HEAD"} else body
    return browser.send(method, address(world, endpoint, names), data=data, headers=FOR_PROGRAMS)


def test_every_cell_of_the_policy_table_holds(world: World) -> None:
    wrong = []
    for column, role in enumerate(ROLES):
        browser = world.signed_in(role)
        for method, endpoint, names, *expected in ROWS:
            found = ask(world, browser, method, endpoint, names)
            if found.status_code != int(expected[column]):
                wrong.append(f"{role}: {method} {endpoint} {names}: {found.status_code}, not {expected[column]}")
            leads_in = found.status_code == 302 and found.location.startswith("/sign-in")
            if role == "anonymous" and found.status_code == 302 and endpoint != "home.start" and not leads_in:
                wrong.append(f"anonymous: {method} {endpoint} {names} leads to {found.location}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_a_cell_for_every_role() -> None:
    assert {len(row) for row in ROWS} == {3 + len(ROLES)}


def test_the_table_covers_every_route_and_nothing_else(on_file: World) -> None:
    routes = {
        (method, rule.endpoint)
        for rule in on_file.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, endpoint) for method, endpoint, *_ in ROWS} == routes


@pytest.mark.parametrize("role", ["anonymous", "participant", "there_organiser"])
def test_head_is_answered_as_get_is(on_file: World, role: str) -> None:
    browser, column = on_file.signed_in(role), ROLES.index(role)
    wrong = []
    for method, endpoint, names, *expected in ROWS:
        if method == "GET":
            found = ask(on_file, browser, "HEAD", endpoint, names).status_code
            wrong += [(endpoint, names, found)] if found != int(expected[column]) else []
    assert wrong == []


def test_every_other_method_is_refused(on_file: World) -> None:
    browser = on_file.signed_in("organiser")
    wrong = []
    for path, allowed in METHODS.items():
        ids = path.replace("/this", f"/{on_file.here.this}").replace(
            "/participant", f"/{on_file.people['participant']}"
        )
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed.split()):
            answer = browser.send(method, ids, headers=FOR_PROGRAMS)
            wrong += [(method, path, answer.status_code)] if answer.status_code != 405 else []
    assert wrong == []


def test_somebody_anonymous_cannot_tell_existing_ids_from_others(on_file: World) -> None:
    browser = on_file.browser()
    for endpoint, names in (("rating.table", "this"), ("sources.show", "this"), ("rating.person", "this/participant")):
        unknown = names.replace("this", "unknown").replace("participant", "unknown")
        answers = []
        for named in (names, unknown):
            path = address(on_file, endpoint, named)
            answer = browser.get(path)
            told = {name: value for name, value in answer.headers if name != "Date"}
            told["Location"] = told["Location"].replace(path, "PATH")
            answers.append((answer.status_code, told, answer.text.replace(path, "PATH")))
        # The bodies are as long as the ids, which are not of one length.
        for _, told, _ in answers:
            del told["Content-Length"]
        assert answers[0] == answers[1]


def bare_view() -> str:
    return "anybody may read this"


def test_a_route_without_a_rule_keeps_the_app_from_starting(on_file: World, monkeypatch: pytest.MonkeyPatch) -> None:
    careless = Blueprint("careless", __name__)
    careless.add_url_rule("/careless", "page", bare_view)
    monkeypatch.setattr(bridge.app, "SLICES", (*bridge.app.SLICES, careless))
    with pytest.raises(RuntimeError, match=r"routes without a rule: careless\.page"):
        create_app(installation=on_file.installation)


def test_every_view_of_the_app_has_a_rule(on_file: World) -> None:
    assert [name for name, view in on_file.app.view_functions.items() if access.rule_of(view) is None] == []
