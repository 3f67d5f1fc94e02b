from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridge.messages.outcome import MOST_UNCLEAR, RETRY_AFTER, Ended, Next, NextStep, next_step

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)


def step(ended: Ended, failed: int = 0, unclear: int = 0) -> NextStep:
    return next_step(ended, failed_before=failed, unclear_before=unclear, now=NOW)


def test_what_was_taken_in_is_done_whatever_came_before() -> None:
    assert step(Ended.SENT, failed=9, unclear=9) == NextStep(Next.DONE)


def test_a_refusal_for_good_goes_to_another_channel_at_once() -> None:
    assert step(Ended.PERMANENT) == NextStep(Next.OTHER_CHANNEL)


@pytest.mark.parametrize("failed", range(len(RETRY_AFTER)))
def test_each_failure_waits_its_turn_of_the_schedule(failed: int) -> None:
    assert step(Ended.RETRY, failed) == NextStep(Next.AGAIN, NOW + RETRY_AFTER[failed])


def test_after_the_last_wait_another_channel_is_tried() -> None:
    assert step(Ended.RETRY, len(RETRY_AFTER)) == NextStep(Next.OTHER_CHANNEL)


def test_what_may_have_arrived_is_sent_once_more_and_then_a_person_decides() -> None:
    assert step(Ended.UNCLEAR) == NextStep(Next.AGAIN, NOW + RETRY_AFTER[0])
    assert step(Ended.UNCLEAR, unclear=1) == NextStep(Next.ASK)
    assert step(Ended.UNCLEAR, unclear=5) == NextStep(Next.ASK)
    # So that at most one copy too many arrives.
    assert MOST_UNCLEAR == 2


def test_the_schedule_grows_and_outlasts_greylisting_and_a_night_without_a_server() -> None:
    assert list(RETRY_AFTER) == sorted(RETRY_AFTER)
    assert sum(RETRY_AFTER[:2], timedelta()) >= timedelta(minutes=5)
    assert sum(RETRY_AFTER, timedelta()) >= timedelta(hours=8)
