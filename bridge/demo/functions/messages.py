"""Messages from the service account to people."""

from html import escape

from bridge.demo.calls import Args, Call, declare
from bridge.demo.errors import MoodleError
from bridge.demo.shapes import ALPHANUMEXT, BOOL, INT, RAW, TEXT, Json, Multiple, Single
from bridge.demo.tables import Message

__all__ = ["FUNCTIONS"]

_FAILED = -1
_LONGEST = 4096
"""Bytes that a message may have: PHP's ``strlen`` counts those."""
_PLAIN = 2

_SENT = Single(
    {
        "msgid": INT,
        "clientmsgid": ALPHANUMEXT.optional(),
        "errormessage": TEXT.optional(),
        "text": RAW.optional(),
        "timecreated": INT.optional(),
        "conversationid": INT.optional(),
        "useridfrom": INT.optional(),
        "candeletemessagesforallusers": BOOL.or_else(default=False),
    }
)


def _send(call: Call, row: Args) -> Json:
    named = {"clientmsgid": row["clientmsgid"]} if row.get("clientmsgid") else {}
    why_not = _why_not(call, row)
    if why_not:
        return named | {"msgid": _FAILED, "errormessage": why_not}
    message = Message(len(call.tables.messages) + 1, call.token.userid, row["touserid"], row["text"], call.now)
    call.tables.messages.append(message)
    return named | {
        "msgid": message.id,
        "text": _formatted(call, row),
        "timecreated": message.timecreated,
        "conversationid": message.touserid,
        "useridfrom": message.fromuserid,
        "candeletemessagesforallusers": call.token.admin,
    }


def _why_not(call: Call, row: Args) -> str:
    user = call.tables.users.get(row["touserid"])
    if user is None or user.deleted:
        return f"You cannot send a message to a user ID ({row['touserid']}) that doesn't exist."
    if len(row["text"].encode()) > _LONGEST:
        return "The message is longer than the maximum allowed."
    if not _may_write_to(call, user.id):
        return "You can't message this user due to their message preferences. Try adding them as a contact."
    return ""


def _may_write_to(call: Call, userid: int) -> bool:
    """People take messages from those they share a course with, unless the sender may write to anybody."""
    ours = call.token.userid
    courses = {course for course, member in call.tables.enrolments if member == ours}
    shares = any((course, userid) in call.tables.enrolments for course in courses)
    return call.can("moodle/site:messageanyuser") or userid == ours or shares


def _formatted(call: Call, row: Args) -> str:
    if row["textformat"] != _PLAIN:
        return call.text(row["text"])
    lines = escape(row["text"]).replace("\n", "<br>\n")
    return f"<p>{lines}</p>"


@declare(
    "core_message_send_instant_messages",
    {
        "messages": Multiple(
            Single(
                {
                    "touserid": INT,
                    "text": RAW,
                    "textformat": INT.or_else(0),
                    "clientmsgid": ALPHANUMEXT.optional(),
                }
            )
        )
    },
    Multiple(_SENT),
)
def send_instant_messages(call: Call, args: Args) -> Json:
    """Send messages; one that cannot go has the id -1 and a reason, and spoils the answer about those that could."""
    call.require("moodle/site:sendmessage")
    rows = [_send(call, row) for row in args["messages"]]
    sent = [row for row in rows if row["msgid"] != _FAILED]
    if sent and len(sent) < len(rows):
        # Moodle looks up the text of every row, also of one that was never made: what was sent stays sent.
        raise MoodleError("formatnotsupported", "webservice/formatnotsupported", exception="moodle_exception")
    return rows


FUNCTIONS = (send_instant_messages,)
