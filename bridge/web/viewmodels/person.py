"""A person's page: every mark, where it came from, and how it became points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bridge.web.viewmodels.common import Fact, Link, Note, Tag, TodoItem

__all__ = ["Evidence", "EvidenceTable", "MarkLine", "PersonPage", "RankInterval", "TermLine", "TermState"]


class TermState(StrEnum):
    """What became of a term."""

    COUNTED = "counted"
    PENDING = "pending"
    ZERO = "zero"
    """Nothing was handed in and the deadline has passed: counted as nothing, and said so."""


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term of the sum.

    Parameters
    ----------
    name
        «Групповой проект».
    weight
        Points at most.
    state
        Whether there is a mark.
    mark
        As the source says it: «64,4 из 100», «2 из 3»; empty while awaited.
    share
        Fraction of the maximum, 0 to 1.
    points
        share x weight, rounded as the season rounds; None while awaited.
    note
        A second line: what the scale means, whose common mark it is.
    source
        To the activity in Moodle, or to the sheets below on this page.
    tags
        «скрыта в Moodle», «переопределена».
    """

    name: str
    weight: Decimal
    state: TermState = TermState.COUNTED
    mark: str = ""
    share: Decimal | None = None
    points: Decimal | None = None
    note: str = ""
    source: Link | None = None
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class RankInterval:
    """Where the person stands among the ranked, and how sure that is (95 %)."""

    place: int
    low: int
    high: int
    last: int
    cut: int | None = None
    cut_words: str = ""
    """What passing the cut-off means: «проходят на защиту»."""


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """Marks by criterion: a row for each criterion, a column for each sheet; None where a sheet has no mark."""

    row_head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Decimal | None, ...]], ...]
    total_head: str = ""
    totals: tuple[Decimal | None, ...] = ()
    label: str = ""
    """Names the group that scrolls sideways on a phone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sheets that made a term, with the sum one can repeat on a calculator.

    Parameters
    ----------
    anchor
        Where the term's source link leads (an HTML id).
    title
        «Индивидуальный проект: 70,0 — среднее трёх экспертных листов».
    table
        Marks by criterion, where there are some.
    text
        The sum in words and figures.
    link
        To the originals.
    """

    anchor: str
    title: str
    table: EvidenceTable | None = None
    text: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark as the LMS has it.

    Parameters
    ----------
    activity
        Name of the activity, and its course.
    mark
        «64,4 из 100»; empty: not marked.
    source
        Where it was read: «журнал оценок», «задание», «семинар», «импорт».
    graded_at, grader
        When and by whom, where the LMS says.
    seen_at
        When the companion saw it first.
    use
        What it is used for: the name of a term, or empty.
    tags
        «скрыта», «заблокирована», «переопределена», «не опубликована», «исчезла из Moodle».
    link
        To the activity; it is shown under the activity's own name.
    """

    activity: str
    course: str
    mark: str = ""
    source: str = ""
    graded_at: datetime | None = None
    grader: str = ""
    seen_at: datetime | None = None
    use: str = ""
    tags: tuple[Tag, ...] = ()
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The page that explains a person's points.

    Parameters
    ----------
    name
        «Лиджиева Полина».
    season
        «2026–2028».
    is_own
        The person reads their own page: it says «вы».
    total, most
        The sum and the most there can be; None where the rating has not been computed.
    is_partial
        Whether terms are awaited: the sum is what there is so far.
    school, group
        Either may be empty.
    tags
        About the person: «выбыл».
    data_at
        How fresh the LMS data are.
    facts
        Up to three figures; the sum comes first.
    outcome, outcome_text
        «Решает комиссия» and what that means.
    interval
        The plot of the place.
    terms
        Lines of the sum.
    formula
        Link to the formula with its version.
    evidence
        Sheets that made the terms.
    marks
        Everything the LMS said about this person's work.
    todo
        What the person can do about it.
    back
        Where the page was come from: the rating.
    profile
        The person in Moodle.
    documents
        Buttons beside print.
    notes
        Messages above it all.
    places
        Decimal places of points, as the formula rounds them.
    rule
        How points are made, where it is not the preset's "share x weight".
    """

    name: str
    season: str
    is_own: bool = False
    total: Decimal | None = None
    most: Decimal | None = None
    is_partial: bool = False
    school: str = ""
    group: str = ""
    tags: tuple[Tag, ...] = ()
    data_at: datetime | None = None
    facts: tuple[Fact, ...] = ()
    outcome: Tag | None = None
    outcome_text: str = ""
    interval: RankInterval | None = None
    terms: tuple[TermLine, ...] = ()
    formula: Link | None = None
    evidence: tuple[Evidence, ...] = ()
    marks: tuple[MarkLine, ...] = ()
    todo: tuple[TodoItem, ...] = ()
    back: Link | None = None
    profile: Link | None = None
    documents: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    places: int = 1
    rule: str = ""

    @property
    def rounding_step(self) -> Decimal:
        """What points are rounded to: 0.1 for one place."""
        return Decimal(1).scaleb(-self.places)
