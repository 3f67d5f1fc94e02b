import pytest
from lxml import html

from bridge.web.assets import asset_url


def addresses(page):
    tree = html.fromstring(page)
    return [*tree.xpath("//link/@href"), *tree.xpath("//script/@src")]


def test_static_files_are_kept_for_a_year(client):
    for address in addresses(client.get("/home").text):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Type"].split(";")[0] in ("text/css", "text/javascript", "image/svg+xml")


def test_an_address_of_another_version_is_served_but_not_kept(client):
    answer = client.get("/assets/000000000000/app.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.css", "..%2fassets.py", "app.css%00", "%2e%2e%2fapp.css"])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/assets/000000000000/{name}").status_code == 404


def test_an_unknown_name_in_a_template_is_an_error(app):
    with app.test_request_context("/"), pytest.raises(LookupError, match=r"nothing\.css"):
        asset_url("nothing.css")


def test_under_a_path_files_are_found_there(client):
    page = client.get("/home", base_url="http://localhost/companion/").text
    assert {address.split("/")[1] for address in addresses(page)} == {"companion"}


def test_a_first_page_is_small(client):
    """The budget is 150 KB compressed in at most 6 requests; gzip is the worst a browser of today gets."""
    wanted = ["/rating", *addresses(client.get("/rating").text)]
    answers = [client.get(address, headers={"Accept-Encoding": "gzip"}) for address in wanted]
    assert [answer.content_encoding for answer in answers if len(answer.data) > 500] == ["gzip"] * 4
    assert len(answers) <= 6
    assert sum(len(answer.data) for answer in answers) < 60_000
