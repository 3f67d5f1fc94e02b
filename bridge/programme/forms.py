"""Forms of a season: founding one, and its map of the LMS."""

from __future__ import annotations

from flask_wtf import FlaskForm  # type: ignore[import-untyped, unused-ignore]
from wtforms import DateField, IntegerField, StringField  # type: ignore[import-untyped, unused-ignore]
from wtforms.validators import InputRequired, Length, NumberRange  # type: ignore[import-untyped, unused-ignore]

from bridge.programme import preset
from bridge.web.messages import lazy_gettext as _l

__all__ = ["SeasonForm"]


class SeasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new season from the preset: what cannot be guessed."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the season a name.")), Length(max=60)])
    starts_on = DateField(_l("Begins"), [InputRequired(_l("Enter the first day as DD.MM.YYYY."))])
    ends_on = DateField(_l("Ends"), [InputRequired(_l("Enter the last day as DD.MM.YYYY."))])
    places = IntegerField(
        _l("Places at the defence"),
        [InputRequired(_l("Enter how many people pass.")), NumberRange(1, 1000, _l("Enter a number from 1 to 1000."))],
        default=preset.PLACES,
    )
