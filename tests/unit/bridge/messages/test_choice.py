from __future__ import annotations

from itertools import permutations, product

import pytest

from bridge.messages.choice import DEFAULT_ORDER, LONGEST_MOODLE_BYTES, Channel, Reach, WhyNot, choose

SMTP, MOODLE, COPY = Channel
EVERY_WAY = Reach(has_mail_server=True, email="aisa@example.ru", is_in_moodle=True, site_id=1, moodle_user_id=7)
NO_WAY = Reach(has_mail_server=False)


def why(reach: Reach, **options: object) -> dict[str, str]:
    return {reason.channel.value: reason.why.value for reason in choose(reach, **options).passed_over}


@pytest.mark.parametrize("order", [*permutations(Channel), (SMTP,), (MOODLE,), ()])
def test_the_first_channel_of_the_order_is_taken_where_all_are_open(order: tuple[Channel, ...]) -> None:
    assert choose(EVERY_WAY, order=order).channel is (order[0] if order else COPY)


def test_a_persons_wish_comes_before_the_municipalitys_order() -> None:
    for wish in Channel:
        assert choose(EVERY_WAY, wish=wish).channel is wish
    assert choose(EVERY_WAY, order=(SMTP,), wish=MOODLE).channel is MOODLE


def test_a_wish_that_cannot_be_met_is_passed_over_with_its_reason() -> None:
    reach = Reach(has_mail_server=True, email="aisa@example.ru")
    assert choose(reach, order=(SMTP,), wish=MOODLE).channel is SMTP
    assert why(reach, order=(SMTP,), wish=MOODLE) == {"moodle": "not_in_moodle"}


@pytest.mark.parametrize(
    ("reach", "channel", "reason"),
    [
        (Reach(has_mail_server=False, email="aisa@example.ru"), SMTP, WhyNot.NO_MAIL_SERVER),
        (Reach(has_mail_server=True), SMTP, WhyNot.NO_ADDRESS),
        (Reach(has_mail_server=True), MOODLE, WhyNot.NOT_IN_MOODLE),
        (Reach(has_mail_server=True, is_in_moodle=True), MOODLE, WhyNot.NO_FUNCTION),
    ],
)
def test_each_closed_channel_says_why(reach: Reach, channel: Channel, reason: WhyNot) -> None:
    found = choose(reach, order=(channel,))
    assert found.channel is COPY
    assert [(one.channel, one.why) for one in found.passed_over] == [(channel, reason)]


def test_moodle_takes_a_text_to_its_last_byte_and_no_longer_one() -> None:
    for length, channel in ((LONGEST_MOODLE_BYTES, MOODLE), (LONGEST_MOODLE_BYTES + 1, COPY)):
        assert choose(EVERY_WAY, order=(MOODLE,), text_bytes=length).channel is channel


def test_a_channel_that_refused_is_not_tried_again() -> None:
    assert choose(EVERY_WAY, tried=(SMTP,)).channel is MOODLE
    assert choose(EVERY_WAY, tried=(SMTP, MOODLE)).channel is COPY
    assert why(EVERY_WAY, tried=(SMTP,)) == {"smtp": "tried"}


def test_there_is_always_a_way_for_what_a_person_would_copy() -> None:
    for order, wish, by_hand in product(permutations(Channel), (None, *Channel), (True, False)):
        found = choose(NO_WAY, order=order, wish=wish, by_hand=by_hand, text_bytes=10**6)
        assert found.channel is (COPY if by_hand else None)


def test_what_nobody_copies_has_no_way_by_hand() -> None:
    assert why(NO_WAY, by_hand=False) == {"smtp": "no_mail_server", "moodle": "not_in_moodle", "copy": "not_by_hand"}
    assert choose(EVERY_WAY, wish=COPY, by_hand=False).channel is SMTP


def test_mail_comes_first_out_of_the_box() -> None:
    assert DEFAULT_ORDER == (SMTP, MOODLE, COPY)
