import random
from itertools import islice

import pytest

from bridge.demo.seasons.names import invented_names, transliterated


def _names(count, seed=1, **options):
    dice = random.Random(seed)  # noqa: S311 - a repeatable draw is the point
    return list(islice(invented_names(dice, **options), count))


def test_surnames_patronymics_and_first_names_agree():
    for name in _names(3_000):
        assert name.patronymic.endswith("на" if name.female else "ич")
        if name.family.endswith(("ева", "ова", "ёва", "ая")):
            assert name.female
        if name.family.endswith(("ев", "ов", "ёв", "ий", "ой")):
            assert not name.female


def test_first_names_never_cross():
    names = _names(3_000)

    assert not {name.given for name in names if name.female} & {name.given for name in names if not name.female}


def test_nobody_is_named_twice_in_a_district():
    names = _names(300)

    assert len({(name.family, name.given) for name in names}) == 300


def test_most_teachers_are_women_and_the_share_can_be_set():
    assert 0.65 < sum(name.female for name in _names(2_000)) / 2_000 < 0.75
    assert not any(name.female for name in _names(50, women=0.0))


def test_names_do_not_run_out():
    assert len(_names(5_000)) == 5_000


@pytest.mark.parametrize(
    ("text", "latin"),
    [("Щербакова", "shcherbakova"), ("Объедкова", "obedkova"), ("Юлия Ёжикова", "yuliya ezhikova"), ("X-1", "x-1")],
)
def test_letters_are_written_in_latin(text, latin):
    assert transliterated(text) == latin
