"""Why an allocation cannot be, in sentences an organiser can act on, Russian and English."""

from __future__ import annotations

from collections.abc import Callable

from scoring.allocation.records import Shortage, ShortageKind
from scoring.ids import Id
from scoring.language import Language, english_count, russian_count

__all__ = ["render_shortage"]

_NAMES_SHOWN = 10


def render_shortage(
    shortage: Shortage,
    language: Language,
    *,
    work_name: Callable[[Id], str] = str,
    reviewer_name: Callable[[Id], str] = str,
) -> str:
    """Write a shortage as a sentence, with a second one where conflicts of interest play a part.

    Parameters
    ----------
    shortage
        The facts.
    language
        Russian or English.
    work_name, reviewer_name
        Names by id; without them the ids are shown. Of long lists the first ten are.

    Examples
    --------
    >>> shortage = Shortage(ShortageKind.WORKS, ("a", "b"), ("kim",), needed=6, available=2, conflicts=0)
    >>> print(render_shortage(shortage, Language.EN))
    These 2 works (a, b) need 6 reviews, but have only 1 eligible reviewer (kim), who can give at most 2.
    """
    works, reviewers = _names(shortage.works, work_name, language), _names(shortage.reviewers, reviewer_name, language)
    write = _russian if language is Language.RU else _english
    return write(shortage, works, reviewers) + _conflicts(shortage.conflicts, language)


def _names(ids: tuple[Id, ...], name: Callable[[Id], str], language: Language) -> str:
    if not ids:
        return ""
    shown = ", ".join(name(each) for each in ids[:_NAMES_SHOWN])
    more = len(ids) - _NAMES_SHOWN
    if more <= 0:
        return f" ({shown})"
    return f" ({shown} и ещё {more})" if language is Language.RU else f" ({shown} and {more} more)"


def _english(shortage: Shortage, works: str, reviewers: str) -> str:
    needed = english_count(shortage.needed, "review", "reviews")
    if shortage.kind is ShortageKind.WORKS:
        single = len(shortage.works) == 1
        who = f"This work{works} needs" if single else f"These {len(shortage.works)} works{works} need"
        if not shortage.reviewers:
            return f"{who} {needed}, but {'has' if single else 'have'} no eligible reviewer."
        eligible = english_count(len(shortage.reviewers), "eligible reviewer", "eligible reviewers")
        return (
            f"{who} {needed}, but {'has' if single else 'have'} only {eligible}{reviewers}, who can give at most "
            f"{_number(shortage.available, Language.EN)}{_cap(shortage, Language.EN)}."
        )
    single = len(shortage.reviewers) == 1
    who = f"This reviewer{reviewers}" if single else f"These {len(shortage.reviewers)} reviewers{reviewers}"
    if not shortage.works:
        return f"{who} must write at least {needed}, but no work is open to {'this one' if single else 'them'}."
    open_works = english_count(len(shortage.works), "work", "works")
    return (
        f"{who} must write at least {needed}, but the {open_works} open to {'this one' if single else 'them'}{works} "
        f"can take only {_number(shortage.available, Language.EN)}{_cap(shortage, Language.EN)}."
    )


def _russian(shortage: Shortage, works: str, reviewers: str) -> str:
    needed = russian_count(shortage.needed, "рецензия", "рецензии", "рецензий")
    available = f"{_number(shortage.available, Language.RU)}{_cap(shortage, Language.RU)}"
    if shortage.kind is ShortageKind.WORKS:
        single = len(shortage.works) == 1
        group = (
            "Этой работе" if single else f"Этим {russian_count(len(shortage.works), 'работе', 'работам', 'работам')}"
        )
        asks = f"{group}{works} {'нужна' if _ends_in_one(shortage.needed) else 'нужно'} {needed}"
        pronoun = "её" if single else "их"
        if not shortage.reviewers:
            return f"{asks}, но рецензировать {pronoun} не может никто."
        can = "может" if _ends_in_one(len(shortage.reviewers)) else "могут"
        eligible = russian_count(len(shortage.reviewers), "эксперт", "эксперта", "экспертов")
        return f"{asks}, но рецензировать {pronoun} {can} только {eligible}{reviewers}, вместе не больше {available}."
    single = len(shortage.reviewers) == 1
    count = russian_count(len(shortage.reviewers), "эксперту", "экспертам", "экспертам")
    group = "Этому эксперту" if single else f"Этим {count}"
    asks = (
        f"{group}{reviewers} назначено не меньше {russian_count(shortage.needed, 'рецензии', 'рецензий', 'рецензий')}"
    )
    if not shortage.works:
        return f"{asks}, но доступных работ для них нет."
    open_works = russian_count(len(shortage.works), "доступная работа", "доступные работы", "доступных работ")
    takes = "примет" if _ends_in_one(len(shortage.works)) else "примут"
    return f"{asks}, но {open_works}{works} {takes} не больше {available}."


def _ends_in_one(number: int) -> bool:
    return number % 10 == 1 and number % 100 != 11


def _number(value: float, language: Language) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language is Language.RU else text


def _cap(shortage: Shortage, language: Language) -> str:
    if shortage.cap is None:
        return ""
    cap = _number(shortage.cap, language)
    if language is Language.RU:
        return f", если вероятность каждой пары не выше {cap}"
    return f" while each pair's probability is at most {cap}"


def _conflicts(pairs: int, language: Language) -> str:
    if not pairs:
        return ""
    if language is Language.RU:
        return f" Конфликты интересов исключают {russian_count(pairs, 'пару', 'пары', 'пар')}."
    return f" Conflicts of interest exclude {english_count(pairs, 'pair', 'pairs')}."
