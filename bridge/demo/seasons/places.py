"""Two municipalities: the programme's own district, and a larger one."""

from dataclasses import dataclass

__all__ = ["ELISTA", "KETCHENERY", "Municipality"]


@dataclass(frozen=True, slots=True)
class Municipality:
    """Where a season takes place.

    Attributes
    ----------
    letter
        What its accounts and courses begin with, before the year.
    name, town
        As profiles have them.
    schools
        Short names, as in «Сарпинская СОШ».
    """

    letter: str
    name: str
    town: str
    schools: tuple[str, ...]

    def institution(self, number: int) -> str:
        """Return a school's name as most profiles spell it; numbers go round."""
        return f"МБОУ «{self.schools[number % len(self.schools)]}»"


KETCHENERY = Municipality(
    letter="a",
    name="Кетченеровский район",
    town="Кетченеры",
    schools=tuple(
        f"{name} СОШ"
        for name in (
            "Кетченеровская",
            "Алцынхутинская",
            "Гашун-Бургустинская",
            "Ергенинская",
            "Кегультинская",
            "Сарпинская",
            "Тугтунская",
            "Чкаловская",
            "Шаттинская",
            "Шин-Мерская",
        )
    ),
)
"""The district of the programme: ten schools."""

ELISTA = Municipality(
    letter="e",
    name="Городской округ Элиста",
    town="Элиста",
    schools=(
        *(f"СОШ № {number}" for number in (2, 3, 4, 8, 10, 12, 15, 17, 18, 20, 21, 23)),
        "Калмыцкая национальная гимназия",
        "Элистинская многопрофильная гимназия",
        "Русская национальная гимназия",
        "Элистинский лицей",
        "Элистинский технический лицей",
        "Аршанская СОШ",
        "Троицкая СОШ",
        "Вознесеновская СОШ",
        "Центр образования № 1",
        "Вечерняя школа",
    ),
)
"""The larger one: twenty-two schools."""
