"""Doors: sign-in and the first set-up."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.web.forms import SetupForm, SignInForm
from bridge.web.viewmodels.common import Link, Note

__all__ = ["SetupPage", "SignInPage"]


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Sign-in.

    Parameters
    ----------
    form
        Login and password.
    place
        The municipality or department, where the installation serves one.
    others
        Other ways in («Войти через Moodle»).
    help_text
        Who gives access: «Пароль выдаёт методист: Очирова Т. С., каб. 12.»
    notes
        A refused sign-in, a session that ended, no https.
    """

    form: SignInForm
    place: str = ""
    others: tuple[Link, ...] = ()
    help_text: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SetupPage:
    """First run: one form.

    Parameters
    ----------
    form
        All of it.
    notes
        A wrong code, a Moodle that did not answer, no https.
    """

    form: SetupForm
    notes: tuple[Note, ...] = ()
