from __future__ import annotations

import random as random_module
from functools import partial

import pytest

from lms_sync.client import Function, RetryPolicy
from lms_sync.client.retries import may_retry, wait_s
from lms_sync.errors import AccessDenied, BadAnswer, BadToken, Maintenance, RateLimited, RemoteException, Unreachable

SEEDED = partial(random_module.Random, 1)
POLICY = RetryPolicy(attempts=4, first_wait_s=1, factor=3, longest_wait_s=5, longest_retry_after_s=60)


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (Unreachable("x"), True, False),
        (Unreachable("x", arrived=False), True, True),
        (Unreachable("x", retryable=False), False, False),
        (RateLimited("x", retry_after_s=1), True, True),
        (Maintenance("x"), True, False),
        (BadAnswer("x"), True, False),
        (RemoteException("dmlreadexception", retryable=True), True, False),
        (RemoteException("invalidparameter"), False, False),
        (BadToken("x"), False, False),
        (AccessDenied("x"), False, False),
    ],
)
def test_reads_are_repeated_on_passing_faults_and_writes_only_if_nothing_arrived(error, read, write) -> None:
    assert may_retry(error, function=Function.GRADEBOOK) is read
    assert may_retry(error, function=Function.UPDATE_GRADES) is write


def test_waits_grow_within_their_bounds_and_end() -> None:
    random = SEEDED()
    for attempt, whole in ((1, 1), (2, 3), (3, 5)):
        for _ in range(50):
            wait = wait_s(POLICY, attempt=attempt, random=random, error=Unreachable("x"))
            assert whole / 2 <= wait <= whole
    assert wait_s(POLICY, attempt=4, random=random, error=Unreachable("x")) is None


def test_a_site_that_asks_for_a_pause_gets_at_least_that() -> None:
    assert wait_s(POLICY, attempt=1, random=SEEDED(), error=RateLimited("x", retry_after_s=40)) == 40
    assert wait_s(POLICY, attempt=1, random=SEEDED(), error=RateLimited("x", retry_after_s=0)) >= 0.5
    assert wait_s(POLICY, attempt=1, random=SEEDED(), error=RateLimited("x", retry_after_s=None)) >= 0.5


def test_a_pause_longer_than_we_sit_out_ends_the_call() -> None:
    assert wait_s(POLICY, attempt=1, random=SEEDED(), error=RateLimited("x", retry_after_s=61)) is None
