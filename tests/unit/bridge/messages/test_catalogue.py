from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.core.i18n import Language
from bridge.messages.catalogue import Catalogue, Template
from bridge.messages.channels.moodle import moodle_text
from bridge.messages.choice import LONGEST_MOODLE_BYTES
from bridge.messages.kinds import ACCOUNT_INVITED, TEST, own_catalogue
from bridge.messages.substitution import Placeholder
from bridge.messages.texts import faults_of, filled

EVERY = list(own_catalogue())


@pytest.mark.parametrize("template", EVERY, ids=lambda template: template.key)
@pytest.mark.parametrize("language", Language)
def test_a_shipped_text_is_filled_whole_by_the_examples(template: Template, language: Language) -> None:
    text = template.shipped(language)
    assert faults_of(template, text, language) == {}
    done = filled(template, text, template.example(language))
    assert not set("{}") & set(f"{done.subject}{done.body}")
    assert len(done.subject) <= 78
    assert len(moodle_text(done.subject, done.body).encode()) <= LONGEST_MOODLE_BYTES


@pytest.mark.parametrize("template", EVERY, ids=lambda template: template.key)
def test_every_placeholder_has_one_word_a_language_and_an_example_in_each(template: Template) -> None:
    for language in Language:
        names = [place.name(language) for place in template.placeholders]
        assert len(set(names)) == len(names)
        assert set(template.example(language)) == {place.key for place in template.placeholders}
    assert all(place.words for place in template.placeholders)


@pytest.mark.parametrize("template", EVERY, ids=lambda template: template.key)
def test_russian_texts_are_in_russian_typography(template: Template) -> None:
    text = template.shipped("ru")
    assert '"' not in f"{text.subject}{text.body}"
    assert " - " not in text.body


def test_what_carries_a_password_is_secret_and_nothing_else_is() -> None:
    secret = {template.key for template in EVERY if template.is_secret}
    assert secret == {one.key for one in EVERY if any(place.key == "password" for place in one.placeholders)}


def test_a_template_of_another_slice_is_registered_once() -> None:
    catalogue = own_catalogue()
    other = replace(TEST, key="other.thing")
    catalogue.register(other)
    assert catalogue["other.thing"] is other
    assert [template.key for template in catalogue][-1] == "other.thing"
    with pytest.raises(ValueError, match="two templates"):
        catalogue.register(other)
    assert catalogue.find("nothing") is None


def test_a_shipped_text_that_cannot_be_filled_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("ru: {subject: Тема, body: '{неизвестное}'}\nen: {subject: x, body: x}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="неизвестное"):
        Catalogue(replace(TEST, key="bad", path=path))


def test_a_needed_word_that_a_shipped_text_forgot_stops_the_start() -> None:
    needed = Placeholder("extra", "ещё", "extra", "Extra", is_needed=True)
    with pytest.raises(ValueError, match="missing"):
        Catalogue(replace(ACCOUNT_INVITED, key="bad", placeholders=(*ACCOUNT_INVITED.placeholders, needed)))
