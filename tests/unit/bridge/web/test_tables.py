import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from bridge.web.tables import Sort, chosen_columns, kept_query, parse_sort, query_url, sort_state, sort_url

KNOWN = ("place", "name", "total")
DEFAULT = Sort("total", is_descending=True)


@pytest.fixture
def at():
    app = Flask("tables")
    return app.test_request_context


@pytest.mark.parametrize(
    ("asked", "sort"),
    [
        (None, DEFAULT),
        ("", DEFAULT),
        ("name", Sort("name")),
        ("-name", Sort("name", is_descending=True)),
        ("password", DEFAULT),
        ("--name", DEFAULT),
        ("name; drop table", DEFAULT),
    ],
)
def test_only_a_known_column_orders(asked, sort):
    assert parse_sort(asked, KNOWN, DEFAULT) == sort


def test_an_order_reads_back():
    for sort in (Sort("name"), DEFAULT):
        assert parse_sort(str(sort), KNOWN, Sort("place")) == sort


def test_all_columns_show_until_the_chooser_is_sent():
    assert chosen_columns(MultiDict(), KNOWN) == {"place", "name", "total"}
    assert chosen_columns(MultiDict([("col", ""), ("col", "name"), ("col", "secret")]), KNOWN) == {"name"}
    assert chosen_columns(MultiDict([("col", "")]), KNOWN) == set()


def test_an_address_keeps_what_is_not_changed(at):
    with at("/r?q=а б&col=&col=terms&page=4"):
        assert query_url(sort="name") == "/r?q=%D0%B0+%D0%B1&col=&col=terms&sort=name"
        assert query_url(q=None, col=None) == "/r"


def test_an_address_under_a_path_keeps_the_path(at):
    with at("/r?q=1", base_url="http://localhost/companion/"):
        assert query_url(sort="name") == "/companion/r?q=1&sort=name"


def test_a_form_carries_the_rest_along(at):
    with at("/r?q=1&empty=&sort=name&page=2"):
        assert kept_query("q") == [("sort", "name")]


def test_a_second_click_turns_the_order_round(at):
    with at("/r"):
        assert sort_url("name", DEFAULT) == "/r?sort=name"
        assert sort_url("name", Sort("name")) == "/r?sort=-name"
        assert sort_url("essay", DEFAULT, descending_first=True) == "/r?sort=-essay"
        assert sort_url("total", DEFAULT, descending_first=True) == "/r?sort=total"


def test_aria_sort_has_its_three_words():
    assert sort_state("name", DEFAULT) == "none"
    assert sort_state("total", DEFAULT) == "descending"
    assert sort_state("name", Sort("name")) == "ascending"
