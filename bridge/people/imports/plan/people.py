"""People: found by the record's code, else ID number, else login, else e-mail; a name alone is only a proposal.

Never is a row joined to a person by name where anything would be written: somebody must say that it is the same. Where
nothing would be written there is nothing to ask, so that a repeated import is silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bridge.core.i18n import N_
from bridge.core.permissions import Role
from bridge.people.imports.columns import Field, Table
from bridge.people.imports.plan.identity import Directory, name_key
from bridge.people.imports.plan.proposals import (
    CREATE,
    Candidate,
    Change,
    Group,
    Proposal,
    State,
    with_doubles_refused,
)
from bridge.people.imports.plan.references import read_roles, read_school
from bridge.people.imports.rows import Finding, Row
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, Snapshot
from bridge.people.imports.text import clean, fold

__all__ = ["plan_people"]

TEXTS = (
    Field.LAST_NAME,
    Field.FIRST_NAME,
    Field.MIDDLE_NAME,
    Field.ORGANISATION,
    Field.POSITION,
    Field.EMAIL,
    Field.PHONE,
    Field.ID_NUMBER,
)
NEEDED = {Field.LAST_NAME: N_("Enter the last name."), Field.FIRST_NAME: N_("Enter the first name.")}
FROM_MOODLE = (Field.LAST_NAME, Field.FIRST_NAME)
APART_BY = (Field.ID_NUMBER, Field.EMAIL, Field.MIDDLE_NAME)
"""What tells two rows of one name apart, besides the school."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A row whose references are resolved, as they are meant of one person or of somebody new."""

    row: Row
    label: str
    texts: Mapping[str, str]
    school: KnownSchool | None
    roles: frozenset[Role]
    findings: tuple[Finding, ...]

    @property
    def says_school(self) -> bool:
        """Whether the row says anything of a school, also that there is none."""
        return Field.SCHOOL in self.row.values

    @property
    def school_uid(self) -> str:
        return self.school.uid if self.school is not None else ""

    @property
    def school_label(self) -> str:
        return self.school.short_name if self.school is not None else ""


def plan_people(table: Table, rows: Sequence[Row], known: Snapshot, decisions: Mapping[int, str]) -> list[Proposal]:
    """A proposal for every row of a table of people."""
    directory = Directory(known.people)
    identified = [(row, *directory.identify(row)) for row in rows]
    claimed = frozenset(person.uid for _, person, _ in identified if person is not None)
    proposals = []
    for row, person, told in identified:
        reading = _read(table, row, known, person)
        if told or row.findings:
            wrong = Proposal(row.number, State.WRONG, reading.label, row.values)
            proposals.append(wrong.refused(*reading.findings, *told))
        elif person is not None:
            proposals.append(_changed(reading, person))
        else:
            # Whom another row means for sure comes last: a row must not take somebody else's record for its own.
            namesakes = sorted(directory.namesakes(row), key=lambda each: each.uid in claimed)
            proposals.append(_by_name(table, row, known, namesakes, decisions.get(row.number, "")))
    groups = [(each, _groups(each)) for each in proposals]
    return _refuse_namesakes(with_doubles_refused(groups))


def _read(table: Table, row: Row, known: Snapshot, person: KnownPerson | None) -> _Reading:
    school, about_school = read_school(row, known.schools, current_uid=person.school_uid if person is not None else "")
    roles, about_roles = read_roles(row)
    names = [row.values.get(field, "") for field in (Field.LAST_NAME, Field.FIRST_NAME, Field.MIDDLE_NAME)]
    label = " ".join(name for name in names if name)
    told = (each for each in (about_school, about_roles) if each is not None)
    return _Reading(
        row=row,
        label=label or (person.label if person is not None else ""),
        texts={field: row.values[field] for field in TEXTS if field in row.values},
        school=school,
        roles=roles | ({table.role} if table.role else frozenset()),
        findings=(*row.findings, *told),
    )


def _by_name(table: Table, row: Row, known: Snapshot, namesakes: Sequence[KnownPerson], decision: str) -> Proposal:
    """Nobody is identified for sure: the same as somebody called so, or somebody new."""
    for person in namesakes:
        proposal = _changed(_read(table, row, known, person), person)
        if proposal.state is State.UNCHANGED or decision == person.uid:
            return proposal
    newcomer = _new(_read(table, row, known, None))
    if not namesakes or decision == CREATE or newcomer.state is State.WRONG:
        return newcomer
    candidates = tuple(Candidate(each.uid, each.label, each.school_label) for each in namesakes)
    return replace(newcomer, state=State.UNSURE, candidates=candidates)


def _new(reading: _Reading) -> Proposal:
    row = reading.row
    missing = [Finding(field, message) for field, message in NEEDED.items() if not row.values.get(field)]
    bare = Proposal(row.number, State.NEW, reading.label, row.values)
    if missing or reading.findings:
        return bare.refused(*reading.findings, *missing)
    changes = [Change(field, "", text) for field, text in reading.texts.items() if text]
    writes = {change.field: change.new for change in changes}
    if reading.school is not None:
        changes.append(Change(Field.SCHOOL, "", reading.school_label))
        writes[Field.SCHOOL] = reading.school_uid
    return _with_roles(bare, changes, writes, reading.roles)


def _changed(reading: _Reading, person: KnownPerson) -> Proposal:
    row = reading.row
    bare = Proposal(row.number, State.UNCHANGED, reading.label, row.values, uid=person.uid)
    findings = (*reading.findings, *_against_the_store(reading, person))
    if findings:
        return bare.refused(*findings)
    changes = [
        Change(field, person.values.get(field, ""), text)
        for field, text in reading.texts.items()
        if not _is_kept(person, field, text)
    ]
    writes = {change.field: change.new for change in changes}
    if reading.says_school and reading.school_uid != person.school_uid:
        changes.append(Change(Field.SCHOOL, person.school_label, reading.school_label))
        writes[Field.SCHOOL] = reading.school_uid
    return _with_roles(bare, changes, writes, reading.roles - person.roles)


def _with_roles(proposal: Proposal, changes: list[Change], writes: dict[str, str], roles: frozenset[Role]) -> Proposal:
    if roles:
        words = ",".join(role.value for role in Role if role in roles)
        changes.append(Change(Field.ROLES, "", words))
        writes[Field.ROLES] = words
    state = State.CHANGED if proposal.state is State.UNCHANGED and changes else proposal.state
    return replace(
        proposal, state=state, changes=tuple(changes), writes={str(key): text for key, text in writes.items()}
    )


def _is_kept(person: KnownPerson, field: str, text: str) -> bool:
    """Whether a cell leaves a field as it is.

    What identifies somebody has no letters of its own; what the LMS keeps the next reading would put back.
    """
    stored = clean(person.values.get(field, ""))
    is_moodles = person.moodle is not None and field in FROM_MOODLE
    return is_moodles or text == stored or (field in {Field.EMAIL, Field.ID_NUMBER} and fold(text) == fold(stored))


def _against_the_store(reading: _Reading, person: KnownPerson) -> Iterator[Finding]:
    for field, message in NEEDED.items():
        if reading.texts.get(field) == "":
            yield Finding(field, message)
    moodle = person.moodle
    if moodle is None:
        return
    for field in FROM_MOODLE:
        theirs = person.values.get(field, "")
        if fold(reading.texts.get(field) or theirs) != fold(theirs):
            yield Finding(
                field,
                N_("The name of this person comes from Moodle: “%(name)s”. Correct it there, or enter the same here."),
                {"name": theirs},
            )
    is_told = any(finding.field == Field.SCHOOL for finding in reading.findings)
    moves = reading.says_school and reading.school_uid != person.school_uid
    if moodle.institution and moves and not is_told:
        yield Finding(
            Field.SCHOOL,
            N_("The school of this person comes from Moodle: “%(name)s”. Correct it there, or enter the same here."),
            {"name": person.school_label},
        )


def _groups(proposal: Proposal) -> Iterator[Group]:
    """What no two rows may share: one person, or an identity that would be written twice."""
    is_wrong = proposal.state is State.WRONG
    uid = proposal.values.get(Field.UID, "") if is_wrong else proposal.uid
    if uid:
        yield Field.UID, uid
    # A row that is wrong still claims what stands in it: mended, it would mean the same person as the other.
    claims = proposal.values if is_wrong else proposal.writes
    for field in (Field.ID_NUMBER, Field.EMAIL):
        if claims.get(field):
            yield field, fold(claims[field])


def _refuse_namesakes(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Refuse rows of one name that nothing tells apart; rows found for sure are no such rows."""
    alike: dict[tuple[str, str], list[Proposal]] = {}
    for each in proposals:
        if each.state in {State.NEW, State.UNSURE}:
            alike.setdefault(name_key(each.values), []).append(each)
    pairs = [
        (one.number, other.number)
        for rows in alike.values()
        for one, other in combinations(rows, 2)
        if not _are_apart(one, other)
    ]
    return with_doubles_refused(
        [(each, [("name", f"{pair}") for pair in pairs if each.number in pair]) for each in proposals]
    )


def _are_apart(one: Proposal, other: Proposal) -> bool:
    """Whether both rows have something of one kind that differs; only then a second import finds each again."""
    pairs = [(fold(one.values.get(field, "")), fold(other.values.get(field, ""))) for field in APART_BY]
    pairs.append((one.writes.get(Field.SCHOOL, ""), other.writes.get(Field.SCHOOL, "")))
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)
