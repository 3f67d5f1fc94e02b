"""What a season is asked to be."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bridge.demo.errors import SeasonError
from bridge.demo.seasons.builder import DAY
from bridge.demo.seasons.places import KETCHENERY, Municipality

__all__ = ["BASE_ACTIVITIES", "PLACES", "SeasonPlan"]

BASE_ACTIVITIES = 10
"""Activities that every season has; further ones are plain practice."""
PLACES = 24
"""How many go on to the competition: the cut-off where two are tied."""
_AGE_AT_STAGE_3 = 430
"""Days since the call opened when stage 3 is under way."""
_AGE_WHEN_CLOSED = _AGE_AT_STAGE_3 + 760


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """The figures of a season.

    Attributes
    ----------
    seed
        The same plan gives the same season.
    now
        The moment the season is looked at, epoch seconds; it stands at stage 3, or is over.
    participants
        How many learn, 20 to 5,000.
    activities
        How many activities, 10 to 200.
    closed
        Over: everything is marked and nothing is due.
    patronymics
        Whether first names carry patronymics, as in «Айса Очировна».
    """

    seed: int
    now: int
    participants: int = 60
    activities: int = BASE_ACTIVITIES
    municipality: Municipality = KETCHENERY
    prefix: str = ""
    closed: bool = False
    patronymics: bool = False

    def __post_init__(self) -> None:
        if not 20 <= self.participants <= 5_000:
            raise SeasonError(f"A season has 20 to 5,000 participants, not {self.participants}")
        if not BASE_ACTIVITIES <= self.activities <= 200:
            raise SeasonError(f"A season has {BASE_ACTIVITIES} to 200 activities, not {self.activities}")

    @property
    def shift_days(self) -> int:
        """How far all dates are moved back."""
        return _AGE_WHEN_CLOSED - _AGE_AT_STAGE_3 if self.closed else 0

    @property
    def opened(self) -> int:
        """When the call opened."""
        return self.now - (_AGE_AT_STAGE_3 + self.shift_days) * DAY

    @property
    def years(self) -> str:
        """The season's years, as in 2025-2027."""
        first = datetime.fromtimestamp(self.opened, UTC).year
        return f"{first}-{first + 2}"

    @property
    def code(self) -> str:
        """What accounts and courses begin with: the municipality's letter and the first year, as in a25."""
        return self.prefix or f"{self.municipality.letter}{self.years[2:4]}"

    @property
    def tutors(self) -> int:
        """How many mark."""
        return 4 if self.participants <= 80 else min(24, self.participants // 20)

    @property
    def mentors(self) -> int:
        """How many acting heads mentor."""
        return max(6, self.participants // 6)
