"""Addresses of mail: which ones can be used, in the form in which a server takes them. Pure."""

from __future__ import annotations

import re

__all__ = ["usable_address"]

LONGEST = 254
LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_NOWHERE = (".invalid", ".localhost")
"""Domains where nothing can arrive (RFC 2606, RFC 6761); Moodle fills them in for people without an address."""


def usable_address(text: str) -> str:
    """The address in ASCII, a domain in Cyrillic as its xn-- form; empty where mail cannot be sent to it.

    Examples
    --------
    >>> usable_address(" ochirova@Президент.рф ")
    'ochirova@xn--d1abbgf6aiiy.xn--p1ai'
    >>> usable_address("Очирова <ochirova@example.ru>")
    ''
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    address = f"{local}@{domain}"
    is_usable = (
        at
        and len(address) <= LONGEST
        and len(local) <= LONGEST_LOCAL
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
        and not domain.endswith(_NOWHERE)
    )
    return address if is_usable else ""
