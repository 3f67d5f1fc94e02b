"""One sentence and one way out for every finding. Places of the sentences are filled from the finding's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.core.i18n import N_
from bridge.lms.advice.rights import EFFECTS
from bridge.lms.advice.steps import Fix
from bridge.lms.sentences import places, sentence
from lms_sync.doctor import RIGHTS, Finding, FindingCode, RoleName
from lms_sync.errors import ErrorCode

__all__ = ["Advice", "advise"]


@dataclass(frozen=True, slots=True)
class Advice:
    """A finding as people read it: message ids and what fills their places.

    Attributes
    ----------
    effect
        A second sentence: what is lost meanwhile; empty where the first says it.
    fix
        The way to mend it.
    """

    text: str
    fix: Fix
    places: Mapping[str, object]
    effect: str = ""


_MISSING = N_("The account lacks the right %(capability)s.")
_PROBABLY = N_("The account probably lacks the right %(capability)s.")

_TOKEN_REFUSED = N_(
    "Moodle refuses this token: it has expired, it is bound to another address, or its account lacks the right "
    "webservice/rest:use at System."
)

_SENTENCES: Mapping[FindingCode, tuple[str, Fix]] = {
    FindingCode.SITE_SILENT: (N_("Moodle could not be examined."), Fix.CONNECTION),
    FindingCode.BROKEN_OFF: (
        N_("Moodle fell silent during the examination, at %(subject)s. What was found until then stands here."),
        Fix.SERVER_LOG,
    ),
    FindingCode.FUNCTION_MISSING: (N_("The token's service lacks the function %(subject)s."), Fix.SERVICE),
    FindingCode.CALL_FAILED: (
        N_("Moodle did not answer the request %(subject)s as it should (%(error)s %(errorcode)s)."),
        Fix.SERVER_LOG,
    ),
    FindingCode.REFUSED: (N_("Moodle refused the request %(subject)s (%(errorcode)s)."), Fix.ASSIGN_ROLE),
    FindingCode.ACTIVITIES_UNSEEN: (
        N_(
            "The gradebook has columns that the account may not see (%(columns)s): %(names)s. Their activities are not "
            "on the course's page either: the right to view that kind of activity is missing (mod/quiz:view, "
            "mod/lti:view and so on), or the activity is hidden."
        ),
        Fix.READING_ROLE,
    ),
    FindingCode.ACTIVITIES_VANISHED: (
        N_(
            "%(activities)s activities that were read before are no longer shown. They were deleted, or the account "
            "may not see them: it lacks moodle/course:viewhiddensections or "
            "moodle/course:ignoreavailabilityrestrictions."
        ),
        Fix.READING_ROLE,
    ),
    FindingCode.SITE_POLICY: (
        N_("The account of the token has not agreed to the site's policy, so Moodle shows it no course."),
        Fix.POLICY,
    ),
    FindingCode.PASSWORD_CHANGE: (
        N_("The account of the token must change its password first, so Moodle shows it no course."),
        Fix.PASSWORD,
    ),
    FindingCode.PROFILE_INCOMPLETE: (
        N_("The profile of the token's account lacks required fields, so Moodle shows it no course."),
        Fix.PROFILE,
    ),
    FindingCode.ADMINISTRATOR: (
        N_(
            "The token belongs to an administrator of the site. Everything can be read; but whoever gets hold of it "
            "can do everything in Moodle. An account with the few rights needed is safer."
        ),
        Fix.OWN_ACCOUNT,
    ),
    FindingCode.WIDE_SERVICE: (
        N_(
            "The token's service offers %(functions)s functions that the companion never calls, %(subject)s among them."
        ),
        Fix.NOTHING,
    ),
    FindingCode.PLAIN_HTTP: (
        N_("Moodle is asked over plain http: the token and the marks can be read on the way."),
        Fix.HTTPS,
    ),
    FindingCode.CLOCK_SKEW: (
        N_("The clocks of Moodle and of this server differ by %(seconds)s s: changes may be noticed late."),
        Fix.CLOCK,
    ),
    FindingCode.RELEASE_UNSUPPORTED: (
        N_("Moodle %(release)s is outside the supported releases, 3.11 to 5.x."),
        Fix.UPGRADE,
    ),
    FindingCode.RELEASE_UNTESTED: (
        N_("Moodle %(release)s has not been tried with the companion. It is read by the functions it offers."),
        Fix.NOTHING,
    ),
    FindingCode.NO_CATEGORY: (N_("No course category was chosen: nothing is read."), Fix.CATEGORY),
    FindingCode.CATEGORY_UNSEEN: (
        N_("Moodle has no course category %(category)s, or the token's account may not see it."),
        Fix.ASSIGN_ROLE,
    ),
    FindingCode.NO_COURSE: (N_("The account may enter no course of the programme."), Fix.ASSIGN_ROLE),
    FindingCode.COHORTS_BY_CATEGORY: (
        N_("Moodle shows the account the cohorts of the category, not those of the whole site. They are searched for."),
        Fix.COHORTS,
    ),
    FindingCode.CHANGES_UNREADABLE: (
        N_(
            "Moodle cannot tell what has changed in some courses: its own query fails where a workshop has separate "
            "groups. These courses are read in full each time."
        ),
        Fix.NOTHING,
    ),
    FindingCode.SUSPENDED_UNGRADED: (
        N_(
            "The gradebook of this site leaves out people whose enrolment is suspended (%(people)s here), for "
            "administrators too. Their earlier marks stay as they were read."
        ),
        Fix.ACTIVE_ONLY,
    ),
    FindingCode.COURSES_NOT_EXAMINED: (
        N_("To spare the site, %(courses)s further courses were only counted, not looked into."),
        Fix.NOTHING,
    ),
}

_CANDIDATES: Mapping[FindingCode, str] = {
    FindingCode.ACTIVITIES_UNSEEN: "mod/…:view",
    FindingCode.ACTIVITIES_VANISHED: "moodle/course:view…",
}
"""What the steps say to look for where one of several rights may be missing."""

_ROLES: Mapping[RoleName, Fix] = {
    RoleName.CONNECTION: Fix.CONNECTION_ROLE,
    RoleName.READING: Fix.READING_ROLE,
    RoleName.WRITING: Fix.WRITING_ROLE,
}

_ROLE_TITLES: Mapping[RoleName, str] = {
    RoleName.CONNECTION: "companionconnection",
    RoleName.READING: "companion",
    RoleName.WRITING: "companionwrite",
}
"""Short names of the presets' roles: they are the same in every language of the site."""


def advise(finding: Finding, *, username: str = "") -> Advice:
    """The sentences and the way out of a finding; ``username`` is the account that the token belongs to."""
    filled = {**finding.facts, "subject": finding.subject, "username": username, "role": _role(finding)}
    filled["capability"] = finding.subject or _CANDIDATES.get(finding.code, "")
    if finding.code is FindingCode.RIGHT_MISSING:
        text = _PROBABLY if finding.is_likely else _MISSING
        return Advice(text, _ROLES[RIGHTS[finding.subject].role], filled, EFFECTS[finding.subject])
    text, fix = _SENTENCES[finding.code]
    if finding.code is FindingCode.SITE_SILENT:
        error = str(finding.facts.get("error"))
        error = _TOKEN_REFUSED if error == ErrorCode.TOKEN_REFUSED else sentence(error)
        return Advice(text, fix, {**filled, **places(finding.facts)}, error)
    return Advice(text, fix, filled)


def _role(finding: Finding) -> str:
    right = RIGHTS.get(finding.subject)
    return _ROLE_TITLES[right.role if right else RoleName.READING]
