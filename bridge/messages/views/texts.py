"""The texts of messages: which there are, and one of them to edit, with a preview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bridge.core.http import current
from bridge.core.http.access import route
from bridge.core.i18n import LANGUAGE_NAMES, Language
from bridge.core.permissions import can_run_messages
from bridge.errors import StaleSave
from bridge.messages import texts
from bridge.messages.catalogue import Template, Text
from bridge.messages.forms import TextForm
from bridge.messages.service import greeting_name
from bridge.messages.texts import Current, TextRefused
from bridge.messages.views.blueprint import messages_pages, municipality, myself, post
from bridge.web.messages import gettext as _
from bridge.web.viewmodels import Link, Tag, Tone


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in the list."""

    title: str
    purpose: str
    texts: tuple[tuple[Link, Tag | None], ...]
    """For each language where to edit it, and that it is the municipality's own."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A name that a text may use."""

    code: str
    words: str
    example: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class TextView:
    """The page of one text."""

    template: Template
    language: Language
    languages: tuple[Link, ...]
    form: TextForm
    places: tuple[PlaceRow, ...]
    preview: Text | None
    shipped: Text
    is_own: bool
    theirs: Text | None = None
    """What somebody else has saved meanwhile."""


@route(messages_pages, "/messages/templates", rule=can_run_messages)
def list_texts() -> ResponseReturnValue:
    """Show every template."""
    return render_template("messages/templates.html", rows=[_row(template) for template in post().catalogue])


@route(messages_pages, "/messages/templates/<template>/<language>", rule=can_run_messages)
def edit_text(template: Template, language: Language) -> ResponseReturnValue:
    """Show a text to edit."""
    return render_template("messages/template.html", page=_view(template, language))


@route(messages_pages, "/messages/templates/<template>/<language>", rule=can_run_messages, methods=("POST",))
def save_text(template: Template, language: Language) -> ResponseReturnValue:
    """Keep a text, or show how it would arrive."""
    form = TextForm()
    if not form.validate_on_submit():
        return render_template("messages/template.html", page=_view(template, language)), 422
    typed = Text(form.subject.data or "", form.body.data or "")
    try:
        if "preview" in request.form:
            texts.checked(template, typed, language)
            return render_template("messages/template.html", page=_view(template, language, form))
        texts.save_text(
            current.db_session(),
            municipality(),
            template,
            language,
            typed,
            version=int(form.version.data),
            now=current.now(),
            actor=current.person_uid(),
        )
    except TextRefused as err:
        for name, fault in err.faults.items():
            form[name].errors = [_(texts.WORDS[fault.kind], name=fault.name)]
        return render_template("messages/template.html", page=_view(template, language, form)), 422
    except StaleSave:
        return render_template("messages/template.html", page=_stale(template, language, form)), 409
    flash(_("The text is saved. It is used from the next message on."), "ok")
    return redirect(url_for("messages.edit_text", template=template.key, language=language.value))


@route(messages_pages, "/messages/templates/<template>/<language>/reset", rule=can_run_messages, methods=("POST",))
def reset_text(template: Template, language: Language) -> ResponseReturnValue:
    """Go back to the shipped text."""
    version = request.form.get("version", "")
    texts.reset_text(
        current.db_session(),
        municipality(),
        template,
        language,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1,
        now=current.now(),
        actor=current.person_uid(),
    )
    flash(_("The shipped text is used again."), "ok")
    return redirect(url_for("messages.edit_text", template=template.key, language=language.value))


def _row(template: Template) -> TemplateRow:
    return TemplateRow(_(template.title), _(template.purpose), tuple(_links(template)))


def _links(template: Template) -> Iterable[tuple[Link, Tag | None]]:
    for language in Language:
        url = url_for("messages.edit_text", template=template.key, language=language.value)
        name = LANGUAGE_NAMES[language]
        link = Link(name, url, f"{name}: {_(template.title)}")
        yield link, Tag(_("own text"), Tone.INFO) if _current(template, language).is_own else None


def _current(template: Template, language: Language) -> Current:
    return texts.current_text(current.db_session(), current.actor().municipality_id or 0, template, language)


def _view(template: Template, language: Language, form: TextForm | None = None) -> TextView:
    now_used = _current(template, language)
    shown = form or TextForm(
        formdata=None, subject=now_used.text.subject, body=now_used.text.body, version=str(now_used.version)
    )
    typed = Text(shown.subject.data or "", shown.body.data or "")
    is_sound = not texts.faults_of(template, typed, language)
    return TextView(
        template=template,
        language=language,
        languages=tuple(link for link, _tag in _links(template)),
        form=shown,
        places=tuple(_places(template, language)),
        preview=texts.filled(template, typed, _values(template, language)) if is_sound else None,
        shipped=template.shipped(language),
        is_own=now_used.is_own,
    )


def _stale(template: Template, language: Language, form: TextForm) -> TextView:
    """The typed text beside the one somebody has saved; saving once more puts it in that one's place."""
    now_used = _current(template, language)
    form.version.data = str(now_used.version)
    view = _view(template, language, form)
    return TextView(**{name: getattr(view, name) for name in TextView.__slots__} | {"theirs": now_used.text})


def _places(template: Template, language: Language) -> Iterable[PlaceRow]:
    values = _values(template, language)
    for one in template.placeholders:
        yield PlaceRow(f"{{{one.name(language)}}}", _(one.words), values[one.key], one.is_needed)


def _values(template: Template, language: Language) -> dict[str, str]:
    """Values for a preview: the reader's own facts, examples where the reader has none."""
    real = {"name": greeting_name(myself()), "department": municipality().department}
    example = template.example(language)
    return example | {key: value for key, value in real.items() if key in example}
