"""The demo's companion: seasons pulled through the real sync from the stand-in Moodle, and an account for each role."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.crypto import hash_password
from bridge.core.permissions import Role
from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.seasons import ELISTA, KETCHENERY
from bridge.errors import NotFound
from bridge.installation import Installation
from bridge.lms import connection as lms
from bridge.lms.models import LmsCourse, LmsSite
from bridge.people import service as people
from bridge.people.models import LocalAccount, Municipality, Person
from bridge.people.service import NewAccount, NewMunicipality
from bridge.programme import service as programme
from bridge.programme.models import STAGE_COUNT, Season
from bridge.programme.preset import StagePlan, default_stages, guess_stage
from bridge.programme.roster import link_people
from bridge.programme.service import SeasonMap, SeasonPlan
from bridge.rating.service import rate_season

__all__ = ["DemoState", "build", "load_state", "logins", "move_site"]

STATE_FILE = "demo.json"
SOURCE = Source.SYSTEM
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DemoState:
    """What a second start needs to be the same demo: the moment it stands at, and the password it has made up."""

    moment: int
    password: str


def load_state(data: Path, now: datetime) -> DemoState:
    """The state of a demo folder, made at its first start."""
    path = data / STATE_FILE
    if path.exists():
        return DemoState(**json.loads(path.read_text(encoding="utf-8")))
    state = DemoState(moment=int(now.timestamp()), password=f"demo-{secrets.token_hex(4)}")
    data.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(state)), encoding="utf-8")
    return state


@dataclass(frozen=True, slots=True)
class _Staff:
    """Somebody of a department, with a login of their own."""

    login: str
    role: Role
    last_name: str
    first_name: str
    middle_name: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A municipality of the demo; its course categories are those that are named after it."""

    municipality: NewMunicipality
    staff: Sequence[_Staff]


PLACES = (
    _Place(
        NewMunicipality(KETCHENERY.name, "Отдел образования администрации Кетченеровского района", "Europe/Moscow"),
        (
            _Staff("metodist", Role.ORGANISER, "Очирова", "Тамара", "Сергеевна"),
            _Staff("admin", Role.ADMINISTRATOR, "Лиджиев", "Санал", "Викторович"),
            _Staff("nachalnik", Role.LEADERSHIP, "Манджиева", "Галина", "Улановна"),
        ),
    ),
    _Place(
        NewMunicipality(ELISTA.name, "Управление образования администрации города Элисты", "Europe/Moscow"),
        (_Staff("elista", Role.ORGANISER, "Бадмаева", "Кермен", "Очировна"),),
    ),
)
PARTICIPANT = "uchastnik"
SEASON_YEARS = 2


def build(installation: Installation, moodle_url: str, state: DemoState) -> None:
    """Set the demo up: municipalities, accounts, connections, a real sync of each, seasons, a participant's login."""
    probed = lms.probe(moodle_url, SERVICE_TOKEN, installation.make_client)
    for place in PLACES:
        with installation.database.writing() as session:
            site_id = _found(session, installation, place, probed, state)
        installation.puller.pull(site_id)
        with installation.database.writing() as session:
            _open_seasons(session, session.get_one(LmsSite, site_id), installation.clock())
    with installation.database.writing() as session:
        _give_a_participant_a_login(session, installation.clock(), state)


def _found(session: Session, installation: Installation, place: _Place, probed: lms.Probe, state: DemoState) -> int:
    now = installation.clock()
    municipality = people.create_municipality(session, place.municipality, now=now, source=SOURCE)
    for member in place.staff:
        new = NewAccount(member.login, state.password, member.last_name, member.first_name, member.middle_name)
        person = people.create_account(session, municipality, new, now=now, source=SOURCE)
        people.grant(session, person, member.role, now=now, source=SOURCE)
    site = lms.save_connection(session, municipality, probed, vault=installation.vault, now=now, source=SOURCE)
    lms.remember_categories(session, site, probed.categories, now=now)
    ours = [row.category_id for row in probed.categories if row.name.endswith(place.municipality.name)]
    lms.choose_categories(session, site, ours, now=now, source=SOURCE)
    return site.id


def _open_seasons(session: Session, site: LmsSite, now: datetime) -> None:
    """A season for each category, the latest at stage 3 and earlier ones closed; and one to practise in."""
    chosen = [row for row in lms.known_categories(session, site) if row.moodle_category_id in site.moodle_category_ids]
    in_order = sorted(chosen, key=lambda row: row.name)
    for category in in_order:
        is_open = category is in_order[-1]
        season = _open_season(session, site, category.moodle_category_id, now, is_open=is_open)
        season.closed_at = None if is_open else now
    _open_season(session, site, in_order[-1].moodle_category_id, now, is_open=True, name="Пробный")
    link_people(session, site, now)


def _open_season(
    session: Session, site: LmsSite, category_id: int, now: datetime, *, is_open: bool, name: str = ""
) -> Season:
    courses = session.scalars(
        select(LmsCourse).where(LmsCourse.site_id == site.id, LmsCourse.moodle_category_id == category_id)
    ).all()
    starts = min(row.starts_at for row in courses if row.starts_at is not None).date()
    ends = max(row.ends_at for row in courses if row.ends_at is not None).date()
    plan = SeasonPlan(
        name=name or f"{starts.year}–{starts.year + SEASON_YEARS}",
        starts_on=starts,
        ends_on=ends,
        stage_number=3 if is_open else STAGE_COUNT,
        is_practice=bool(name),
        stages=_stages(now.date()) if is_open else default_stages(),
    )
    municipality = session.get_one(Municipality, site.municipality_id)
    season = programme.create_season(session, municipality, plan, site=site, now=now, source=SOURCE)
    programme.set_map(session, season, SeasonMap(courses={row.moodle_course_id: _stage(row) for row in courses}))
    return season


def _stage(course: LmsCourse) -> int:
    return guess_stage((course.idnumber, course.short_name, course.full_name)) or STAGE_COUNT


STAGE_DAYS = ((-430, -300), (-299, -120), (-119, 21), (34, 260))
"""When the stages of the open seasons begin and end, in days from the demo's first start."""


def _stages(today: date) -> tuple[StagePlan, ...]:
    return tuple(
        StagePlan(number, "", today + begins * DAY, today + ends * DAY)
        for number, (begins, ends) in enumerate(STAGE_DAYS, start=1)
    )


def _give_a_participant_a_login(session: Session, now: datetime, state: DemoState) -> None:
    """Let the demo's visitor see a participant's own page: somebody of the middle of the first open season."""
    municipality = session.scalars(select(Municipality).order_by(Municipality.id)).first()
    if municipality is None:
        raise NotFound("The demo has no municipality.")
    season = next(row for row in programme.seasons_of(session, municipality.id) if row.closed_at is None)
    ranked = rate_season(session, season, now=now).ranked
    person = session.get_one(Person, ranked[len(ranked) // 2].member.person_id)
    person.account = LocalAccount(login=PARTICIPANT, password_hash=hash_password(state.password))


def move_site(installation: Installation, moodle_url: str) -> None:
    """The stand-in has another port at each start: tell every connection."""
    with installation.database.writing() as session:
        session.execute(update(LmsSite).values(url=moodle_url))


def logins() -> Iterator[tuple[str, str]]:
    """Who can sign in, and by which login, in the order in which they are worth a look."""
    words = {
        Role.ORGANISER: "методист",
        Role.ADMINISTRATOR: "администратор Moodle",
        Role.LEADERSHIP: "руководство",
    }
    for place in PLACES:
        for member in place.staff:
            yield f"{words[member.role]}, {place.municipality.name}", member.login
    yield f"участник, {PLACES[0].municipality.name}", PARTICIPANT
