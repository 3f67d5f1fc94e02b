"""The tree of errors of the bridge.

BridgeError                 code, message id and facts; what a person reads is rendered at the edge
├── Refused                 a rule says no: 409 and exit code 1
│   └── StaleSave           somebody else saved in between
├── InvalidInput            the person can mend what they entered: 422 and exit code 1
├── NotFound                no such thing, or not for this person: 404
├── Forbidden               known, yet not allowed: 403
└── SettingsError           the server is set up wrongly: exit code 2
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BridgeError", "Forbidden", "InvalidInput", "NotFound", "Refused", "SettingsError", "StaleSave"]


class BridgeError(Exception):
    """Base of the package's errors.

    Parameters
    ----------
    message
        A whole English sentence, also the id of its translation; ``%(name)s`` places take their values from ``facts``.
    code
        A stable word for programs.
    fields
        For a form: field name -> sentence (an id like ``message``).
    facts
        Values for the places in the sentences. Never a secret.
    """

    status = 500
    default_code = "error"

    def __init__(
        self, message: str, *, code: str = "", fields: Mapping[str, str] | None = None, **facts: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fields = dict(fields or {})
        self.facts = facts

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message


class Refused(BridgeError):
    status = 409
    default_code = "refused"


class StaleSave(Refused):
    default_code = "stale_save"


class InvalidInput(BridgeError):
    status = 422
    default_code = "invalid_input"


class NotFound(BridgeError):
    status = 404
    default_code = "not_found"


class Forbidden(BridgeError):
    status = 403
    default_code = "forbidden"


class SettingsError(BridgeError):
    default_code = "settings"
