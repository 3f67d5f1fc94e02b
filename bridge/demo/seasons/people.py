"""The people of a season: participants, tutors, mentors, heads of schools."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridge.demo.seasons.builder import DAY, HOUR, Builder
from bridge.demo.seasons.names import Name, invented_names, transliterated
from bridge.demo.seasons.plan import SeasonPlan
from bridge.demo.tables import ProfileField, User

__all__ = ["Cast", "cast_people", "hands_in_no_essay"]

_BIRTHDATE = "birthdate"
_OLDEST_ADMITTED = 40
"""The programme admits teachers up to 40."""


@dataclass(slots=True)
class Cast:
    """Who plays in a season, and the qualities behind their marks.

    Attributes
    ----------
    ability
        Of each participant, about 0 with a spread of 1.
    severity
        Of each tutor and reviewer: how many spreads below the truth they mark.
    rogues
        Reviewers who mark at random.
    """

    participants: list[User] = field(default_factory=list)
    tutors: list[User] = field(default_factory=list)
    mentors: list[User] = field(default_factory=list)
    heads: list[User] = field(default_factory=list)
    ability: dict[int, float] = field(default_factory=dict)
    severity: dict[int, float] = field(default_factory=dict)
    rogues: set[int] = field(default_factory=set)

    def tutor_of(self, number: int) -> User:
        """Return who marks the participant of that number."""
        return self.tutors[number % len(self.tutors)]


def hands_in_no_essay(index: int) -> bool:
    """Say whether the participant of that index, from 0, hands in neither essay nor reviews: every nineteenth."""
    return index % 19 == 18


def cast_people(builder: Builder, plan: SeasonPlan) -> Cast:
    """Invent the people of a season.

    One reviewer is severe and one marks at random; one tutor is severe; one participant is over the age; a few
    profiles spell their school their own way, for the organiser to merge.
    """
    builder.tables.profile_fields.setdefault(_BIRTHDATE, ProfileField(_BIRTHDATE, "Дата рождения", "datetime"))
    names, dice = invented_names(builder.dice), builder.dice
    cast = Cast(
        participants=[_person(builder, plan, next(names), "p", i) for i in range(1, plan.participants + 1)],
        tutors=[_person(builder, plan, next(names), "t", i) for i in range(1, plan.tutors + 1)],
        mentors=[_person(builder, plan, next(names), "m", i) for i in range(1, plan.mentors + 1)],
        heads=[_person(builder, plan, next(names), "h", i) for i in range(1, len(plan.municipality.schools) + 1)],
    )
    for index, user in enumerate(cast.participants):
        # Who hands in nothing at the start is weak later, too, so that no zero stands near the cut-off.
        cast.ability[user.id] = -1.8 if hands_in_no_essay(index) else dice.gauss(0, 1)
        cast.severity[user.id] = dice.gauss(0, 0.5)
    for user in cast.tutors:
        cast.severity[user.id] = dice.gauss(0, 0.3)
    cast.severity[cast.tutors[1].id] = 0.8
    cast.severity[cast.participants[6].id] = 2.4
    cast.rogues = {cast.participants[11].id}
    _spell_freely(cast.participants, plan)
    return cast


def _person(builder: Builder, plan: SeasonPlan, name: Name, kind: str, number: int) -> User:
    given = f"{name.given} {name.patronymic}" if plan.patronymics else name.given
    place, code = plan.municipality, plan.code
    login = f"{transliterated(name.given)[:1]}.{transliterated(name.family)}".replace(" ", "")
    return builder.user(
        username=f"{code}_{kind}{number}",
        firstname=given,
        lastname=name.family,
        email=f"{login}.{code}{kind}{number}@example.test",
        idnumber=f"{code}-{kind}-{number:04d}".upper(),
        institution=place.institution(number),
        department=place.name,
        city=place.town,
        country="RU",
        timezone="Europe/Moscow",
        firstaccess=plan.opened + builder.dice.randint(0, 10 * DAY),
        profile={_BIRTHDATE: str(_born(builder, plan, kind, number))},
    )


def _born(builder: Builder, plan: SeasonPlan, kind: str, number: int) -> int:
    if kind != "p":
        age = builder.dice.randint(38, 60)
    elif number == 31:
        # One who asked for an exception: two years too old when the call closed.
        age = _OLDEST_ADMITTED + 2
    else:
        age = builder.dice.randint(24, _OLDEST_ADMITTED - 1)
    year = datetime.fromtimestamp(plan.opened, UTC).year - age
    day = datetime(year, builder.dice.randint(1, 12), builder.dice.randint(1, 28), tzinfo=UTC)
    # Moodle stores midnight of the reader's zone.
    return int(day.timestamp()) - 3 * HOUR


def _spell_freely(people: list[User], plan: SeasonPlan) -> None:
    variants: Iterator[tuple[int, str]] = iter(((4, "{}"), (9, "МБОУ {}"), (15, "мбоу «{}»"), (18, "МБОУ  «{}» ")))
    for number, pattern in variants:
        school = plan.municipality.schools[(number + 1) % len(plan.municipality.schools)]
        people[number].institution = pattern.format(school)
