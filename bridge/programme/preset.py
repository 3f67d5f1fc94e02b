"""The preset «Акселератор проектов, 2 года»: what a new season starts from, before anyone changes a thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bridge.core.i18n import N_
from bridge.programme.models import STAGE_COUNT, MappedRole

__all__ = ["PLACES", "ROLES", "STAGES", "StagePlan", "default_stages", "guess_stage"]

PLACES = 24

ROLES: Mapping[str, MappedRole] = {
    "student": MappedRole.PARTICIPANT,
    "teacher": MappedRole.TEACHER,
    "editingteacher": MappedRole.TEACHER,
    "mentor": MappedRole.MENTOR,
    "schoolhead": MappedRole.HEAD,
    "manager": MappedRole.NONE,
}
"""Moodle's role short names; any other is asked for."""

STAGES = (N_("Selection"), N_("Group projects"), N_("Individual projects"), N_("Adoption"))
"""Names by stage number, translated where they are shown until somebody renames a stage."""

STAGE_WORDS = (
    ("select", "entry", "отбор"),
    ("group", "групп"),
    ("individual", "индивидуал"),
    ("implement", "adopt", "внедрен", "реализац"),
)
STAGE_NUMBER = re.compile(r"(?:этап|stage)\s*(\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StagePlan:
    number: int
    name: str
    opens_on: date | None = None
    closes_on: date | None = None


def default_stages() -> tuple[StagePlan, ...]:
    """Four stages without dates; an empty name is shown as the preset's."""
    return tuple(StagePlan(number, "") for number in range(1, STAGE_COUNT + 1))


def guess_stage(names: Sequence[str]) -> int | None:
    """The stage a course seems to serve, by its idnumber, short name or full name; None where nothing says so."""
    text = " ".join(names).lower()
    numbered = STAGE_NUMBER.search(text)
    if numbered and 1 <= int(numbered[1]) <= STAGE_COUNT:
        return int(numbered[1])
    hits = [number for number, words in enumerate(STAGE_WORDS, start=1) if any(word in text for word in words)]
    return hits[0] if len(hits) == 1 else None
