"""Schools: found by the record's code, else by the department's code, else by a name that means one school only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bridge.core.i18n import N_
from bridge.people.imports.columns import Field
from bridge.people.imports.plan.proposals import Change, Proposal, State, with_doubles_refused
from bridge.people.imports.rows import Finding, Row
from bridge.people.imports.snapshot import KnownSchool, Snapshot
from bridge.people.imports.text import clean, fold
from bridge.people.names import short_school_name

__all__ = ["can_be_called", "plan_schools", "schools_called"]

BELONGS_TO_ANOTHER = N_("This belongs to another school here, “%(name)s”. Correct it, or clear the record's code.")
WRITTEN = (Field.CODE, Field.NAME, Field.SHORT_NAME)


def schools_called(schools: Iterable[KnownSchool], text: str) -> list[KnownSchool]:
    """The schools that a text can mean: the one of exactly this full name, else by any name, spelling or code."""
    known = list(schools)
    exact = [school for school in known if clean(school.name) == text]
    return exact or [school for school in known if can_be_called(school, text)]


def can_be_called(school: KnownSchool, text: str) -> bool:
    """Whether a text is one of the school's names, or its code."""
    return fold(text) in _names(school)


def _names(school: KnownSchool) -> set[str]:
    return {fold(name) for name in (school.name, school.short_name, school.code, *school.spellings) if name}


@dataclass(frozen=True, slots=True)
class _Match:
    """By what a row was found, and which schools that gives."""

    field: Field
    schools: tuple[KnownSchool, ...]


def plan_schools(rows: Sequence[Row], known: Snapshot) -> list[Proposal]:
    """A proposal for every row of a table of schools."""
    proposals = [_propose(row, known) for row in rows]
    return with_doubles_refused([(each, _groups(each)) for each in proposals])


def _propose(row: Row, known: Snapshot) -> Proposal:
    values = row.values
    label = values.get(Field.SHORT_NAME) or values.get(Field.NAME) or values.get(Field.CODE, "")
    bare = Proposal(row.number, State.WRONG, label, values, findings=row.findings)
    matches = list(_matches(row, known))
    found = {school.uid: school for match in matches for school in match.schools}
    findings = [*_identity_findings(row, matches, found)]
    if row.findings or findings:
        return bare.refused(*findings)
    surest = next((match.schools[0] for match in matches if match.schools), None)
    return _change(row, label, surest, known) if surest is not None else _create(row, label)


def _matches(row: Row, known: Snapshot) -> Iterator[_Match]:
    uid, code, name = (row.values.get(field, "") for field in (Field.UID, Field.CODE, Field.NAME))
    if uid:
        yield _Match(Field.UID, tuple(school for school in known.schools if school.uid == uid))
    if code:
        yield _Match(Field.CODE, tuple(school for school in known.schools if fold(school.code) == fold(code)))
    if name:
        yield _Match(Field.NAME, _named(row, known))


def _named(row: Row, known: Snapshot) -> tuple[KnownSchool, ...]:
    """By the full name; where none fits, by the short name that it holds: the legal form changes more often.

    The file's own short name finds nothing: two «СОШ № 1» may lie in different villages.
    """
    name, asked = fold(row.values[Field.NAME]), _called(row.values[Field.NAME])
    exact = tuple(school for school in known.schools if name in {fold(school.name), *map(fold, school.spellings)})
    return exact or tuple(school for school in known.schools if fold(school.short_name) in asked)


def _called(name: str) -> set[str]:
    """A full name, and the short one that it holds, as they are compared."""
    return {fold(name), fold(short_school_name(name))} - {""}


def _identity_findings(row: Row, matches: Sequence[_Match], found: dict[str, KnownSchool]) -> Iterator[Finding]:
    strongest = next((match for match in matches if match.schools), None)
    for match in matches:
        if match.field is Field.UID and not match.schools:
            yield Finding(
                Field.UID,
                N_("There is no record with this code here. Leave the cell empty for a new one."),
            )
        elif len(match.schools) > 1 and not _is_settled(strongest, match):
            facts = {"names": ", ".join(sorted(school.name for school in match.schools))}
            yield Finding(
                match.field,
                N_("Several schools are called so: %(names)s. Download the filled table and correct it there."),
                facts,
            )
        elif strongest is not None and match.schools and not _is_settled(strongest, match):
            facts = {"name": match.schools[0].name}
            yield Finding(match.field, BELONGS_TO_ANOTHER, facts)
    if not found and not row.values.get(Field.NAME):
        yield Finding(Field.NAME, N_("Enter the full name of the school."))


def _is_settled(strongest: _Match | None, match: _Match) -> bool:
    """Whether a surer column names one school, and this one can mean it."""
    return strongest is not None and len(strongest.schools) == 1 and strongest.schools[0] in match.schools


def _create(row: Row, label: str) -> Proposal:
    writes = {field: row.values[field] for field in WRITTEN if row.values.get(field)}
    writes.setdefault(Field.SHORT_NAME, short_school_name(writes[Field.NAME])[:120])
    return _written(Proposal(row.number, State.NEW, label or writes[Field.SHORT_NAME], row.values), {}, writes)


def _change(row: Row, label: str, school: KnownSchool, known: Snapshot) -> Proposal:
    stored = {Field.CODE: school.code, Field.NAME: school.name, Field.SHORT_NAME: school.short_name}
    bare = Proposal(row.number, State.UNCHANGED, label or school.short_name, row.values, uid=school.uid)
    wanted = {field: row.values[field] for field in WRITTEN if field in row.values}
    if wanted.get(Field.NAME) == "":
        return bare.refused(
            Finding(Field.NAME, N_("A school cannot be without a name. Enter it, or leave the cell empty."))
        )
    if wanted.get(Field.SHORT_NAME) == "":
        wanted[Field.SHORT_NAME] = short_school_name(wanted.get(Field.NAME, school.name))[:120]
    writes = {field: text for field, text in wanted.items() if text != clean(stored[field])}
    if Field.SHORT_NAME not in writes and fold(writes.get(Field.NAME, "")) == fold(school.short_name):
        # A list that knows only short names must not take the full one away.
        writes.pop(Field.NAME, None)
    taken = list(_taken(writes, school, known))
    if taken:
        return bare.refused(*taken)
    return _written(replace(bare, state=State.CHANGED if writes else State.UNCHANGED), stored, writes)


def _taken(writes: Mapping[Field, str], school: KnownSchool, known: Snapshot) -> Iterator[Finding]:
    """What another school has already, letter by letter: the database holds it once."""
    for other in known.schools:
        theirs = {Field.CODE: other.code, Field.NAME: other.name}
        for field, text in theirs.items():
            if other.uid != school.uid and text and writes.get(field) == text:
                yield Finding(field, BELONGS_TO_ANOTHER, {"name": other.name})


def _written(proposal: Proposal, stored: Mapping[Field, str], writes: Mapping[Field, str]) -> Proposal:
    changes = tuple(Change(field, stored.get(field, ""), text) for field, text in writes.items())
    return replace(proposal, changes=changes, writes={str(field): text for field, text in writes.items()})


def _groups(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What no two rows may share: one school, or a code or name that would be written twice."""
    is_wrong = proposal.state is State.WRONG
    uid = proposal.values.get(Field.UID, "") if is_wrong else proposal.uid
    if uid:
        yield Field.UID, uid
    claims = proposal.values if is_wrong else proposal.writes
    if claims.get(Field.CODE):
        yield Field.CODE, fold(claims[Field.CODE])
    for name in _called(claims.get(Field.NAME, "")):
        yield Field.NAME, name
