from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.messages.mail_address import usable_address

GOOD = {
    "aisa@example.ru": "aisa@example.ru",
    " Aisa.B+x@EXAMPLE.ru ": "Aisa.B+x@example.ru",
    "o'neil@mail.example.ru": "o'neil@mail.example.ru",
    "aisa@президент.рф": "aisa@xn--d1abbgf6aiiy.xn--p1ai",
}
BAD = [
    "",
    "aisa",
    "@example.ru",
    "aisa@",
    "aisa@localhost",
    "aisa@example..ru",
    "aisa@-example.ru",
    "a@b@example.ru",
    ".aisa@example.ru",
    "aisa.@example.ru",
    "айса@example.ru",
    "aisa@example.ru\nBcc: all@example.ru",
    "aisa@example.ru, all@example.ru",
    "Aisa <aisa@example.ru>",
    "aisa@moodle.invalid",
    "aisa@192.168.1.1",
    f"{'a' * 65}@example.ru",
    f"aisa@{'a.' * 130}ru",
    f"aisa@{'a' * 64}.ru",
]


@pytest.mark.parametrize(("text", "address"), GOOD.items())
def test_an_address_comes_in_the_form_that_a_server_takes(text: str, address: str) -> None:
    assert usable_address(text) == address


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_address_is_none(text: str) -> None:
    assert usable_address(text) == ""


@given(st.text(alphabet=st.sampled_from("a@.<>,;:\r\n\x00 \"'\\Я-"), max_size=40))
def test_whatever_is_usable_can_break_no_header_and_no_command(text: str) -> None:
    address = usable_address(text)
    assert address.isascii()
    assert not set(address) & set('<>,;:\r\n\x00 "\\')
    assert address.count("@") == (1 if address else 0)
