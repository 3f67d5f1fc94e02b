"""A person's page."""

from dataclasses import replace
from decimal import Decimal

from bridge.web.viewmodels import (
    Evidence,
    EvidenceTable,
    Fact,
    Link,
    MarkLine,
    PersonPage,
    RankInterval,
    Tag,
    TermLine,
    TermState,
    TodoItem,
    Tone,
)
from tests.unit.bridge.web.samples.common import NOW, local


def _moodle(name):
    return Link("Moodle", "https://moodle.example.ru/mod/assign/view.php?id=1", f"Moodle: {name}", is_external=True)


def _term(name, weight, mark, share, points, **more):
    return TermLine(name, Decimal(weight), TermState.COUNTED, mark, Decimal(share), Decimal(points), **more)


TERMS = (
    _term("Эссе «Школа, которой я управляю»", 10, "64,4 из 100", "0.644", "6.4", source=_moodle("эссе")),
    _term("Взаимная экспертиза эссе", 15, "48,0 из 80", "0.6", "9.0", source=Link("5 рецензий", "#peers")),
    _term("Тест «Основы управления школой»", 10, "26,1 из 40", "0.653", "6.5", source=_moodle("тест")),
    _term(
        "Групповой проект",
        15,
        "71,9 из 100",
        "0.719",
        "10.8",
        note="Общая оценка группы 5",
        source=_moodle("групповой проект"),
        tags=(Tag("скрыта в Moodle", Tone.WARN),),
    ),
    TermLine("Анализ данных школы", Decimal(10), TermState.ZERO, points=Decimal("0.0"), share=Decimal(0)),
    _term(
        "Контрольная точка с наставником",
        10,
        "2 из 3",
        "0.5",
        "5.0",
        note="Шкала: 1 — не зачтено, 2 — зачтено, 3 — с отличием",
        source=_moodle("контрольная точка"),
    ),
    _term("Индивидуальный проект", 30, "70,0 из 100", "0.7", "21.0", source=Link("3 эксперта", "#sheets")),
)

MARKS = (
    MarkLine(
        "Эссе «Школа, которой я управляю»",
        "Этап 1. Отбор в акселератор",
        "64,4 из 100",
        "журнал оценок",
        local(11, 20, 12, 30).replace(year=2026),
        "Манджиева Б. О.",
        NOW,
        "Эссе",
        (Tag("переопределена", Tone.WARN), Tag("заблокирована")),
        Link("Moodle", "https://moodle.example.ru/mod/assign/view.php?id=7", is_external=True),
    ),
    MarkLine(
        "Групповой проект",
        "Этап 2. Групповая проектная работа",
        "71,9 из 100",
        "задание",
        use="Групповой проект",
        tags=(Tag("скрыта", Tone.WARN),),
    ),
    MarkLine(
        "Анализ данных школы",
        "Этап 2. Групповая проектная работа",
        "",
        "задание",
        use="Анализ",
        tags=(Tag("не опубликована", Tone.INFO),),
    ),
    MarkLine(
        "Проба пера",
        "Этап 1. Отбор в акселератор",
        "5 из 5",
        "журнал оценок",
        local(1, 12, 9, 0),
        tags=(Tag("исчезла из Moodle", Tone.BAD),),
    ),
)

PERSON = PersonPage(
    name="Лиджиева Полина",
    season="2026–2028",
    is_own=True,
    total=Decimal("58.7"),
    most=Decimal(100),
    school="Ергенинская СОШ",
    group="группа 5",
    data_at=NOW,
    facts=(
        Fact("58,7", "из 100 баллов"),
        Fact("25-е", "место из 55, вероятно от 21-го до 28-го"),
        Fact("1,2", "балла не хватает до 24-го места"),
    ),
    outcome=Tag("Решает комиссия", Tone.WARN),
    outcome_text="18 февраля. Разница с соседями меньше точности оценок, поэтому баллы не решают всё за комиссию.",
    interval=RankInterval(25, 21, 28, 55, 24, "проходят на защиту"),
    terms=TERMS,
    formula=Link("Формула, версия 4", "/formula"),
    evidence=(
        Evidence(
            "sheets",
            "Индивидуальный проект: 70,0 — среднее трёх экспертных листов",
            EvidenceTable(
                "Критерий, вес",
                ("Эксперт А", "Эксперт Б", "Эксперт В"),
                (
                    ("Актуальность проблемы × 1", (Decimal(100), Decimal(100), Decimal(50))),
                    ("Опора на данные × 1", (Decimal(50), Decimal(50), None)),
                ),
                "Итог листа, из 100",
                (Decimal(75), Decimal(70), Decimal(65)),
                "Оценки экспертов, таблица прокручивается вбок",
            ),
            "(75 + 70 + 65) : 3 = 70,0. Между листами 10 баллов — меньше 20, дополнительный эксперт не нужен.",
        ),
        Evidence(
            "peers",
            "Экспертиза эссе: 48,0 из 80 — среднее пяти рецензий",
            None,
            "46, 37, 42, 59 и 56 баллов. Рецензии и замечания —",
            Link("в Семинаре Moodle", "https://moodle.example.ru/mod/workshop/view.php?id=3", is_external=True),
        ),
    ),
    marks=MARKS,
    todo=(
        TodoItem(
            "Посмотреть замечания экспертов и дополнить паспорт проекта к защите",
            "На эту сумму уже не повлияет",
            Link("Открыть паспорт", "/passport"),
            local(3, 2),
        ),
        TodoItem(
            "Подать апелляцию, если в листах есть ошибка",
            "Ответ — за 7 дней; балл может и понизиться",
            Link("Подать апелляцию", "/appeal"),
            local(2, 21),
        ),
    ),
)
STAFF_PERSON = replace(
    PERSON,
    is_own=False,
    is_partial=True,
    terms=(*TERMS[:-1], TermLine("Индивидуальный проект", Decimal(30), TermState.PENDING)),
    tags=(Tag("выбыл", Tone.BAD),),
    todo=(),
    back=Link("Рейтинг", "/rating"),
    profile=Link("Moodle", "https://moodle.example.ru/user/view.php?id=9", "Moodle: Лиджиева Полина", is_external=True),
)
UNKNOWN_PERSON = PersonPage(name="Шарапова Заяна", season="2026–2028")
