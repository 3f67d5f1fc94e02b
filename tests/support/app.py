"""A whole installation to ask over HTTP: two municipalities, two seasons each, and somebody in every role.

The two sites use the same Moodle ids on purpose: what confuses them shows. People sign in by the real form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bridge.app import create_app
from bridge.core.audit import Source
from bridge.core.crypto import hash_password
from bridge.core.permissions import Role
from bridge.installation import Installation
from bridge.lms.models import (
    LmsCategory,
    LmsCourse,
    LmsEnrolment,
    LmsGradebookGrade,
    LmsGradeItem,
    LmsIdentity,
    LmsSite,
    LmsUser,
)
from bridge.people import service as people
from bridge.people.models import LocalAccount, Municipality, Person
from bridge.people.service import NewMunicipality
from bridge.programme import service as programme
from bridge.programme.models import Season
from bridge.programme.roster import link_people
from bridge.programme.service import SeasonMap, SeasonPlan
from bridge.settings import Settings
from tests.support import rows

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
PASSWORD = "долгий пароль для проверки"
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

ESSAY = 501
"""The gradebook item of the essay, on both sites."""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step


def make_settings(data: Path, **changes: object) -> Settings:
    """Settings of a test: nothing of the environment is read."""
    values: dict[str, object] = {
        "data": data,
        "database_url": "",
        "secret_keys": (SECRET,),
        "host": "127.0.0.1",
        "port": 0,
        "base_url": "",
        "trusted_proxies": 0,
        "allow_private_lms": False,
        "ca_file": "",
        "smtp_url": "",
        "mail_from": "",
        "executor_id": "test",
        "rate_limit_storage": "memory://",
        "log_level": "WARNING",
        "sync_minutes": 60,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


class Browser:
    """A client with cookies that knows how to send our forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, **options)

    def send(self, method: str, path: str, **options: object) -> TestResponse:
        """Any method; an unsafe one carries the token of a page of ours."""
        headers = dict(options.pop("headers", {}))
        if method not in {"GET", "HEAD", "OPTIONS"}:
            headers["X-CSRFToken"] = self.csrf_token()
        return self.client.open(path, method=method, headers=headers, **options)

    def post(self, path: str, data: Mapping[str, object] | None = None, **options: object) -> TestResponse:
        return self.send("POST", path, data=dict(data or {}), **options)

    def csrf_token(self) -> str:
        if not self._token:
            page = self.client.get("/sign-in", follow_redirects=True)
            found = TOKEN.search(page.text)
            assert found, f"no form on the page {page.request.path}"
            self._token = found[1]
        return self._token

    def sign_in(self, login: str, password: str = PASSWORD, **options: object) -> TestResponse:
        """Fill the sign-in form in and send it."""
        path = str(options.pop("path", "/sign-in"))
        answer = self.post(path, {"login": login, "password": password}, **options)
        self._token = ""
        return answer

    @property
    def cookie(self) -> str:
        """The session's token; empty where there is none."""
        found = self.client.get_cookie("accel_session")
        return found.value if found else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with what belongs to it, by uid."""

    municipality_id: int
    site_id: int
    this: str
    """The season under way."""
    other: str
    """The season before it."""


@dataclass
class World:
    """The installation, and the names by which a test knows what is in it."""

    installation: Installation
    app: Flask
    clock: Clock
    here: Place
    there: Place
    people: dict[str, str] = field(default_factory=dict)
    """Name -> uid; the name is the login of those who have one."""

    _addresses: Iterator[int] = field(default_factory=lambda: count(1))

    def browser(self) -> Browser:
        """Somebody who is not signed in, at an address of their own: doors count attempts by address."""
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{next(self._addresses)}"
        return Browser(client)

    def signed_in(self, login: str) -> Browser:
        """Somebody who has signed in by the form; "anonymous" has not."""
        browser = self.browser()
        if login != "anonymous":
            answer = browser.sign_in(login)
            assert answer.status_code == 302, answer.text
        return browser

    def season(self, session: Session, uid: str) -> Season:
        found = programme.find_season(session, uid)
        assert found is not None
        return found

    def person(self, session: Session, name: str) -> Person:
        found = people.find_person(session, self.people[name])
        assert found is not None
        return found


STAFF = {
    "organiser": Role.ORGANISER,
    "leadership": Role.LEADERSHIP,
    "administrator": Role.ADMINISTRATOR,
    "region": Role.REGION,
}
"""Logins of the first municipality's staff. Besides: "season_organiser", of its present season only, and "nobody"."""

FROM_LMS = {
    "participant": (101, "student", 11),
    "classmate": (102, "student", 11),
    "teacher": (103, "editingteacher", 11),
    "mentor": (104, "mentor", 12),
    "head": (105, "schoolhead", 11),
    "withdrawn": (106, "student", 11),
    "alumna": (107, "student", 21),
}
"""Login -> Moodle user, role and course; courses 11 and 12 are the present season's, 21 the one before."""

SCHOOLS = ("МБОУ «Сарпинская СОШ»", "МКОУ «Шаттинская ООШ»")


@contextmanager
def open_world(database_url: str, data: Path, **settings: object) -> Iterator[World]:
    """Build the world in a migrated, empty database, and close it at the end."""
    clock = Clock()
    installation = Installation.open(make_settings(data, database_url=database_url, **settings), clock=clock)
    try:
        with installation.database.writing() as session:
            uids: dict[str, str] = {}
            here = _found(session, "Кетченеровский район", "here")
            there = _found(session, "Яшкульский район", "there")
            _hire(session, here, uids)
            _enrol(session, here, "", uids)
            _enrol(session, there, "there_", uids)
            stranger = _person(session, there.municipality_id, "there_organiser", uids)
            people.grant(session, stranger, Role.ORGANISER, now=NOW, source=Source.SYSTEM)
        yield World(installation, create_app(installation=installation), clock, here, there, uids)
    finally:
        installation.close()


def _found(session: Session, name: str, word: str) -> Place:
    new = NewMunicipality(name, "Отдел образования", "Europe/Moscow")
    municipality = people.create_municipality(session, new, now=NOW, source=Source.SYSTEM)
    site = rows.add_site(session, municipality, url=f"https://{word}.example.test")
    rows.add(session, site, LmsCategory, moodle_category_id=1)
    for course in (11, 12, 21):
        rows.add(
            session, site, LmsCourse, moodle_course_id=course, short_name=f"c{course}", idnumber=f"{word}-{course}"
        )
    this = _season(session, site, "2026–2028", date(2026, 9, 1), {11: 1, 12: 3})
    other = _season(session, site, "2024–2026", date(2024, 9, 1), {21: 1})
    return Place(municipality.id, site.id, this.uid, other.uid)


def _season(session: Session, site: LmsSite, name: str, starts: date, courses: Mapping[int, int]) -> Season:
    municipality = session.get_one(Municipality, site.municipality_id)
    plan = SeasonPlan(name, starts, starts.replace(year=starts.year + 2), stage_number=3)
    season = programme.create_season(session, municipality, plan, site=site, now=NOW, source=Source.SYSTEM)
    programme.set_map(session, season, SeasonMap(courses=dict(courses)))
    return season


def _hire(session: Session, here: Place, uids: dict[str, str]) -> None:
    for login, role in STAFF.items():
        person = _person(session, here.municipality_id, login, uids)
        people.grant(session, person, role, now=NOW, source=Source.SYSTEM, everywhere=role is Role.REGION)
    season = programme.find_season(session, here.this)
    assert season is not None
    person = _person(session, here.municipality_id, "season_organiser", uids)
    people.grant(session, person, Role.ORGANISER, now=NOW, source=Source.SYSTEM, season_id=season.id)
    _person(session, here.municipality_id, "nobody", uids)


def _person(session: Session, municipality_id: int, login: str, uids: dict[str, str]) -> Person:
    person = Person(municipality_id=municipality_id, last_name=f"Фамилия {login}", first_name="Имя", created_at=NOW)
    _open_account(person, login)
    session.add(person)
    session.flush()
    uids[login] = person.uid
    return person


def _open_account(person: Person, login: str) -> None:
    person.account = LocalAccount(login=login, password_hash=hash_password(PASSWORD))


def _enrol(session: Session, place: Place, prefix: str, uids: dict[str, str]) -> None:
    """Users, enrolments and marks as a sync brings them; the persons come by the real linking."""
    site = session.get_one(LmsSite, place.site_id)
    for number, (login, (user, role, course)) in enumerate(FROM_LMS.items()):
        name = f"{prefix}{login}"
        rows.add(
            session, site, LmsUser, moodle_user_id=user, last_name=f"Фамилия {name}", institution=SCHOOLS[number % 2]
        )
        enrolment = {"moodle_course_id": course, "moodle_user_id": user, "roles": [role]}
        rows.add(session, site, LmsEnrolment, **enrolment, suspended=login == "withdrawn")
    rows.add(session, site, LmsGradeItem, moodle_item_id=ESSAY, moodle_course_id=11, idnumber="essay")
    for user, mark in ((101, 90), (102, 70)):
        grade = {"moodle_item_id": ESSAY, "moodle_course_id": 11, "moodle_user_id": user}
        rows.add(session, site, LmsGradebookGrade, **grade, grade=Decimal(mark))
    session.flush()
    link_people(session, site, NOW)
    session.flush()
    for login, (user, _, _) in FROM_LMS.items():
        identity = session.query(LmsIdentity).filter_by(site_id=site.id, moodle_user_id=user).one()
        person = session.get_one(Person, identity.person_id)
        _open_account(person, f"{prefix}{login}")
        uids[f"{prefix}{login}"] = person.uid
