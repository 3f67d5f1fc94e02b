"""The rating."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bridge.web.tables import Sort
from bridge.web.viewmodels import (
    BandKind,
    Choice,
    Fact,
    FilterField,
    Link,
    RatingBand,
    RatingPage,
    RatingPrint,
    RatingRow,
    Tag,
    TermColumn,
    Tone,
)
from tests.unit.bridge.web.samples.common import NOW

COLUMNS = (
    TermColumn("essay", "Эссе «Школа, которой я управляю»", "Эссе", Decimal(10)),
    TermColumn("expertise", "Взаимная экспертиза эссе", "Экспер\u00adтиза", Decimal(15)),
    TermColumn("test", "Тест «Основы управления школой»", "Тест", Decimal(10)),
    TermColumn("groupproject", "Групповой проект", "Груп\u00adповой", Decimal(15)),
    TermColumn("analysis", "Анализ данных школы", "Анализ", Decimal(10)),
    TermColumn("checkpoint", "Контрольная точка с наставником", "Контр. точка", Decimal(10)),
    TermColumn("project", "Индивидуальный проект", "Инд. проект", Decimal(30)),
)
_SURNAMES = (
    "Мучкаев",
    "Сангаджиева",
    "Дорджиева",
    "Болдырев",
    "Бадмаева",
    "Иванов",
    "Нимгиров",
    "Хулхачиева",
    "Эрдниев",
)
_GIVEN = ("Иван", "Айса", "Галина", "Евгений", "Римма", "Очир", "Кермен")
_SCHOOLS = ("Шин-Мерская", "Алцынхутинская", "Гашун-Бургустинская", "Ергенинская", "Сарпинская")
RANKED, CUT = 30, 12


def _row(place, outcome, *, sure=2):
    share = Decimal(100 - 2 * place) / 100
    points = tuple((column.weight * share).quantize(Decimal("0.1")) for column in COLUMNS)
    surname, given = _SURNAMES[place % len(_SURNAMES)], _GIVEN[place % len(_GIVEN)]
    return RatingRow(
        place,
        f"{surname} {given}",
        f"/person?p={place}",
        points,
        sum(points, Decimal(0)),
        f"{_SCHOOLS[place % len(_SCHOOLS)]} СОШ",
        f"гр. {place % 12 + 1}",
        low=max(place - sure, 1),
        high=min(place + sure, RANKED),
        outcome=outcome,
    )


def _bands():
    passed = tuple(_row(n, Tag("Рекомендован", Tone.OK)) for n in range(1, 10))
    tied = tuple(_row(n, Tag("Решает комиссия", Tone.WARN), sure=5) for n in range(10, 17))
    below = tuple(_row(n, Tag("Лист ожидания")) for n in range(17, RANKED + 1))
    waiting = replace(
        _row(8, Tag("Ожидается", Tone.INFO)),
        place=None,
        low=None,
        high=None,
        is_partial=True,
        name="Кекеева Тамара",
        url="/person",
    )
    waiting = replace(waiting, points=(*waiting.points[:-1], None))
    return (
        RatingBand(BandKind.PLAIN, passed),
        RatingBand(
            BandKind.TIED,
            tied,
            "Различия малы, решает комиссия: места 10–16, 7 человек на 3 места. Сумма 12-го места — 76,0",
        ),
        RatingBand(BandKind.BELOW, below, "Ниже границы: интервал места целиком ниже 12-го"),
        RatingBand(BandKind.PENDING, (waiting,), "Без места: ожидается оценка"),
    )


RATING = RatingPage(
    title="Рейтинг: допуск к конкурсной защите",
    columns=COLUMNS,
    bands=_bands(),
    sort=Sort("total", is_descending=True),
    shown=31,
    everybody=31,
    ranked=RANKED,
    cut=CUT,
    crumb="Этап 3. Индивидуальные проекты",
    state=Tag("Предварительный расчёт № 3, не опубликован", Tone.WARN),
    data_at=NOW,
    formula=Link("формула, версия 4", "/formula"),
    journal=Link("журнал", "/journal"),
    facts=(
        Fact("12", "мест на защите"),
        Fact("9", "человек рекомендованы"),
        Fact("7", "человек у границы: различия малы, решает комиссия"),
        Fact("14", "человек ниже границы"),
        Fact("1", "ожидает оценки эксперта", "/third"),
    ),
    filters=(
        FilterField("q", "Фамилия"),
        FilterField(
            "school",
            "Школа",
            "",
            (Choice("", "Все 10"), Choice("1", "Сарпинская СОШ"), Choice("2", "Гашун-Бургустинская СОШ")),
        ),
        FilterField("group", "Группа", "", (Choice("", "Все 12"), Choice("1", "Группа 1"))),
        FilterField("outcome", "Итог", "", (Choice("", "Любой"), Choice("ok", "Рекомендован"))),
    ),
    footnotes=(
        "* Без индивидуального проекта.",
        "Рейтинг рекомендует; решение принимает комиссия и записывает в протокол. Равные суммы делят место.",
    ),
    documents=(Link("Excel с формулами", "/rating.xlsx"),),
    primary=Link("Зафиксировать итоги…", "/freeze"),
    paper=RatingPrint(
        "Расчёт № 3",
        NOW - timedelta(minutes=25),
        NOW,
        "версия 4",
        "7c41 e09a 5d12",
        ("Председатель комиссии", "Секретарь комиссии"),
    ),
)

PLAIN_RATING = replace(
    RATING,
    bands=(
        RatingBand(
            BandKind.PLAIN,
            tuple(replace(row, low=None, high=None, outcome=None) for band in _bands() for row in band.rows),
        ),
    ),
    cut=None,
    sort=Sort("name"),
    facts=(),
    primary=None,
    paper=None,
    state=None,
    journal=None,
    documents=(),
)
EMPTY_RATING = replace(PLAIN_RATING, bands=(), shown=0, everybody=0, ranked=0, filters=(), footnotes=())
NOBODY_FOUND = replace(RATING, bands=(), shown=0, is_filtered=True, reset_url="/rating", footnotes=(), paper=None)
