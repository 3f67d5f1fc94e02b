import pytest
from babel.messages import Catalog
from click.testing import CliRunner

from bridge.translations import check, compile_catalogue, extract, read, update
from bridge.translations.__main__ import main
from bridge.translations.catalogue import _write


def test_the_catalogue_holds_every_message_translated_whole_and_compiled():
    assert [str(problem) for problem in check()] == []


def test_the_command_says_that_nothing_is_wrong():
    answer = CliRunner().invoke(main, ["check"])
    assert (answer.exit_code, answer.output) == (0, "")


def test_messages_are_found_in_code_templates_and_errors():
    found = extract()
    assert ("bridge/web/templates/home/home.html", 0) in found.get("Whole log").locations
    assert found.get("Something broke on our side") is not None  # N_()
    assert found.get("Enter your login.") is not None  # _l()
    assert found.get("One answer needs correcting.").id[1] == "%(num)s answers need correcting."


@pytest.fixture
def folder(tmp_path):
    """A catalogue of two messages, one of them of another branch."""
    update(tmp_path, template=template(("Season", "Someone else's")))
    catalogue = read(tmp_path)
    catalogue["Season"].string = "Набор"
    catalogue["Someone else's"].string = "Чужое"
    rewrite(tmp_path, catalogue)
    return tmp_path


def template(messages):
    catalogue = Catalog()
    for message in messages:
        catalogue.add(message, locations=[("bridge/x.py", 0)])
    return catalogue


def rewrite(folder, catalogue):
    _write(catalogue, folder)


def problems(folder, *messages):
    return [str(problem) for problem in check(folder, template=template(messages))]


def test_an_update_adds_what_is_new_and_keeps_what_it_does_not_know(folder):
    catalogue = update(folder, template=template(["Season", "Stage"]))
    assert {message.id: message.string or "" for message in catalogue if message.id} == {
        "Season": "Набор",
        "Stage": "",
        "Someone else's": "Чужое",
    }


def test_an_update_drops_what_it_does_not_know_when_asked(folder):
    catalogue = update(folder, template=template(["Season"]), prune=True)
    assert [message.id for message in catalogue if message.id] == ["Season"]


def test_a_similar_message_is_not_guessed(folder):
    update(folder, template=template(["Seasons"]))
    assert not read(folder)["Seasons"].string


def test_two_updates_give_the_same_bytes(folder):
    path = folder / "ru" / "LC_MESSAGES" / "messages.po"
    update(folder, template=template(["Season"]))
    before = path.read_bytes()
    update(folder, template=template(["Season"]))
    assert path.read_bytes() == before


def test_what_is_missing_untranslated_or_uncompiled_is_named(folder):
    assert problems(folder, "Season") == []
    assert "is not in the catalogue" in problems(folder, "Stage")[0]
    update(folder, template=template(["Stage"]))
    assert problems(folder) == ["'Stage': is not translated"]
    (folder / "ru" / "LC_MESSAGES" / "messages.mo").write_bytes(b"")
    assert problems(folder)[1:] == ["'messages.mo': does not equal the compiled catalogue"]


@pytest.mark.parametrize(
    ("message", "translation", "problem"),
    [
        ("of %(most)s", "из %(max)s", "its places differ: max, most"),
        ("of %(most)s", "из", "its places differ: most"),
        ("100%%", "100 %(x)s", "its places differ: x"),
        (("%(num)s day", "%(num)s days"), ("день", "", "дней"), "is not translated"),
        (("%(num)s day", "%(num)s days"), ("%(n)s день", "%(num)s дня", "%(num)s дней"), "its places differ: n"),
    ],
)
def test_a_translation_that_cannot_be_filled_in_is_named(folder, message, translation, problem):
    catalogue = read(folder)
    catalogue.add(message, translation)
    rewrite(folder, catalogue)
    assert problem in " ".join(problems(folder))


def test_the_form_for_one_may_say_it_in_words(folder):
    catalogue = read(folder)
    catalogue.add(("%(num)s day", "%(num)s days"), ("один день", "%(num)s дня", "%(num)s дней"))
    rewrite(folder, catalogue)
    assert problems(folder) == []


def test_a_fuzzy_translation_is_not_done(folder):
    catalogue = read(folder)
    catalogue.add("Stage", "Этап", flags={"fuzzy"})
    rewrite(folder, catalogue)
    assert "'Stage': is fuzzy" in problems(folder)


def test_plural_forms_are_russians(folder):
    path = folder / "ru" / "LC_MESSAGES" / "messages.po"
    path.write_text(path.read_text(encoding="utf-8").replace("nplurals=3", "nplurals=2"), encoding="utf-8")
    assert problems(folder)[0].startswith("'Plural-Forms': is not Russian's")


def test_what_is_compiled_what_lies_there(folder):
    assert (folder / "ru" / "LC_MESSAGES" / "messages.mo").read_bytes() == compile_catalogue(folder)
