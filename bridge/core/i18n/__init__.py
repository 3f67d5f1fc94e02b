"""Languages, and how text, numbers, dates and names look in them. Pure: no Flask, no database, no clock.

Russian comes first, English second. Message ids are English sentences; `N_` marks one that is translated later, at the
edge (an error's message, a choice's label). Everything a page prints goes through one of these functions, so that a
document and a page never differ in a comma.
"""

from __future__ import annotations

from bridge.core.i18n.collation import ru_key
from bridge.core.i18n.dates import (
    format_date,
    format_day,
    format_deadline,
    format_due_day,
    format_long_day,
    format_moment,
    format_stamp,
    format_time,
)
from bridge.core.i18n.languages import DEFAULT_LANGUAGE, LANGUAGE_NAMES, N_, Language, negotiate
from bridge.core.i18n.names import list_name, short_name
from bridge.core.i18n.numbers import OrdinalCase, format_number, format_percent, format_signed, ordinal
from bridge.core.i18n.typography import typo

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGE_NAMES",
    "N_",
    "Language",
    "OrdinalCase",
    "format_date",
    "format_day",
    "format_deadline",
    "format_due_day",
    "format_long_day",
    "format_moment",
    "format_number",
    "format_percent",
    "format_signed",
    "format_stamp",
    "format_time",
    "list_name",
    "negotiate",
    "ordinal",
    "ru_key",
    "short_name",
    "typo",
]
