from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_sync.client import normalise_url
from lms_sync.errors import BadAddress


@pytest.mark.parametrize(
    ("pasted", "root"),
    [
        ("https://moodle.example", "https://moodle.example"),
        ("https://moodle.example/", "https://moodle.example"),
        ("  https://Moodle.Example/  ", "https://moodle.example"),
        ("moodle.example", "https://moodle.example"),
        ("//moodle.example/my", "https://moodle.example"),
        ("moodle.example:8443/moodle", "https://moodle.example:8443/moodle"),
        ("https://moodle.example:443/", "https://moodle.example"),
        ("http://moodle.example:80", "http://moodle.example"),
        ("http://moodle.example:443", "http://moodle.example:443"),
        ("https://moodle.example/login/index.php", "https://moodle.example"),
        ("https://moodle.example/login/index.php?loginredirect=1", "https://moodle.example"),
        ("https://moodle.example/my/", "https://moodle.example"),
        ("https://moodle.example/my/courses.php", "https://moodle.example"),
        ("https://moodle.example/course/view.php?id=3", "https://moodle.example"),
        ("https://moodle.example/webservice/rest/server.php", "https://moodle.example"),
        ("https://moodle.example/mod/assign/view.php?id=1", "https://moodle.example"),
        ("https://edu.example/moodle/login/index.php", "https://edu.example/moodle"),
        ("https://edu.example/moodle/index.php", "https://edu.example/moodle"),
        ("https://edu.example/mymoodle", "https://edu.example/mymoodle"),
        ("https://образование.рф/my/", "https://xn--80aabfqjj3bddt.xn--p1ai"),
        ("http://192.168.1.10/moodle/", "http://192.168.1.10/moodle"),
        ("http://[fd00::1]:8080/my", "http://[fd00::1]:8080"),
    ],
)
def test_a_pasted_address_becomes_the_sites_root(pasted: str, root: str) -> None:
    assert normalise_url(pasted) == root
    assert normalise_url(root) == root


@pytest.mark.parametrize(
    ("pasted", "problem"),
    [
        ("", "characters"),
        ("   ", "characters"),
        ("https://moodle.example/a b", "characters"),
        ("https://moodle.example\\@evil.example", "characters"),
        ("https://moodle.example/\r\nHost: evil", "characters"),
        ("https://" + "a" * 3000, "characters"),
        ("https://[::1", "characters"),
        ("ftp://moodle.example", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript://moodle.example", "scheme"),
        ("https://user@moodle.example", "userinfo"),
        ("https://user:secret@moodle.example", "userinfo"),
        ("https://moodle.example@evil.example/", "userinfo"),
        ("https://moodle.example/#evil", "fragment"),
        ("https://moodle.example/../x", "path"),
        ("https://moodle.example/%2e%2e/x", "path"),
        ("https://moodle.example/a;b", "path"),
        ("https://moodle.example:port/", "port"),
        ("https://moodle.example:99999/", "port"),
        ("https://", "host"),
        ("https://:443/", "host"),
        ("https://moodle..example/", "host"),
        ("https://mood<le.example/", "host"),
    ],
)
def test_what_is_no_sites_address_is_refused_with_the_reason(pasted: str, problem: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalise_url(pasted)
    assert caught.value.facts["problem"] == problem
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        root = normalise_url(text)
    except BadAddress:
        return
    assert root.startswith(("http://", "https://"))
    assert "@" not in root
    assert "#" not in root
    assert normalise_url(root) == root
