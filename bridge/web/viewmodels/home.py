"""The first page: what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bridge.web.frame import Stage
from bridge.web.viewmodels.common import Event, KeyDate, Link, Note, TodoGroup, TodoItem, split_todo

__all__ = ["HomePage"]

AT_ONCE = 9
"""Things to do that the page shows before «Ещё ...»."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """Home, «Что сделать сейчас».

    Parameters
    ----------
    now
        The present moment, aware; its day stands under the heading.
    season
        Name of the season on show («2026–2028»); empty where there is none yet.
    data_at
        How fresh the LMS data are; None: nothing was read yet.
    refresh_url
        Where a POST starts a sync; empty for those who may not.
    stages
        The four stages for the stepper; none hides it.
    groups
        What to do, see `group_todo`; the very first item's button is the page's primary one.
    dates
        Coming dates of the season.
    events
        What was done lately, newest first.
    journal_url
        The whole log; empty where there is none.
    notes
        Messages above it all (no https, a sync that failed).
    begin
        What a new season begins with, shown where there is nothing to do and no season; the first one is primary.
    """

    now: datetime
    season: str = ""
    data_at: datetime | None = None
    refresh_url: str = ""
    stages: tuple[Stage, ...] = ()
    groups: tuple[TodoGroup, ...] = ()
    dates: tuple[KeyDate, ...] = ()
    events: tuple[Event, ...] = ()
    journal_url: str = ""
    notes: tuple[Note, ...] = ()
    begin: tuple[Link, ...] = ()

    @property
    def shown(self) -> tuple[TodoGroup, ...]:
        """The first things to do, in their groups."""
        return split_todo(self.groups, AT_ONCE)[0]

    @property
    def rest(self) -> tuple[TodoItem, ...]:
        """The things to do that come after them."""
        return split_todo(self.groups, AT_ONCE)[1]
