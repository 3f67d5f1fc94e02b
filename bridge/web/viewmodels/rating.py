"""The season's rating table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bridge.web.tables import Sort
from bridge.web.viewmodels.common import Fact, FilterField, Link, Note, Tag

__all__ = ["BandKind", "RatingBand", "RatingPage", "RatingPrint", "RatingRow", "TermColumn"]


class BandKind(StrEnum):
    """What a band of rows shares. Without a cut-off, or sorted by something else, a table is one PLAIN band."""

    PLAIN = "plain"
    TIED = "tied"
    BELOW = "below"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TermColumn:
    """A term of the formula as a column.

    Parameters
    ----------
    key
        Its id: the column is sorted by it.
    name
        In full: «Эссе „Школа, которой я управляю“».
    short
        In the head of the column; a soft hyphen (U+00AD) says where it may break.
    weight
        Points at most.
    """

    key: str
    name: str
    short: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A person's row.

    Parameters
    ----------
    place
        None for who has no place (a mark is awaited, withdrawn).
    name, url
        «Фамилия Имя», and the page that explains the row.
    school, group
        Either may be empty.
    points
        One for each term, in the order of the columns; None is "awaited", never zero.
    total
        Sum of the points there are.
    is_partial
        A term is missing in the total: it carries an asterisk.
    low, high
        Interval of the place; None where it was not computed.
    outcome
        «Рекомендован», «Решает комиссия», «Лист ожидания», «Ожидается», «Выбыл».
    """

    place: int | None
    name: str
    url: str
    points: tuple[Decimal | None, ...]
    total: Decimal | None
    school: str = ""
    group: str = ""
    is_partial: bool = False
    low: int | None = None
    high: int | None = None
    outcome: Tag | None = None

    @property
    def has_interval(self) -> bool:
        return self.place is not None and self.low is not None and self.high is not None


@dataclass(frozen=True, slots=True)
class RatingBand:
    """Rows under one caption: «Различия малы, решает комиссия: места 19–28, 10 человек на 6 мест»; PLAIN has none."""

    kind: BandKind
    rows: tuple[RatingRow, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class RatingPrint:
    """What paper needs to be checked later: which computation this is.

    Parameters
    ----------
    run
        «Расчёт № 3».
    computed_at, printed_at
        Aware.
    formula
        «версия 4».
    checksum
        Of the frozen inputs.
    signatures
        Under which lines people sign: «Председатель комиссии».
    """

    run: str
    computed_at: datetime
    printed_at: datetime
    formula: str
    checksum: str
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingPage:
    """The rating.

    Parameters
    ----------
    title
        «Рейтинг: допуск к конкурсной защите».
    columns
        Terms in the formula's order.
    bands
        Rows in their order; none: see ``is_filtered``.
    sort
        How the rows are ordered; keys are ``place``, ``name``, ``total`` and the terms' keys.
    shown, everybody
        How many rows are shown, of how many.
    ranked
        How many people have a place.
    cut
        Places that pass; None where nothing is cut off.
    visible
        Which optional columns are shown: ``where`` (school and group), ``terms``, ``interval``.
    crumb
        «Этап 3. Индивидуальные проекты».
    state
        «Предварительный расчёт № 3, не опубликован».
    data_at
        How fresh the LMS data are.
    formula, journal
        Links under the heading.
    facts
        Three to five figures that are the answer.
    filters
        Fields of the filter row.
    is_filtered
        Whether a filter is set: an empty table then says so and offers the way back at ``reset_url``.
    footnotes
        Under the table: what the asterisk leaves out, what decides.
    documents
        Buttons (print is there by itself).
    primary
        The page's one primary button: «Зафиксировать итоги…».
    notes
        Messages above it all.
    paper
        The lines that only paper carries.
    places
        Decimal places of points, as the formula rounds them.
    """

    title: str
    columns: tuple[TermColumn, ...]
    bands: tuple[RatingBand, ...]
    sort: Sort
    shown: int
    everybody: int
    ranked: int
    cut: int | None = None
    visible: frozenset[str] = frozenset({"where", "terms", "interval"})
    crumb: str = ""
    state: Tag | None = None
    data_at: datetime | None = None
    formula: Link | None = None
    journal: Link | None = None
    facts: tuple[Fact, ...] = ()
    filters: tuple[FilterField, ...] = ()
    is_filtered: bool = False
    reset_url: str = ""
    footnotes: tuple[str, ...] = ()
    documents: tuple[Link, ...] = ()
    primary: Link | None = None
    notes: tuple[Note, ...] = ()
    paper: RatingPrint | None = None
    places: int = 1

    @property
    def has_intervals(self) -> bool:
        """Whether any row has an interval: a first rating is drawn without them."""
        return any(row.has_interval for band in self.bands for row in band.rows)

    @property
    def has_outcomes(self) -> bool:
        """Whether any row has an outcome."""
        return any(row.outcome is not None for band in self.bands for row in band.rows)
