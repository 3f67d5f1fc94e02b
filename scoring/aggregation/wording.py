"""Reasons in the two languages of the programme; results themselves hold only codes."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.aggregation.outcome import Escalation, Reason
from scoring.aggregation.records import Obstacle
from scoring.language import Language

__all__ = ["sentence"]

Code = Reason | Escalation | Obstacle

RUSSIAN: Mapping[Code, str] = {
    Reason.CHOSEN: "Публикуется среднее арифметическое: так решил набор до первой оценки.",
    Reason.DENSE_PANEL: (
        "Публикуется среднее арифметическое: каждый эксперт оценил каждую работу, "
        "и строгость сказалась на всех одинаково."
    ),
    Reason.FEW_WORKS: (
        "Публикуется среднее арифметическое: работ слишком мало, чтобы отличить строгость от случайности."
    ),
    Reason.NO_SEVERITY: "Публикуется среднее арифметическое: различий в строгости экспертов не обнаружено.",
    Reason.NOT_ESTIMABLE: "Публикуется среднее арифметическое: поправку на строгость по этим оценкам вычислить нельзя.",
    Escalation.DIVERGENCE: "Оценки двух экспертов расходятся больше допустимого: нужен дополнительный эксперт.",
    Escalation.WIDE_INTERVAL: "Итог известен недостаточно точно: нужна ещё одна оценка.",
    Escalation.FEW_REVIEWS: "Оценок меньше, чем требует набор: нужна ещё одна.",
    Obstacle.FEW_LEVELS: "Нужны хотя бы две работы и два эксперта.",
    Obstacle.SATURATED: "Оценок слишком мало: работы и эксперты объясняют их все без остатка.",
    Obstacle.NO_VARIATION: "Все оценки одинаковы.",
    Obstacle.NO_NOISE: "Эксперты согласны друг с другом до последнего знака.",
    Obstacle.NO_HALO: "Ни в одном отзыве нет оценок хотя бы по двум критериям.",
    Obstacle.DISCONNECTED: "Панель распадается на части без общих экспертов, и сравнить их нельзя.",
    Obstacle.EXTREME: "Остались только крайние оценки: по ним ничего не измерить.",
    Obstacle.SEPARATED: "Отметок слишком мало: у какой-то меры нет конечного значения.",
    Obstacle.NOT_CONVERGED: "Вычисление не сошлось; незаконченный результат не показывается.",
}

ENGLISH: Mapping[Code, str] = {
    Reason.CHOSEN: "The arithmetic mean is published: the season decided so before the first mark.",
    Reason.DENSE_PANEL: (
        "The arithmetic mean is published: every reviewer marked every work, so severity hit all alike."
    ),
    Reason.FEW_WORKS: "The arithmetic mean is published: there are too few works to tell severity from chance.",
    Reason.NO_SEVERITY: "The arithmetic mean is published: the reviewers are not found to differ in severity.",
    Reason.NOT_ESTIMABLE: "The arithmetic mean is published: these marks do not allow a correction for severity.",
    Escalation.DIVERGENCE: "Two reviewers differ by more than the season allows: one more review is needed.",
    Escalation.WIDE_INTERVAL: "The grade is not known precisely enough: one more review is needed.",
    Escalation.FEW_REVIEWS: "There are fewer reviews than the season asks for: one more is needed.",
    Obstacle.FEW_LEVELS: "At least two works and two reviewers are needed.",
    Obstacle.SATURATED: "There are too few marks: works and reviewers explain all of them.",
    Obstacle.NO_VARIATION: "All marks are equal.",
    Obstacle.NO_NOISE: "The reviewers agree to the last digit.",
    Obstacle.NO_HALO: "No review has marks on at least two criteria.",
    Obstacle.DISCONNECTED: "The panel falls into parts without a common reviewer, which cannot be compared.",
    Obstacle.EXTREME: "Only extreme marks are left, and they measure nothing.",
    Obstacle.SEPARATED: "There are too few marks: some measure has no finite value.",
    Obstacle.NOT_CONVERGED: "The computation did not converge; an unfinished result is not shown.",
}


def sentence(code: Code, language: Language = Language.RU) -> str:
    """Say a reason as a whole sentence."""
    return {Language.RU: RUSSIAN, Language.EN: ENGLISH}[language][code]
