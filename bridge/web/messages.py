"""Translation of what a page says, with types: Flask-Babel ships none.

Message ids are English sentences with named places (``%(count)s``). For extraction and the catalogues see
`bridge.translations`.
"""

from __future__ import annotations

import flask_babel  # type: ignore[import-untyped, unused-ignore]

__all__ = ["gettext", "lazy_gettext", "ngettext"]


def gettext(message: str, **values: object) -> str:
    """The message in the language of the request, with the values in their places."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The form of the message that the number asks for; ``%(num)s`` is the number."""
    return str(flask_babel.ngettext(one, many, number, **values))


def lazy_gettext(message: str, **values: object) -> str:
    """A message that is translated when it is printed, for what is made before there is a request."""
    lazy: str = flask_babel.lazy_gettext(message, **values)  # behaves as text everywhere we use it
    return lazy
