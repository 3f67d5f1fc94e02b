from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_sync.client import flatten


@pytest.mark.parametrize(
    ("params", "form"),
    [
        ({}, []),
        ({"a": 1}, [("a", "1")]),
        ({"a": True, "b": False}, [("a", "1"), ("b", "0")]),
        ({"a": None, "b": [None, 2]}, [("b[1]", "2")]),
        ({"a": []}, []),
        ({"ids": [4, 5]}, [("ids[0]", "4"), ("ids[1]", "5")]),
        ({"ids": (4,)}, [("ids[0]", "4")]),
        ({"o": [{"n": "x", "v": "y"}]}, [("o[0][n]", "x"), ("o[0][v]", "y")]),
        ({"p": {"q": {"r": 1}}}, [("p[q][r]", "1")]),
        ({"g": Decimal("1E+2"), "h": 77.5}, [("g", "100"), ("h", "77.5")]),
        ({"t": "ёлка & <b>"}, [("t", "ёлка & <b>")]),
    ],
)
def test_nesting_is_written_as_php_reads_it(params: object, form: object) -> None:
    assert flatten(params) == form


@given(
    st.dictionaries(
        st.text("abc", min_size=1),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text("xyz", min_size=1), inner),
            max_leaves=6,
        ),
    )
)
def test_every_field_is_text_and_no_boolean_is_a_word(params: dict) -> None:
    for name, value in flatten(params):
        assert isinstance(name, str)
        assert isinstance(value, str)
    assert "True" not in {value for _, value in flatten({"a": True})}
