"""What page templates are given: one frozen object a page, made of text, numbers, moments and addresses.

Views fill them from services; nothing here knows a table, a form's rules or a request. Text is plain (templates escape
it and put in its unbreakable spaces), numbers are exact decimals, moments are aware.
"""

from __future__ import annotations

from bridge.web.viewmodels.common import (
    Choice,
    Event,
    Fact,
    FilterField,
    KeyDate,
    Link,
    Note,
    Tag,
    TodoGroup,
    TodoItem,
    Tone,
    group_todo,
)
from bridge.web.viewmodels.home import HomePage
from bridge.web.viewmodels.person import (
    Evidence,
    EvidenceTable,
    MarkLine,
    PersonPage,
    RankInterval,
    TermLine,
    TermState,
)
from bridge.web.viewmodels.rating import (
    BandKind,
    RatingBand,
    RatingPage,
    RatingPrint,
    RatingRow,
    TermColumn,
)
from bridge.web.viewmodels.start import SetupPage, SignInPage

__all__ = [
    "BandKind",
    "Choice",
    "Event",
    "Evidence",
    "EvidenceTable",
    "Fact",
    "FilterField",
    "HomePage",
    "KeyDate",
    "Link",
    "MarkLine",
    "Note",
    "PersonPage",
    "RankInterval",
    "RatingBand",
    "RatingPage",
    "RatingPrint",
    "RatingRow",
    "SetupPage",
    "SignInPage",
    "Tag",
    "TermColumn",
    "TermLine",
    "TermState",
    "TodoGroup",
    "TodoItem",
    "Tone",
    "group_todo",
]
