"""What templates print with: the functions of `bridge.core.i18n` in the language, zone and clock of the request.

Russian text passes through `typo` by itself where it comes out of the catalogue (``_()``, ``{% trans %}``); text out of
the database needs the filter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from bridge.core import i18n
from bridge.web.locale import current_language, current_now, current_zone, plain_years
from bridge.web.messages import gettext

__all__ = ["init_filters"]


def num(value: Decimal | int | None, places: int | None = None) -> str:
    return i18n.format_number(value, places, language=current_language())


def signed(value: Decimal | int | None, places: int | None = None) -> str:
    return i18n.format_signed(value, places, language=current_language())


def percent(fraction: Decimal | int | None, places: int = 0) -> str:
    return i18n.format_percent(fraction, places, language=current_language())


def ordinal(number: int, case: str = "nominative") -> str:
    return i18n.ordinal(number, i18n.OrdinalCase[case.upper()], language=current_language())


def date_(when: date | datetime) -> str:
    return i18n.format_date(when, zone=current_zone(), language=current_language())


def time_(when: datetime) -> str:
    return i18n.format_time(when, zone=current_zone())


def stamp(when: datetime) -> str:
    return i18n.format_stamp(when, zone=current_zone(), language=current_language())


def day(when: date | datetime, *, weekday: bool = True) -> str:
    return i18n.format_day(
        when, zone=current_zone(), plain_years=plain_years(), weekday=weekday, language=current_language()
    )


def long_day(when: date | datetime) -> str:
    return i18n.format_long_day(when, zone=current_zone(), language=current_language())


def moment(when: datetime) -> str:
    return i18n.format_moment(
        when, now=current_now(), zone=current_zone(), plain_years=plain_years(), language=current_language()
    )


def deadline(when: datetime) -> str:
    return i18n.format_deadline(when, zone=current_zone(), language=current_language())


def due_day(when: date | datetime) -> str:
    return i18n.format_due_day(
        when, now=current_now(), zone=current_zone(), plain_years=plain_years(), language=current_language()
    )


def iso(when: date | datetime) -> str:
    """For ``<time datetime>``: the local day or moment."""
    return (when.astimezone(current_zone()) if isinstance(when, datetime) else when).isoformat()


def _fresh_at(at: datetime) -> str:
    """«14:05» for today's data, else with the day: a page says how old its figures are."""
    is_today = at.astimezone(current_zone()).date() == current_now().astimezone(current_zone()).date()
    return time_(at) if is_today else stamp(at)


def freshness(at: datetime | None) -> str:
    """«Данные Moodle на 14:05», or that there are none yet."""
    if at is None:
        return i18n.typo(gettext("No data from Moodle yet"))
    return i18n.typo(gettext("Moodle data as of %(time)s", time=_fresh_at(at)))


_FILTERS: dict[str, Callable[..., object]] = {
    "typo": i18n.typo,
    "num": num,
    "signed": signed,
    "percent": percent,
    "ordinal": ordinal,
    "date": date_,
    "time": time_,
    "stamp": stamp,
    "day": day,
    "long_day": long_day,
    "moment": moment,
    "deadline": deadline,
    "due_day": due_day,
    "iso": iso,
    "freshness": freshness,
}


def _typeset(translate: Callable[..., Any]) -> Callable[..., Any]:
    """A template's gettext whose result has its unbreakable spaces, after the values have been put in."""

    @pass_context
    @wraps(translate)
    def translated(context: Context, *args: object, **values: object) -> object:
        return i18n.typo(translate(context, *args, **values))

    return translated


def init_filters(app: Flask) -> None:
    """Register the filters, and typeset what templates take from the catalogue. After Flask-Babel."""
    app.jinja_env.filters.update(_FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    names: dict[str, Any] = dict(app.jinja_env.globals)
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        app.jinja_env.globals[name] = _typeset(names[name])
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
