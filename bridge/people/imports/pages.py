"""What the pages of imports show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bridge.people.imports.columns import Field, Table, heading
from bridge.people.imports.forms import UploadForm
from bridge.people.imports.plan import CREATE, Plan, Proposal, State
from bridge.people.imports.wording import Translate, change_texts, finding_text
from bridge.people.models import ImportDraft
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Choice, Fact, Note, Tone

__all__ = ["ChoosePage", "PreviewPage", "TableCard", "preview_page"]

MOST_SHOWN = 200
"""Rows of one kind on the page; the report has all of those that wait."""


IN_THE_LABEL = frozenset({Field.LAST_NAME, Field.FIRST_NAME, Field.MIDDLE_NAME})


@dataclass(frozen=True, slots=True)
class TableCard:
    """A table that can be imported, with its templates."""

    title: str
    about: str
    empty_url: str
    filled_url: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Templates, and the form of an upload."""

    form: UploadForm
    tables: tuple[TableCard, ...]


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One thing that is wrong: where, what stands there, what to do."""

    number: int
    label: str
    column: str
    written: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that would be written."""

    number: int
    label: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A row about somebody who may be known: the choices, one of which is to wait."""

    name: str
    number: int
    label: str
    details: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What an upload would do."""

    title: str
    filename: str
    expires_at: datetime
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    errors: tuple[ErrorLine, ...]
    questions: tuple[Question, ...]
    new: tuple[RowLine, ...]
    changed: tuple[RowLine, ...]
    more: dict[str, int]
    """Kind -> how many rows of it are not shown."""
    button: str
    seen: str
    urls: dict[str, str]


def preview_page(
    draft: ImportDraft, table: Table, plan: Plan, *, language: str, translate: Translate, urls: dict[str, str]
) -> PreviewPage:
    """Draw a plan."""
    errors = tuple(_errors(table, plan, language, translate))
    rows = {
        state: tuple(_line(table, each, language) for each in plan.of(state)) for state in (State.NEW, State.CHANGED)
    }
    questions = tuple(_question(each, language) for each in plan.of(State.UNSURE))
    counts = {
        "errors": len(errors),
        **{state.value: len(found) for state, found in rows.items()},
        "unsure": len(questions),
    }
    return PreviewPage(
        title=table.title(language),
        filename=draft.filename,
        expires_at=draft.expires_at,
        facts=tuple(_facts(plan)),
        notes=tuple(_notes(plan)),
        errors=errors[:MOST_SHOWN],
        questions=questions[:MOST_SHOWN],
        new=rows[State.NEW][:MOST_SHOWN],
        changed=rows[State.CHANGED][:MOST_SHOWN],
        more={name: count - MOST_SHOWN for name, count in counts.items() if count > MOST_SHOWN},
        button=_button(plan),
        seen=plan.digest,
        urls=urls,
    )


def _facts(plan: Plan) -> Iterator[Fact]:
    words = (
        (State.NEW, _("new")),
        (State.CHANGED, _("to be changed")),
        (State.UNCHANGED, _("as they are")),
        (State.UNSURE, _("to be decided")),
        (State.WRONG, _("to be corrected")),
    )
    for state, word in words:
        yield Fact(str(plan.count(state)), word)


def _notes(plan: Plan) -> Iterator[Note]:
    if plan.count(State.UNCHANGED) == len(plan.proposals):
        yield Note(_("Nothing changes: everything in this file is here already."), tone=Tone.OK)
    if plan.ignored:
        names = ", ".join(f"«{name}»" for name in plan.ignored)
        yield Note(_("These columns mean nothing here and were not read: %(names)s.", names=names))


def _button(plan: Plan) -> str:
    """What the button of the import says; empty where there is nothing to import."""
    ready = len(plan.of(State.NEW, State.CHANGED))
    if ready:
        return ngettext("Import %(num)d row", "Import %(num)d rows", ready)
    return _("Import what is decided") if plan.count(State.UNSURE) else ""


def _errors(table: Table, plan: Plan, language: str, translate: Translate) -> Iterator[ErrorLine]:
    for each in plan.of(State.WRONG):
        for finding in each.findings:
            yield ErrorLine(
                number=each.number,
                label=each.label,
                column=heading(table, finding.field, language),
                written=each.values.get(finding.field, ""),
                remedy=finding_text(finding, language=language, translate=translate),
            )


def _line(table: Table, proposal: Proposal, language: str) -> RowLine:
    changes = tuple(
        FieldChange(heading(table, change.field, language) or _("Role"), *change_texts(change, language))
        for change in proposal.changes
        if proposal.state is not State.NEW or change.field not in IN_THE_LABEL
    )
    return RowLine(proposal.number, proposal.label, changes)


def _question(proposal: Proposal, language: str) -> Question:
    told = [change_texts(change, language)[1] for change in proposal.changes if change.field not in IN_THE_LABEL]
    choices = [Choice("", _("Decide later"))]
    for candidate in proposal.candidates:
        label = ", ".join(filter(None, (candidate.label, candidate.school)))
        choices.append(Choice(candidate.uid, _("This is %(name)s", name=label)))
    choices.append(Choice(CREATE, _("Somebody new")))
    return Question(f"same-{proposal.number}", proposal.number, proposal.label, ", ".join(told), tuple(choices))
