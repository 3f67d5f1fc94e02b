"""Moments and days for reading. Moments come as aware datetimes; ``zone`` is the municipality's.

All functions are pure: what "today" is comes with ``now``. Russian months stand in the genitive («18 февраля»), names
of days are short («пт»), the clock has 24 hours in both languages.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, time, timedelta, tzinfo

from babel.dates import format_date as babel_date

from bridge.core.i18n.languages import DEFAULT_LANGUAGE, Language

__all__ = [
    "format_date",
    "format_day",
    "format_deadline",
    "format_due_day",
    "format_long_day",
    "format_moment",
    "format_stamp",
    "format_time",
]

NBSP = "\N{NO-BREAK SPACE}"

_TABLE_DATE = {Language.RU: "dd.MM.yyyy", Language.EN: "d MMM yyyy"}
_TODAY = {Language.RU: "сегодня", Language.EN: "today"}
_YESTERDAY = {Language.RU: "вчера", Language.EN: "yesterday"}
_TOMORROW = {Language.RU: "завтра", Language.EN: "tomorrow"}
_UNTIL = {Language.RU: "до", Language.EN: "by"}
_YEAR_ABBREVIATION = {Language.RU: f"{NBSP}г.", Language.EN: ""}


def _local_day(when: date | datetime, zone: tzinfo) -> date:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when


def _pattern(day: date, pattern: str, language: str) -> str:
    return babel_date(day, pattern, locale=language)


def format_date(when: date | datetime, *, zone: tzinfo, language: str = DEFAULT_LANGUAGE) -> str:
    """For tables: 18.02.2028, in English 18 Feb 2028."""
    return _pattern(_local_day(when, zone), _TABLE_DATE[Language(language)], language)


def format_time(when: datetime, *, zone: tzinfo) -> str:
    """The clock: 14:05."""
    return f"{when.astimezone(zone):%H:%M}"


def format_stamp(when: datetime, *, zone: tzinfo, language: str = DEFAULT_LANGUAGE) -> str:
    """Date and clock, for freshness and logs: «16.02.2028, 14:05»."""
    return f"{format_date(when, zone=zone, language=language)}, {format_time(when, zone=zone)}"


def format_day(
    when: date | datetime,
    *,
    zone: tzinfo,
    plain_years: Container[int] = (),
    weekday: bool = True,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """For sentences: «пт, 18 февраля».

    Parameters
    ----------
    plain_years
        Years that need no naming: this one, or those of the season. Any other is added («18 февраля 2031 г.»).
    weekday
        Whether to begin with the short name of the weekday.
    """
    day = _local_day(when, zone)
    text = _pattern(day, "EEE, d MMMM" if weekday else "d MMMM", language)
    if day.year in plain_years:
        return text
    return f"{text} {day.year}{_YEAR_ABBREVIATION[Language(language)]}"


def format_long_day(when: date | datetime, *, zone: tzinfo, language: str = DEFAULT_LANGUAGE) -> str:
    """For the head of a page: «Среда, 16 февраля 2028 г.»."""
    text = _pattern(_local_day(when, zone), "EEEE, d MMMM yyyy", language)
    return f"{text[0].upper()}{text[1:]}{_YEAR_ABBREVIATION[Language(language)]}"


def format_moment(
    when: datetime,
    *,
    now: datetime,
    zone: tzinfo,
    plain_years: Container[int] = (),
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """For a timeline: «сегодня, 13:40», «вчера, 16:30», further back the day alone («14 февраля»)."""
    tongue = Language(language)
    days_ago = (_local_day(now, zone) - _local_day(when, zone)).days
    word = {0: _TODAY, 1: _YESTERDAY, -1: _TOMORROW}.get(days_ago)
    if word is not None:
        return f"{word[tongue]}, {format_time(when, zone=zone)}"
    return format_day(when, zone=zone, plain_years=plain_years, weekday=False, language=language)


def _deadline_local(when: datetime, zone: tzinfo) -> datetime:
    """A deadline at midnight ends the day before: «18 февраля, до 23:59», not «19 февраля, до 00:00»."""
    local = when.astimezone(zone)
    return local - timedelta(minutes=1) if local.time() == time.min else local


def format_deadline(when: datetime, *, zone: tzinfo, language: str = DEFAULT_LANGUAGE) -> str:
    """The clock of a deadline: «до 23:59»."""
    return f"{_UNTIL[Language(language)]}{NBSP}{_deadline_local(when, zone):%H:%M}"


def format_due_day(
    when: date | datetime,
    *,
    now: datetime,
    zone: tzinfo,
    plain_years: Container[int] = (),
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """The day of a deadline, near ones by name: «вчера», «сегодня», «завтра», else «пт, 18 февраля»."""
    day = _deadline_local(when, zone).date() if isinstance(when, datetime) else when
    days_ahead = (day - _local_day(now, zone)).days
    word = {-1: _YESTERDAY, 0: _TODAY, 1: _TOMORROW}.get(days_ahead)
    if word is not None:
        return word[Language(language)]
    return format_day(day, zone=zone, plain_years=plain_years, language=language)
