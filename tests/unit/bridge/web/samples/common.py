"""The day, the seasons, the stages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bridge.web.frame import SeasonChoice, Stage, StageState

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2028, 2, 16, 11, 5, tzinfo=UTC)

SEASONS = (
    SeasonChoice("2026", "2026–2028", is_selected=True),
    SeasonChoice("2024", "2024–2026"),
    SeasonChoice("t", "Пробный"),
)
STAGES = (
    Stage(1, "Отбор", StageState.DONE, "завершён, 60 участников"),
    Stage(2, "Групповые проекты", StageState.DONE, "завершён, 12 групп"),
    Stage(3, "Индивидуальные проекты", StageState.NOW, "идёт до 3 марта"),
    Stage(4, "Внедрение", StageState.LATER, "с 15 марта"),
)


def local(month, day, hour=23, minute=59):
    return datetime(2028, month, day, hour, minute, tzinfo=MOSCOW)
