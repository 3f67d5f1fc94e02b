"""Invented people of Kalmykia: Kalmyk and Russian names whose endings agree."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Name", "invented_names", "transliterated"]

_SURNAMES = (
    "Бадмаев", "Очиров", "Манджиев", "Эрдниев", "Санджиев", "Убушаев", "Лиджиев", "Дорджиев", "Нимгиров", "Басангов",
    "Иванов", "Петров", "Мучкаев", "Церенов", "Болдырев", "Кекеев", "Хулхачиев", "Шарапов", "Сангаджиев", "Ользеев",
    "Бембеев", "Босхомджиев", "Горяев", "Джальчинов", "Кичиков", "Лиджанов", "Муниев", "Намруев", "Оконов", "Пюрвеев",
    "Настаев", "Тюрбеев", "Ункуров", "Хонгоров", "Цебеков", "Чурюмов", "Шургучинов", "Эльдеев", "Кузнецов", "Соловьёв",
)  # fmt: skip
"""Masculine forms; a woman's takes an «а»."""
_ADJECTIVES = (("Белопольский", "Белопольская"), ("Степной", "Степная"), ("Городецкий", "Городецкая"))
"""Surnames that decline like adjectives."""
_FIXED = ("Кравченко", "Шевченко", "Черных")
"""Surnames that never change."""

_MEN = {
    "Баир": "Баирович", "Бадма": "Бадмаевич", "Виктор": "Викторович", "Евгений": "Евгеньевич", "Иван": "Иванович",
    "Мерген": "Мергенович", "Очир": "Очирович", "Улан": "Уланович", "Церен": "Церенович", "Санал": "Саналович",
    "Алексей": "Алексеевич", "Савр": "Саврович", "Басан": "Басанович", "Дорджи": "Дорджиевич", "Николай": "Николаевич",
    "Андрей": "Андреевич", "Нарн": "Нарнович", "Арслан": "Арсланович", "Эренцен": "Эренценович", "Бата": "Батаевич",
}  # fmt: skip
"""First names with the patronymics of their sons; a daughter's ends in «на»."""
_WOMEN = (
    "Айса", "Галина", "Данара", "Заяна", "Кермен", "Людмила", "Наталья", "Полина", "Саглара", "Эльвира",
    "Римма", "Байрта", "Гиляна", "Деляш", "Ирина", "Иляна", "Марина", "Надежда", "Нина", "Светлана",
    "Цагана", "Эльзята", "Альма", "Баина", "Ольга", "Татьяна",
)  # fmt: skip

# fmt: off
_LATIN = (
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh",
    "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
)
# fmt: on
_LETTERS = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _LATIN, strict=True))


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name and the gender it agrees in."""

    family: str
    given: str
    patronymic: str
    female: bool


def transliterated(text: str) -> str:
    """Write Cyrillic in Latin letters, as account names are written.

    >>> transliterated("Цагана Хулхачиева")
    'tsagana khulkhachieva'
    """
    return "".join(_LETTERS.get(letter, letter) for letter in text.lower())


def _surname(dice: random.Random, *, female: bool) -> str:
    draw = dice.random()
    if draw < 0.03:
        return dice.choice(_FIXED)
    if draw < 0.06:
        return dice.choice(_ADJECTIVES)[female]
    return dice.choice(_SURNAMES) + ("а" if female else "")


def _patronymic(dice: random.Random, *, female: bool) -> str:
    son = dice.choice(list(_MEN.values()))
    # -ович becomes -овна, -евич becomes -евна.
    return son.removesuffix("ич") + "на" if female else son


def invented_names(dice: random.Random, *, women: float = 0.7) -> Iterator[Name]:
    """Invent names without end, none twice while there are others.

    Parameters
    ----------
    women
        Share of women; most teachers are.
    """
    used: set[tuple[str, str]] = set()
    while True:
        female = dice.random() < women
        for _ in range(50):
            family, given = _surname(dice, female=female), dice.choice(_WOMEN if female else list(_MEN))
            if (family, given) not in used:
                break
        used.add((family, given))
        yield Name(family, given, _patronymic(dice, female=female), female)
