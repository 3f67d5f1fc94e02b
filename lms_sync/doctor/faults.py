"""Faults of the account that Moodle reports as faults of each course."""

from __future__ import annotations

from collections.abc import Mapping

from lms_sync.doctor.findings import FindingCode
from lms_sync.errors import LmsError

__all__ = ["account_fault"]

_WORDS: Mapping[str, FindingCode] = {
    "Site policy not agreed": FindingCode.SITE_POLICY,
    "sitepolicynotagreed": FindingCode.SITE_POLICY,
    "forcepasswordchangenotice": FindingCode.PASSWORD_CHANGE,
    "You must change your password": FindingCode.PASSWORD_CHANGE,
    "User not fully set-up": FindingCode.PROFILE_INCOMPLETE,
    "usernotfullysetup": FindingCode.PROFILE_INCOMPLETE,
}
"""Only the words of the message tell. They are asked for in English, which every Moodle has."""


def account_fault(error: LmsError | None) -> FindingCode | None:
    """What is wrong with the account itself; None where the error is about something else."""
    if error is None:
        return None
    words = f"{error.facts.get('errorcode')} {error.message}"
    return next((code for word, code in _WORDS.items() if word in words), None)
