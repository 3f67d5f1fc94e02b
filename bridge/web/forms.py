"""The forms of the doors. Their rules are those a page can check; what needs the database or Moodle is the view's."""

from __future__ import annotations

from collections.abc import Callable

from flask_wtf import FlaskForm  # type: ignore[import-untyped, unused-ignore]
from wtforms import Field, Form, PasswordField, RadioField, SelectChoice, SelectField, StringField  # type: ignore[import-untyped, unused-ignore]
from wtforms.validators import DataRequired, Length, Regexp, StopValidation  # type: ignore[import-untyped, unused-ignore]

from bridge.web.messages import lazy_gettext as _l

__all__ = ["MIN_PASSWORD_LENGTH", "ZONES", "SetupForm", "SignInForm"]

MIN_PASSWORD_LENGTH = 10
"""Length beats alphabets; OWASP ASVS 5.0 (6.2.1) asks for 8 at least."""

ZONES = (
    ("Europe/Kaliningrad", _l("Kaliningrad, MSK−1")),
    ("Europe/Moscow", _l("Moscow, Elista, MSK")),
    ("Europe/Samara", _l("Samara, Saratov, MSK+1")),
    ("Asia/Yekaterinburg", _l("Yekaterinburg, MSK+2")),
    ("Asia/Omsk", _l("Omsk, MSK+3")),
    ("Asia/Novosibirsk", _l("Novosibirsk, Krasnoyarsk, MSK+4")),
    ("Asia/Irkutsk", _l("Irkutsk, MSK+5")),
    ("Asia/Yakutsk", _l("Yakutsk, MSK+6")),
    ("Asia/Vladivostok", _l("Vladivostok, MSK+7")),
    ("Asia/Magadan", _l("Magadan, MSK+8")),
    ("Asia/Kamchatka", _l("Kamchatka, MSK+9")),
)
"""The zones of Russia, by the difference to Moscow as people there name it."""

NOW, LATER = "now", "later"


def _required(sentence: str) -> DataRequired:
    return DataRequired(message=sentence)


class _NeededWithMoodle:
    """Required only where Moodle is connected now."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        if form["moodle"].data == NOW:
            if not (field.data or "").strip():
                raise StopValidation(self.sentence)
        elif not field.data:
            raise StopValidation


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


_STRIP: list[Callable[[str | None], str | None]] = [_stripped]


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Login and password of a local account."""

    login = StringField(_l("Login"), [_required(_l("Enter your login.")), Length(max=200)], filters=_STRIP)
    password = PasswordField(_l("Password"), [_required(_l("Enter your password.")), Length(max=1000)])


class SetupForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The first run: who runs this installation, its first account, and where Moodle is."""

    min_password_length = MIN_PASSWORD_LENGTH

    code = StringField(
        _l("Set-up code"), [_required(_l("Enter the code that the program printed when it started."))], filters=_STRIP
    )
    department = StringField(
        _l("Department"),
        [_required(_l("Name the department that runs the programme.")), Length(max=200)],
        filters=_STRIP,
    )
    municipality = StringField(
        _l("Municipality"), [_required(_l("Name the district or town.")), Length(max=200)], filters=_STRIP
    )
    zone = SelectField(_l("Time zone"), choices=[SelectChoice(*zone) for zone in ZONES], default="Europe/Moscow")
    surname = StringField(_l("Surname"), [_required(_l("Enter the surname.")), Length(max=100)], filters=_STRIP)
    given_name = StringField(
        _l("Given name"), [_required(_l("Enter the given name.")), Length(max=100)], filters=_STRIP
    )
    patronymic = StringField(_l("Patronymic"), [Length(max=100)], filters=_STRIP)
    login = StringField(
        _l("Login"),
        [
            _required(_l("Choose a login.")),
            Length(max=100),
            Regexp(r"^[\w.@+-]+$", message=_l("Use letters, digits, and . @ + - _ without spaces.")),
        ],
        filters=_STRIP,
    )
    password = PasswordField(
        _l("Password"),
        [
            _required(_l("Choose a password.")),
            Length(
                min=MIN_PASSWORD_LENGTH,
                max=1000,
                message=_l("The password is too short: take at least %(min)d characters, for example three words."),
            ),
        ],
    )
    moodle = RadioField(
        _l("When to connect"),
        choices=[SelectChoice(NOW, _l("Connect now")), SelectChoice(LATER, _l("Later, look around first"))],
        default=LATER,
    )
    moodle_url = StringField(
        _l("Address of Moodle"),
        [_NeededWithMoodle(_l("Enter Moodle's address, or choose to connect later.")), Length(max=500)],
        filters=_STRIP,
    )
    moodle_token = PasswordField(
        _l("Token"),
        [_NeededWithMoodle(_l("Paste the token of the web service, or choose to connect later.")), Length(max=200)],
    )
