import pytest

from bridge.web import configure_web
from bridge.web.headers import content_policy

PATHS = ["/home", "/sign-in", "/no-such-page", "/language", "/api/nothing", "/boom"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == content_policy()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "private, no-store"


def test_the_policy_allows_nothing_inline():
    policy = dict(directive.split(" ", 1) for directive in content_policy().split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["frame-ancestors"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in content_policy()


def test_the_lms_may_frame_us_when_the_app_says_so(app, client):
    configure_web(app, frame_ancestors=lambda: ["https://moodle.example.ru"])
    policy = client.get("/home").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://moodle.example.ru")


def test_transport_security_is_promised_over_https_only(client):
    plain = client.get("/home").headers
    assert "Strict-Transport-Security" not in plain
    assert "Cross-Origin-Opener-Policy" not in plain
    secure = client.get("/home", base_url="https://example.ru").headers
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert secure["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_view_may_say_how_long_its_answer_keeps(app, client):
    app.add_url_rule("/kept", "kept", lambda: ("x", {"Cache-Control": "max-age=60"}))
    assert client.get("/kept").headers["Cache-Control"] == "max-age=60"
