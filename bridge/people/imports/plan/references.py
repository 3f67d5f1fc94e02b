"""Cells that name something else: a school of the municipality, a role of the programme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bridge.core.i18n import N_
from bridge.core.permissions import Role
from bridge.people.imports.columns import ROLE_NAMES, Field
from bridge.people.imports.plan.schools import can_be_called, schools_called
from bridge.people.imports.rows import Finding, Row
from bridge.people.imports.snapshot import KnownSchool
from bridge.people.imports.text import fold

__all__ = ["read_roles", "read_school"]

_ROLES = {fold(name): role for role, names in ROLE_NAMES.items() for name in (*names, role.value)} | {
    "руководитель": Role.HEAD,
    "директор": Role.HEAD,
    "эксперт": Role.EXPERT,
}


def read_school(
    row: Row, schools: Sequence[KnownSchool], *, current_uid: str = ""
) -> tuple[KnownSchool | None, Finding | None]:
    """The one school that a row names; where several are called so, the one where the person is already."""
    text = row.values.get(Field.SCHOOL, "")
    if not text:
        return None, None
    current = next((school for school in schools if school.uid == current_uid), None)
    if current is not None and can_be_called(current, text):
        return current, None
    found = schools_called(schools, text)
    if len(found) == 1:
        return found[0], None
    if found:
        facts = {"names": ", ".join(sorted(school.name for school in found))}
        return None, Finding(Field.SCHOOL, N_("Several schools are called so. Write the full name: %(names)s."), facts)
    return None, _unknown_school(text, schools)


def _unknown_school(text: str, schools: Iterable[KnownSchool]) -> Finding:
    by_name = {fold(school.short_name): school.short_name for school in schools}
    near = get_close_matches(fold(text), sorted(by_name), n=1, cutoff=0.75)
    if near:
        message = N_("There is no such school here. Perhaps “%(name)s”? Else add it by the table of schools first.")
        return Finding(Field.SCHOOL, message, {"name": by_name[near[0]]})
    return Finding(Field.SCHOOL, N_("There is no such school here. Add it by the table of schools first."))


def read_roles(row: Row) -> tuple[frozenset[Role], Finding | None]:
    """The roles that a row gives, separated by semicolons or commas."""
    words = [fold(word) for word in row.values.get(Field.ROLES, "").replace(",", ";").split(";")]
    unknown = [word for word in words if word and word not in _ROLES]
    if unknown:
        return frozenset(), Finding(Field.ROLES, N_("A file cannot give this role. It can give: %(roles)s."))
    return frozenset(_ROLES[word] for word in words if word), None
