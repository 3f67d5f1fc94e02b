"""Connecting: what a site says is checked before anything is written; each refusal says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select

from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.errors import InvalidInput
from bridge.lms import connection as lms
from bridge.lms.models import LmsSite
from bridge.lms.sentences import LmsRefused
from bridge.people.models import Municipality
from lms_sync.client import Client
from lms_sync.client.retries import RetryPolicy
from lms_sync.records import Category

FIXTURE = Path(__file__).parents[3] / "fixtures" / "moodle" / "4.5.6.jsonl.gz"
KEY = "a key of the tests, long enough for the vault"


@pytest.fixture(scope="module")
def moodle() -> Iterator[Served]:
    with serve_in_thread(load_recordings(FIXTURE)) as running:
        yield running


def client(url: str, token: str) -> Client:
    return Client(url, token, allow_private=True, retries=RetryPolicy(), sleep=lambda _seconds: None)


def careful_client(url: str, token: str) -> Client:
    return Client(url, token, sleep=lambda _seconds: None)


def refused(url: str, token: str, make: lms.ClientFactory = client) -> LmsRefused:
    with pytest.raises(LmsRefused) as caught:
        lms.probe(url, token, make)
    assert "%(" not in str(caught.value)
    assert token not in str(caught.value)
    return caught.value


def test_a_probe_tells_who_we_are_and_what_there_is(moodle: Served) -> None:
    probed = lms.probe(f"{moodle.url}/my/courses.php", f" {ADMIN_TOKEN}\n", client)
    assert (probed.site.url, probed.token, probed.missing_wanted) == (moodle.url, ADMIN_TOKEN, ())
    assert "accel-a26" in {row.idnumber for row in probed.categories}
    assert ADMIN_TOKEN not in repr(probed)


def test_a_token_that_is_none(moodle: Served) -> None:
    assert refused(moodle.url, "no such token").code == "bad_token"


def test_a_category_whose_idnumber_is_hidden_is_told_by_its_name(moodle: Served) -> None:
    probed = lms.probe(moodle.url, LIMITED_TOKEN, client)
    assert {row.idnumber for row in probed.categories} == {""}
    chosen = lms.guess_category(probed.categories)
    assert chosen is not None
    assert chosen.name.startswith("Акселератор проектов")


def test_a_service_that_lacks_a_function_is_told_which(moodle: Served) -> None:
    offered = moodle.site.tables.site.functions
    moodle.site.tables.site.functions = [row for row in offered if row[0] != "gradereport_user_get_grade_items"]
    try:
        error = refused(moodle.url, ADMIN_TOKEN)
    finally:
        moodle.site.tables.site.functions = offered
    assert error.code == "missing_function"
    assert "gradereport_user_get_grade_items" in str(error)


def test_an_address_in_a_private_network_needs_the_setting(moodle: Served) -> None:
    before = len(moodle.site.calls)
    error = refused(moodle.url, ADMIN_TOKEN, careful_client)
    assert error.code == "private_address"
    assert "ACCEL_ALLOW_PRIVATE_LMS" in str(error)
    assert len(moodle.site.calls) == before, "it was asked all the same"


def test_something_else_than_a_moodle(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/webservice/rest/server.php").respond_with_data(
        "<html><body>It works!</body></html>", content_type="text/html"
    )
    error = refused(httpserver.url_for("/"), "a-token-of-nobody")
    assert error.code in {"html", "not_moodle"}
    assert "start page" in str(error)


def test_no_address_at_all() -> None:
    assert refused("ftp://moodle.example", "a-token-of-nobody").code == "bad_address"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", 2), ("2", 2), ("accel-a", 2), ("Сезон", 2), ("5", 5), ("Разное", 5), ("nowhere", None)],
)
def test_a_category_is_named_or_guessed(wanted: str, found: int | None) -> None:
    categories = (Category(5, 0, "Разное", ""), Category(2, 0, "Сезон", "accel-a"))
    chosen = lms.guess_category(categories, wanted)
    assert (chosen.category_id if chosen else None) == found


def test_of_several_that_can_be_meant_none_is_guessed() -> None:
    several = (Category(1, 0, "Один", "accel-a"), Category(2, 0, "Два", "accel-b"), Category(3, 0, "Три", ""))
    assert lms.guess_category(several) is None
    assert lms.guess_category(()) is None
    assert lms.guess_category(several[2:]) == several[2]


def test_connecting_again_renews_the_token_and_keeps_the_rest(
    database: Database, site_id: int, moodle: Served, now: datetime
) -> None:
    vault = Vault([KEY])
    probed = lms.probe(moodle.url, ADMIN_TOKEN, client)
    with database.writing() as session:
        place = session.scalars(select(Municipality)).one()
        site = lms.save_connection(session, place, probed, vault=vault, now=now, source=Source.SYSTEM)
        lms.choose_categories(session, site, [7, 2, 7], now=now, source=Source.SYSTEM)
    renewed = lms.Probe(probed.site, "another-token", probed.categories, ())
    with database.writing() as session:
        place = session.scalars(select(Municipality)).one()
        again = lms.save_connection(session, place, renewed, vault=vault, now=now, source=Source.SYSTEM)
        assert (again.id, again.moodle_category_ids) == (site.id, [2, 7])
        assert "another-token" not in again.token_closed
        assert vault.decrypt(again.token_closed) == "another-token"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LmsSite)) == 2
        assert [row.id for row in lms.sites_of(session, place.id)] == [site_id, site.id]


def test_to_choose_no_category_is_refused_and_changes_nothing(database: Database, site_id: int, now: datetime) -> None:
    with pytest.raises(InvalidInput) as caught, database.writing() as session:
        lms.choose_categories(session, session.get_one(LmsSite, site_id), [], now=now, source=Source.SYSTEM)
    assert set(caught.value.fields) == {"category"}
    with database.reading() as session:
        assert session.get_one(LmsSite, site_id).moodle_category_ids == [2]


def test_categories_that_a_probe_showed_are_remembered(
    database: Database, site_id: int, moodle: Served, now: datetime
) -> None:
    probed = lms.probe(moodle.url, ADMIN_TOKEN, client)
    with database.writing() as session:
        site = session.get_one(LmsSite, site_id)
        lms.remember_categories(session, site, probed.categories, now=now)
        lms.remember_categories(session, site, probed.categories[:1], now=now)
    with database.reading() as session:
        known = lms.known_categories(session, session.get_one(LmsSite, site_id))
    assert {row.moodle_category_id for row in known} == {row.category_id for row in probed.categories}
