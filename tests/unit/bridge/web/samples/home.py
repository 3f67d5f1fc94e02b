"""Home."""

from datetime import date, timedelta

from bridge.web.viewmodels import (
    Event,
    HomePage,
    KeyDate,
    Link,
    Note,
    Tag,
    TodoItem,
    Tone,
    group_todo,
)
from tests.unit.bridge.web.samples.common import MOSCOW, NOW, STAGES, local


def todo():
    return (
        TodoItem(
            "Ответить на апелляцию: Басангов Очир, экспертиза эссе",
            "Срок ответа прошёл 14 февраля; заявитель ждёт решения",
            Link("Рассмотреть", "/appeal", "Рассмотреть апелляцию"),
            local(2, 14),
        ),
        TodoItem(
            "По 2 проектам оценки экспертов разошлись больше чем на 20 баллов",
            "Пока нет дополнительной оценки, Кекеева Тамара и Шарапова Заяна не попадут в рейтинг",
            Link("Назначить эксперта", "/third"),
            local(2, 17),
        ),
        TodoItem(
            "Собрать кворум: участие подтвердили 4 члена комиссии, нужно 5",
            "Не ответили Иванов У., Лиджиева А. и Ользеева Р.; приглашения доставлены 11 февраля",
            Link("Напомнить", "/remind", "Напомнить членам комиссии"),
            local(2, 17, 17, 0),
        ),
        TodoItem(
            "Комиссия: допуск к конкурсной защите, 24 места",
            "18 человек рекомендованы; на 6 мест ещё 10 человек, различия малы: решает комиссия",
            Link("Открыть рейтинг", "/rating"),
            local(2, 18, 15, 0),
            is_event=True,
        ),
        TodoItem(
            "3 оценки в Moodle изменились после фиксации этапа 2",
            "Опубликованные места не меняются; решите, нужно ли исправление с основанием",
            Link("Посмотреть", "/changed", "Посмотреть изменившиеся оценки"),
            local(2, 22),
        ),
        TodoItem(
            "4 участника не ответили про согласие на распространение",
            "В банке проектов они останутся под шифром",
            Link("Кому напомнить", "/consents", "Кому напомнить о согласии"),
        ),
    )


def home(*, long=False):
    items = todo()
    if long:
        items += tuple(
            TodoItem(
                f"Подписать лист № {n}",
                "Без подписи лист не идёт в зачёт",
                Link("Открыть", f"/s/{n}", f"Открыть лист {n}"),
                local(3, n),
            )
            for n in range(1, 8)
        )
    return HomePage(
        now=NOW,
        season="2026–2028",
        data_at=NOW,
        refresh_url="/sync",
        stages=STAGES,
        groups=group_todo(items, now=NOW, zone=MOSCOW),
        dates=(
            KeyDate(date(2028, 2, 14), "экспертиза проектов закончена", "171 лист из 171, ждём 2 дополнительных"),
            KeyDate(date(2028, 2, 18), "комиссия по допуску к защите"),
            KeyDate(date(2028, 3, 3), "конкурсная защита"),
        ),
        events=(
            Event(NOW - timedelta(minutes=25), "Предварительный расчёт рейтинга № 3", "Очирова Т. С."),
            Event(
                NOW - timedelta(hours=21),
                "лист ИП-12 внесён с бумаги,",
                "внесено за эксперта Хулхачиеву Г.",
                Link("скан", "/scan"),
                Tag("второй ввод совпал", Tone.OK),
            ),
            Event(NOW - timedelta(days=2), "Принята апелляция Басангова О."),
        ),
        journal_url="/journal",
        notes=(
            Note(
                "Пароли видны в сети. Попросите администратора включить https.",
                "Соединение не защищено.",
                Tone.WARN,
                Link("Как это сделать", "/help"),
            ),
        ),
    )


EMPTY_HOME = HomePage(now=NOW, season="2026–2028", stages=STAGES, data_at=NOW - timedelta(days=1))
FIRST_HOME = HomePage(now=NOW, begin=(Link("Создать набор", "/season/new"), Link("Подключить Moodle", "/moodle")))
