"""The season's rating as a page: figures first, then the table that proves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from werkzeug.datastructures import MultiDict

from bridge.core.i18n import list_name, ru_key
from bridge.lms.runs import Freshness
from bridge.rating.outcome import Outcome, outcomes
from bridge.rating.service import Line, SeasonRating
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.tables import Sort, chosen_columns, parse_sort
from bridge.web.viewmodels import (
    BandKind,
    Choice,
    Fact,
    FilterField,
    Note,
    RatingBand,
    RatingPage,
    RatingRow,
    Tag,
    TermColumn,
    Tone,
)
from scoring.rating import Treatment

__all__ = ["rating_page"]

COLUMNS = ("where", "terms")
BY_PLACE = Sort("place")

BANDS = {
    Outcome.RECOMMENDED: BandKind.PLAIN,
    Outcome.TIED: BandKind.TIED,
    Outcome.WAITING: BandKind.BELOW,
    Outcome.PENDING: BandKind.PENDING,
    Outcome.WITHDRAWN: BandKind.WITHDRAWN,
}


def outcome_tag(outcome: Outcome) -> Tag:
    """The outcome in the words of the commission."""
    tags = {
        Outcome.RECOMMENDED: Tag(_("Recommended"), Tone.OK),
        Outcome.TIED: Tag(_("The commission decides"), Tone.WARN),
        Outcome.WAITING: Tag(_("Waiting list")),
        Outcome.PENDING: Tag(_("Awaited"), Tone.INFO),
        Outcome.WITHDRAWN: Tag(_("Withdrawn")),
    }
    return tags[outcome]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for."""

    q: str
    school: str
    group: str
    outcome: str

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> _Asked:
        words = (args.get(name, "").strip() for name in ("q", "school", "group", "outcome"))
        return cls(*words)

    @property
    def is_filtered(self) -> bool:
        return any((self.q, self.school, self.group, self.outcome))

    def wants(self, line: Line, outcome: Outcome) -> bool:
        name = list_name(line.member.last_name, line.member.first_name)
        return (
            _folded(self.q) in _folded(name)
            and self.school in {"", line.member.school}
            and self.group in {"", line.member.group}
            and self.outcome in {"", outcome.value}
        )


def _folded(text: str) -> str:
    """For looking up: «Алешина» finds «Алёшина»."""
    return text.casefold().replace("ё", "е")


def rating_page(
    rated: SeasonRating,
    fresh: Freshness,
    args: MultiDict[str, str],
    *,
    person_url: Callable[[str], str],
    reset_url: str,
) -> RatingPage:
    """Make the page that an address asks for.

    Parameters
    ----------
    args
        The address's parameters: ``q``, ``school``, ``group``, ``outcome``, ``sort``, ``col``.
    person_url
        From a person's uid to the page that explains the row.
    """
    asked = _Asked.of(args)
    by_uid = outcomes(rated.lines, rated.season.places)
    columns = tuple(_column(rated, position) for position in range(len(rated.items)))
    sort = parse_sort(args.get("sort"), {"place", "name", "total", *(column.key for column in columns)}, BY_PLACE)
    shown = [line for line in rated.lines if asked.wants(line, by_uid[line.member.uid])]
    rows = {line.member.uid: _row(line, by_uid[line.member.uid], person_url) for line in shown}
    return RatingPage(
        title=_("Rating: admission to the defence"),
        crumb=_("Stage %(number)d", number=3),
        columns=columns,
        bands=tuple(_bands(shown, rows, by_uid, rated, sort)),
        sort=sort,
        shown=len(shown),
        everybody=len(rated.lines),
        ranked=len(rated.ranked),
        cut=rated.season.places,
        visible=chosen_columns(args, COLUMNS),
        state=Tag(_("Preliminary, nothing is published"), Tone.WARN),
        data_at=fresh.data_at,
        facts=tuple(_facts(by_uid, rated.season.places)),
        filters=_filters(asked, rated.lines),
        is_filtered=asked.is_filtered,
        reset_url=reset_url,
        footnotes=tuple(_footnotes(rated.lines)),
        notes=tuple(_notes(rated)),
    )


def _column(rated: SeasonRating, position: int) -> TermColumn:
    found = rated.items[position]
    name = found.item.name if found.item is not None else found.term.label or found.term.id
    return TermColumn(found.term.id, name, found.term.label or name, found.term.full_points)


def _row(line: Line, outcome: Outcome, person_url: Callable[[str], str]) -> RatingRow:
    member, rating = line.member, line.rating
    return RatingRow(
        place=rating.rank,
        name=list_name(member.last_name, member.first_name),
        url=person_url(member.uid),
        points=tuple(None if part.treatment is Treatment.PENDING else part.points for part in rating.contributions),
        total=rating.total,
        school=member.school,
        group=member.group,
        is_partial=bool(rating.pending),
        outcome=outcome_tag(outcome),
    )


def _bands(
    shown: Sequence[Line],
    rows: Mapping[str, RatingRow],
    by_uid: Mapping[str, Outcome],
    rated: SeasonRating,
    sort: Sort,
) -> Iterable[RatingBand]:
    if sort != BY_PLACE:
        ordered = sorted(shown, key=lambda line: _sort_key(line, sort.key), reverse=sort.is_descending)
        yield RatingBand(BandKind.PLAIN, tuple(rows[line.member.uid] for line in ordered))
        return
    for outcome, kind in BANDS.items():
        members = tuple(rows[line.member.uid] for line in shown if by_uid[line.member.uid] is outcome)
        if members:
            yield RatingBand(kind, members, _caption(outcome, rated, by_uid))


def _sort_key(line: Line, key: str) -> tuple[object, ...]:
    name = (ru_key(line.member.last_name), ru_key(line.member.first_name), line.member.uid)
    if key == "name":
        return name
    if key == "place":
        return (line.rating.rank is None, line.rating.rank or 0, *name)
    if key == "total":
        return (line.rating.total, *name)
    points = next((part.points for part in line.rating.contributions if part.id == key), Decimal(0))
    return (points, *name)


def _caption(outcome: Outcome, rated: SeasonRating, by_uid: Mapping[str, Outcome]) -> str:
    if outcome is Outcome.TIED:
        tied = [line for line in rated.ranked if by_uid[line.member.uid] is Outcome.TIED]
        place = tied[0].rating.rank or 0
        left = rated.season.places - place + 1
        return _(
            "Equal sums, the commission decides: place %(place)d, %(people)d people for %(left)d places",
            place=place,
            people=len(tied),
            left=left,
        )
    captions = {
        Outcome.WAITING: _("Below the %(places)d places", places=rated.season.places),
        Outcome.PENDING: _("Without a place: a mark is awaited"),
        Outcome.WITHDRAWN: _("Withdrawn: the marks stay, there is no place"),
    }
    return captions.get(outcome, "")


def _facts(by_uid: Mapping[str, Outcome], places: int) -> Iterable[Fact]:
    count = {outcome: sum(1 for found in by_uid.values() if found is outcome) for outcome in Outcome}
    yield Fact(str(places), ngettext("place at the defence", "places at the defence", places))
    recommended = count[Outcome.RECOMMENDED]
    yield Fact(str(recommended), ngettext("person recommended", "people recommended", recommended))
    if count[Outcome.TIED]:
        tied = count[Outcome.TIED]
        yield Fact(
            str(tied),
            ngettext(
                "person at the border: the commission decides", "people at the border: the commission decides", tied
            ),
        )
    waiting = count[Outcome.WAITING]
    yield Fact(str(waiting), ngettext("person below the border", "people below the border", waiting))
    pending = count[Outcome.PENDING]
    yield Fact(str(pending), ngettext("person awaits a mark", "people await a mark", pending))


def _filters(asked: _Asked, lines: Sequence[Line]) -> tuple[FilterField, ...]:
    schools = sorted({line.member.school for line in lines if line.member.school}, key=ru_key)
    groups = sorted({line.member.group for line in lines if line.member.group}, key=_natural)
    return (
        FilterField("q", _("Surname"), asked.q),
        FilterField("school", _("School"), asked.school, _choices(_("All %(num)d", num=len(schools)), schools)),
        FilterField("group", _("Group"), asked.group, _choices(_("All %(num)d", num=len(groups)), groups)),
        FilterField("outcome", _("Outcome"), asked.outcome, _outcome_choices()),
    )


def _choices(any_of: str, values: Iterable[str]) -> tuple[Choice, ...]:
    return (Choice("", any_of), *(Choice(value, value) for value in values))


def _outcome_choices() -> tuple[Choice, ...]:
    return (Choice("", _("Any")), *(Choice(outcome.value, outcome_tag(outcome).text) for outcome in Outcome))


def _natural(name: str) -> tuple[object, ...]:
    """«Группа 2» before «Группа 10»."""
    head = name.rstrip("0123456789")
    return (ru_key(head), int(name[len(head) :] or 0))


def _footnotes(lines: Sequence[Line]) -> Iterable[str]:
    if any(line.rating.pending for line in lines):
        yield _("* Without the awaited marks.")
    yield _(
        "The rating recommends; the commission decides and writes it into the minute. Equal sums share a place where "
        "the formula's rules do not tell them apart."
    )


def _notes(rated: SeasonRating) -> Iterable[Note]:
    lost = [found.term.label or found.term.id for found in rated.items if found.item is None]
    if lost:
        text = _(
            "No activity in Moodle was found for: %(terms)s. Say where these marks come from.", terms=", ".join(lost)
        )
        yield Note(text, tone=Tone.WARN)
    hidden = {found.term.id for found in rated.items for line in rated.lines if line.marks[found.term.id].hidden}
    if hidden:
        names = ", ".join(found.term.label or found.term.id for found in rated.items if found.term.id in hidden)
        yield Note(_("Hidden from the participants in Moodle, but counted here: %(terms)s.", terms=names))
