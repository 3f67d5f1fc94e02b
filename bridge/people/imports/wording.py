"""Findings, changes and refused files in words, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable

from bridge.core.i18n import N_, Language
from bridge.people.imports.columns import ROLE_NAMES, Field, Table, heading, roles_text
from bridge.people.imports.plan import Change
from bridge.people.imports.rows import Finding

__all__ = ["Translate", "change_texts", "finding_text", "findings_text"]

Translate = Callable[[str], str]
"""A message's id -> the message in the reader's language, its places not yet filled."""


def finding_text(finding: Finding, *, language: str, translate: Translate) -> str:
    """One finding as a sentence."""
    place = 0 if language == Language.RU else 1
    roles = ", ".join(f"«{names[place]}»" for names in ROLE_NAMES.values())
    return translate(finding.message) % {"roles": roles, **finding.facts}


def findings_text(findings: tuple[Finding, ...], table: Table, *, language: str, translate: Translate) -> str:
    """All that is wrong with a row, each sentence after the heading of its column."""
    told = []
    for finding in findings:
        column = heading(table, finding.field, language)
        sentence = finding_text(finding, language=language, translate=translate)
        told.append(
            translate(N_("%(column)s: %(sentence)s")) % {"column": column, "sentence": sentence} if column else sentence
        )
    return " ".join(told)


def change_texts(change: Change, language: str) -> tuple[str, str]:
    """Before and after, as people read them."""
    if change.field == Field.ROLES:
        return "", roles_text(change.new.split(","), language)
    return change.old, change.new
