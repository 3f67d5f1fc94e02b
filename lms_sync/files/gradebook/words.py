"""How Moodle words the headers of an export, in English and Russian.

From Moodle 4.5's own strings (user fields, ``grades/real`` and its kin, ``timeexported``, module names), and for
Russian as exports of Russian sites show them; "Значение" is the language pack's word, "Действительное" another one's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

__all__ = ["COURSE_TOTALS", "IDENTITY", "MODULES", "TIME_OF_EXPORT", "Form", "category_of", "form_of", "plain"]


class Form(StrEnum):
    """In which form a column gives its marks."""

    REAL = "real"
    PERCENTAGE = "percentage"
    LETTER = "letter"
    FEEDBACK = "feedback"


_FORMS: Mapping[str, Form] = {
    "real": Form.REAL,
    "значение": Form.REAL,
    "действительное": Form.REAL,
    "percentage": Form.PERCENTAGE,
    "проценты": Form.PERCENTAGE,
    "процент": Form.PERCENTAGE,
    "letter": Form.LETTER,
    "буква": Form.LETTER,
    "буквенная оценка": Form.LETTER,
    "feedback": Form.FEEDBACK,
    "отзыв": Form.FEEDBACK,
    "комментарий": Form.FEEDBACK,
}

IDENTITY: Mapping[str, str] = {
    "first name": "first_name",
    "имя": "first_name",
    "last name": "last_name",
    "surname": "last_name",
    "фамилия": "last_name",
    "id number": "idnumber",
    "индивидуальный номер": "idnumber",
    "идентификационный номер": "idnumber",
    "username": "username",
    "логин": "username",
    "email address": "email",
    "email": "email",
    "адрес электронной почты": "email",
    "электронная почта": "email",
    "institution": "institution",
    "учреждение (организация)": "institution",
    "учреждение": "institution",
    "организация": "institution",
    "department": "department",
    "отдел": "department",
    "подразделение": "department",
    "suspended": "suspended",
    "заблокирован": "suspended",
    "заблокированный": "suspended",
    "приостановлено": "suspended",
}
"""Field of a person by header."""

TIME_OF_EXPORT = frozenset({"last downloaded from this course", "последние загруженные из этого курса"})

MODULES: Mapping[str, str] = {
    "assignment": "assign",
    "задание": "assign",
    "quiz": "quiz",
    "тест": "quiz",
    "workshop": "workshop",
    "семинар": "workshop",
    "forum": "forum",
    "форум": "forum",
    "lesson": "lesson",
    "лекция": "lesson",
    "урок": "lesson",
    "glossary": "glossary",
    "глоссарий": "glossary",
    "database": "data",
    "база данных": "data",
    "scorm package": "scorm",
    "пакет scorm": "scorm",
    "external tool": "lti",
    "внешний инструмент": "lti",
    "h5p": "h5pactivity",
    "bigbluebutton": "bigbluebuttonbn",
}
"""Moodle's short name by the name that stands before the colon."""

COURSE_TOTALS = frozenset({"course total", "итоговая оценка за курс", "итог курса", "итого за курс"})
_CATEGORY_TOTAL = re.compile(r"(?P<english>.+) total|итого(?: в категории)? «(?P<russian>.+)»", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ENDING = re.compile(r"(?P<name>.*\S)\s*\((?P<form>[^()]+)\)", re.DOTALL)


def plain(text: str) -> str:
    """A header without doubled and foreign spaces."""
    return _SPACES.sub(" ", text).strip()


def form_of(header: str) -> tuple[str, Form] | None:
    """The name of an item and the form of its marks: "Essay (Real)"; None for a column of something else."""
    found = _ENDING.fullmatch(header)
    form = _FORMS.get(found["form"].casefold()) if found else None
    return (found["name"], form) if found and form else None


def category_of(name: str) -> str | None:
    """The category whose total a name tells, None where it tells of no total."""
    found = _CATEGORY_TOTAL.fullmatch(name)
    return (found["english"] or found["russian"]) if found else None
