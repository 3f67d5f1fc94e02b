from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.lms.completion import COMPLETION_CALLS
from bridge.lms.models import RunMode, RunState
from bridge.lms.schedule import LONGEST_REST, REST_AFTER_ALL, Outcome, next_night, next_times
from bridge.lms.work import TICK

NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
SHORTEST = timedelta(minutes=5)
WEEK = timedelta(days=7)


def after(outcome: Outcome, *, now: datetime = NOW):
    return next_times(outcome, now=now, shortest=SHORTEST, time_zone="Europe/Moscow", uid="a site")


def outcome(**changes: object) -> Outcome:
    values: dict[str, object] = {
        "mode": RunMode.INCREMENTAL,
        "state": RunState.DONE,
        "changes": 0,
        "calls": 12,
        "quiet_runs": 0,
    }
    return Outcome(**{**values, **changes})  # type: ignore[arg-type]


def test_where_things_change_the_pause_is_the_shortest() -> None:
    assert after(outcome(changes=3, quiet_runs=7)).run_at == NOW + SHORTEST
    assert after(outcome(changes=3, quiet_runs=7)).quiet_runs == 0


def test_where_nothing_changes_the_pauses_grow_to_an_hour() -> None:
    pauses, quiet = [], 0
    for _ in range(8):
        following = after(outcome(quiet_runs=quiet))
        pauses.append((following.run_at - NOW) // timedelta(minutes=1))
        quiet = following.quiet_runs
    assert pauses == [10, 20, 40, 60, 60, 60, 60, 60]


def test_a_failed_run_is_a_quiet_one_whatever_it_wrote() -> None:
    assert after(outcome(state=RunState.FAILED, changes=9, quiet_runs=2)).quiet_runs == 3


def test_a_site_that_asks_for_a_pause_is_given_it() -> None:
    assert after(outcome(state=RunState.FAILED, retry_after=timedelta(hours=5))).run_at == NOW + timedelta(hours=5)


def test_after_many_calls_there_is_a_rest_that_is_not_too_long() -> None:
    assert after(outcome(changes=1, calls=60)).run_at == NOW + timedelta(minutes=20)
    assert after(outcome(changes=1, calls=6_000)).run_at == NOW + LONGEST_REST
    assert after(outcome(changes=1, calls=6_000, mode=RunMode.FULL)).run_at == NOW + REST_AFTER_ALL


@pytest.mark.parametrize("state", [RunState.DONE, RunState.PARTLY])
def test_a_full_reading_is_followed_by_the_next_nights(state: RunState) -> None:
    night = after(outcome(mode=RunMode.FULL, state=state, calls=301)).full_at
    assert night is not None
    assert timedelta(hours=6) <= night - NOW <= timedelta(hours=30)
    assert 1 <= night.astimezone(ZoneInfo("Europe/Moscow")).hour <= 4


def test_a_failed_full_reading_is_tried_again_soon() -> None:
    following = after(outcome(mode=RunMode.FULL, state=RunState.FAILED, calls=3))
    assert following.full_at is None
    assert following.run_at == NOW + timedelta(minutes=10)


def test_a_reading_of_changes_leaves_the_night_where_it_is() -> None:
    assert after(outcome()).full_at is None


@given(st.text(), st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  hypothesis wants naive bounds
def test_each_municipality_has_its_own_minute_of_the_night(uid: str, at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    night = next_night(now, "Asia/Kamchatka", uid)
    local = night.astimezone(ZoneInfo("Asia/Kamchatka"))
    assert (1, 30) <= (local.hour, local.minute) <= (4, 30)
    assert timedelta(hours=6) <= night - now <= timedelta(hours=31)


@pytest.mark.parametrize("changes", [5, 0])
@pytest.mark.parametrize(("courses", "full_calls"), [(4, 302), (4, 1_000 + 200), (12, 1_000 + 500)])
def test_a_shared_site_sees_at_most_a_call_in_ten_seconds(changes: int, courses: int, full_calls: int) -> None:
    """A week by the clock, changes in every run or in none; completion, read in between, has a budget of its own."""
    now, full_at, quiet, calls = NOW, NOW, 0, 0
    while now < NOW + WEEK:
        full = full_at <= now
        made = full_calls if full else 4 + (5 if changes else 2) * courses
        calls += made
        mode = RunMode.FULL if full else RunMode.INCREMENTAL
        following = after(outcome(mode=mode, changes=changes, calls=made, quiet_runs=quiet), now=now)
        now, full_at, quiet = following.run_at, following.full_at or full_at, following.quiet_runs
    assert calls / WEEK.total_seconds() + COMPLETION_CALLS / TICK.total_seconds() <= 0.1
