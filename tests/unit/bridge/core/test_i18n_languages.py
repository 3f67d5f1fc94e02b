import pytest

from bridge.core.i18n import N_, Language, negotiate


@pytest.mark.parametrize(
    ("wanted", "accepted", "answer"),
    [
        ((None, None), (), Language.RU),
        ((None, None), ("en-GB", "ru"), Language.EN),
        ((None, None), ("de", "EN_us"), Language.EN),
        ((None, None), ("de", "fr"), Language.RU),
        ((None, "en"), ("ru",), Language.EN),
        (("ru", "en"), ("en",), Language.RU),
        (("kl", "en"), (), Language.EN),
        (("", "../en"), (), Language.RU),
    ],
)
def test_the_persons_own_choice_beats_the_cookie_beats_the_browser(wanted, accepted, answer):
    assert negotiate(*wanted, accepted=accepted) == answer


def test_a_marked_message_stays_as_it_is():
    assert N_("Selection") == "Selection"
