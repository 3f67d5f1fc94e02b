"""Pages of imports: take a template, upload a file, look at the preview, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bridge.core.audit import Source
from bridge.core.http import current
from bridge.core.http.access import Found, route
from bridge.core.permissions import Facts, can_edit_people
from bridge.errors import InvalidInput, NotFound, StaleSave
from bridge.people.imports.columns import TABLES, Table, TableKey
from bridge.people.imports.drafts import find_draft, keep_draft, upload_of
from bridge.people.imports.filled import filled_rows, school_names
from bridge.people.imports.forms import UploadForm
from bridge.people.imports.pages import ChoosePage, TableCard, preview_page
from bridge.people.imports.plan import Plan, State
from bridge.people.imports.service import import_rows, plan_import, read_file
from bridge.people.imports.snapshot import Snapshot
from bridge.people.imports.store import take_snapshot
from bridge.people.imports.workbooks import error_report, template, to_csv, to_xlsx
from bridge.people.models import ImportDraft, Municipality
from bridge.people.moodle import moodle_directory
from bridge.web.locale import current_language
from bridge.web.messages import gettext as _

__all__ = ["find_import_draft", "imports_pages"]

imports_pages = Blueprint("imports", __name__, template_folder="templates")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
DECISION = "same-"
LISTS = {TableKey.SCHOOLS: "lists.schools"}
"""Where the result of an import can be seen; people's list unless named."""


def find_import_draft(session: Session, uid: str, _outer: object) -> Found:
    """What the address of a preview stands for.

    Raises
    ------
    NotFound
        When its hour is over, or it was imported.
    """
    draft = find_draft(session, uid, now=current.now())
    if draft is None:
        raise NotFound("This preview is over: it is kept for an hour. Upload the file again.")
    return Found(draft, Facts(municipality_id=draft.municipality_id))


@route(imports_pages, "/people/import", rule=can_edit_people)
def choose() -> ResponseReturnValue:
    """Show the templates and the form of an upload."""
    form = _form()
    asked = request.args.get("table", "")
    form.table.data = asked if asked in {key.value for key in TABLES} else None
    return render_template("imports/choose.html", page=_choose_page(form))


@route(imports_pages, "/people/import", rule=can_edit_people, methods=("POST",))
def upload() -> ResponseReturnValue:
    """Read a file and keep its rows for the preview."""
    form = _form()
    if not form.validate_on_submit():
        return render_template("imports/choose.html", page=_choose_page(form)), 422
    table = TABLES[TableKey(form.table.data)]
    file = form.file.data
    try:
        read = read_file(table, file.read(), filename=file.filename or "", language=current_language())
    except InvalidInput as err:
        form.file.errors = [_(err.message, **err.facts)]
        return render_template("imports/choose.html", page=_choose_page(form)), 422
    actor = current.actor()
    draft = keep_draft(
        current.db_session(),
        actor.municipality_id or 0,
        table,
        read,
        filename=file.filename or "",
        person_id=actor.person_id,
        now=current.now(),
    )
    return redirect(url_for("imports.preview", draft=draft.uid), 303)


@route(imports_pages, "/people/import/templates/<table>", rule=can_edit_people)
def download(table: str) -> ResponseReturnValue:
    """A template: empty, or filled with what is here."""
    if table not in {key.value for key in TABLES}:
        raise NotFound("There is no such table.")
    kind, language = TABLES[TableKey(table)], current_language()
    known = _snapshot()
    rows = filled_rows(kind, known, language) if request.args.get("filled") else []
    sheet = template(kind, language, rows=rows, schools=school_names(known))
    if request.args.get("format") == "csv":
        return _file(to_csv(sheet), CSV, f"{kind.title(language)}.csv")
    return _file(to_xlsx(sheet, _), XLSX, f"{kind.title(language)}.xlsx")


@route(imports_pages, "/people/import/<draft>", rule=can_edit_people)
def preview(draft: ImportDraft) -> ResponseReturnValue:
    """Show what an upload would do."""
    table, plan = _table(draft), _plan(draft)
    urls = {
        "confirm": url_for("imports.confirm", draft=draft.uid),
        "errors": url_for("imports.errors", draft=draft.uid) if plan.of(State.WRONG, State.UNSURE) else "",
        "discard": url_for("imports.discard", draft=draft.uid),
        "again": url_for("imports.choose", table=draft.table),
        "list": _list_url(draft),
    }
    page = preview_page(draft, table, plan, language=current_language(), translate=_, urls=urls)
    return render_template("imports/preview.html", page=page)


@route(imports_pages, "/people/import/<draft>", rule=can_edit_people, methods=("POST",))
def confirm(draft: ImportDraft) -> ResponseReturnValue:
    """Import the rows that are right; those that wait stay in the preview until its hour is over."""
    session = current.db_session()
    try:
        outcome = import_rows(
            session,
            session.get_one(Municipality, draft.municipality_id),
            _table(draft),
            upload_of(draft),
            actor=current.person_uid(),
            source=Source.WEB,
            now=current.now(),
            decisions=_decisions(request.form),
            seen=request.form.get("seen", ""),
            moodle=moodle_directory(),
        )
    except StaleSave as err:
        session.rollback()
        flash(_(err.message), "warn")
        return redirect(url_for("imports.preview", draft=draft.uid), 303)
    flash(_("Imported: %(new)d new, %(changed)d changed.", new=outcome.new, changed=outcome.changed), "ok")
    if _plan(draft).of(State.WRONG, State.UNSURE):
        return redirect(url_for("imports.preview", draft=draft.uid), 303)
    session.delete(draft)
    return redirect(_list_url(draft), 303)


@route(imports_pages, "/people/import/<draft>/errors", rule=can_edit_people)
def errors(draft: ImportDraft) -> ResponseReturnValue:
    """The rows that wait, as a workbook to mend and upload."""
    table, language, known = _table(draft), current_language(), _snapshot()
    report = error_report(table, _plan(draft), language=language, translate=_, schools=school_names(known))
    return _file(to_xlsx(report, _), XLSX, _("%(table)s, to be corrected.xlsx", table=table.title(language)))


@route(imports_pages, "/people/import/<draft>/discard", rule=can_edit_people, methods=("POST",))
def discard(draft: ImportDraft) -> ResponseReturnValue:
    """Forget an upload at once."""
    current.db_session().delete(draft)
    flash(_("The upload is forgotten; nothing of it was imported further."))
    return redirect(url_for("imports.choose", table=draft.table), 303)


def _form() -> UploadForm:
    form = UploadForm()
    form.table.choices = [(key.value, table.title(current_language())) for key, table in TABLES.items()]
    return form


def _choose_page(form: UploadForm) -> ChoosePage:
    language = current_language()
    cards = tuple(
        TableCard(
            title=table.title(language),
            about=_(table.about),
            empty_url=url_for("imports.download", table=key.value),
            filled_url=url_for("imports.download", table=key.value, filled=1),
        )
        for key, table in TABLES.items()
    )
    return ChoosePage(form, cards)


def _table(draft: ImportDraft) -> Table:
    return TABLES[TableKey(draft.table)]


def _plan(draft: ImportDraft) -> Plan:
    return plan_import(
        current.db_session(), draft.municipality_id, _table(draft), upload_of(draft), moodle=moodle_directory()
    )


def _snapshot() -> Snapshot:
    return take_snapshot(current.db_session(), current.actor().municipality_id or 0, moodle_directory())


def _decisions(form: Mapping[str, str]) -> dict[int, str]:
    """Row -> what was decided of it; what is no row of the preview is passed over."""
    pairs = ((name.removeprefix(DECISION), value) for name, value in form.items() if name.startswith(DECISION))
    return {int(number): value for number, value in pairs if number.isascii() and number.isdecimal() and value}


def _list_url(draft: ImportDraft) -> str:
    return url_for(LISTS.get(TableKey(draft.table), "lists.people"))


def _file(data: bytes, mimetype: str, name: str) -> ResponseReturnValue:
    answer = send_file(BytesIO(data), mimetype=mimetype, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
