"""What is in the store as rows of a table: a filled template, uploaded unchanged, changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import ru_key
from bridge.people.imports.columns import Field, Table, TableKey, roles_text
from bridge.people.imports.plan.schools import schools_called
from bridge.people.imports.snapshot import KnownPerson, KnownSchool, Snapshot

__all__ = ["filled_rows", "school_names"]

Texts = Mapping[str, str]


def filled_rows(table: Table, known: Snapshot, language: str) -> list[Texts]:
    """The table's records, field -> text, in the order of their names."""
    if table.key is TableKey.SCHOOLS:
        return [_school(school) for school in sorted(known.schools, key=lambda each: ru_key(each.short_name))]
    people = (each for each in known.people if table.role is None or table.role in each.roles)
    school_texts = {school.uid: _told_apart(school, known) for school in known.schools}
    return [
        _person(person, school_texts.get(person.school_uid, ""), language)
        for person in sorted(people, key=lambda each: (ru_key(each.label), each.uid))
    ]


def school_names(known: Snapshot) -> tuple[str, ...]:
    """The names to choose a school by, each meaning one."""
    return tuple(sorted({_told_apart(school, known) for school in known.schools}, key=ru_key))


def _school(school: KnownSchool) -> Texts:
    return {
        Field.UID: school.uid,
        Field.CODE: school.code,
        Field.NAME: school.name,
        Field.SHORT_NAME: school.short_name,
    }


def _told_apart(school: KnownSchool, known: Snapshot) -> str:
    """The short name, or the full one where the short one can mean several schools."""
    return school.short_name if schools_called(known.schools, school.short_name) == [school] else school.name


def _person(person: KnownPerson, school: str, language: str) -> Texts:
    username = person.moodle.username if person.moodle is not None else ""
    own: dict[str, str] = {Field.UID: person.uid, Field.SCHOOL: school, Field.USERNAME: username}
    return {**person.values, **own, Field.ROLES: roles_text(person.roles, language)}
