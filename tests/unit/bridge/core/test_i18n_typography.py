import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bridge.core.i18n import typo

NBSP, JOINER, HYPHEN = "\u00a0", "\u2060", "\u2011"


def seen(text):
    """Unbreakable characters as marks one can read: ~ for a space, + for a joiner, = for a hyphen."""
    return str(text).replace(NBSP, "~").replace(JOINER, "+").replace(HYPHEN, "=")


@pytest.mark.parametrize(
    ("text", "set_text"),
    [
        ("Данные на 16.02.2028", "Данные на~16.02.2028"),
        ("и в лес, а не из дома", "и~в~лес, а~не~из~дома"),
        ("расчёт № 3", "расчёт №~3"),
        ("расчёт №3", "расчёт №~3"),
        ("вырос с 59 до 72 %", "вырос с~59 до~72~%"),
        ("пунктир — граница 24 мест", "пунктир~— граница 24~мест"),
        ("места 19–28", "места 19+–+28"),
        ("до 28-го места", "до~28=го~места"),
        ("1-й выбор", "1=й~выбор"),
        ("Шин-Мерская СОШ, гр. 10", "Шин-Мерская~СОШ, гр.~10"),
        ("Очирова Т. С., методист", "Очирова~Т.~С., методист"),
        ("автор Т. Очирова", "автор~Т.~Очирова"),
        ("Этап 3. Индивидуальные проекты", "Этап~3. Индивидуальные проекты"),
        ("формула, версия 4", "формула, версия~4"),
        ("3 000 ₽ в год", "3 000~₽ в~год"),
        ("и т. д.", "и~т.~д."),
        ("из-за дождя", "из-за дождя"),
        ("ИП-17", "ИП-17"),
        ("Опора на данные × 1", "Опора на~данные ×~1"),
        ("Place 24 of 55", "Place 24 of 55"),
        ("Call Smith J. today", "Call Smith~J. today"),
    ],
)
def test_what_must_not_part_does_not(text, set_text):
    assert seen(typo(text)) == set_text


def test_plain_text_stays_plain_for_the_template_to_escape():
    answer = typo("в <b>лес</b> & сад")
    assert type(answer) is str
    assert str(escape(answer)) == f"в{NBSP}&lt;b&gt;лес&lt;/b&gt; &amp; сад"


def test_markup_stays_markup_and_is_not_escaped_again():
    answer = typo(Markup("из {} &amp; {}").format("<дома>", "в лес"))
    assert isinstance(answer, Markup)
    assert str(answer) == f"из{NBSP}&lt;дома&gt; &amp; в{NBSP}лес"


def test_tags_attributes_and_code_are_left_alone():
    text = '<a href="/в лес" title="а б">в лес</a> <code>в лес</code> <textarea>и в</textarea>'
    markup = Markup(text)  # noqa: S704  written above
    assert seen(typo(markup)) == text.replace(">в лес</a>", ">в~лес</a>")


def test_nothing_is_empty_and_a_number_is_its_text():
    assert typo(None) == ""
    assert typo(12) == "12"


PIECES = st.sampled_from(
    (
        "в|на|не|№|№ |5|24|2026–2028|28-го|%|—|–|СОШ|Т.|С.|Очирова|гр.|места|т.|д.| |  |,|«|»|Этап|версия|&|<|a|J.|"
        f"{NBSP}|{JOINER}|{HYPHEN}"
    ).split("|")
)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join) | st.lists(PIECES, max_size=14).map("".join)


def words(text):
    return text.replace(JOINER, "").replace(HYPHEN, "-").replace(NBSP, "").replace(" ", "")


@given(TEXTS)
def test_the_words_stay_as_they_were(text):
    assert words(typo(text)) == words(text)


@given(TEXTS)
def test_setting_twice_is_setting_once(text):
    assert typo(typo(text)) == typo(text)


@given(TEXTS)
def test_markup_reads_as_the_plain_text_does(text):
    assert typo(escape(text)).unescape() == typo(text)
