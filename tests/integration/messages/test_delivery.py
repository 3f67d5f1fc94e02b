"""Delivering: every end of an attempt, on both databases, against a mail server with real sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.seasons import generate
from bridge.demo.server import serve_in_thread
from bridge.errors import Refused
from bridge.lms.models import LmsIdentity, LmsSite
from bridge.messages import delivery, service
from bridge.messages.channels import MailSession
from bridge.messages.choice import Channel
from bridge.messages.delivery import LEASE, deliver_due, take_back
from bridge.messages.models import Message, MessageState
from bridge.messages.outcome import RETRY_AFTER, Ended
from bridge.people.models import Person
from lms_sync.client import Client, Function, RetryPolicy
from tests.integration.messages.conftest import Desk
from tests.support.smtp import Behaviour

Opened = Callable[..., AbstractContextManager[Desk]]
TO = "organiser@example.ru"
MAY_WRITE_TO_ANYBODY = "moodle/site:messageanyuser"


def queued(desk: Desk, login: str = "organiser") -> str:
    desk.give_address(login)
    return desk.queue_test(login)


# ---------------------------------------------------------------- mail


def test_what_is_due_is_sent_once(desk: Desk) -> None:
    uid = queued(desk)
    assert deliver_due(desk) == {Ended.SENT: 1}
    assert deliver_due(desk) == {}
    (taken,) = desk.box.taken
    assert taken.recipients == [TO]
    assert taken.mail["Subject"] == "Проверка связи"
    assert taken.mail["Message-ID"] == f"<{uid}.1@example.ru>"
    assert desk.state(uid) == ("sent", "smtp")
    assert desk.attempts(uid) == [("smtp", "sent", "")]
    assert desk.message(uid).ended_at == desk.clock()


def test_nothing_is_sent_before_it_is_due(desk: Desk) -> None:
    uid = queued(desk)
    with desk.database.writing() as session:
        service.find_message(session, uid).due_at = desk.clock() + timedelta(minutes=1)
    assert deliver_due(desk) == {}
    desk.clock.advance(timedelta(minutes=1))
    assert deliver_due(desk) == {Ended.SENT: 1}


def test_more_than_a_batch_goes_in_one_run_over_a_connection_a_batch(desk: Desk) -> None:
    desk.give_address("organiser")
    uids = [desk.queue_test("organiser") for _ in range(delivery.BATCH + 5)]
    assert deliver_due(desk) == {Ended.SENT: len(uids)}
    assert [taken.mail["Message-ID"] for taken in desk.box.taken] == [f"<{uid}.1@example.ru>" for uid in uids]
    assert desk.box.connections == 2


def test_a_passing_refusal_is_tried_again_by_the_schedule_and_then_the_text_is_handed_over(open_desk: Opened) -> None:
    with open_desk(Behaviour(replies={TO: "450 4.2.0 greylisted"})) as desk:
        uid = queued(desk)
        for wait in RETRY_AFTER:
            assert deliver_due(desk) == {Ended.RETRY: 1}
            assert desk.state(uid) == ("waiting", "smtp")
            assert desk.message(uid).due_at == desk.clock() + wait
            assert deliver_due(desk) == {}
            desk.clock.advance(wait)
        assert deliver_due(desk) == {Ended.RETRY: 1}
        assert desk.state(uid) == ("to_copy", "copy")
        assert desk.message(uid).passed_over[0] == ["smtp", "tried"]
        assert len(desk.attempts(uid)) == len(RETRY_AFTER) + 1


def test_greylisting_ends_in_a_mail(open_desk: Opened) -> None:
    with open_desk(Behaviour(once={TO: "450 4.2.0 greylisted"})) as desk:
        uid = queued(desk)
        deliver_due(desk)
        desk.clock.advance(RETRY_AFTER[0])
        assert deliver_due(desk) == {Ended.SENT: 1}
        assert desk.attempts(uid) == [("smtp", "retry", "mail_later"), ("smtp", "sent", "")]


def test_a_refused_address_stops_nobody_else_and_its_text_waits_to_be_handed_over(open_desk: Opened) -> None:
    with open_desk(Behaviour(replies={TO: "550 5.1.1 no such user"})) as desk:
        refused, other = queued(desk), queued(desk, "leadership")
        assert deliver_due(desk) == {Ended.PERMANENT: 1, Ended.SENT: 1}
        assert desk.state(refused) == ("to_copy", "copy")
        assert desk.state(other) == ("sent", "smtp")
        assert desk.attempts(refused) == [("smtp", "permanent", "mail_no_recipient")]


def test_a_server_that_is_down_is_asked_once_for_a_whole_batch(open_desk: Opened) -> None:
    with open_desk(Behaviour(hang_at="greeting")) as desk:
        uids = [queued(desk) for _ in range(4)]
        assert deliver_due(desk) == {Ended.RETRY: 4}
        assert desk.box.connections == 1
        assert {desk.state(uid) for uid in uids} == {("waiting", "smtp")}
        assert {code for uid in uids for _, _, code in desk.attempts(uid)} == {"mail_timeout"}


@pytest.mark.parametrize("fault", [{"drop_at": "rcpt"}, {"drop_at": "data"}, {"hang_at": "data"}])
def test_what_broke_off_before_the_end_is_sent_again_and_arrives_once(open_desk: Opened, fault: dict[str, str]) -> None:
    with open_desk(Behaviour(**fault)) as desk:
        uid = queued(desk)
        assert deliver_due(desk) == {Ended.RETRY: 1}
        desk.box.behaviour = Behaviour()
        desk.clock.advance(RETRY_AFTER[0])
        assert deliver_due(desk) == {Ended.SENT: 1}
        assert len(desk.box.taken) == 1
        assert desk.state(uid) == ("sent", "smtp")


def test_what_may_have_arrived_is_sent_once_more_under_the_same_id_and_then_a_person_decides(open_desk: Opened) -> None:
    with open_desk(Behaviour(drop_at="taken")) as desk:
        uid = queued(desk)
        assert deliver_due(desk) == {Ended.UNCLEAR: 1}
        assert desk.state(uid) == ("waiting", "smtp")
        desk.clock.advance(RETRY_AFTER[0])
        assert deliver_due(desk) == {Ended.UNCLEAR: 1}
        assert desk.state(uid) == ("unclear", "smtp")
        desk.clock.advance(timedelta(days=1))
        assert deliver_due(desk) == {}
        assert [taken.mail["Message-ID"] for taken in desk.box.taken] == [f"<{uid}.1@example.ru>"] * 2


def test_who_sends_again_on_purpose_sends_a_mail_of_its_own(desk: Desk) -> None:
    uid = queued(desk)
    deliver_due(desk)
    with desk.database.writing() as session:
        service.send_again(session, desk.post, service.find_message(session, uid), now=desk.clock(), actor="")
    assert deliver_due(desk) == {Ended.SENT: 1}
    assert [taken.mail["Message-ID"] for taken in desk.box.taken] == [
        f"<{uid}.1@example.ru>",
        f"<{uid}.2@example.ru>",
    ]


def test_attempts_of_an_earlier_sending_do_not_count(open_desk: Opened) -> None:
    with open_desk(Behaviour(replies={TO: "550 5.1.1 no"})) as desk:
        uid = queued(desk)
        deliver_due(desk)
        desk.box.behaviour.replies = {TO: "450 later"}
        with desk.database.writing() as session:
            service.send_again(session, desk.post, service.find_message(session, uid), now=desk.clock(), actor="")
        deliver_due(desk)
        assert desk.message(uid).due_at == desk.clock() + RETRY_AFTER[0]


def test_a_way_that_has_opened_meanwhile_is_taken(desk: Desk) -> None:
    uid = desk.without_mail().queue_test("organiser")
    assert deliver_due(desk) == {}
    desk.give_address("organiser")
    with desk.database.writing() as session:
        service.send_again(session, desk.post, service.find_message(session, uid), now=desk.clock(), actor="")
    assert deliver_due(desk) == {Ended.SENT: 1}


def test_a_way_that_has_closed_meanwhile_leads_to_a_text_to_copy(desk: Desk) -> None:
    uid = queued(desk)
    assert deliver_due(desk.without_mail()) == {}
    assert desk.state(uid) == ("to_copy", "copy")


def test_a_password_goes_from_the_queue_once_it_is_sent(desk: Desk) -> None:
    desk.give_address("organiser")
    with desk.database.writing() as session:
        person = desk.world.person(session, "organiser")
        uid = service.invite(session, desk.post, person, "три слова подряд", now=desk.clock()).uid
    deliver_due(desk)
    assert "три слова подряд" in desk.box.taken[0].text
    assert desk.message(uid).body == ""


# ---------------------------------------------------------------- killed, taken over, at once


class Killed(BaseException):
    """A process that is no more: nothing after it runs."""


def killed(desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool = False) -> None:
    real = getattr(delivery, name)

    def stop(*arguments: object) -> object:
        if after:
            real(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivery, name, stop)
        with pytest.raises(Killed):
            deliver_due(desk)


@pytest.mark.parametrize(
    ("point", "after", "arrived", "copies"),
    [
        # Between the claim and the sending; before and after it is noted that the last bytes go out; after they went.
        ("_send", False, 0, 1),
        ("_at_end", False, 0, 1),
        ("_at_end", True, 0, 1),
        ("_write_down", False, 1, 2),
        ("_write_down", True, 1, 1),
    ],
)
def test_a_killed_sender_loses_nothing_and_sends_nothing_thrice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, point: str, *, after: bool, arrived: int, copies: int
) -> None:
    uid = queued(desk)
    killed(desk, monkeypatch, point, after=after)
    assert len(desk.box.taken) == arrived
    assert deliver_due(desk) == {}
    for _ in range(4):
        desk.clock.advance(LEASE + RETRY_AFTER[0] + timedelta(seconds=1))
        deliver_due(desk)
    assert len(desk.box.taken) == copies
    assert len({taken.mail["Message-ID"] for taken in desk.box.taken}) == 1
    assert desk.state(uid) == ("sent", "smtp")


def test_a_claim_is_taken_back_only_after_its_lease(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = queued(desk)
    killed(desk, monkeypatch, "_send")
    desk.clock.advance(LEASE)
    assert take_back(desk) == 0
    assert desk.state(uid) == ("claimed", "smtp")
    desk.clock.advance(timedelta(seconds=1))
    assert take_back(desk) == 1
    assert desk.state(uid) == ("waiting", "smtp")
    assert desk.attempts(uid) == [("smtp", "retry", "interrupted")]


def test_a_slow_sender_whose_message_was_taken_over_does_not_finish_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = queued(desk)
    real = MailSession.send

    def slow(session: MailSession, parcel: object, before_end: Callable[[], None]) -> object:
        def late() -> None:
            # While this one still talks to the server, its lease runs out and another worker delivers.
            with monkeypatch.context() as patch:
                patch.setattr(MailSession, "send", real)
                desk.clock.advance(LEASE + timedelta(seconds=1))
                take_back(desk)
                desk.clock.advance(RETRY_AFTER[0])
                assert deliver_due(desk) == {Ended.SENT: 1}
            before_end()

        return real(session, parcel, late)

    monkeypatch.setattr(MailSession, "send", slow)
    assert deliver_due(desk) == {}
    assert len(desk.box.taken) == 1
    assert desk.state(uid) == ("sent", "smtp")


def test_who_is_erased_while_a_message_is_on_its_way_gets_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(desk, "nobody")
    real = delivery._at_end

    def erased(office: Desk, parcel: object) -> None:
        with desk.database.writing() as session:
            session.query(Person).filter(Person.uid == desk.world.people["nobody"]).delete()
        real(office, parcel)

    monkeypatch.setattr(delivery, "_at_end", erased)
    assert deliver_due(desk) == {}
    assert desk.box.taken == []


def test_two_senders_at_once_send_each_message_once(desk: Desk) -> None:
    # On a busy machine the senders wait for each other longer than for a server that is well.
    desk = replace(desk, post=replace(desk.post, mail=replace(desk.post.mail, timeout_s=20.0)))
    desk.give_address("organiser")
    uids = {desk.queue_test("organiser") for _ in range(60)}
    workers = [threading.Thread(target=deliver_due, args=(desk,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent = [taken.mail["Message-ID"] for taken in desk.box.taken]
    assert sorted(sent) == sorted(f"<{uid}.1@example.ru>" for uid in uids)
    assert {message.state for message in desk.all()} == {"sent"}


def test_a_cancelled_message_is_not_sent_and_one_on_its_way_is_not_cancelled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = queued(desk)
    with desk.database.writing() as session:
        service.cancel(session, service.find_message(session, uid), now=desk.clock(), actor="")
    assert deliver_due(desk) == {}
    assert desk.box.taken == []
    uid = queued(desk)
    killed(desk, monkeypatch, "_send")
    assert desk.message(uid).state == MessageState.CLAIMED.value


def test_what_waits_can_be_tried_at_once_as_the_same_mail(open_desk: Opened) -> None:
    with open_desk(Behaviour(once={TO: "450 4.2.0 greylisted"})) as desk:
        uid = queued(desk)
        deliver_due(desk)
        with desk.database.writing() as session:
            service.send_again(session, desk.post, service.find_message(session, uid), now=desk.clock(), actor="")
        assert deliver_due(desk) == {Ended.SENT: 1}
        assert desk.box.taken[0].mail["Message-ID"] == f"<{uid}.1@example.ru>"


def test_an_act_waits_for_the_worker_that_is_at_the_message_and_is_then_refused(desk: Desk) -> None:
    uid, seen = queued(desk), threading.Event()
    refused = []

    def cancel_late() -> None:
        with desk.database.open(write=True) as session:
            message = service.find_message(session, uid)
            seen.set()
            try:
                service.cancel(session, message, now=desk.clock(), actor="")
            except Refused as err:
                refused.append(err.code)

    with desk.database.open(write=True) as claiming:
        row = claiming.get(Message, service.find_message(claiming, uid).id, with_for_update=True)
        row.state, row.claim, row.claimed_at = MessageState.CLAIMED.value, "theirs", desk.clock()
        claiming.flush()
        other = threading.Thread(target=cancel_late)
        other.start()
        if desk.database.engine.dialect.name == "postgresql":
            assert seen.wait(10)
        claiming.commit()
    other.join(20)
    assert refused == ["message_state"]
    assert desk.message(uid).state == "claimed"


# ---------------------------------------------------------------- Moodle


@pytest.fixture
def moodle(desk: Desk):
    """The desk, with the participant known to a stand-in Moodle that takes messages."""
    tables = generate(7, participants=20, now=1_795_500_000)
    with serve_in_thread(tables) as served:
        with desk.database.writing() as session:
            site = session.get_one(LmsSite, desk.world.here.site_id)
            site.url, site.token_closed = served.url, desk.post.vault.encrypt(SERVICE_TOKEN)
            site.functions = [Function.SEND_MESSAGES.value]
            assert session.query(LmsIdentity).filter_by(site_id=site.id, moodle_user_id=101).one()
        tables.users[101] = replace(tables.users[max(tables.users)], id=101)
        tables.tokens[SERVICE_TOKEN].capabilities.add(MAY_WRITE_TO_ANYBODY)

        def make_client(url: str, token: str) -> Client:
            return Client(url, token, allow_private=True, retries=RetryPolicy(attempts=1))

        yield replace(desk.without_mail(), post=replace(desk.post, mail=None, make_client=make_client)), served, tables


def test_a_message_arrives_in_moodle(moodle) -> None:
    desk, _served, tables = moodle
    uid = desk.queue_test("participant")
    assert desk.state(uid) == ("waiting", "moodle")
    assert deliver_due(desk) == {Ended.SENT: 1}
    (message,) = tables.messages
    assert message.touserid == 101
    assert message.text.startswith("Проверка связи\n\nЗдравствуйте, Айса!")
    assert desk.state(uid) == ("sent", "moodle")


def test_who_refuses_messages_in_moodle_gets_the_text_by_hand(moodle) -> None:
    desk, _served, tables = moodle
    tables.tokens[SERVICE_TOKEN].capabilities.discard(MAY_WRITE_TO_ANYBODY)
    uid = desk.queue_test("participant")
    assert deliver_due(desk) == {Ended.PERMANENT: 1}
    assert desk.attempts(uid) == [("moodle", "permanent", "moodle_refused")]
    assert desk.state(uid) == ("to_copy", "copy")


def test_a_token_that_is_refused_is_tried_later_and_once_for_all(moodle) -> None:
    desk, served, tables = moodle
    del tables.tokens[SERVICE_TOKEN]
    uids = [desk.queue_test("participant") for _ in range(3)]
    assert deliver_due(desk) == {Ended.RETRY: 3}
    assert {code for uid in uids for _, _, code in desk.attempts(uid)} == {"bad_token"}
    assert len(served.site.calls) == 1


def test_a_moodle_that_is_down_is_tried_later(moodle) -> None:
    desk, served, _tables = moodle
    uid = desk.queue_test("participant")
    with desk.database.writing() as session:
        session.get_one(LmsSite, desk.world.here.site_id).url = "http://127.0.0.1:9"
    assert deliver_due(desk) == {Ended.RETRY: 1}
    assert desk.attempts(uid) == [("moodle", "retry", "connect")]
    assert desk.state(uid) == ("waiting", "moodle")
    assert list(served.site.calls) == []


def test_a_token_that_cannot_be_opened_stops_no_other_channel(moodle, desk: Desk) -> None:
    moodle_desk, _served, _tables = moodle
    with desk.database.writing() as session:
        session.get_one(LmsSite, desk.world.here.site_id).token_closed = "gAAAAA"
    lost, mailed = moodle_desk.queue_test("participant"), queued(desk)
    both = replace(moodle_desk, post=replace(moodle_desk.post, mail=desk.post.mail))
    assert deliver_due(both) == {Ended.RETRY: 1, Ended.SENT: 1}
    assert desk.attempts(lost) == [("moodle", "retry", "token_lost")]
    assert desk.state(mailed) == ("sent", "smtp")


def test_an_address_that_is_none_stops_no_other_channel(moodle, desk: Desk) -> None:
    moodle_desk, _served, _tables = moodle
    with desk.database.writing() as session:
        session.get_one(LmsSite, desk.world.here.site_id).url = "ftp://moodle.example"
    lost, mailed = moodle_desk.queue_test("participant"), queued(desk)
    both = replace(moodle_desk, post=replace(moodle_desk.post, mail=desk.post.mail))
    assert deliver_due(both) == {Ended.RETRY: 1, Ended.SENT: 1}
    assert desk.attempts(lost) == [("moodle", "retry", "bad_address")]
    assert desk.state(mailed) == ("sent", "smtp")


def test_mail_that_fails_for_good_goes_on_in_moodle(moodle, open_desk: Opened) -> None:
    moodle_desk, _served, tables = moodle
    with open_desk(Behaviour(replies={"participant@example.ru": "550 5.1.1 no"})) as mail_desk:
        both = replace(moodle_desk, post=replace(moodle_desk.post, mail=mail_desk.post.mail))
        both.give_address("participant", channel=Channel.SMTP)
        uid = both.queue_test("participant")
        assert both.state(uid) == ("waiting", "smtp")
        assert deliver_due(both) == {Ended.PERMANENT: 1, Ended.SENT: 1}
    assert len(tables.messages) == 1
    assert both.attempts(uid) == [("smtp", "permanent", "mail_no_recipient"), ("moodle", "sent", "")]
