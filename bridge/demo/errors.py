"""What can go wrong in the stand-in, and how Moodle words it.

::

    DemoError
    ├── RecordingError          a folder of recorded answers cannot be turned into tables
    ├── SeasonError             a season of that shape cannot be generated
    └── MoodleError             what Moodle answers with HTTP 200 instead of a result
        ├── InvalidParameter    a parameter is unknown, missing or of another type
        ├── InvalidResponse     a row of the answer breaks the function's own description
        ├── AccessDenied        the token may not call this function
        ├── MissingRecord       a row that must exist does not
        ├── NotAccessible       the course or activity is closed to the token's user
        ├── NoPermission        a capability is missing
        └── PhpError            an uncaught PHP error: an exception without a code
"""

__all__ = [
    "AccessDenied",
    "DemoError",
    "InvalidParameter",
    "InvalidResponse",
    "MissingRecord",
    "MoodleError",
    "NoPermission",
    "NotAccessible",
    "PhpError",
    "RecordingError",
    "SeasonError",
]


class DemoError(Exception):
    """Base of everything this package raises on purpose."""


class RecordingError(DemoError):
    """A folder of recorded answers lacks what the tables need."""


class SeasonError(DemoError):
    """A season cannot be generated with these figures."""


class MoodleError(DemoError):
    """An error as Moodle's web services report it: HTTP 200 and three words.

    Parameters
    ----------
    errorcode
        Moodle's string code, or None where PHP itself failed.
    message
        The sentence in the site's language (English in the recordings).
    exception
        The PHP class, as it is printed in the answer.
    """

    exception = "core\\exception\\moodle_exception"

    def __init__(self, errorcode: str | None, message: str, *, exception: str | None = None) -> None:
        super().__init__(message)
        self.errorcode = errorcode
        self.message = message
        self.exception = exception or type(self).exception


class InvalidParameter(MoodleError):
    """A parameter is unknown, missing or of another type; `detail` is what only a debugging site prints."""

    exception = "core\\exception\\invalid_parameter_exception"

    def __init__(self, detail: str = "") -> None:
        super().__init__("invalidparameter", "Invalid parameter value detected")
        self.detail = detail


class InvalidResponse(MoodleError):
    """One value of the answer breaks the description, so Moodle refuses the whole answer."""

    exception = "core\\exception\\invalid_response_exception"

    def __init__(self, detail: str = "") -> None:
        super().__init__("invalidresponse", "Invalid response value detected")
        self.detail = detail


class AccessDenied(MoodleError):
    """The function is outside the token's service, or the token is expired or bound to another address."""

    exception = "webservice_access_exception"

    def __init__(self, detail: str = "") -> None:
        super().__init__("accessexception", "Access control exception")
        self.detail = detail


class MissingRecord(MoodleError):
    """A row that must exist does not; an unknown function reads the same as an unknown course."""

    exception = "dml_missing_record_exception"

    def __init__(self, table: str, *, errorcode: str = "invalidrecord", message: str | None = None) -> None:
        super().__init__(errorcode, message or f"Can't find data record in database table {table}.")


class NotAccessible(MoodleError):
    """The user is neither enrolled nor allowed to look into the course, or something is the matter with the account."""

    exception = "core\\exception\\require_login_exception"

    def __init__(self, account_fault: str = "") -> None:
        super().__init__("requireloginerror", account_fault or "Course or activity not accessible.")


class NoPermission(MoodleError):
    """A capability is missing; Moodle names it in words, here its own name stands for them."""

    exception = "core\\exception\\required_capability_exception"

    def __init__(self, capability: str) -> None:
        super().__init__(
            "nopermissions", f"Sorry, but you do not currently have permissions to do that ({capability})."
        )


class PhpError(MoodleError):
    """PHP stopped with an error of its own, which Moodle prints without a code."""

    exception = "Error"

    def __init__(self, message: str) -> None:
        super().__init__(None, message)
