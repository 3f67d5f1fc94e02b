from __future__ import annotations

import pytest

from lms_sync.client.addresses import is_allowed, parse_address

PRIVATE = (
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8", "100.64.0.1", "198.18.0.1",
    "192.0.2.7", "198.51.100.7", "203.0.113.7", "192.88.99.1", "::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1",
    "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b::a00:1",
)  # fmt: skip
NEVER = (
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",  # noqa: S104
    "255.255.255.255", "192.0.0.170", "::", "fe80::1", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2001::1", "3fff::1",
    "100::1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "::127.0.0.1",
    "fec0::1",
)  # fmt: skip
PUBLIC = (
    "93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "2a02:6b8::1", "::ffff:8.8.8.8",
    "64:ff9b::808:808",
)  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_need_the_setting(text: str) -> None:
    assert not is_allowed(parse_address(text), allow_private=False)
    assert is_allowed(parse_address(text), allow_private=True)


@pytest.mark.parametrize("text", NEVER)
def test_special_addresses_stay_closed_whatever_the_setting(text: str) -> None:
    assert not is_allowed(parse_address(text), allow_private=False)
    assert not is_allowed(parse_address(text), allow_private=True)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_open(text: str) -> None:
    assert is_allowed(parse_address(text), allow_private=False)


@pytest.mark.parametrize("text", ["fe80::1%eth0", "localhost", "", "1.2.3", "1.2.3.4.5"])
def test_what_is_no_address_is_not_allowed(text: str) -> None:
    assert parse_address(text) is None
    assert not is_allowed(None, allow_private=True)
