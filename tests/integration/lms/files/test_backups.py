"""A season brought as course backups: the same rows as by asking the site, once and for all, and later changes."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.core.outbox import OutboxEvent
from bridge.errors import InvalidInput, Refused, StaleSave
from bridge.lms import connection as lms
from bridge.lms import runs
from bridge.lms.files import service
from bridge.lms.files.staged import StagedBackup, pack, unpack
from bridge.lms.models import LmsCoverage, LmsIdentity, RunMode
from bridge.lms.sync import Puller
from bridge.programme import service as programme
from bridge.programme.mapping import proposed_courses
from bridge.programme.roster import link_people
from lms_sync.records import Kind
from tests.integration.lms.files.conftest import Desk
from tests.integration.lms.support import KEY, SEASON_COUNTS, CountedSite, recorded_clients, recorded_store
from tests.integration.lms_sync.recorded import TOKEN, URL
from tests.support.backups import ENROLLED, FILES, changed, made

MADE_AT = datetime(2026, 11, 24, 8, 18, 28, tzinfo=UTC)
NOT_IN_BACKUPS = {Kind.CATEGORY, Kind.COHORT, Kind.COHORT_MEMBER}


def test_a_season_brought_as_backups_has_the_rows_that_asking_gives(desk: Desk) -> None:
    desk.bring_season()
    more = {Kind.SCALE, Kind.ACTIVITY_COMPLETION, Kind.GRADEBOOK_GRADE}
    for kind, count in SEASON_COUNTS.items():
        if kind in NOT_IN_BACKUPS:
            assert desk.rows(kind) == []
        elif kind not in more:
            assert len(desk.rows(kind)) == count, kind
    assert len(desk.rows(Kind.SCALE)) == 1
    site = desk.site()
    assert (site.url, site.name, site.has_token) == ("http://127.0.0.1:8045", "127.0.0.1:8045", False)
    assert site.release.startswith("4.5.6")


def test_marks_brought_as_backups_are_those_that_asking_gives(database: Database) -> None:
    desk = Desk(database)
    desk.bring_season()
    marks = {(row["moodle_item_id"], row["moodle_user_id"]): row for row in desk.rows(Kind.GRADEBOOK_GRADE)}
    with database.writing() as session:
        session.delete(session.merge(desk.site()))
    with database.writing() as session:
        session.delete(desk.place(session))
    asked = recorded_store(database, CountedSite())
    asked.pull()
    compared = 0
    for row in asked.rows(Kind.GRADEBOOK_GRADE):
        if row["grade"] is not None:
            ours = marks[row["moodle_item_id"], row["moodle_user_id"]]
            told = ("grade", "label", "hidden", "locked", "overridden", "feedback")
            assert {name: ours[name] for name in told} == {name: row[name] for name in told}
            compared += 1
    assert compared == 609


def test_the_same_backup_again_changes_nothing(desk: Desk) -> None:
    staged = desk.read("course-2.mbz")
    first = desk.preview(staged)
    assert not first.changes_nothing
    desk.bring(staged, seen=first.digest)
    before = desk.rows(Kind.GRADEBOOK_GRADE)
    again = desk.preview(staged)
    assert again.changes_nothing
    assert (again.changes, again.is_stale) == ((), False)
    imported = desk.bring(staged, seen=again.digest)
    assert imported.counts == type(imported.counts)()
    assert desk.rows(Kind.GRADEBOOK_GRADE) == before


def test_a_later_backup_brings_what_changed_and_marks_what_is_gone(desk: Desk) -> None:
    desk.bring_season()
    later = desk.read("after-course-2.mbz")
    assert isinstance(later, StagedBackup)
    staged = StagedBackup("http://127.0.0.1:8045", *_rest(later))
    drawn = desk.preview(staged)
    assert ("Дорджиева Наталья", "course") not in {(one.person, one.item) for one in drawn.changes}
    assert any(one.before and one.after and one.before != one.after for one in drawn.changes)
    counts = {one.kind: one for one in drawn.counts}
    assert counts[Kind.ENROLMENT].gone == 1
    desk.bring(staged, seen=drawn.digest)
    assert len(desk.rows(Kind.ENROLMENT, present=False)) - len(desk.rows(Kind.ENROLMENT)) == 1
    assert desk.preview(staged).changes_nothing


def _rest(staged: StagedBackup) -> tuple[object, ...]:
    made_at = staged.made_at
    return (staged.release, staged.course_id, staged.course_name, made_at, staged.parts)


def test_an_older_backup_does_not_turn_marks_back(desk: Desk) -> None:
    desk.bring(desk.read("course-2.mbz"))
    data = changed("course-2.mbz", moodle_backup=lambda cover: cover.replace(b"1795508308", b"1795508307"))
    older = desk.read_bytes(data)
    assert desk.preview(older).is_stale
    with pytest.raises(Refused) as caught:
        desk.bring(older)
    assert caught.value.code == "file_is_older"
    assert len(desk.runs()) == 1


def test_another_moodles_backup_is_refused_and_so_is_any_beside_a_connection(desk: Desk, database: Database) -> None:
    desk.bring(desk.read("course-2.mbz"))
    with pytest.raises(Refused) as caught:
        desk.bring(desk.read("after-course-2.mbz"))
    assert caught.value.code == "lms_other_site"
    with database.writing() as session:
        site = session.merge(desk.site())
        site.token_closed = "closed"
    with pytest.raises(Refused) as caught:
        desk.bring(desk.read("course-3.mbz"))
    assert caught.value.code == "lms_has_token"


def test_what_was_confirmed_is_what_is_written_or_nothing(desk: Desk) -> None:
    staged = desk.read("course-2.mbz")
    drawn = desk.preview(staged)
    desk.bring(desk.read("course-3.mbz"))
    desk.bring(staged, seen=desk.preview(staged).digest)
    with pytest.raises(StaleSave):
        desk.bring(staged, seen=drawn.digest)


def test_a_run_an_audit_row_and_an_outbox_row_commit_together(desk: Desk, database: Database) -> None:
    imported = desk.bring(desk.read("course-2.mbz"))
    (run,) = desk.runs()
    assert (run.uid, run.mode, run.state, run.calls) == (imported.run, RunMode.FILE.value, "done", 0)
    assert run.inserted == imported.counts.inserted > 1_000
    assert desk.acts()[-1] == "lms.file_imported"
    with database.reading() as session:
        kinds = [row.type for row in session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))]
        assert kinds[-1] == "lms.synced"
        assert runs.freshness(session, session.merge(desk.site(), load=False)).data_at == run.ended_at


def test_the_steps_after_a_sync_follow_and_people_are_linked(desk: Desk, database: Database) -> None:
    desk.bring_season()
    with database.writing() as session:
        place = desk.place(session)
        site = session.merge(desk.site())
        plan = programme.SeasonPlan("a26", datetime(2026, 9, 1).date(), datetime(2027, 6, 1).date(), 10)  # noqa: DTZ001
        season = programme.create_season(session, place, plan, site=site, now=desk.now, source=Source.WEB, actor="abc")
        programme.set_map(session, season, programme.SeasonMap(courses=proposed_courses(session, season)))
    desk.bring(desk.read("course-2.mbz"))
    with database.reading() as session:
        assert len(session.scalars(select(LmsIdentity)).all()) == 84


def test_what_a_backup_says_is_as_old_as_the_backup(desk: Desk, database: Database) -> None:
    desk.bring(desk.read("course-2.mbz"))
    with database.reading() as session:
        read = session.scalars(select(LmsCoverage.read_at).where(LmsCoverage.moodle_course_id == 2)).all()
    assert set(read) == {MADE_AT}


def test_a_staged_backup_waits_unchanged(desk: Desk) -> None:
    for name in ("course-2.mbz", "course-4.mbz"):
        staged = desk.read(name)
        content = pack(staged)
        assert unpack(content) == staged
        assert len(content) < 200_000


def test_drafts_live_for_an_hour(desk: Desk, database: Database) -> None:
    staged = desk.read("course-5.mbz")
    with database.writing() as session:
        place = desk.place(session)
        draft = service.keep_draft(session, place.id, staged, filename="x" * 300, now=desk.now)
        uid = draft.uid
        assert service.staged_of(draft) == staged
    with database.writing() as session:
        assert service.find_draft(session, uid, now=desk.now + service.LIFETIME / 2) is not None
        assert service.find_draft(session, uid, now=desk.now + service.LIFETIME) is None
        assert service.find_draft(session, "nosuch", now=desk.now) is None
        assert service.forget_expired(session, now=desk.now) == 0
        assert service.forget_expired(session, now=desk.now + service.LIFETIME) == 1


def test_birth_dates_are_not_in_what_waits(desk: Desk) -> None:
    field = (
        b'<custom_fields><custom_field id="1"><field_name>birthdate</field_name>'
        b"<field_data>873327600</field_data></custom_field></custom_fields></user>"
    )
    staged = desk.read_bytes(changed("course-2.mbz", users=lambda users: users.replace(b"</user>", field)))
    assert b"873327600" not in zlib.decompress(pack(staged))


def test_files_of_no_kind_and_records_that_fit_no_column_are_refused(desk: Desk) -> None:
    for data, code in (
        (b"%PDF-1.7", "unknown_format"),
        (b"PK\x03\x04 cut off", "damaged"),
        ((FILES / "course-2.mbz").read_bytes()[:9_000], "damaged"),
        (made({"users.xml": _user(username="x" * 101)}).getvalue(), "bad_record"),
        (made({"course/enrolments.xml": ENROLLED.replace(">3<", f">{2**31}<")}).getvalue(), "bad_record"),
        (made({"gradebook.xml": _grade("9999999999.00000")}).getvalue(), None),
    ):
        if code is None:
            assert isinstance(desk.read_bytes(data), StagedBackup)
            continue
        with pytest.raises(InvalidInput) as caught:
            desk.read_bytes(data, "course")
        assert caught.value.code == code


def _user(*, username: str) -> str:
    return f'<users><user id="3"><username>{username}</username></user></users>'


def _grade(text: str) -> str:
    cell = f'<grade_grade id="1"><userid>3</userid><finalgrade>{text}</finalgrade></grade_grade>'
    item = f'<grade_item id="1"><itemtype>manual</itemtype><grade_grades>{cell}</grade_grades></grade_item>'
    return f"<gradebook><grade_items>{item}</grade_items></gradebook>"


def test_a_token_that_comes_later_goes_on_with_what_files_brought(database: Database) -> None:
    desk = Desk(database)
    for course_id in (2, 3, 4, 5):
        staged = desk.read(f"course-{course_id}.mbz")
        assert isinstance(staged, StagedBackup)
        desk.bring(StagedBackup(URL, *_rest(staged)))
    before = {kind: len(desk.rows(kind)) for kind in SEASON_COUNTS}
    vault, make_client = Vault([KEY]), recorded_clients(CountedSite())
    with database.writing() as session:
        place = desk.place(session)
        probed = lms.probe(URL, TOKEN, make_client)
        site = lms.save_connection(session, place, probed, vault=vault, now=desk.now, source=Source.WEB)
        lms.choose_categories(session, site, [2], now=desk.now, source=Source.WEB)
        site_id = site.id
    assert desk.site().has_token
    Puller(database, vault, make_client, lambda: desk.now, after=(link_people,)).pull(site_id, mode=RunMode.FULL)
    after = {kind: len(desk.rows(kind)) for kind in SEASON_COUNTS}
    new = {Kind.CATEGORY: 1, Kind.COHORT: 1, Kind.COHORT_MEMBER: 60}
    # Cells without a mark of an item that has none: the site tells of them, a backup does not.
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] > before[kind]} == {
        **new,
        Kind.GRADEBOOK_GRADE: after[Kind.GRADEBOOK_GRADE] - before[Kind.GRADEBOOK_GRADE],
    }
    assert all(after[kind] >= before[kind] for kind in after if kind is not Kind.GRADEBOOK_GRADE)
