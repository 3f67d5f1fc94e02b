from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.web.viewmodels import Link, TodoItem, group_todo
from bridge.web.viewmodels.common import TodoWhen, split_todo
from tests.unit.bridge.web.samples import MOSCOW, NOW

BUTTON = Link("Открыть", "/x")


def item(name, due=None):
    return TodoItem(name, "", BUTTON, due)


def grouped(*items, now=NOW):
    return {
        group.when: [member.sentence for member in group.items] for group in group_todo(items, now=now, zone=MOSCOW)
    }


def local(day, hour=23, minute=59):
    return datetime(2028, 2, day, hour, minute, tzinfo=MOSCOW)


def test_things_go_into_their_groups_by_deadline():
    assert grouped(
        item("next", local(21)), item("late", local(15)), item("sunday", local(20)), item("now", local(16))
    ) == {
        TodoWhen.OVERDUE: ["late"],
        TodoWhen.THIS_WEEK: ["now", "sunday"],
        TodoWhen.LATER: ["next"],
    }


def test_a_deadline_at_the_end_of_sunday_is_this_weeks():
    assert grouped(item("midnight", local(21, 0, 0))) == {TodoWhen.THIS_WEEK: ["midnight"]}
    assert grouped(item("after", local(21, 0, 1))) == {TodoWhen.LATER: ["after"]}


def test_the_week_is_the_municipalitys():
    sunday_evening_utc = datetime(2028, 2, 20, 21, 30, tzinfo=UTC)  # Monday in Moscow
    assert grouped(item("x", local(27)), now=sunday_evening_utc) == {TodoWhen.THIS_WEEK: ["x"]}


def test_what_has_no_deadline_comes_last():
    assert grouped(item("whenever"), item("next", local(25))) == {
        TodoWhen.LATER: ["next"],
        TodoWhen.ANYTIME: ["whenever"],
    }


def test_nothing_to_do_has_no_groups():
    assert grouped() == {}


ITEMS = st.lists(
    st.builds(
        item, st.text(max_size=3), st.none() | st.integers(-400, 400).map(lambda hours: NOW + timedelta(hours=hours))
    ),
    max_size=15,
)


@given(ITEMS)
def test_nothing_is_lost_and_order_is_by_deadline(items):
    members = [member for group in group_todo(items, now=NOW, zone=MOSCOW) for member in group.items]
    assert sorted(map(repr, members)) == sorted(map(repr, items))
    dues = [member.due for member in members if member.due]
    assert dues == sorted(dues)


@given(ITEMS, st.integers(0, 12))
def test_what_is_not_shown_at_once_is_behind_more(items, limit):
    groups = group_todo(items, now=NOW, zone=MOSCOW)
    shown, rest = split_todo(groups, limit)
    everything = [member for group in groups for member in group.items]
    assert [member for group in shown for member in group.items] == everything[:limit]
    assert list(rest) == everything[limit:]
    assert all(group.items for group in shown)
