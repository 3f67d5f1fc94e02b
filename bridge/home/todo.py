"""What waits for the organiser, found in what the slices know: the list on the first page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from bridge.core.i18n import list_name
from bridge.lms import runs
from bridge.lms.connection import sites_of
from bridge.lms.models import LmsSite
from bridge.lms.runs import Freshness
from bridge.messages.log import count_to_copy
from bridge.programme import roster
from bridge.programme.models import Season
from bridge.rating.marks import Mark
from bridge.rating.service import SeasonRating, rate_season
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Link, TodoItem

__all__ = ["STALE_AFTER", "about_messages", "season_items", "site_of", "todo_items"]

STALE_AFTER = timedelta(hours=24)
FILES_STALE_AFTER = timedelta(days=7)
"""Data older than this are worth a line: the department decides by them."""

SHOWN_NAMES = 3


def season_items(session: Session, season: Season, *, now: datetime) -> Iterable[TodoItem]:
    """Everything that waits in a season, with its site and its rating looked up."""
    rated = rate_season(session, season, now=now) if season.site_id is not None else None
    return todo_items(session, season, site_of(session, season), rated, now=now)


def site_of(session: Session, season: Season) -> LmsSite | None:
    """The season's Moodle; before the first reading the one that the season will be read from."""
    if season.site_id is not None:
        return session.get(LmsSite, season.site_id)
    return next(iter(sites_of(session, season.municipality_id)), None)


def todo_items(
    session: Session, season: Season, site: LmsSite | None, rated: SeasonRating | None, *, now: datetime
) -> Iterable[TodoItem]:
    """Everything that waits in a season, in the order of its weight; the page groups it by deadline."""
    if site is None:
        yield _connect(season)
        return
    if site.has_token:
        yield from _about_the_sync(runs.freshness(session, site), now)
    else:
        yield from _about_files(runs.freshness(session, site), now)
    yield from _about_the_map(session, season)
    if rated is not None:
        yield from _about_the_marks(rated)


def about_messages(session: Session, municipality_id: int) -> Iterable[TodoItem]:
    """What waits in the whole municipality: texts that somebody has to hand over."""
    count = count_to_copy(session, municipality_id)
    if count:
        yield TodoItem(
            sentence=ngettext("%(num)d text waits to be handed over", "%(num)d texts wait to be handed over", count),
            consequence=_("There is no other way to whom they are for: nobody has told them yet"),
            action=Link(_("Hand over"), url_for("messages.to_copy"), _("Hand over the texts")),
        )


def _connect(season: Season) -> TodoItem:
    return TodoItem(
        sentence=_("Connect Moodle"),
        consequence=_("Until then the season «%(season)s» has no people and no marks", season=season.name),
        action=Link(_("Connect"), url_for("lms.connection")),
    )


def _about_the_sync(fresh: Freshness, now: datetime) -> Iterable[TodoItem]:
    action = Link(_("Check the connection"), url_for("lms.connection"))
    if fresh.failed_at is not None:
        yield TodoItem(
            sentence=_("The last attempt to read Moodle failed"),
            consequence=_("The pages show what was read before; new marks do not arrive"),
            action=action,
        )
    elif fresh.data_at is None:
        yield TodoItem(
            sentence=_("Read Moodle for the first time"),
            consequence=_("Courses, people and marks appear after it; it takes about a minute"),
            action=action,
        )
    elif fresh.data_at + STALE_AFTER < now and not fresh.running:
        yield TodoItem(
            sentence=_("Moodle was read more than a day ago"),
            consequence=_("Marks of the last day are not in the rating yet"),
            action=action,
        )


def _about_files(fresh: Freshness, now: datetime) -> Iterable[TodoItem]:
    if fresh.data_at is not None and fresh.data_at + FILES_STALE_AFTER < now:
        yield TodoItem(
            sentence=_("The last file of Moodle was brought more than a week ago"),
            consequence=_("Marks given since then are not in the rating"),
            action=Link(_("Bring a file"), url_for("lms.files"), _("Bring a file of Moodle")),
        )


def _about_the_map(session: Session, season: Season) -> Iterable[TodoItem]:
    url = url_for("sources.show", season=season.uid)
    courses = [row.full_name for row in roster.unmapped_courses(session, season)]
    if courses:
        yield TodoItem(
            sentence=ngettext(
                "%(num)d course of Moodle belongs to no stage",
                "%(num)d courses of Moodle belong to no stage",
                len(courses),
            ),
            consequence=_("Its people and marks are left out: %(names)s", names=_some(courses)),
            action=Link(_("Say which"), url, _("Say which stage the courses belong to")),
        )
    roles = roster.unmapped_roles(session, season)
    if roles:
        yield TodoItem(
            sentence=ngettext(
                "%(num)d role of Moodle has no meaning yet", "%(num)d roles of Moodle have no meaning yet", len(roles)
            ),
            consequence=_("People who have only this role are not in the season: %(names)s", names=_some(roles)),
            action=Link(_("Say what it means"), url),
        )


def _about_the_marks(rated: SeasonRating) -> Iterable[TodoItem]:
    yield from _lost_terms(rated)
    yield from _unpublished(rated)
    yield from _without_a_place(rated)
    yield from _overridden(rated)


def _rating_url(rated: SeasonRating, outcome: str | None = None) -> str:
    return url_for("rating.table", season=rated.season.uid, outcome=outcome)


def _lost_terms(rated: SeasonRating) -> Iterable[TodoItem]:
    lost = [found.term.label or found.term.id for found in rated.items if found.item is None]
    if lost:
        url = url_for("sources.show", season=rated.season.uid)
        yield TodoItem(
            sentence=ngettext(
                "%(num)d term of the formula finds no marks", "%(num)d terms of the formula find no marks", len(lost)
            ),
            consequence=_("Nobody gets a place until it is clear where they come from: %(names)s", names=_some(lost)),
            action=Link(_("Choose"), url, _("Choose where marks come from")),
        )


def _unpublished(rated: SeasonRating) -> Iterable[TodoItem]:
    for found in rated.items:
        count = _count(rated, found.term.id, lambda mark: mark.entered_unpublished)
        if count and found.item is not None:
            yield TodoItem(
                sentence=ngettext(
                    "%(num)d mark is entered but not published in Moodle: %(name)s",
                    "%(num)d marks are entered but not published in Moodle: %(name)s",
                    count,
                    name=found.item.name,
                ),
                consequence=_("These people get no place until the tutor publishes the marks"),
                action=Link(_("Open in Moodle"), found.url, is_external=True),
            )


def _without_a_place(rated: SeasonRating) -> Iterable[TodoItem]:
    waiting = [line.member for line in rated.lines if line.rating.pending and not line.member.withdrawn]
    if waiting:
        yield TodoItem(
            sentence=ngettext(
                "%(num)d person has no place: a mark is awaited",
                "%(num)d people have no place: a mark is awaited",
                len(waiting),
            ),
            consequence=_some([list_name(member.last_name, member.first_name) for member in waiting]),
            action=Link(_("Show"), _rating_url(rated, outcome="pending"), _("Show who awaits marks")),
        )


def _overridden(rated: SeasonRating) -> Iterable[TodoItem]:
    count = sum(_count(rated, found.term.id, lambda mark: mark.overridden) for found in rated.items)
    if count:
        yield TodoItem(
            sentence=ngettext(
                "%(num)d mark was overridden in Moodle's gradebook",
                "%(num)d marks were overridden in Moodle's gradebook",
                count,
            ),
            consequence=_("The gradebook's mark counts, not the tutor's; see that there is a decision behind it"),
            action=Link(_("Open the rating"), _rating_url(rated)),
        )


def _count(rated: SeasonRating, term_id: str, is_so: Callable[[Mark], bool]) -> int:
    return sum(1 for line in rated.lines if is_so(line.marks[term_id]))


def _some(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:SHOWN_NAMES])
    left = len(names) - SHOWN_NAMES
    return shown if left <= 0 else _("%(names)s and %(num)d more", names=shown, num=left)
