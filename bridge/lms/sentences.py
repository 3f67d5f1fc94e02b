"""What went wrong between us and the LMS, as sentences that say what to do. Message ids are the English sentences."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_
from bridge.errors import Refused
from lms_sync.errors import ErrorCode, LmsError
from lms_sync.reader import ProblemCode

__all__ = ["INTERRUPTED", "LmsRefused", "places", "refusal", "sentence"]

INTERRUPTED = "interrupted"
"""The problem of a run that was broken off from our side."""

SENTENCES: Mapping[str, str] = {
    INTERRUPTED: N_("The reading was broken off on our side. The next one takes it up."),
    ErrorCode.DNS: N_("There is no site of this name. Check the address of Moodle."),
    ErrorCode.CONNECT: N_("Nothing answers at this address. Check it, and whether Moodle is running."),
    ErrorCode.CONNECT_TIMEOUT: N_("Moodle does not answer in time. Try again, or check the address."),
    ErrorCode.READ_TIMEOUT: N_("Moodle began to answer and then fell silent. Try again later."),
    ErrorCode.DEADLINE: N_("Moodle answers too slowly. Try again later, when the site is less busy."),
    ErrorCode.TLS: N_(
        "The certificate of the site cannot be verified. If it was issued by the national certification authority, "
        "the server's administrator sets ACCEL_CA_FILE to its root certificate."
    ),
    ErrorCode.BROKEN_OFF: N_("Moodle broke the answer off. Try again later."),
    ErrorCode.SERVER_ERROR: N_("Moodle answers with a server error. Its administrator will find the cause in its log."),
    ErrorCode.PRIVATE_ADDRESS: N_(
        "This address leads into a private network. If Moodle really is there, the server's administrator allows it "
        "with the setting ACCEL_ALLOW_PRIVATE_LMS=1."
    ),
    ErrorCode.BAD_ADDRESS: N_(
        "This is no address of a site. Copy it from the browser, for example https://moodle.example.ru."
    ),
    ErrorCode.NOT_MOODLE: N_(
        "Something answers there, but it is not Moodle. Enter the address of Moodle's start page."
    ),
    ErrorCode.HTML: N_("A web page answers there, not Moodle's web service. Enter the address of Moodle's start page."),
    ErrorCode.NOT_FOUND_PAGE: N_(
        "There is no Moodle under this address. Enter the address of Moodle's start page, with its folder if any."
    ),
    ErrorCode.REDIRECTED: N_("Moodle lives at another address. Enter it as the browser shows it: %(location)s"),
    ErrorCode.SERVICE_DISABLED: N_(
        "Web services are switched off in this Moodle. Its administrator enables them and the REST protocol under "
        "Site administration, Server, Web services."
    ),
    ErrorCode.BAD_TOKEN: N_(
        "Moodle does not accept this token. Copy it again, or ask Moodle's administrator for a new one."
    ),
    ErrorCode.TOKEN_REFUSED: N_(
        "Moodle refuses this token: it has expired, or it is bound to another address. Ask its administrator."
    ),
    ErrorCode.ACCOUNT_REFUSED: N_("The account of this token is suspended or may not use web services."),
    ErrorCode.ACCESS_DENIED: N_("The account of the token may not read this. Give it the role of the companion there."),
    ErrorCode.MISSING_FUNCTION: N_(
        "The token's service lacks the function %(function)s. Moodle's administrator adds it to the service."
    ),
    ErrorCode.MAINTENANCE: N_("Moodle is closed for maintenance. Try again later."),
    ErrorCode.RATE_LIMITED: N_("Moodle asks for a pause. The next attempt is made later."),
    ErrorCode.BAD_ANSWER: N_(
        "Moodle's answer is not as documented (%(function)s: %(path)s). Report it with this line."
    ),
    ErrorCode.TRUNCATED: N_("Moodle's answer came only in part. Try again later."),
    ErrorCode.ANSWER_TOO_LARGE: N_("Moodle's answer to %(function)s is too large to take in."),
    ErrorCode.FILE_REFUSED: N_("The file could not be taken in."),
    ErrorCode.REMOTE: N_("Moodle refused the request %(function)s with the error %(errorcode)s."),
    ErrorCode.NOT_FOUND: N_("Moodle no longer has what %(function)s was asked for."),
    ProblemCode.CATEGORY_UNKNOWN: N_(
        "Moodle has no course category %(category)s, or the token's account may not see it."
    ),
    ProblemCode.COURSE_GONE: N_("The course is no longer in Moodle. Its marks stay here, marked as gone."),
    ProblemCode.COURSE_NOT_ACCESSIBLE: N_(
        "The account of the token may not enter the course. Give it the role of the companion in the course category."
    ),
    ProblemCode.ROWS_SKIPPED: N_("Some rows of Moodle's answer were unreadable and were left out (%(path)s)."),
    ProblemCode.SUSPENSION_UNKNOWN: N_(
        "Who is suspended is not known: the account of the token lacks the right to review enrolments."
    ),
    ProblemCode.ACTIVITY_NOT_ACCESSIBLE: N_(
        "The account of the token may not see the marks of one activity. Give it the role of the companion."
    ),
}

_ABOUT_THE_TOKEN = frozenset(
    {
        ErrorCode.BAD_TOKEN,
        ErrorCode.TOKEN_REFUSED,
        ErrorCode.ACCOUNT_REFUSED,
        ErrorCode.ACCESS_DENIED,
        ErrorCode.MISSING_FUNCTION,
    }
)
"""What another token, or more rights for its account, would mend; the address is right."""

_PLACES = ("function", "location", "path", "errorcode", "category")
"""Everything that the sentences above name."""


def sentence(code: str) -> str:
    """The message id for an error's code."""
    return SENTENCES.get(code, SENTENCES[ErrorCode.REMOTE])


def places(facts: Mapping[str, object]) -> dict[str, object]:
    """Values for every place that a sentence may have, from what is known."""
    return {name: facts.get(name) or "" for name in _PLACES}


class LmsRefused(Refused):
    """The LMS could not be asked.

    ``is_unreachable`` tells a network's fault from a refusal, ``is_about_token`` at which field of a form it stands.
    """

    is_unreachable = False
    is_about_token = False


def refusal(error: LmsError) -> LmsRefused:
    """An error of the client as one of ours, for a page or a command line."""
    facts = places({"function": error.function, **error.facts})
    refused = LmsRefused(sentence(error.code), code=error.code.value, fields=None, **facts)
    refused.is_unreachable = error.retryable
    refused.is_about_token = error.code in _ABOUT_THE_TOKEN
    return refused
