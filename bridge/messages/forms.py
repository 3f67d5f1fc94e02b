"""Forms of the pages about messages."""

from __future__ import annotations

from flask_wtf import FlaskForm  # type: ignore[import-untyped, unused-ignore]
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[import-untyped, unused-ignore]
from wtforms.validators import Optional, Regexp  # type: ignore[import-untyped, unused-ignore]

from bridge.messages.choice import Channel
from bridge.messages.models import Rhythm
from bridge.messages.sentences import RHYTHMS
from bridge.web.messages import lazy_gettext as _l

__all__ = ["ORDERS", "SettingsForm", "TextForm", "WishForm"]

ORDERS: dict[str, tuple[str, tuple[Channel, ...]]] = {
    "smtp-moodle": (_l("E-mail, else a message in Moodle"), (Channel.SMTP, Channel.MOODLE)),
    "moodle-smtp": (_l("A message in Moodle, else e-mail"), (Channel.MOODLE, Channel.SMTP)),
    "smtp": (_l("E-mail only"), (Channel.SMTP,)),
    "moodle": (_l("A message in Moodle only"), (Channel.MOODLE,)),
    "copy": (_l("By hand only: every text waits on the page “To hand over”"), ()),
}
"""The orders that make sense; a text to copy closes each of them."""


HOURS = [SelectChoice(hour, f"{hour:02d}:00") for hour in range(24)]


class TextForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A template's text in one language."""

    subject = StringField(_l("Subject"))
    body = TextAreaField(_l("Text"))
    version = HiddenField(validators=[Regexp(r"\d{1,9}\Z")])


class SettingsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """How a municipality sends."""

    order = RadioField(_l("Which way"), choices=[SelectChoice(key, words) for key, (words, _order) in ORDERS.items()])
    digest = RadioField(
        _l("Digest of what waits"), choices=[SelectChoice(rhythm.value, _l(RHYTHMS[rhythm])) for rhythm in Rhythm]
    )
    digest_hour = SelectField(
        _l("At which hour"), coerce=int, choices=[SelectChoice(hour, f"{hour:02d}:00") for hour in range(24)]
    )


class WishForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a person wants for themselves."""

    channel = RadioField(
        _l("How to tell you"),
        choices=[
            SelectChoice("", _l("As the department does it")),
            SelectChoice(Channel.SMTP.value, _l("E-mail")),
            SelectChoice(Channel.MOODLE.value, _l("Message in Moodle")),
            SelectChoice(Channel.COPY.value, _l("By hand: the organiser hands it over")),
        ],
        # An empty choice is one.
        validators=[Optional(strip_whitespace=False)],
        default="",
    )
    email = StringField(_l("Address for e-mail"))
    digest = BooleanField(_l("Send me the digest of what waits for me"))
