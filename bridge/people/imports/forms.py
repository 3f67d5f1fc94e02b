"""The form of an upload."""

from __future__ import annotations

from flask_wtf import FlaskForm  # type: ignore[import-untyped, unused-ignore]
from flask_wtf.file import FileField, FileRequired  # type: ignore[import-untyped, unused-ignore]
from wtforms import RadioField  # type: ignore[import-untyped, unused-ignore]
from wtforms.validators import InputRequired  # type: ignore[import-untyped, unused-ignore]

from bridge.web.messages import lazy_gettext as _l

__all__ = ["UploadForm"]


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which table, and the file; the choices are set by the view."""

    table = RadioField(_l("What is in the file"), [InputRequired(_l("Say which table the file holds."))])
    file = FileField(_l("File"), [FileRequired(_l("Choose a file on your computer."))])
