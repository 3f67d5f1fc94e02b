"""Birth dates, which a Moodle keeps in custom profile fields, are nowhere: not in the store, not in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.engine import make_url

from bridge.core.db import Database
from bridge.demo.accounts import ADMIN_TOKEN, SERVICE_TOKEN
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.tables import ProfileField
from bridge.lms.models import RunState
from tests.integration.lms.support import bytes_of, served_store

FIXTURE = Path(__file__).parents[2] / "fixtures" / "moodle" / "4.5.6.jsonl.gz"
FIRST = datetime(1997, 9, 4, tzinfo=UTC)


def born(user_id: int) -> datetime:
    """An invented birth date, another one for everybody."""
    return FIRST + timedelta(days=37 * user_id)


def spellings(day: datetime) -> set[str]:
    """How Moodle, a log or a column could write a day."""
    epoch = int(day.timestamp())
    return {str(epoch), f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day.day} {day:%B %Y}"}


@pytest.fixture
def moodle() -> Iterator[Served]:
    """The recorded season, in which every account has a birth date."""
    tables = load_recordings(FIXTURE)
    tables.profile_fields["birthdate"] = ProfileField("birthdate", "Дата рождения", "datetime")
    for user in tables.users.values():
        user.profile["birthdate"] = str(int(born(user.id).timestamp()))
    with serve_in_thread(tables) as running:
        yield running


@pytest.fixture
def days(moodle: Served) -> set[str]:
    return {spelling for user_id in moodle.site.tables.users for spelling in spellings(born(user_id))}


def stored_texts(database: Database) -> Iterator[str]:
    """Every value of every column of every table, the job engine's own included."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.connect() as connection:
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                yield from (str(value) for value in row)


DAY_OR_NUMBER = re.compile(r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|\d+")


def found_in(days: set[str], text: str) -> set[str]:
    """Which of the spellings a text holds, as whole numbers or words."""
    return days.intersection(DAY_OR_NUMBER.findall(text))


def test_the_site_does_show_birth_dates_to_whoever_asks(moodle: Served, days: set[str]) -> None:
    fields = {"wstoken": ADMIN_TOKEN, "moodlewsrestformat": "json", "courseid": "2"}
    answer = moodle.site.answer(fields | {"wsfunction": "core_enrol_get_enrolled_users"})
    assert found_in(days, answer.body.decode())


@pytest.mark.parametrize("token", [ADMIN_TOKEN, SERVICE_TOKEN])
def test_no_birth_date_reaches_the_store_or_the_log(
    database: Database, moodle: Served, days: set[str], token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = served_store(database, moodle.url, token)
    assert store.pull().state is RunState.DONE

    texts = "\n".join(stored_texts(database))
    assert moodle.site.tables.users[9].lastname in texts, "the store was not read"
    assert found_in(days, texts) == set()
    assert "core_enrol_get_enrolled_users" in caplog.text
    assert found_in(days, caplog.text) == set()
    assert token not in caplog.text
    assert token not in texts
    assert "birthdate" not in caplog.text
    path = make_url(str(database.engine.url)).database if database.engine.dialect.name == "sqlite" else None
    if path is not None:
        assert found_in(days, bytes_of(Path(path)).decode("latin-1")) == set()
