"""What is written by the clock: the digest, and word of a Moodle that is silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bridge.home.digest import DIGEST_SOURCES
from bridge.lms.models import LmsProblem, LmsSite, RunState, SyncRun
from bridge.messages import digest
from bridge.messages.alarms import SILENT_AFTER, tell_of_silence
from bridge.messages.digest import WINDOW_H, is_due, write_digests
from bridge.messages.models import MessageState, Rhythm
from bridge.messages.wishes import Habits, save_habits
from bridge.messages.work import go_round, tidy_messages
from bridge.people.models import Municipality
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Link, TodoItem
from lms_sync.errors import ErrorCode
from tests.integration.messages.conftest import Desk

MONDAY_8 = datetime.fromisoformat("2028-02-14T08:00:00+03:00")
WEEKLY, DAILY, NEVER = Habits(), Habits(digest=Rhythm.DAILY), Habits(digest=Rhythm.NEVER)


@dataclass
class Waiting:
    """A source in which somebody's things wait."""

    world: object
    logins: tuple[str, ...] = ("organiser",)
    things: int = 2
    asked: list[str] = field(default_factory=list)

    def audience(self, session, municipality_id):
        people = [self.world.person(session, login) for login in self.logins]
        return [person.id for person in people if person.municipality_id == municipality_id]

    def items(self, session, person, now):
        self.asked.append(person.uid)
        for number in range(self.things):
            yield TodoItem(f"{_('Connect Moodle')} {number}", "Иначе ничего", Link("Открыть", "/moodle"))


@pytest.fixture
def morning(desk: Desk) -> Desk:
    """A Monday, eight o'clock in the municipality; the organiser has an address."""
    desk.clock.now = MONDAY_8
    desk.give_address("organiser")
    return desk


def set_habits(desk: Desk, habits: Habits) -> None:
    with desk.database.writing() as session:
        place = session.get_one(Municipality, desk.world.here.municipality_id)
        save_habits(session, place, habits, now=desk.clock(), actor="")


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("habits", "days"),
    [(WEEKLY, {0}), (DAILY, set(range(7))), (NEVER, set())],
)
def test_a_digest_is_due_on_its_days_from_its_hour_on(habits: Habits, days: set[int]) -> None:
    hours = [MONDAY_8.replace(hour=0) + timedelta(hours=hour) for hour in range(7 * 24)]
    due = {(here.weekday(), here.hour) for here in hours if is_due(habits, here)}
    assert due == {(day, hour) for day in days for hour in range(8, 8 + WINDOW_H)}


# ---------------------------------------------------------------- the digest


def test_a_digest_says_in_the_persons_words_what_waits_and_where(morning: Desk) -> None:
    source = Waiting(morning.world)
    assert write_digests(morning, morning.digest_desk(source)) == 1
    (message,) = morning.all()
    assert message.subject == "Ждут вас: 2"
    assert "— Подключить Moodle 0\n  Иначе ничего\n  http://127.0.0.1:0/moodle" in message.body
    assert "http://127.0.0.1:0/messages/mine" in message.body
    assert (message.state, message.channel) == ("waiting", "smtp")


def test_it_is_english_for_who_has_chosen_english(morning: Desk) -> None:
    with morning.database.writing() as session:
        morning.world.person(session, "organiser").locale = "en"
    write_digests(morning, morning.digest_desk(Waiting(morning.world)))
    (message,) = morning.all()
    assert message.subject == "Waiting for you: 2"
    assert "— Connect Moodle 0" in message.body


def test_one_a_day_and_none_outside_the_hour(morning: Desk) -> None:
    set_habits(morning, DAILY)
    desk = morning.digest_desk(Waiting(morning.world))
    written = []
    for _hour in range(48):
        written.append(write_digests(morning, desk))
        morning.clock.advance(timedelta(hours=1))
    assert [hour for hour, count in enumerate(written) if count] == [0, 24]


def test_nothing_is_sent_where_nothing_waits_and_it_is_asked_once_a_day(morning: Desk) -> None:
    source = Waiting(morning.world, things=0)
    for _minute in range(3):
        assert write_digests(morning, morning.digest_desk(source)) == 0
        morning.clock.advance(timedelta(minutes=5))
    assert len(source.asked) == 1
    assert morning.all() == []


def test_who_has_switched_it_off_gets_none(morning: Desk) -> None:
    morning.give_address("organiser", digest_off=True)
    assert write_digests(morning, morning.digest_desk(Waiting(morning.world))) == 0


def test_who_cannot_be_reached_gets_none_and_nobody_has_to_copy_it(morning: Desk) -> None:
    source = Waiting(morning.world, logins=("leadership",))
    assert write_digests(morning.without_mail(), morning.digest_desk(source)) == 0
    assert morning.all() == []


def test_a_municipality_that_wants_none_has_none(morning: Desk) -> None:
    set_habits(morning, NEVER)
    assert write_digests(morning, morning.digest_desk(Waiting(morning.world))) == 0


def test_each_municipality_has_its_own_clock(morning: Desk) -> None:
    with morning.database.writing() as session:
        there = session.get_one(Municipality, morning.world.there.municipality_id)
        there.zone = "Asia/Omsk"
    morning.give_address("there_organiser")
    source = Waiting(morning.world, logins=("organiser", "there_organiser"))
    morning.clock.now = MONDAY_8 - timedelta(hours=3)
    assert write_digests(morning, morning.digest_desk(source)) == 1
    morning.clock.now = MONDAY_8
    assert write_digests(morning, morning.digest_desk(source)) == 1
    assert [message.municipality_id for message in morning.all()] == [
        morning.world.there.municipality_id,
        morning.world.here.municipality_id,
    ]


class Killed(BaseException):
    """A process that is no more."""


def test_a_killed_run_is_finished_without_a_second_digest(morning: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    morning.give_address("leadership")
    source = Waiting(morning.world, logins=("organiser", "leadership"))
    real, written = digest._write_one, []

    def dying(*arguments):
        if written:
            raise Killed
        written.append(real(*arguments))
        return written[-1]

    with monkeypatch.context() as patch:
        patch.setattr(digest, "_write_one", dying)
        with pytest.raises(Killed):
            write_digests(morning, morning.digest_desk(source))
    assert len(morning.all()) == 1
    assert write_digests(morning, morning.digest_desk(source)) == 1
    assert len({message.person_id for message in morning.all()}) == len(morning.all()) == 2


def test_the_organisers_digest_says_what_their_first_page_says(morning: Desk) -> None:
    with morning.database.writing() as session:
        morning.world.season(session, morning.world.here.other).closed_at = morning.clock()
    assert write_digests(morning, morning.digest_desk(*DIGEST_SOURCES)) == 1
    (message,) = morning.all()
    page = morning.world.signed_in("organiser").get("/home").text
    sentences = [line.removeprefix("— ") for line in message.body.splitlines() if line.startswith("— ")]
    assert sentences
    shown = " ".join(page.replace("\N{NO-BREAK SPACE}", " ").replace("&#34;", '"').split())
    assert [sentence for sentence in sentences if sentence not in shown] == []


def test_with_several_seasons_each_thing_names_its_own_and_what_they_share_is_said_once(morning: Desk) -> None:
    run(morning, RunState.FAILED, morning.clock())
    morning.without_mail().queue_test("leadership")
    write_digests(morning, morning.digest_desk(*DIGEST_SOURCES))
    (message,) = [row for row in morning.all() if row.template == "digest"]
    sentences = [line.removeprefix("— ") for line in message.body.splitlines() if line.startswith("— ")]
    bare = [sentence for sentence in sentences if not sentence.startswith(("2026–2028: ", "2024–2026: "))]
    assert bare == ["Передать людям 1 текст", "Последняя попытка прочитать Moodle не удалась"]
    assert len(sentences) == len(set(sentences)) > len(bare)


# ---------------------------------------------------------------- a silent Moodle


def run(desk: Desk, state: RunState, at: datetime) -> None:
    with desk.database.writing() as session:
        row = SyncRun(
            site_id=desk.world.here.site_id,
            mode="full",
            state=state.value,
            process="test",
            started_at=at,
            heartbeat_at=at,
            ended_at=at,
        )
        session.add(row)
        session.flush()
        if state is RunState.FAILED:
            problem = LmsProblem(run_id=row.id, code=ErrorCode.READ_TIMEOUT.value, facts={})
            session.add(problem)


def told(desk: Desk) -> int:
    return tell_of_silence(desk, desk.digest_desk().speaking)


def test_organisers_are_told_once_an_outage_and_again_at_the_next(desk: Desk) -> None:
    desk.give_address("organiser")
    run(desk, RunState.DONE, desk.clock())
    run(desk, RunState.FAILED, desk.clock() + timedelta(hours=1))
    desk.clock.advance(SILENT_AFTER - timedelta(seconds=1))
    assert told(desk) == 0
    desk.clock.advance(timedelta(seconds=1))
    assert told(desk) == 1
    assert told(desk) == 0
    desk.clock.advance(timedelta(hours=10))
    run(desk, RunState.FAILED, desk.clock())
    assert told(desk) == 0
    run(desk, RunState.DONE, desk.clock())
    assert told(desk) == 0
    desk.clock.advance(timedelta(hours=8))
    run(desk, RunState.FAILED, desk.clock())
    assert told(desk) == 1
    assert [message.subject for message in desk.all()] == [
        "Данные из Moodle не приходят: 6 ч",
        "Данные из Moodle не приходят: 8 ч",
    ]


def test_the_message_says_why_and_since_when(desk: Desk) -> None:
    desk.give_address("organiser")
    run(desk, RunState.DONE, desk.clock())
    run(desk, RunState.FAILED, desk.clock())
    desk.clock.advance(timedelta(hours=7, minutes=59))
    told(desk)
    (message,) = desk.all()
    assert "Последние данные: 16.02.2028, 14:05" in message.body
    assert "Moodle начал отвечать" in message.body
    assert "http://127.0.0.1:0/moodle" in message.body
    assert "7 ч" in message.body


def test_a_moodle_that_has_never_answered_is_told_of_too(desk: Desk) -> None:
    desk.give_address("organiser")
    with desk.database.writing() as session:
        session.get_one(LmsSite, desk.world.here.site_id).connected_at = desk.clock() - SILENT_AFTER
    run(desk, RunState.FAILED, desk.clock())
    assert told(desk) == 1


def test_who_organises_one_season_only_or_elsewhere_is_not_told(desk: Desk) -> None:
    for login in ("season_organiser", "there_organiser", "leadership", "administrator"):
        desk.give_address(login)
    with desk.database.writing() as session:
        session.get_one(LmsSite, desk.world.here.site_id).connected_at = desk.clock() - SILENT_AFTER
    run(desk, RunState.FAILED, desk.clock())
    assert told(desk) == 0


# ---------------------------------------------------------------- the jobs


def test_one_round_writes_and_delivers(morning: Desk) -> None:
    go_round(morning, desk=morning.digest_desk(Waiting(morning.world)))
    (message,) = morning.all(MessageState.SENT)
    assert [taken.mail["Message-ID"] for taken in morning.box.taken] == [f"<{message.uid}.1@example.ru>"]
    go_round(morning, desk=morning.digest_desk(Waiting(morning.world)))
    assert len(morning.box.taken) == 1


def test_the_nightly_job_erases_old_texts(morning: Desk) -> None:
    go_round(morning, desk=morning.digest_desk(Waiting(morning.world)))
    morning.clock.advance(timedelta(days=31))
    tidy_messages(morning)
    (message,) = morning.all()
    assert (message.body, message.erased_at) == ("", morning.clock())
