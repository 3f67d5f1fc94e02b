"""What an examination says of a site: findings for people to act on, and what is known of each right.

Codes are stable; sentences and steps are made of them by the caller, in the reader's language. Facts are plain values
and never hold a token, a person's name or an address of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from lms_sync.errors import Facts

__all__ = ["Examination", "Finding", "FindingCode", "Health", "Holding", "Severity", "Verdict"]


class Severity(StrEnum):
    """What a finding means for the programme."""

    BLOCKS = "blocks"
    """Without it there is no rating, or a wrong one."""
    LESSENS = "lessens"
    """A part stays unread."""
    NOTE = "note"
    """Good to know; nothing is lost."""


class Health(StrEnum):
    """An examination in one word."""

    FINE = "fine"
    LESSENED = "lessened"
    BLOCKED = "blocked"


class FindingCode(StrEnum):
    """What an examination can find."""

    SITE_SILENT = "site_silent"
    """The site did not answer, or refused the token; ``facts["error"]`` is the :class:`ErrorCode`."""
    BROKEN_OFF = "broken_off"
    """The site fell silent half-way; what was found until then stands."""
    FUNCTION_MISSING = "function_missing"
    RIGHT_MISSING = "right_missing"
    CALL_FAILED = "call_failed"
    REFUSED = "refused"
    """A refusal that no known right explains."""
    ACTIVITIES_UNSEEN = "activities_unseen"
    """The gradebook has columns of activities that the course's page does not show to the account."""
    ACTIVITIES_VANISHED = "activities_vanished"
    """Activities that an earlier reading saw are no longer shown: deleted, or hidden from the account."""

    SITE_POLICY = "site_policy"
    PASSWORD_CHANGE = "password_change"  # noqa: S105  a name, not a secret
    PROFILE_INCOMPLETE = "profile_incomplete"
    ADMINISTRATOR = "administrator"
    WIDE_SERVICE = "wide_service"

    PLAIN_HTTP = "plain_http"
    CLOCK_SKEW = "clock_skew"
    RELEASE_UNSUPPORTED = "release_unsupported"
    RELEASE_UNTESTED = "release_untested"

    NO_CATEGORY = "no_category"
    CATEGORY_UNSEEN = "category_unseen"
    NO_COURSE = "no_course"
    COHORTS_BY_CATEGORY = "cohorts_by_category"
    CHANGES_UNREADABLE = "changes_unreadable"
    SUSPENDED_UNGRADED = "suspended_ungraded"
    """The gradebook leaves suspended people out, for administrators too: a setting of the site."""
    COURSES_NOT_EXAMINED = "courses_not_examined"


class Holding(StrEnum):
    """What can be said of a right from outside."""

    HELD = "held"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """Nothing in this site would look different without it. Moodle has no function that tells one's own rights."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know or to mend.

    Parameters
    ----------
    subject
        The function, capability or setting it is about; empty where the code says it all.
    course_ids
        Where it shows; empty for the whole site.
    is_likely
        Another cause is possible: the sentence then says "probably".
    """

    code: FindingCode
    severity: Severity
    subject: str = ""
    course_ids: tuple[int, ...] = ()
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    is_likely: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a probe can say of one right, and what it saw."""

    capability: str
    holding: Holding
    course_id: int | None = None
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    is_likely: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found.

    Attributes
    ----------
    findings
        The worst first.
    rights
        Capability -> what is known of it, in the order of the roles' presets.
    calls, seconds
        What the examination cost the site.
    site_at
        The site's clock at the first answer; None where it does not send it.
    """

    findings: tuple[Finding, ...]
    rights: Mapping[str, Holding]
    release: str = ""
    calls: int = 0
    seconds: float = 0.0
    site_at: datetime | None = None

    @property
    def health(self) -> Health:
        """The worst finding in one word."""
        severities = {finding.severity for finding in self.findings}
        if Severity.BLOCKS in severities:
            return Health.BLOCKED
        return Health.LESSENED if Severity.LESSENS in severities else Health.FINE
