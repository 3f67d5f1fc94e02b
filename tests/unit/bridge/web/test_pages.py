import dataclasses
import re
from enum import Enum

import pytest
from flask import render_template
from lxml import html

from tests.unit.bridge.web.demo import EVERY_PAGE, PAGES

LATIN_WORDS = re.compile(r"[A-Za-z]{3,}")
KNOWN_LATIN = {"Moodle", "Excel", "DOCX", "English", "Enter", "setup", "https", "moodle", "example", "http"}
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


def tree(answer):
    return html.fromstring(answer.text)


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_page_keeps_the_content_policy_and_its_landmarks(client, path, language):
    page = tree(client.get(path, headers={"Accept-Language": language}))
    assert page.get("lang") == language
    assert page.xpath("//@style") == []
    assert page.xpath("//style") == []
    assert page.xpath("//script[not(@src)]") == []
    assert [name for name in page.xpath("//@*/..") if any(key.startswith("on") for key in name.attrib)] == []
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("string(//title)").strip().endswith(("Акселератор проектов", "Project accelerator"))


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_reference_inside_a_page_leads_somewhere(client, path):
    page = tree(client.get(path))
    ids = set(page.xpath("//@id"))
    referred = {anchor[1:] for anchor in page.xpath("//a/@href") if anchor.startswith("#") and anchor != "#"}
    for attribute in ("aria-labelledby", "aria-describedby", "for", "form"):
        referred |= {name for names in page.xpath(f"//@{attribute}") for name in names.split()}
    assert referred - ids - ({"peers", "sheets"} if "person" not in path else set()) == set()


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_a_russian_page_has_no_english_left(client, path):
    page = tree(client.get(path))
    for element in page.xpath("//code|//script"):
        element.drop_tree()
    texts = [
        *page.xpath("//body//text()"),
        *page.xpath("//@aria-label"),
        *page.xpath("//@title"),
        *page.xpath("//@data-l"),
    ]
    words = {word for text in texts for word in LATIN_WORDS.findall(text)}
    assert words - KNOWN_LATIN == set()


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_text_is_escaped_once(client, path):
    text = client.get(path).text
    assert "&amp;lt;" not in text
    assert "&amp;amp;" not in text
    assert "&amp;#" not in text
    assert "{{" not in text


def poisoned(value):
    """The same view model with hostile text in every field of text."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(poisoned(item) for item in value)
    if dataclasses.is_dataclass(value):
        fields = {field.name: poisoned(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value


@pytest.mark.parametrize("path", PAGES)
def test_hostile_text_out_of_moodle_stays_text(app, path):
    template, make = PAGES[path]
    with app.test_request_context(path):
        text = render_template(template, page=poisoned(make()))
    page = html.fromstring(text)
    assert page.xpath("//script[not(@src)]") == []
    assert page.xpath("//img") == []
    assert page.xpath("//@onerror") == []
    assert "49" not in page.xpath("string(//h1)")


@pytest.mark.parametrize("path", ["/person?embed", "/rating?embed"])
def test_inside_moodle_there_is_no_chrome(client, path):
    page = tree(client.get(path))
    assert page.xpath("//header[@class='top']|//nav|//a[@class='skip']") == []
    assert page.xpath("//body/@class") == ["embed"]


def test_links_that_leave_for_moodle_open_a_tab_and_say_so(client):
    page = tree(client.get("/person"))
    leaving = page.xpath("//main//a[starts-with(@href, 'https://moodle')]")
    assert leaving
    assert {link.get("rel") for link in leaving} == {"noopener"}
    assert all("↗" in link.text_content() for link in leaving)


def test_links_that_look_alike_are_told_apart(client):
    page = tree(client.get("/person"))
    named = [link.get("aria-label") or link.text_content() for link in page.xpath("//td[@class='src']/a")]
    assert len(named) == len(set(named)) == 6
    assert all(
        label.startswith(link.text_content().split("\u00a0")[0])
        for link, label in zip(page.xpath("//td[@class='src']/a"), named, strict=True)
    )
