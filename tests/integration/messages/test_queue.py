"""Queueing: with the cause or not at all, once, in the person's language, by the way that is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bridge.core.audit import AuditEntry
from bridge.errors import Refused
from bridge.messages import log, service
from bridge.messages.choice import Channel
from bridge.messages.kinds import DIGEST, TEST
from bridge.messages.models import Message, MessageAttempt, MessageState, MessageWish, Rhythm
from bridge.messages.wishes import Habits, save_habits
from bridge.people.models import Municipality, Person
from tests.integration.messages.conftest import Desk

PASSWORD = "три слова подряд"


def queue(desk: Desk, login: str, *, key: str = "", template=TEST, values=None) -> Message | None:
    with desk.database.writing() as session:
        person = desk.world.person(session, login)
        return service.queue(session, desk.post, person, template, values or {}, now=desk.clock(), dedupe_key=key)


def fail_after_queueing(desk: Desk) -> None:
    with desk.database.writing() as session:
        service.send_test(session, desk.post, desk.world.person(session, "organiser"), now=desk.clock())
        raise ZeroDivisionError


def test_a_message_is_queued_with_its_cause_or_not_at_all(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_queueing(desk)
    assert desk.all() == []
    queue(desk, "organiser")
    assert len(desk.all()) == 1


def test_the_same_thing_is_told_once(desk: Desk) -> None:
    assert queue(desk, "organiser", key="a") is not None
    assert queue(desk, "organiser", key="a") is None
    assert queue(desk, "organiser", key="b") is not None
    assert queue(desk, "organiser") is not None
    assert queue(desk, "organiser") is not None
    assert len(desk.all()) == 4


def test_a_person_is_written_to_in_the_language_they_have_chosen(desk: Desk) -> None:
    subjects = {}
    for locale in ("", "ru", "en", "de"):
        with desk.database.writing() as session:
            desk.world.person(session, "organiser").locale = locale
        subjects[locale] = queue(desk, "organiser").subject
    assert subjects == {"": "Проверка связи", "ru": "Проверка связи", "en": "A test message", "de": "Проверка связи"}


def test_name_and_department_are_known(desk: Desk) -> None:
    message = queue(desk, "organiser")
    assert "Здравствуйте, Имя!" in message.body
    assert "(Отдел образования)" in message.body


def test_without_any_way_a_text_waits_to_be_handed_over(desk: Desk) -> None:
    message = queue(desk.without_mail(), "organiser")
    assert (message.state, message.channel) == ("to_copy", "copy")
    assert message.passed_over == [["smtp", "no_mail_server"], ["moodle", "not_in_moodle"]]


def test_what_nobody_would_copy_is_not_queued_without_a_way(desk: Desk) -> None:
    values = {"count": "1", "list": "x", "address": "x", "settings": "x"}
    assert queue(desk.without_mail(), "organiser", template=DIGEST, values=values) is None
    desk.give_address("organiser")
    assert queue(desk, "organiser", template=DIGEST, values=values) is not None


def test_the_municipalitys_order_and_the_persons_wish_decide_the_way(desk: Desk) -> None:
    desk.give_address("organiser")
    assert queue(desk, "organiser").channel == "smtp"
    with desk.database.writing() as session:
        place = session.get_one(Municipality, desk.world.here.municipality_id)
        save_habits(session, place, Habits((), Rhythm.NEVER), now=desk.clock(), actor="")
    assert queue(desk, "organiser").channel == "copy"
    desk.give_address("organiser", channel=Channel.SMTP)
    assert queue(desk, "organiser").channel == "smtp"


def test_a_password_is_never_stored_as_it_is_and_goes_once_it_is_handed_over(desk: Desk) -> None:
    with desk.database.writing() as session:
        person = desk.world.person(session, "organiser")
        message = service.invite(session, desk.without_mail().post, person, PASSWORD, now=desk.clock())
    kept = desk.message(message.uid)
    assert PASSWORD not in f"{kept.body} {kept.subject}"
    assert PASSWORD in service.text_of(desk.post, kept)
    assert "organiser" in service.text_of(desk.post, kept)
    with desk.database.writing() as session:
        found = service.find_message(session, message.uid)
        service.hand_over(session, found, now=desk.clock(), actor="")
    assert desk.message(message.uid).body == ""
    assert service.text_of(desk.post, desk.message(message.uid)) == ""


def test_only_somebody_with_a_login_is_invited(desk: Desk) -> None:
    with desk.database.writing() as session:
        place = desk.world.here.municipality_id
        person = Person(municipality_id=place, last_name="Бадмаева", first_name="Айса", created_at=desk.clock())
        session.add(person)
        with pytest.raises(Refused):
            service.invite(session, desk.post, person, PASSWORD, now=desk.clock())


# ---------------------------------------------------------------- acts by hand

ACTS = {"hand_over": service.MAY_HAND_OVER, "cancel": service.MAY_CANCEL}
AGAIN = frozenset(MessageState) - {MessageState.CLAIMED}


@pytest.mark.parametrize("state", MessageState)
def test_an_act_is_done_from_the_states_it_makes_sense_in_and_refused_from_all_others(
    desk: Desk, state: MessageState
) -> None:
    done = set()
    for act in (*ACTS, "send_again"):
        uid = desk.queue_test("organiser")
        with desk.database.writing() as session:
            message = service.find_message(session, uid)
            message.state = state.value
            try:
                if act == "send_again":
                    service.send_again(session, desk.post, message, now=desk.clock(), actor="")
                else:
                    getattr(service, act)(session, message, now=desk.clock(), actor="")
            except Refused:
                continue
            done.add(act)
    expected = {act for act, states in {**ACTS, "send_again": AGAIN}.items() if state in states}
    assert done == expected


def test_each_act_leaves_an_entry_without_a_name(desk: Desk) -> None:
    uid = desk.queue_test("organiser")
    with desk.database.writing() as session:
        message = service.find_message(session, uid)
        service.cancel(session, message, now=desk.clock(), actor="me")
        service.send_again(session, desk.post, message, now=desk.clock(), actor="me")
        service.hand_over(session, message, now=desk.clock(), actor="me")
    with desk.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"message:{uid}")).all()
    assert [(entry.act, entry.actor, entry.facts) for entry in entries] == [
        (f"message.{act}", "me", {"template": "test"}) for act in ("cancelled", "sent_again", "handed_over")
    ]


def test_an_erased_text_is_not_sent_again(desk: Desk) -> None:
    uid = desk.queue_test("organiser")
    with desk.database.writing() as session:
        message = service.find_message(session, uid)
        service.cancel(session, message, now=desk.clock(), actor="")
    desk.clock.advance(service.TEXT_KEPT + timedelta(days=1))
    with desk.database.writing() as session:
        assert service.erase_old(session, now=desk.clock()) == (1, 0)
    with desk.database.writing() as session, pytest.raises(Refused, match="erased"):
        service.send_again(session, desk.post, service.find_message(session, uid), now=desk.clock(), actor="")


# ---------------------------------------------------------------- erasing


def test_texts_go_after_a_month_and_rows_after_a_year_and_what_waits_stays(desk: Desk) -> None:
    ended, waiting = desk.queue_test("organiser"), desk.queue_test("organiser")
    with desk.database.writing() as session:
        service.cancel(session, service.find_message(session, ended), now=desk.clock(), actor="")
    desk.clock.advance(service.TEXT_KEPT)
    with desk.database.writing() as session:
        assert service.erase_old(session, now=desk.clock()) == (0, 0)
    desk.clock.advance(timedelta(seconds=1))
    with desk.database.writing() as session:
        assert service.erase_old(session, now=desk.clock()) == (1, 0)
        assert service.erase_old(session, now=desk.clock()) == (0, 0)
    assert (desk.message(ended).body, desk.message(ended).subject) == ("", "")
    assert desk.message(waiting).body
    desk.clock.advance(service.LOG_KEPT)
    with desk.database.writing() as session:
        assert service.erase_old(session, now=desk.clock()) == (0, 1)
    assert [message.uid for message in desk.all()] == [waiting]


def test_whoever_goes_takes_their_messages_along(desk: Desk) -> None:
    desk.give_address("nobody")
    uid, other = desk.queue_test("nobody"), desk.queue_test("organiser")
    with desk.database.writing() as session:
        message = service.find_message(session, uid)
        session.add(MessageAttempt(message_id=message.id, sending=1, channel="smtp", began_at=desk.clock()))
    with desk.database.writing() as session:
        session.execute(delete(Person).where(Person.uid == desk.world.people["nobody"]))
    with desk.database.reading() as session:
        assert session.scalars(select(MessageAttempt)).all() == []
        assert session.scalars(select(MessageWish)).all() == []
    assert [message.uid for message in desk.all()] == [other]


def test_the_subject_above_a_password_goes_with_the_texts(desk: Desk) -> None:
    with desk.database.writing() as session:
        person = desk.world.person(session, "organiser")
        message = service.invite(session, desk.without_mail().post, person, PASSWORD, now=desk.clock())
        service.hand_over(session, message, now=desk.clock(), actor="")
        handed_at = desk.clock()
    assert desk.message(message.uid).subject
    desk.clock.advance(service.TEXT_KEPT + timedelta(days=1))
    with desk.database.writing() as session:
        assert service.erase_old(session, now=desk.clock()) == (1, 0)
    assert (desk.message(message.uid).subject, desk.message(message.uid).erased_at) == ("", handed_at)


def test_all_that_waits_for_hands_is_sent_where_a_way_has_opened(desk: Desk) -> None:
    closed = desk.without_mail()
    uids = {login: closed.queue_test(login) for login in ("organiser", "leadership", "administrator")}
    for login in ("organiser", "leadership"):
        desk.give_address(login)
    with desk.database.writing() as session:
        waiting = log.to_copy(session, desk.world.here.municipality_id)
        assert service.send_all_again(session, desk.post, waiting, now=desk.clock(), actor="") == 2
    assert {login: desk.state(uid)[0] for login, uid in uids.items()} == {
        "organiser": "waiting",
        "leadership": "waiting",
        "administrator": "to_copy",
    }
    assert desk.message(uids["administrator"]).sending == 1
