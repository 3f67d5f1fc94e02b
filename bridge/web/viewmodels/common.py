"""Parts that several pages are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

__all__ = [
    "Choice",
    "Event",
    "Fact",
    "FilterField",
    "KeyDate",
    "Link",
    "Note",
    "Tag",
    "TodoGroup",
    "TodoItem",
    "TodoWhen",
    "Tone",
    "group_todo",
    "split_todo",
]


class Tone(StrEnum):
    """What a tag or note is about; the words are CSS classes. The text says it in words as well."""

    PLAIN = ""
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tag:
    """A short state in words: «Решает комиссия»."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a button that leads somewhere.

    Parameters
    ----------
    text
        What it says.
    url
        Where it leads.
    label
        What a screen reader says instead, where the text alone repeats on the page («Напомнить» -> «Напомнить членам
        комиссии»). It begins with the text.
    is_external
        Leaves the companion (for Moodle): opens a new tab and is marked with an arrow.
    """

    text: str
    url: str
    label: str = ""
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A message above the content. ``text`` follows the bold ``lead``; ``link`` is the way out."""

    text: str
    lead: str = ""
    tone: Tone = Tone.INFO
    link: Link | None = None
    is_alert: bool = False
    """Whether the person has just caused it: a screen reader then says it at once."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of the answer on top of a page: «18» «человек рекомендованы». With a url the words are a link."""

    figure: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field of the filter row.

    Parameters
    ----------
    name
        Parameter of the address.
    label
        Above the field.
    value
        What is set now; empty for nothing.
    choices
        Options of a list, the first one meaning "any"; none for a search box.
    """

    name: str
    label: str
    value: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A date of the season: when, what, and a quieter second line."""

    day: date
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done: an entry of a timeline.

    Parameters
    ----------
    at
        When, aware.
    text
        What.
    who
        By whom, or for whom («внесено за эксперта Хулхачиеву Г.»); stands beside the time.
    link
        To the evidence (a scan, a run).
    tag
        A state worth showing («Moodle был занят»).
    """

    at: datetime
    text: str
    who: str = ""
    link: Link | None = None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class TodoItem:
    """One thing to do: when, what, why it matters, one button.

    Parameters
    ----------
    sentence
        What is the matter, with its figure: «По 2 проектам оценки экспертов разошлись больше чем на 20 баллов».
    consequence
        What happens otherwise.
    action
        The button.
    due
        The deadline, aware; None for what has none.
    is_event
        The thing happens at that time (a commission's session) instead of being due by it.
    """

    sentence: str
    consequence: str
    action: Link
    due: datetime | None = None
    is_event: bool = False


class TodoWhen(StrEnum):
    """The groups of the to-do list, in the order of sight."""

    OVERDUE = "overdue"
    THIS_WEEK = "this_week"
    LATER = "later"
    ANYTIME = "anytime"


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """Items of one group; ``title`` replaces the group's own words («До комиссии 18 февраля»)."""

    when: TodoWhen
    items: tuple[TodoItem, ...]
    title: str = ""

    @property
    def has_dates(self) -> bool:
        """Whether any item has a deadline: a group without is drawn without that column."""
        return any(item.due is not None for item in self.items)


def group_todo(items: Iterable[TodoItem], *, now: datetime, zone: tzinfo) -> tuple[TodoGroup, ...]:
    """Put things to do into their groups, by deadline; groups with nothing in them are left out.

    Parameters
    ----------
    items
        In any order; equal deadlines keep the order they come in, those without one come last.
    now
        The present moment, aware. What is due before it is overdue.
    zone
        The municipality's: a week ends with its Sunday there.

    Returns
    -------
    tuple of TodoGroup
        Overdue, this week, later, without a deadline.
    """
    monday = now.astimezone(zone).date() - timedelta(days=now.astimezone(zone).weekday())
    next_monday = monday + timedelta(days=7)

    def group(item: TodoItem) -> TodoWhen:
        if item.due is None:
            return TodoWhen.ANYTIME
        if item.due < now:
            return TodoWhen.OVERDUE
        # A deadline at the midnight between two weeks belongs to the Sunday.
        last_day = (item.due.astimezone(zone) - timedelta(microseconds=1)).date()
        return TodoWhen.THIS_WEEK if last_day < next_monday else TodoWhen.LATER

    in_order = sorted(items, key=lambda item: (item.due is None, item.due or now))
    groups = ((when, tuple(item for item in in_order if group(item) == when)) for when in TodoWhen)
    return tuple(TodoGroup(when, members) for when, members in groups if members)


def split_todo(groups: Iterable[TodoGroup], limit: int) -> tuple[tuple[TodoGroup, ...], tuple[TodoItem, ...]]:
    """What the page shows at once, and the items behind «Ещё 4»: a list of more than ``limit`` is not read."""
    shown: list[TodoGroup] = []
    rest: list[TodoItem] = []
    room = limit
    for group in groups:
        if group.items[:room]:
            shown.append(replace(group, items=group.items[:room]))
        rest += group.items[room:]
        room = max(room - len(group.items), 0)
    return tuple(shown), tuple(rest)
