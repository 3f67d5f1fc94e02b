"""Addresses of tables: sorting, filtering, columns and pages live in the query, so that a link shows what one sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

__all__ = ["Sort", "chosen_columns", "kept_query", "parse_sort", "query_url", "sort_state", "sort_url"]

COLUMNS = "col"
"""Name of the column chooser's checkboxes; an empty ``col`` stands for the form itself, as none may be ticked."""


@dataclass(frozen=True, slots=True)
class Sort:
    """How a table is ordered; in an address ``total`` is ascending and ``-total`` descending."""

    key: str
    is_descending: bool = False

    def __str__(self) -> str:
        return f"-{self.key}" if self.is_descending else self.key


def parse_sort(asked: str | None, known: Collection[str], default: Sort) -> Sort:
    """The order an address asks for, or the default where it asks for a column that the table does not have."""
    text = asked or ""
    key = text.removeprefix("-")
    return Sort(key, text.startswith("-")) if key in known else default


def chosen_columns(args: MultiDict[str, str], known: Collection[str]) -> frozenset[str]:
    """The optional columns to show: all, unless the chooser was sent."""
    if COLUMNS not in args:
        return frozenset(known)
    return frozenset(args.getlist(COLUMNS)) & frozenset(known)


def query_url(**changes: object) -> str:
    """The page's address with some parameters changed; None removes one. The page number starts over."""
    replaced = {"page", *changes}
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name not in replaced]
    pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
    path = f"{request.script_root}{request.path}"
    return f"{path}?{urlencode(pairs)}" if pairs else path


def kept_query(*replaced: str) -> list[tuple[str, str]]:
    """The parameters that a GET form must carry along, those it sets itself left out."""
    gone = {"page", *replaced}
    return [(name, value) for name, value in request.args.items(multi=True) if name not in gone and value != ""]


def sort_url(key: str, sort: Sort, *, descending_first: bool = False) -> str:
    """Where a column's head leads: its natural order first, the other way round when it is already sorted by."""
    descending = not sort.is_descending if sort.key == key else descending_first
    return query_url(sort=Sort(key, descending))


def sort_state(key: str, sort: Sort) -> Literal["ascending", "descending", "none"]:
    """What aria-sort says of a column."""
    if sort.key != key:
        return "none"
    return "descending" if sort.is_descending else "ascending"
