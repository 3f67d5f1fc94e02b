"""What all readers share: the client, the site's offer, the progress, and how a failure is met.

Three kinds of failure: one that would meet every call alike ends the reading; a lacking right or function leaves a part
not visible; anything else leaves the store as it is there. The latter two are told as a :class:`Problem`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lms_sync.client import Call, Client, Function, Outcome, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import (
    AccessDenied,
    AnswerTooLarge,
    BadAnswer,
    LmsError,
    Maintenance,
    MissingFunction,
    RateLimited,
    RemoteException,
)
from lms_sync.plan import Coverage, Part
from lms_sync.reader.report import Problem, Progress
from lms_sync.records import Kind, Site

__all__ = ["Batch", "Desk", "Reading", "SiteLost", "hidden", "told"]

Reading = Part | Problem


class SiteLost(Exception):
    """The site as a whole is out of reach: no error of a call, so that no reader takes it for its course's own."""

    def __init__(self, error: LmsError) -> None:
        self.error = error
        super().__init__(str(error))


_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Batch(Generic[_Read]):
    """What came of the ids that one call asked for; of a failed one ``ids`` is a single id."""

    ids: tuple[int, ...]
    value: _Read | None = None
    error: LmsError | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to every reader."""

    client: Client
    site: Site
    progress: Progress

    def offers(self, *functions: Function) -> bool:
        """Whether the token's service has all of these."""
        return all(function in self.site.functions for function in functions)

    def call(
        self,
        function: Function,
        params: Params,
        read: Callable[[JsonValue], _Read],
        *,
        without: frozenset[str] = frozenset(),
    ) -> _Read:
        """Call and read in one; ``without`` as in :meth:`Client.call`.

        Raises
        ------
        LmsError
            The call's own failure.
        SiteLost
            The site failed to answer a trivial call too, or asked to be left alone.
        """
        if function not in self.site.functions:
            raise MissingFunction("not in the token's service", function=function)
        try:
            return read(self.client.call(function, params, without=without))
        except LmsError as err:
            self.ensure_alive(err)
            raise

    def map(self, calls: Iterator[Call[_Read]]) -> Iterator[Outcome[_Read]]:
        """As :meth:`Client.map_calls`, with failures met as in :meth:`call`."""
        for outcome in self.client.map_calls(calls):
            if outcome.error is not None:
                self.ensure_alive(outcome.error)
            yield outcome

    def ensure_alive(self, error: LmsError) -> None:
        """Return where an error is one call's own; raise :class:`SiteLost` where every further call would fail too."""
        if isinstance(error, (RateLimited, Maintenance)):
            raise SiteLost(error)
        if not error.fatal:
            return
        try:
            self.client.call(Function.SITE_INFO)
        except LmsError as err:
            raise SiteLost(err) from err

    def batches(
        self,
        function: Function,
        ids: Sequence[int],
        params_of: Callable[[tuple[int, ...]], Params],
        read: Callable[[JsonValue], _Read],
        *,
        size: int,
        without: frozenset[str] = frozenset(),
    ) -> Iterator[Batch[_Read]]:
        """Ask for many ids, ``size`` at a time, and in ever smaller batches around one that spoils its batch's answer.

        Moodle checks an answer as a whole, so that one bad row, or one id that is gone, fails the batch it is in.
        """
        for start in range(0, len(ids), size):
            yield from self._bisected(_Ask(function, params_of, read, without), tuple(ids[start : start + size]))

    def _bisected(self, ask: _Ask[_Read], ids: tuple[int, ...]) -> Iterator[Batch[_Read]]:
        failure = None
        try:
            value = self.call(ask.function, ask.params_of(ids), ask.read, without=ask.without)
        except LmsError as err:
            failure = err
        if failure is None:
            yield Batch(ids, value=value)
        elif len(ids) == 1 or not _is_divisible(failure):
            yield from (Batch((one,), error=failure) for one in ids)
        else:
            middle = len(ids) // 2
            yield from self._bisected(ask, ids[:middle])
            yield from self._bisected(ask, ids[middle:])


@dataclass(frozen=True, slots=True)
class _Ask(Generic[_Read]):
    """What stays the same of a call while its ids are divided."""

    function: Function
    params_of: Callable[[tuple[int, ...]], Params]
    read: Callable[[JsonValue], _Read]
    without: frozenset[str]


def _is_divisible(error: LmsError) -> bool:
    return error.fatal or isinstance(error, (RemoteException, BadAnswer, AnswerTooLarge))


def told(error: LmsError, *, kind: Kind, course_id: int | None = None) -> Iterator[Reading]:
    """A problem, and for a lacking right the parts that are therefore not visible."""
    yield Problem.of(error, kind=kind, course_id=course_id)
    if isinstance(error, (AccessDenied, MissingFunction)):
        yield hidden(kind, course_id)


def hidden(kind: Kind, course_id: int | None) -> Part:
    """The part that says: this token may not look."""
    return Part(kind=kind, course_id=course_id, coverage=Coverage.NOT_VISIBLE)
