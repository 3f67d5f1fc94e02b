"""Who a row is about: by codes that belong to one person, never by a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bridge.core.i18n import N_
from bridge.people.imports.columns import Field
from bridge.people.imports.rows import Finding, Row
from bridge.people.imports.snapshot import KnownPerson
from bridge.people.imports.text import fold

__all__ = ["Directory", "name_key"]

IDENTITIES = (Field.UID, Field.ID_NUMBER, Field.USERNAME, Field.EMAIL)
"""From the surest to the weakest."""

MUST_BE_KNOWN = {
    Field.UID: N_("There is no record with this code here. Leave the cell empty for a new one."),
    Field.USERNAME: N_("Moodle has no participant with this login here. Correct it, or leave the cell empty."),
}


def name_key(values: Mapping[str, str]) -> tuple[str, str]:
    """Last and first name, as they are compared."""
    return fold(values.get(Field.LAST_NAME, "")), fold(values.get(Field.FIRST_NAME, ""))


class Directory:
    """The people of a municipality by what identifies them."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        self._by: dict[str, dict[str, list[KnownPerson]]] = {field: defaultdict(list) for field in IDENTITIES}
        self._by_name: dict[tuple[str, str], list[KnownPerson]] = defaultdict(list)
        for person in sorted(people, key=lambda each: each.uid):
            for field, text in _identities(person):
                self._by[field][text].append(person)
            self._by_name[name_key(person.values)].append(person)

    def identify(self, row: Row) -> tuple[KnownPerson | None, list[Finding]]:
        """The person that a row's codes belong to, and what is wrong with the codes."""
        findings: list[Finding] = []
        found: KnownPerson | None = None
        for field in IDENTITIES:
            text = row.values.get(field, "")
            people = self._by[field].get(_key(field, text), []) if text else []
            finding = _disagreement(field, text, people, found)
            if finding is not None:
                findings.append(finding)
            elif people and found is None:
                found = people[0]
        return found, findings

    def namesakes(self, row: Row) -> Sequence[KnownPerson]:
        """Those who may be meant: of the same last and first name, with nothing that says another person."""
        key = name_key(row.values)
        return [person for person in self._by_name.get(key, []) if _may_be(person, row)] if all(key) else []


def _identities(person: KnownPerson) -> Iterator[tuple[Field, str]]:
    yield Field.UID, person.uid
    for field in (Field.ID_NUMBER, Field.EMAIL):
        if person.values.get(field):
            yield field, fold(person.values[field])
    if person.moodle is not None and person.moodle.username:
        yield Field.USERNAME, fold(person.moodle.username)


def _key(field: Field, text: str) -> str:
    return text if field is Field.UID else fold(text)


def _disagreement(field: Field, text: str, people: Sequence[KnownPerson], found: KnownPerson | None) -> Finding | None:
    if text and not people and field in MUST_BE_KNOWN:
        return Finding(field, MUST_BE_KNOWN[field])
    if len(people) > 1 and found not in people:
        facts = {"names": ", ".join(person.label for person in people)}
        message = N_("Several people here have this: %(names)s. Take the record's code from the filled table.")
        return Finding(field, message, facts)
    if people and found is not None and found not in people:
        facts = {"name": people[0].label, "other": found.label}
        message = N_("This belongs to “%(name)s”, while the row is about “%(other)s”. Correct one of them.")
        return Finding(field, message, facts)
    return None


def _may_be(person: KnownPerson, row: Row) -> bool:
    for field in (Field.MIDDLE_NAME, Field.ID_NUMBER):
        theirs, asked = fold(person.values.get(field, "")), fold(row.values.get(field, ""))
        if theirs and asked and theirs != asked:
            return False
    return True
