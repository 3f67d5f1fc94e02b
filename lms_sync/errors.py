"""What can go wrong between us and an LMS, and how it is told.

The tree::

    LmsError
    ├── Unreachable          no answer: DNS, connection, TLS, time-outs, a server error, an answer over the size limit
    │   └── PrivateAddress   the host's name leads to an address inside our own network; nothing was connected
    ├── BadAddress           what a person typed is no web address we would ever call
    ├── NotMoodle            something answers there, but it is not Moodle's web service
    │   └── Redirected       the site lives at another address; ``facts["location"]`` is what the URL should be
    ├── ServiceDisabled      a Moodle, but web services or the REST protocol are switched off (403, empty)
    ├── BadToken             the token is unknown, expired, bound to another IP, or its account is suspended
    ├── AccessDenied         the account lacks a capability, or may not enter the course or activity
    ├── MissingFunction      the function is not in the token's service, or this Moodle has none of that name
    ├── Maintenance          the site is closed for maintenance or being upgraded
    ├── RateLimited          429 or 503 with a wait longer than the client is willing to sit out
    ├── BadAnswer            the answer is not what Moodle documents: truncated, wrong types; names field path and row
    ├── AnswerTooLarge       more bytes than the client takes in; ask for less at a time
    ├── FileRefused          a file that a person gave us: of another kind, damaged, too large or a trick; see FileFault
    └── RemoteException      Moodle refused the call for another reason; carries its ``errorcode``
        └── NotFound         Moodle says that what the call names does not exist (``invalidrecord`` and its kin)

``retryable`` says whether the same call may succeed later without anybody's doing. ``fatal`` says that every further
call would fail alike, so that a reading stops instead of reporting each course. ``code`` is stable: the sentences that
people read are made from it and from ``facts`` by the caller, in their language; ``str(error)`` is for logs. No error
carries a token, and none carries parameters or rows, because those hold personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

__all__ = [
    "AccessDenied",
    "AnswerTooLarge",
    "BadAddress",
    "BadAnswer",
    "BadToken",
    "ErrorCode",
    "Facts",
    "FileFault",
    "FileRefused",
    "LmsError",
    "Maintenance",
    "MissingFunction",
    "NotFound",
    "NotMoodle",
    "PrivateAddress",
    "RateLimited",
    "Redirected",
    "RemoteException",
    "ServiceDisabled",
    "Unreachable",
]

Facts = Mapping[str, str | int | float | bool | None]
"""What a sentence needs besides the code: plain values that can be stored as JSON."""


class ErrorCode(StrEnum):
    """Stable names of what went wrong; each belongs to one class of the tree."""

    DNS = "dns"
    CONNECT = "connect"
    CONNECT_TIMEOUT = "connect_timeout"
    READ_TIMEOUT = "read_timeout"
    DEADLINE = "deadline"
    TLS = "tls"
    BROKEN_OFF = "broken_off"
    SERVER_ERROR = "server_error"
    PRIVATE_ADDRESS = "private_address"
    BAD_ADDRESS = "bad_address"
    NOT_MOODLE = "not_moodle"
    HTML = "html"
    NOT_FOUND_PAGE = "not_found_page"
    REDIRECTED = "redirected"
    SERVICE_DISABLED = "service_disabled"
    BAD_TOKEN = "bad_token"  # noqa: S105  a name, not a secret
    TOKEN_REFUSED = "token_refused"  # noqa: S105  a name, not a secret
    ACCOUNT_REFUSED = "account_refused"
    ACCESS_DENIED = "access_denied"
    MISSING_FUNCTION = "missing_function"
    MAINTENANCE = "maintenance"
    RATE_LIMITED = "rate_limited"
    BAD_ANSWER = "bad_answer"
    TRUNCATED = "truncated"
    ANSWER_TOO_LARGE = "answer_too_large"
    FILE_REFUSED = "file_refused"
    REMOTE = "remote"
    NOT_FOUND = "not_found"


class FileFault(StrEnum):
    """Why a file is refused."""

    UNKNOWN_FORMAT = "unknown_format"  # of no kind that is read here
    OLD_OR_LOCKED = "old_or_locked"  # the old binary .xls, or a workbook under a password: both look alike outside
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"  # cut off, or its parts do not fit together
    EMPTY = "empty"
    ENCODING = "encoding"  # a text in neither UTF-8 nor Windows-1251
    TOO_LARGE = "too_large"
    TOO_MUCH_INSIDE = "too_much_inside"  # unpacked it is larger than is taken in, or than its size can explain
    TOO_MANY_MEMBERS = "too_many_members"
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_RECORDS = "too_many_records"
    TEXT_TOO_LONG = "text_too_long"
    BAD_PATH = "bad_path"  # a name in the archive that leads out of it
    NOT_A_FILE = "not_a_file"  # a link or a device in the archive
    DUPLICATE_MEMBER = "duplicate_member"  # two members of one name: which is read would depend on the reader
    DOCUMENT_TYPE = "document_type"  # XML that declares entities
    MEMBER_MISSING = "member_missing"
    NO_HEADER = "no_header"  # the row of column names was not found
    NO_USER_DATA = "no_user_data"  # a backup made without people
    ANONYMOUS = "anonymous"  # a backup whose people were made anonymous
    BAD_VALUE = "bad_value"  # a value that its place in a sheet cannot hold
    BAD_RECORD = "bad_record"  # a row of a backup that is not as Moodle writes it


class LmsError(Exception):
    """Base of everything this package raises on purpose.

    Parameters
    ----------
    message
        One English line for the log; never holds a token, a parameter or a row.
    code
        Overrides the class's own code where one class covers several.
    function
        Name of the web-service function that was called; empty where none was.
    retryable
        Overrides the class's own answer.
    facts
        What a sentence for people needs besides the code (host, limit, capability, errorcode ...).
    """

    default_code: ClassVar[ErrorCode] = ErrorCode.REMOTE
    default_retryable: ClassVar[bool] = False
    fatal: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: ErrorCode | None = None,
        function: str = "",
        retryable: bool | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.function = function
        self.retryable = self.default_retryable if retryable is None else retryable
        self.facts: Facts = MappingProxyType(dict(facts or {}))
        self.message = message
        super().__init__(f"{function}: {message}" if function else message)


class Unreachable(LmsError):
    """No usable answer came. ``arrived`` is False where the request surely never reached the site."""

    default_code = ErrorCode.CONNECT
    default_retryable = True
    fatal = True

    def __init__(
        self,
        message: str,
        *,
        arrived: bool = True,
        code: ErrorCode | None = None,
        function: str = "",
        retryable: bool | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.arrived = arrived
        super().__init__(message, code=code, function=function, retryable=retryable, facts=facts)


class PrivateAddress(Unreachable):
    """The host resolves to a private, loopback or otherwise special address, and that was not allowed."""

    default_code = ErrorCode.PRIVATE_ADDRESS
    default_retryable = False


class BadAddress(LmsError):
    """Not a web address of a site: no host, another scheme, a user name or a fragment in it."""

    default_code = ErrorCode.BAD_ADDRESS
    fatal = True


class NotMoodle(LmsError):
    """The address answers with something else than Moodle's web service."""

    default_code = ErrorCode.NOT_MOODLE
    fatal = True


class Redirected(NotMoodle):
    """The site sends us elsewhere. A POST is not followed: it would carry the token to an address nobody chose."""

    default_code = ErrorCode.REDIRECTED


class ServiceDisabled(LmsError):
    """Web services or the REST protocol are off on this Moodle."""

    default_code = ErrorCode.SERVICE_DISABLED
    fatal = True


class BadToken(LmsError):
    """The site does not accept the token, or no longer its account."""

    default_code = ErrorCode.BAD_TOKEN
    fatal = True


class AccessDenied(LmsError):
    """The account may not do this, or not here; ``facts["errorcode"]`` is Moodle's own word."""

    default_code = ErrorCode.ACCESS_DENIED


class MissingFunction(LmsError):
    """The service behind the token does not offer the function."""

    default_code = ErrorCode.MISSING_FUNCTION


class Maintenance(LmsError):
    """Closed for a while; somebody there will open it again."""

    default_code = ErrorCode.MAINTENANCE
    default_retryable = True
    fatal = True


class RateLimited(LmsError):
    """The site asks for a pause; ``retry_after_s`` is how long, None where it does not say."""

    default_code = ErrorCode.RATE_LIMITED
    default_retryable = True
    fatal = True

    def __init__(self, message: str, *, retry_after_s: float | None, function: str = "") -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message, function=function, facts={"retry_after_s": retry_after_s})


class BadAnswer(LmsError):
    """An answer that breaks Moodle's own documentation.

    Parameters
    ----------
    message
        What is wrong there, without the value where it may be personal.
    path
        Where: ``assignments[0].grades[3].grade``; empty where the answer as a whole cannot be read.
    row
        Index of the offending row in its list, None where there is none.
    """

    default_code = ErrorCode.BAD_ANSWER
    default_retryable = True

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        row: int | None = None,
        code: ErrorCode | None = None,
        function: str = "",
        retryable: bool | None = None,
    ) -> None:
        self.path = path
        self.row = row
        super().__init__(
            f"{path}: {message}" if path else message,
            code=code,
            function=function,
            retryable=retryable,
            facts={"path": path, "row": row, "problem": message},
        )


class AnswerTooLarge(LmsError):
    """The answer passes the limit; reading stopped there."""

    default_code = ErrorCode.ANSWER_TOO_LARGE

    def __init__(self, limit_bytes: int, *, function: str = "") -> None:
        super().__init__(f"answer over {limit_bytes} bytes", function=function, facts={"limit_bytes": limit_bytes})


class RemoteException(LmsError):
    """An exception inside Moodle, told in an answer of status 200.

    ``errorcode`` is Moodle's stable word, empty where PHP itself failed (``{"exception": "Error"}``); ``exception`` is
    the PHP class.
    """

    default_code = ErrorCode.REMOTE

    def __init__(
        self,
        errorcode: str,
        *,
        exception: str = "",
        message: str = "",
        function: str = "",
        retryable: bool | None = None,
    ) -> None:
        self.errorcode = errorcode
        self.exception = exception
        super().__init__(
            message or errorcode or exception or "an exception without a name",
            function=function,
            retryable=retryable,
            facts={"errorcode": errorcode, "exception": exception},
        )


class NotFound(RemoteException):
    """What the parameters name is not there (any more)."""

    default_code = ErrorCode.NOT_FOUND


class FileRefused(LmsError):
    """A file that is not taken in. Nothing of it was kept.

    Parameters
    ----------
    fault
        Why.
    message
        One English line for the log, without the file's content.
    member, row, column
        Where: a member of the archive or a sheet, and counted from 1 as a spreadsheet shows them.
    facts
        What a sentence needs besides (``limit``, ``expected`` ...).
    """

    default_code = ErrorCode.FILE_REFUSED

    def __init__(
        self,
        fault: FileFault,
        message: str,
        *,
        member: str = "",
        row: int | None = None,
        column: int | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.fault = fault
        self.member = member
        self.row = row
        self.column = column
        place = {"fault": fault.value, "member": member, "row": row, "column": column}
        super().__init__(message, facts={**place, **(facts or {})})
