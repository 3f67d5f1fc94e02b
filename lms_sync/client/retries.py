"""When to try a call again, as data and one pure function."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from lms_sync.client.functions import WRITES
from lms_sync.errors import LmsError, RateLimited, Unreachable

__all__ = ["RetryPolicy", "may_retry", "wait_s"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential back-off with full jitter on the upper half.

    Parameters
    ----------
    attempts
        Calls in all, the first included.
    first_wait_s, factor, longest_wait_s
        The n-th wait is half to the whole of ``first_wait_s * factor**(n - 1)``, at most ``longest_wait_s``.
    longest_retry_after_s
        A site that asks for a longer pause is left alone; the caller decides when to come back.
    """

    attempts: int = 4
    first_wait_s: float = 1.0
    factor: float = 3.0
    longest_wait_s: float = 30.0
    longest_retry_after_s: float = 120.0


def may_retry(error: LmsError, *, function: str) -> bool:
    """Whether repeating can help and cannot do harm: a write is only repeated if the first surely did nothing."""
    if not error.retryable:
        return False
    if function not in WRITES:
        return True
    return isinstance(error, RateLimited) or (isinstance(error, Unreachable) and not error.arrived)


def wait_s(policy: RetryPolicy, *, attempt: int, random: Random, error: LmsError) -> float | None:
    """Seconds to wait before the next attempt, None where there is none.

    Parameters
    ----------
    attempt
        How many calls were made, from 1.
    """
    if attempt >= policy.attempts:
        return None
    whole = min(policy.longest_wait_s, policy.first_wait_s * policy.factor ** (attempt - 1))
    jittered = whole * (0.5 + 0.5 * random.random())
    asked = error.retry_after_s if isinstance(error, RateLimited) else None
    if asked is None:
        return jittered
    return None if asked > policy.longest_retry_after_s else max(asked, jittered)
