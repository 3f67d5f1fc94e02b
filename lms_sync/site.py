"""What a site is and offers: asked, never assumed from its version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms_sync import payloads
from lms_sync.client import Client, Function
from lms_sync.errors import BadAnswer
from lms_sync.records import Site

__all__ = ["NEEDED", "TESTED", "USEFUL", "WANTED", "Release", "Requirements", "describe", "requirements"]

NEEDED: tuple[Function, ...] = (
    Function.COURSES_BY_FIELD,
    Function.ENROLLED_USERS,
    Function.ASSIGNMENTS,
    Function.SUBMISSIONS,
    Function.ASSIGNMENT_GRADES,
    Function.GRADEBOOK,
)
"""Without one of these there is no rating."""

WANTED: tuple[Function, ...] = (
    Function.CATEGORIES,
    Function.COURSE_CONTENTS,
    Function.COURSE_GROUPS,
    Function.GROUP_MEMBERS,
    Function.COURSE_GROUPINGS,
    Function.GROUPINGS,
    Function.COHORTS,
    Function.COHORT_MEMBERS,
    Function.WORKSHOPS,
    Function.WORKSHOP_SUBMISSIONS,
    Function.WORKSHOP_GRADES_REPORT,
    Function.WORKSHOP_FORM,
    Function.UPDATES_SINCE,
)
"""Without one of these a part stays unread, and the reading says which."""

USEFUL: tuple[Function, ...] = (
    Function.COHORT_SEARCH,
    Function.QUIZZES,
    Function.SCALE_VALUES,
    Function.ACTIVITY_COMPLETION,
    Function.COURSE_COMPLETION,
)
"""What a rating can do without: where one of these is missing, the reading passes over its part in silence."""

_RELEASE = re.compile(r"(\d{1,2})\.(\d{1,2})")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A Moodle release. Before 4 the second number counted on (3.11 is later than 3.9)."""

    major: int
    minor: int

    @staticmethod
    def parse(text: str) -> Release | None:
        """Read ``"4.5.6 (Build: 20250811)"``; None where it starts with no release number.

        Examples
        --------
        >>> Release.parse("3.11.18+ (Build: 20231020)")
        Release(major=3, minor=11)
        """
        found = _RELEASE.match(text.strip())
        return Release(int(found.group(1)), int(found.group(2))) if found else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST, NEWEST = Release(3, 11), Release(5, 99)
TESTED: frozenset[Release] = frozenset({Release(4, 5)})
"""Releases this package was run against; of others in the supported range it says that they are untested."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """How a site meets what a synchronisation asks of it; missing functions in the order of their importance."""

    release: Release | None
    supported: bool
    tested: bool
    missing_needed: tuple[str, ...] = field(default=())
    missing_wanted: tuple[str, ...] = field(default=())

    @property
    def met(self) -> bool:
        """Whether a synchronisation can give a rating."""
        return not self.missing_needed


def describe(client: Client) -> Site:
    """Ask the site who we are there and what it offers; the client remembers the functions to tell errors apart.

    Raises
    ------
    LmsError
        Whatever keeps the first call from succeeding: wrong address, no Moodle, bad token.
    """
    try:
        answered = payloads.site(client.call(Function.SITE_INFO), url=client.url)
    except BadAnswer:
        # What spoils an answer on the way often spares the next one.
        answered = payloads.site(client.call(Function.SITE_INFO), url=client.url)
    client.offered = answered.functions
    return answered


def requirements(site: Site, *, needed: Iterable[str] = NEEDED, wanted: Iterable[str] = WANTED) -> Requirements:
    """Compare a site with what a synchronisation asks for. Pure."""
    release = Release.parse(site.release)
    return Requirements(
        release=release,
        supported=release is not None and OLDEST <= release <= NEWEST,
        tested=release in TESTED,
        missing_needed=tuple(str(name) for name in needed if name not in site.functions),
        missing_wanted=tuple(str(name) for name in wanted if name not in site.functions),
    )
