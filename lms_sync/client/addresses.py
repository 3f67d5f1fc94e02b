"""Which addresses an outgoing call may reach. Pure: text in, verdict out.

The lists are the IANA special-purpose registries (RFC 6890 and its updates), written out, because what the standard
library calls global has changed between patch releases.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["Address", "is_allowed", "parse_address"]

Address = IPv4Address | IPv6Address

_NEVER_V4 = tuple(
    IPv4Network(net) for net in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "192.0.0.0/24")
)
_PRIVATE_V4 = tuple(
    IPv4Network(net)
    for net in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_PRIVATE_V6 = tuple(IPv6Network(net) for net in ("::1/128", "fc00::/7"))
# The last 32 bits of these are an IPv4 address, which is where a packet ends up: IPv4-mapped, and the well-known NAT64
# prefix that DNS64 puts before public addresses in an IPv6-only network (RFC 6052).
_EMBEDS_V4 = tuple(IPv6Network(net) for net in ("::ffff:0:0/96", "64:ff9b::/96"))


def parse_address(text: str) -> Address | None:
    """An address as the resolver gives it; None where it has a zone (``fe80::1%eth0``) or is no address."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def is_allowed(address: Address | None, *, allow_private: bool) -> bool:
    """Whether a connection may be opened to this address.

    ``allow_private`` admits loopback, LAN and carrier-grade NAT addresses, where a school's own Moodle may live.
    Link-local ones (a cloud's metadata service), ``0.0.0.0``, multicast and reserved ranges stay closed all the same.
    """
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is None:
            return _is_allowed_v6(address, allow_private=allow_private)
        address = embedded
    if address is None or any(address in net for net in _NEVER_V4):
        return False
    return allow_private or not any(address in net for net in _PRIVATE_V4)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if any(address in net for net in _EMBEDS_V4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _is_allowed_v6(address: IPv6Address, *, allow_private: bool) -> bool:
    if any(address in net for net in _PRIVATE_V6):
        return allow_private
    return address in _PUBLIC_V6 and not any(address in net for net in _SPECIAL_V6)
