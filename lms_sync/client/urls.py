"""What people paste as their Moodle's address, made into the site's root; everything else is refused."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from lms_sync.errors import BadAddress

__all__ = ["REST_PATH", "normalise_url"]

REST_PATH = "/webservice/rest/server.php"
_MAX_LENGTH = 2000
# Pages below the root from which people copy the address. What follows them is dropped; what precedes is the site,
# which may live in a folder (https://edu.example/moodle).
_BELOW_ROOT = re.compile(
    r"/(?:index\.php|login|my|course|mod|user|admin|grade|local|webservice|lib|calendar|message|enrol|report|cohort|group"
    r"|public)(?:/.*)?$"
)
# After IDNA, which may turn one character into several: "¨" becomes a space and a combining mark.
_ASCII_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?")
_IPV6 = re.compile(r"[0-9a-f:.]+")


def normalise_url(text: str) -> str:
    """Bring a pasted address to the site's root, without a trailing slash.

    Parameters
    ----------
    text
        With or without a scheme (https is assumed), with the tail of any of Moodle's own pages.

    Raises
    ------
    BadAddress
        No host, another scheme than http or https, a user name, a fragment, or characters no address has.

    Examples
    --------
    >>> normalise_url("moodle.example/my/courses.php")
    'https://moodle.example'
    >>> normalise_url("http://edu.example:8080/moodle/login/index.php?loginredirect=1")
    'http://edu.example:8080/moodle'
    """
    parts = _split(text.strip())
    _check(parts)
    path = _BELOW_ROOT.sub("", parts.path.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{_host_and_port(parts)}{path}"


def _split(text: str) -> SplitResult:
    if not text or len(text) > _MAX_LENGTH or any(ord(char) <= 0x20 or char == "\\" for char in text):
        raise BadAddress("not a web address", facts={"problem": "characters"})
    if "://" not in text:
        text = f"https://{text.removeprefix('//')}"
    try:
        return urlsplit(text)
    except ValueError as err:
        raise BadAddress("not a web address", facts={"problem": "characters"}) from err


def _check(parts: SplitResult) -> None:
    if parts.scheme not in {"http", "https"}:
        raise BadAddress("only http and https are called", facts={"problem": "scheme"})
    if "@" in parts.netloc:
        raise BadAddress("a user name in the address", facts={"problem": "userinfo"})
    if parts.fragment or "#" in parts.path:
        raise BadAddress("a fragment in the address", facts={"problem": "fragment"})
    if ".." in parts.path.split("/") or "%" in parts.path or ";" in parts.path:
        raise BadAddress("an unusual path in the address", facts={"problem": "path"})


def _host_and_port(parts: SplitResult) -> str:
    try:
        host, port = parts.hostname, parts.port
    except ValueError as err:
        raise BadAddress("not a port", facts={"problem": "port"}) from err
    shown = _host(host or "")
    default = {"http": 80, "https": 443}[parts.scheme]
    return shown if port in {None, default} else f"{shown}:{port}"


def _host(host: str) -> str:
    if ":" in host and _IPV6.fullmatch(host):
        return f"[{host}]"
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as err:
        raise BadAddress("not a host name", facts={"problem": "host"}) from err
    if not _ASCII_HOST.fullmatch(ascii_host) or ".." in ascii_host:
        raise BadAddress("not a host name", facts={"problem": "host"})
    return ascii_host
