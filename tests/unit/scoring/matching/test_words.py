"""The sentences people read, in both languages, word by word."""

from pathlib import Path

import pytest

from scoring.language import Language, english_count, english_ordinal, russian_count
from scoring.matching import (
    MentorReason,
    ParticipantReason,
    Passed,
    PassedBy,
    Refusal,
    Step,
    explain,
    match,
    render,
    render_mentor,
)

NAMES = {"x": "Петров А. А.", "y": "Орлова Е. В."}


def reason(*steps, mentor="y", wish=2, wishes=3, project=None):
    return ParticipantReason("ann", mentor, wish, wishes, steps, project)


def said(step, language):
    return render(reason(step), language, mentor_name=NAMES.__getitem__).splitlines()[1]


STEPS = [
    (
        Step("x", 1, Refusal.CONFLICT, 1, 1, causes=("одна школа", "родство")),
        "конфликт интересов (одна школа, родство), такие пары не рассматриваются.",
        "a conflict of interest (одна школа, родство); such pairs are not considered.",
    ),
    (
        Step("x", 1, Refusal.NOT_RANKED, 1, 1),
        "наставник не включил вас в свой список.",
        "the mentor did not list you.",
    ),
    (
        Step("x", 1, Refusal.NO_PLACES, 0, 0, 1),
        "в этом наборе мест нет.",
        "there are no places this season.",
    ),
    (
        Step("x", 1, Refusal.OUTRANKED, 3, 3, 6, 4),
        "наставник взял 3 из 3; последний из принятых стоит в списке наставника на 4-м месте, вы — на 6-м.",
        "the mentor took 3 of 3; the last one accepted stands 4th on the mentor's list, you stand 6th.",
    ),
    (
        Step("x", 1, Refusal.LOTTERY, 3, 3, 4, 4, 17, 5),
        (
            "наставник взял 3 из 3; последний из принятых стоит в списке наставника на том же 4-м месте, что и вы, и "
            "решил жребий: его номер 5, ваш — 17."
        ),
        (
            "the mentor took 3 of 3; the last one accepted stands 4th on the mentor's list, as you do, and the lottery "
            "decided: their number is 5, yours 17."
        ),
    ),
    (
        Step("x", 1, Refusal.SEATS_MORE, 3, 3, 4, 4),
        (
            "наставник взял 3 из 3; последний из принятых стоит в списке наставника на том же 4-м месте, что и вы; из "
            "равных взят тот, с кем наставника получает больше участников."
        ),
        (
            "the mentor took 3 of 3; the last one accepted stands 4th on the mentor's list, as you do; of equals the "
            "one was taken with whom more participants get a mentor."
        ),
    ),
]


@pytest.mark.parametrize(("step", "russian", "english"), STEPS, ids=[step.refusal for step, _, _ in STEPS])
def test_every_refusal_has_its_sentence(step, russian, english):
    assert said(step, Language.RU) == f"Петров А. А., ваше 1-е пожелание: {russian}"
    assert said(step, Language.EN) == f"Петров А. А., your 1st wish: {english}"


def test_no_refusal_is_without_words():
    assert {step.refusal for step, _, _ in STEPS} == set(Refusal)


def test_the_opening_says_whom_and_which_wish():
    assert (
        render(reason(), Language.RU, mentor_name=NAMES.get) == "Ваш наставник — Орлова Е. В., ваше 2-е пожелание из 3."
    )
    assert render(reason(), Language.EN) == "Your mentor is y, your 2nd wish of 3."


def test_the_opening_for_those_without():
    nobody = reason(mentor=None, wish=None)
    assert render(nobody, Language.RU) == "Места нет: не освободилось ни одно из 3, о которых вы просили."
    assert render(nobody, Language.EN) == "No place: none of the 3 choices on your list was open to you."
    single = reason(mentor=None, wish=None, wishes=1)
    assert render(single, Language.EN) == "No place: none of the 1 choice on your list was open to you."
    silent = reason(mentor=None, wish=None, wishes=0)
    assert render(silent, Language.RU) == "Места нет: ваш список пуст."
    assert render(silent, Language.EN) == "No place: your list is empty."


def test_projects_are_named_with_their_lecturers():
    full = Step("x", 1, Refusal.OUTRANKED, 2, 2, 5, 3, project="p")
    busy = Step("x", 2, Refusal.OUTRANKED, 4, 4, 5, 3, project="q", lecturer_full=True)
    names = {"p": "Чтение", "q": "Кружок", "r": "Музей"}
    told = reason(full, busy, wish=3, project="r")
    options = {"mentor_name": NAMES.__getitem__, "project_name": names.__getitem__}
    assert render(told, Language.RU, **options).splitlines() == [
        "Ваш проект — «Музей» (наставник Орлова Е. В.), ваше 3-е пожелание из 3.",
        (
            "«Чтение» (наставник Петров А. А.), ваше 1-е пожелание: на этот проект взяли 2 из 2; последний из принятых "
            "стоит в списке наставника на 3-м месте, вы — на 5-м."
        ),
        (
            "«Кружок» (наставник Петров А. А.), ваше 2-е пожелание: наставник на все свои проекты взял 4 из 4; "
            "последний из принятых стоит в списке наставника на 3-м месте, вы — на 5-м."
        ),
    ]
    assert render(told, Language.EN, **options).splitlines() == [
        "Your project is Музей (mentor Орлова Е. В.), your 3rd wish of 3.",
        (
            "Чтение (mentor Петров А. А.), your 1st wish: the project took 2 of 2; the last one accepted stands 3rd on "
            "the mentor's list, you stand 5th."
        ),
        (
            "Кружок (mentor Петров А. А.), your 2nd wish: the mentor took 4 of 4 on all projects together; the last "
            "one accepted stands 3rd on the mentor's list, you stand 5th."
        ),
    ]


def test_names_default_to_ids():
    told = reason(project=7)
    assert render(told, Language.RU) == "Ваш проект — «7» (наставник y), ваше 2-е пожелание из 3."
    assert render(told, Language.EN) == "Your project is 7 (mentor y), your 2nd wish of 3."


def test_a_mentor_reads_who_came_and_why_others_did_not():
    passed = (
        Passed("cyd", 1, PassedBy.CONFLICT),
        Passed("dan", 2, PassedBy.DID_NOT_NAME),
        Passed("eve", 3, PassedBy.PREFERS_OTHER),
    )
    told = MentorReason("x", 2, (("ann", 4), ("bob", 11)), passed)
    assert render_mentor(told, Language.RU, participant_name=str.upper).splitlines() == [
        "У вас 2 места, взято участников: 2: ANN (4-е место в вашем списке), BOB (11-е место в вашем списке).",
        "CYD (1-е место в вашем списке): конфликт интересов.",
        "DAN (2-е место в вашем списке): вас не указывал(а).",
        "EVE (3-е место в вашем списке): получил(а) наставника, который стоит у него (неё) не ниже вас.",
    ]
    assert render_mentor(told, Language.EN).splitlines() == [
        "You have 2 places and took 2: ann (4th on your list), bob (11th on your list).",
        "cyd (1st on your list): a conflict of interest.",
        "dan (2nd on your list): did not name you.",
        "eve (3rd on your list): got a mentor they like as much as you or better.",
    ]


def test_a_mentor_without_anybody():
    assert render_mentor(MentorReason("x", 1, (), ()), Language.RU) == "У вас 1 место, взято участников: 0."
    assert render_mentor(MentorReason("x", 1, (), ()), Language.EN) == "You have 1 place and took 0."


def test_russian_numbers_take_their_nouns():
    forms = ("место", "места", "мест")
    told = {number: russian_count(number, *forms).split()[1] for number in range(126)}
    ones = {number for number in told if number % 10 == 1 and number % 100 != 11}
    fews = {number for number in told if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}}
    assert {number for number, noun in told.items() if noun == "место"} == ones
    assert {number for number, noun in told.items() if noun == "места"} == fews


def test_english_numbers_take_their_nouns_and_endings():
    assert [english_count(number, "place", "places") for number in (0, 1, 2, 11)] == [
        "0 places",
        "1 place",
        "2 places",
        "11 places",
    ]
    assert [english_ordinal(number) for number in (1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111, 113)] == [
        "1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st", "111th", "113th",
    ]  # fmt: skip


@pytest.mark.parametrize("language", list(Language))
def test_the_page_for_participants_tells_its_example_as_the_program_does(language):
    page = Path(__file__).parents[4] / "docs" / "scoring" / f"matching.{language}.md"
    told = " ".join(page.read_text(encoding="utf-8").split())
    lists = (
        {"anna": ["petrov", "orlova"], "boris": ["petrov"], "vera": ["petrov", "orlova", "kim"]},
        {"petrov": ["boris", "anna", "vera"], "orlova": ["vera", "anna"], "kim": ["vera"]},
    )
    result = match(*lists, 1)
    assert (result.pairs, result.unmatched) == ({"boris": "petrov", "vera": "orlova"}, ("anna",))
    first = render(explain(result, "anna"), language).splitlines()[1]
    assert first.partition(": ")[2].rstrip(".") in told
