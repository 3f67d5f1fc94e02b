"""Forms of the connection page."""

from __future__ import annotations

from flask_wtf import FlaskForm  # type: ignore[import-untyped, unused-ignore]
from flask_wtf.file import FileField, FileRequired  # type: ignore[import-untyped, unused-ignore]
from wtforms import PasswordField, SelectMultipleField, StringField  # type: ignore[import-untyped, unused-ignore]
from wtforms.validators import InputRequired, Length  # type: ignore[import-untyped, unused-ignore]
from wtforms.widgets import CheckboxInput, ListWidget  # type: ignore[import-untyped, unused-ignore]

from bridge.web.messages import lazy_gettext as _l

__all__ = ["CategoryForm", "ConnectForm", "FileForm"]


class ConnectForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Where Moodle is, and with which token it is asked."""

    url = StringField(_l("Address of Moodle"), [InputRequired(_l("Enter Moodle's address.")), Length(max=500)])
    token = PasswordField(_l("Token"), [InputRequired(_l("Paste the token of the web service.")), Length(max=200)])


class CategoryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which course categories are the programme's; the choices are set by the view."""

    categories = SelectMultipleField(
        _l("Course categories"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A file, and of which course it is where the file does not tell."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file on your computer."))])
    course = StringField(_l("Course of the gradebook"), [Length(max=250)])
