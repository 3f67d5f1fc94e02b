from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bridge.core.i18n import (
    format_date,
    format_day,
    format_deadline,
    format_due_day,
    format_long_day,
    format_moment,
    format_stamp,
    format_time,
)

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)
THIS_YEAR = (2028,)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def test_tables_have_the_whole_date():
    assert format_date(NOW, zone=MOSCOW) == "16.02.2028"
    assert format_date(date(2028, 2, 18), zone=MOSCOW, language="en") == "18 Feb 2028"


def test_the_clock_is_the_municipalitys():
    assert format_time(NOW, zone=MOSCOW) == "14:05"
    assert format_time(NOW, zone=ZoneInfo("Asia/Omsk")) == "17:05"


def test_the_day_is_the_municipalitys_too():
    evening = datetime(2028, 2, 15, 21, 30, tzinfo=UTC)
    assert format_date(evening, zone=MOSCOW) == "16.02.2028"
    assert format_date(evening, zone=UTC) == "15.02.2028"


def test_freshness_has_date_and_clock():
    assert format_stamp(NOW, zone=MOSCOW) == "16.02.2028, 14:05"
    assert format_stamp(NOW, zone=MOSCOW, language="en") == "16 Feb 2028, 14:05"


def test_a_sentence_has_weekday_and_month():
    assert format_day(date(2028, 2, 18), zone=MOSCOW, plain_years=THIS_YEAR) == "пт, 18 февраля"
    assert format_day(date(2028, 2, 18), zone=MOSCOW, plain_years=THIS_YEAR, language="en") == "Fri, 18 February"


def test_another_year_is_named():
    assert format_day(date(2026, 9, 1), zone=MOSCOW, plain_years=THIS_YEAR) == "вт, 1 сентября 2026\u00a0г."
    assert format_day(date(2026, 9, 1), zone=MOSCOW, plain_years=range(2026, 2029)) == "вт, 1 сентября"


def test_the_head_of_a_page_has_it_in_full():
    assert format_long_day(NOW, zone=MOSCOW) == "Среда, 16 февраля 2028\u00a0г."
    assert format_long_day(NOW, zone=MOSCOW, language="en") == "Wednesday, 16 February 2028"


@pytest.mark.parametrize(
    ("when", "russian", "english"),
    [
        ("2028-02-16T13:40", "сегодня, 13:40", "today, 13:40"),
        ("2028-02-15T16:30", "вчера, 16:30", "yesterday, 16:30"),
        ("2028-02-17T09:00", "завтра, 09:00", "tomorrow, 09:00"),
        ("2028-02-14T10:05", "14 февраля", "14 February"),
        ("2027-02-14T10:05", "14 февраля 2027\u00a0г.", "14 February 2027"),
    ],
)
def test_a_timeline_names_near_days(when, russian, english):
    assert format_moment(at(when), now=NOW, zone=MOSCOW, plain_years=THIS_YEAR) == russian
    assert format_moment(at(when), now=NOW, zone=MOSCOW, plain_years=THIS_YEAR, language="en") == english


@pytest.mark.parametrize(
    ("due", "day", "clock"),
    [
        ("2028-02-18T23:59", "пт, 18 февраля", "до\u00a023:59"),
        ("2028-02-19T00:00", "пт, 18 февраля", "до\u00a023:59"),
        ("2028-02-17T17:00", "завтра", "до\u00a017:00"),
        ("2028-02-16T18:00", "сегодня", "до\u00a018:00"),
        ("2028-02-16T00:00", "вчера", "до\u00a023:59"),
        ("2028-03-01T00:00", "вт, 29 февраля", "до\u00a023:59"),
    ],
)
def test_a_deadline_at_midnight_ends_the_day_before(due, day, clock):
    assert format_due_day(at(due), now=NOW, zone=MOSCOW, plain_years=THIS_YEAR) == day
    assert format_deadline(at(due), zone=MOSCOW) == clock


def test_a_deadline_in_english():
    assert format_deadline(at("2028-02-18T23:59"), zone=MOSCOW, language="en") == "by\u00a023:59"
    assert format_due_day(date(2028, 2, 17), now=NOW, zone=MOSCOW, language="en") == "tomorrow"
