"""Files in place of a connection: bring one, look at what it would change, take it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import Found, route
from bridge.core.permissions import Facts, can_administer
from bridge.errors import BridgeError, InvalidInput, NotFound, Refused, StaleSave
from bridge.lms import one_course, state
from bridge.lms.connection import sites_of
from bridge.lms.files import service
from bridge.lms.files.preview import MarkChange, Preview
from bridge.lms.files.sources import find_source
from bridge.lms.files.wording import LeftOut, assumed, left_out
from bridge.lms.forms import FileForm
from bridge.lms.models import LmsFileDraft
from bridge.lms.sync import AfterSync
from bridge.lms.views.blueprint import lms_pages
from bridge.lms.words import kind_words, titled
from bridge.people.models import Municipality
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Fact, Note, Tone

__all__ = ["discard_file", "file_preview", "files", "find_file_draft", "import_file", "upload_file", "use_after_sync"]

EXTENSION = "bridge.lms.after_sync"
MOST_SHOWN = 200
"""Lines of one kind on the page."""


@dataclass(frozen=True, slots=True)
class BroughtCourse:
    """A course that is known by files, and as of when."""

    name: str
    short_name: str
    data_at: datetime | None
    records: int


@dataclass(frozen=True, slots=True)
class FilesPage:
    """The courses that were brought, and the form; None where files are not taken in."""

    form: FileForm | None
    courses: tuple[BroughtCourse, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CountLine:
    """What would happen to the records of one kind."""

    name: str
    new: int
    changed: int
    gone: int
    same: int


@dataclass(frozen=True, slots=True)
class Stranger:
    """A person of an export who is not known yet."""

    row: int
    name: str
    details: str


@dataclass(frozen=True, slots=True)
class FilePreviewPage:
    """What a file would change."""

    title: str
    filename: str
    data_at: datetime | None
    expires_at: datetime
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    left_out: tuple[LeftOut, ...]
    strangers: tuple[Stranger, ...]
    """People of the file who are not known yet, where others are: perhaps somebody is written in another way."""
    changes: tuple[MarkChange, ...]
    counts: tuple[CountLine, ...]
    more: dict[str, int]
    """What -> how many lines of it are not shown."""
    button: str
    """What the button says; empty where there is nothing to take in."""
    seen: str
    urls: dict[str, str]


def use_after_sync(app: Flask, steps: Sequence[AfterSync]) -> None:
    """Say what other slices do with fresh data: the steps that also end a sync."""
    app.extensions[EXTENSION] = tuple(steps)


def find_file_draft(session: Session, uid: str, _outer: object) -> Found:
    """What the address of a preview stands for.

    Raises
    ------
    NotFound
        When its hour is over, or it was taken in.
    """
    draft = service.find_draft(session, uid, now=current.now())
    if draft is None:
        raise NotFound("This preview is over: it is kept for an hour. Upload the file again.")
    return Found(draft, Facts(municipality_id=draft.municipality_id))


@route(lms_pages, "/moodle/files", rule=can_administer)
def files() -> ResponseReturnValue:
    """Show what was brought, and the form of an upload."""
    return render_template("lms/files.html", page=_files_page(FileForm()))


@route(lms_pages, "/moodle/files", rule=can_administer, methods=("POST",))
def upload_file() -> ResponseReturnValue:
    """Read a file and keep what it says for the preview."""
    form = FileForm()
    if not form.validate_on_submit():
        return render_template("lms/files.html", page=_files_page(form)), 422
    file, session = form.file.data, current.db_session()
    name = file.filename or ""
    try:
        staged = service.read_upload(file.stream, filename=name, course_name=form.course.data or "")
        draft = service.keep_draft(session, _municipality_id(), staged, filename=name, now=current.now())
    except (InvalidInput, Refused) as err:
        field = form.course if "course" in err.fields else form.file
        field.errors = [_(err.message, **err.facts)]
        return render_template("lms/files.html", page=_files_page(form)), 422
    return redirect(url_for("lms.file_preview", file_draft=draft.uid), 303)


@route(lms_pages, "/moodle/files/<file_draft>", rule=can_administer)
def file_preview(file_draft: LmsFileDraft) -> ResponseReturnValue:
    """Show what a file would change."""
    return render_template("lms/file_preview.html", page=_preview_page(file_draft))


@route(lms_pages, "/moodle/files/<file_draft>", rule=can_administer, methods=("POST",))
def import_file(file_draft: LmsFileDraft) -> ResponseReturnValue:
    """Take a file in."""
    session = current.db_session()
    try:
        imported = service.import_file(
            session,
            session.get_one(Municipality, file_draft.municipality_id),
            service.staged_of(file_draft),
            after=current_app.extensions.get(EXTENSION, ()),
            now=current.now(),
            source=Source.WEB,
            actor=current.person_uid(),
            seen=request.form.get("seen", ""),
        )
    except (StaleSave, Refused) as err:
        session.rollback()
        flash(_words(err), "warn")
        return redirect(url_for("lms.file_preview", file_draft=file_draft.uid), 303)
    counts = imported.counts
    flash(_("Taken in: %(new)d new records, %(changed)d changed.", new=counts.inserted, changed=counts.changed), "ok")
    session.delete(file_draft)
    return redirect(url_for("lms.files"), 303)


@route(lms_pages, "/moodle/files/<file_draft>/discard", rule=can_administer, methods=("POST",))
def discard_file(file_draft: LmsFileDraft) -> ResponseReturnValue:
    """Forget an upload at once."""
    current.db_session().delete(file_draft)
    flash(_("The upload is forgotten; nothing of it was taken in."))
    return redirect(url_for("lms.files"), 303)


def _municipality_id() -> int:
    return current.actor().municipality_id or 0


def _words(error: BridgeError) -> str:
    return _(error.message, **error.facts)


def _files_page(form: FileForm) -> FilesPage:
    session = current.db_session()
    if any(site.has_token for site in sites_of(session, _municipality_id())):
        text = _("Moodle is connected here and read by itself; files are not needed, and not taken in.")
        return FilesPage(None, (), (Note(text),))
    source = find_source(session, _municipality_id())
    if source is None:
        return FilesPage(form, ())
    counts, covered = state.record_counts(session, source), state.coverages(session, source)
    courses = tuple(
        BroughtCourse(
            name=course.full_name,
            short_name=course.short_name if course.short_name != course.full_name else "",
            data_at=state.read_at(covered, course.moodle_course_id),
            records=sum(counts.get(course.moodle_course_id, {}).values()),
        )
        for course in one_course.courses_of(session, source)
    )
    return FilesPage(form, courses)


def _preview_page(draft: LmsFileDraft) -> FilePreviewPage:
    drawn = service.preview_of(current.db_session(), draft.municipality_id, service.staged_of(draft))
    gaps = left_out(drawn, _)
    strangers = tuple(_strangers(drawn))
    long = {"left_out": len(gaps), "changes": len(drawn.changes), "strangers": len(strangers)}
    return FilePreviewPage(
        title=drawn.course,
        filename=draft.filename,
        data_at=drawn.data_at,
        expires_at=draft.expires_at,
        facts=tuple(_facts(drawn)),
        notes=tuple(_notes(drawn)),
        left_out=gaps[:MOST_SHOWN],
        strangers=strangers[:MOST_SHOWN],
        changes=tuple(replace(one, item=_item(one.item)) for one in drawn.changes[:MOST_SHOWN]),
        counts=tuple(_count_lines(drawn)),
        more={name: count - MOST_SHOWN for name, count in long.items() if count > MOST_SHOWN},
        button="" if drawn.is_stale or drawn.changes_nothing else _("Take it in"),
        seen=drawn.digest,
        urls={
            "confirm": url_for("lms.import_file", file_draft=draft.uid),
            "discard": url_for("lms.discard_file", file_draft=draft.uid),
            "files": url_for("lms.files"),
        },
    )


def _strangers(drawn: Preview) -> Iterator[Stranger]:
    if not drawn.known_people:
        return
    for person in drawn.new_people:
        name = f"{person.last_name} {person.first_name}".strip()
        details = ", ".join(filter(None, (person.idnumber, person.username, person.email, person.institution)))
        yield Stranger(person.row, name or details, details if name else "")


def _item(name: str) -> str:
    """Totals have no name of their own in Moodle."""
    return {"course": _("course total"), "category": _("category total")}.get(name, name)


def _facts(drawn: Preview) -> Iterator[Fact]:
    yield Fact(str(drawn.new_marks), _("marks new"))
    yield Fact(str(len(drawn.changes)), _("marks changed"))
    if drawn.is_export:
        yield Fact(str(drawn.known_people), _("people known already"))
        yield Fact(str(len(drawn.new_people)), _("people new"))
        yield Fact(str(len({one.row for one in drawn.gaps})), _("rows with something left out"))
    else:
        yield Fact(str(sum(one.gone for one in drawn.counts)), _("records gone"))


def _notes(drawn: Preview) -> Iterator[Note]:
    if drawn.is_stale:
        text = _("What is known of this course is newer than the file. It would turn marks back, and is not taken in.")
        yield Note(text, tone=Tone.WARN)
    elif drawn.changes_nothing:
        yield Note(_("Nothing changes: everything in this file is known already."), tone=Tone.OK)
    for sentence in assumed(drawn, _):
        yield Note(sentence, tone=Tone.WARN)
    if drawn.ignored:
        names = ", ".join(f"«{name}»" for name in drawn.ignored)
        yield Note(_("These columns were not read: %(names)s.", names=names))
    if drawn.absent_people:
        yield Note(
            ngettext(
                "%(num)d person of the course is not in the file; nothing changes for them.",
                "%(num)d people of the course are not in the file; nothing changes for them.",
                drawn.absent_people,
            )
        )


def _count_lines(drawn: Preview) -> Iterator[CountLine]:
    for one in drawn.counts:
        yield CountLine(titled(_(kind_words(one.kind.value))), one.new, one.changed, one.gone, one.same)
