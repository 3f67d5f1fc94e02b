"""What all readers share: the client, the site's offer, the progress, and how a failure is met.

Three kinds of failure: one that would meet every call alike ends the reading; a lacking right or function leaves a part
not visible; anything else leaves the store as it is there. The latter two are told as a :class:`Problem`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
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
    NotFound,
    RateLimited,
    RemoteException,
)
from lms_sync.plan import Coverage, Part
from lms_sync.reader.report import CourseRead, Problem, Progress
from lms_sync.records import Kind, Site

__all__ = ["Batch", "Desk", "Reading", "SiteLost", "hidden", "listed", "told"]

Reading = Part | Problem | CourseRead


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
        return self._twice(Call(function, params, read, without))

    def _twice(self, call: Call[_Read]) -> _Read:
        """Make a call, and once more where its answer is not as documented: then it is taken, or told, as it is.

        What spoils an answer on the way often spares the next one. ``broken`` is what readings call the rows that they
        had to leave out.
        """
        try:
            value = call.read(self.client.call(call.function, call.params, without=call.without))
        except LmsError as err:
            if not _may_pass(err):
                self.ensure_alive(err)
                raise
        else:
            if not getattr(value, "broken", None):
                return value
        return self._again(call)

    def _again(self, call: Call[_Read]) -> _Read:
        try:
            return call.read(self.client.call(call.function, call.params, without=call.without))
        except LmsError as err:
            self.ensure_alive(err)
            raise

    def map(self, calls: Iterable[Call[_Read]]) -> Iterator[Outcome[_Read]]:
        """As :meth:`Client.map_calls`, with failures met as in :meth:`call`."""
        asked: deque[Call[_Read]] = deque()

        def noted() -> Iterator[Call[_Read]]:
            for call in calls:
                asked.append(call)
                yield call

        for outcome in self.client.map_calls(noted()):
            call = asked.popleft()
            if outcome.error is None and not getattr(outcome.value, "broken", None):
                yield outcome
            elif outcome.error is None or _may_pass(outcome.error):
                yield self._outcome_again(call)
            else:
                self.ensure_alive(outcome.error)
                yield outcome

    def _outcome_again(self, call: Call[_Read]) -> Outcome[_Read]:
        try:
            return Outcome(value=self._again(call))
        except LmsError as err:
            return Outcome(error=err)

    def map_distinct(
        self, calls: Sequence[Call[_Read]], ids_of: Callable[[_Read], frozenset[int]], *, step: Callable[[], None]
    ) -> list[Outcome[_Read]]:
        """As :meth:`map`, for answers that do not say what they answer, but hold ids that no other answer can have.

        An answer that was sent for another call (by a cache on the way) would be taken for this one's. Two that share
        an id are asked for again, one after the other; if they still share it, both are errors.
        """
        outcomes = []
        for outcome in self.map(calls):
            outcomes.append(outcome)
            step()
        for index in _clashing(outcomes, ids_of):
            outcomes[index] = self._outcome_again(calls[index])
        for index in _clashing(outcomes, ids_of):
            error = BadAnswer("the answer to another call", function=calls[index].function)
            outcomes[index] = Outcome(error=error)
        return outcomes

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
        read: Callable[[JsonValue, tuple[int, ...]], _Read],
        *,
        size: int,
        without: frozenset[str] = frozenset(),
    ) -> Iterator[Batch[_Read]]:
        """Ask for many ids, ``size`` at a time, and in ever smaller batches around one that spoils its batch's answer.

        Moodle checks an answer as a whole, so that one bad row, or one id that is gone, fails the batch it is in.
        ``read`` is given the answer and the ids it was asked for.
        """
        for start in range(0, len(ids), size):
            yield from self._bisected(_Ask(function, params_of, read, without), tuple(ids[start : start + size]))

    def _bisected(self, ask: _Ask[_Read], ids: tuple[int, ...]) -> Iterator[Batch[_Read]]:
        failure = None
        try:
            value = self.call(
                ask.function, ask.params_of(ids), lambda answer: ask.read(answer, ids), without=ask.without
            )
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
    read: Callable[[JsonValue, tuple[int, ...]], _Read]
    without: frozenset[str]


def _may_pass(error: LmsError) -> bool:
    """Whether an answer is spoilt in a way that the next one may not be."""
    if isinstance(error, NotFound):
        return False
    return isinstance(error, BadAnswer) or (isinstance(error, RemoteException) and error.errorcode in _SPOILT)


_SPOILT = frozenset({"", "invalidresponse"})


def _clashing(outcomes: Sequence[Outcome[_Read]], ids_of: Callable[[_Read], frozenset[int]]) -> list[int]:
    holders: dict[int, list[int]] = {}
    for index, outcome in enumerate(outcomes):
        for one in ids_of(outcome.get()) if outcome.error is None else ():
            holders.setdefault(one, []).append(index)
    return sorted({index for found in holders.values() if len(found) > 1 for index in found})


def listed(
    ids: Sequence[int], found: Collection[int], *, function: Function, what: str, excused: Collection[int] = ()
) -> None:
    """Check that an answer speaks of all that it was asked for.

    Raises
    ------
    BadAnswer
        Of one of the ids it says nothing: what is missing must not be taken for empty.
    """
    missing = set(ids) - set(found) - set(excused)
    if missing:
        raise BadAnswer(f"says nothing of {what} {min(missing)}", function=function)


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
