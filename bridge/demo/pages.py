"""The few pages that a link from the companion into Moodle may open: each says what stands here on a real site."""

import html
from urllib.parse import parse_qs

from bridge.demo.faults import Answer
from bridge.demo.tables import Tables

__all__ = ["page"]

_SHELL = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>
<p>Это учебный стенд вместо Moodle. На настоящем сайте здесь открылась бы страница: {what}.</p>
</body></html>
"""


def _named(tables: Tables, path: str, number: int) -> tuple[str, str] | None:
    if path.startswith("/mod/"):
        module = tables.course_modules.get(number)
        return (tables.activity(module).name, "задание курса") if module else None
    if path.startswith("/course/view"):
        course = tables.courses.get(number)
        return (course.fullname, "курс") if course else None
    if path.startswith("/user/"):
        user = tables.users.get(number)
        return (user.fullname, "профиль участника") if user else None
    if path.startswith("/grade/"):
        course = tables.courses.get(number)
        return (course.fullname, "журнал оценок") if course else None
    return (tables.site.name, "главная") if path in {"", "/"} else None


def page(tables: Tables, path: str, query: str) -> Answer:
    """Return the page behind a link, 404 where there is none.

    Parameters
    ----------
    path, query
        As in ``/mod/assign/view.php`` and ``id=7``.
    """
    asked = parse_qs(query).get("id", ["0"])[0]
    found = _named(tables, path, int(asked) if asked.isdigit() else 0)
    status, (title, what) = (200, found) if found else (404, ("Не найдено", "такой страницы нет"))
    text = _SHELL.format(title=html.escape(title), what=html.escape(what))
    return Answer(text.encode(), "text/html; charset=utf-8", status)
