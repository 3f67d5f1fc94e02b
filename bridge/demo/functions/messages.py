"""Messages from the service account to people."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.shapes import ALPHANUMEXT, BOOL, INT, RAW, TEXT, Json, Multiple, Single
from bridge.demo.tables import Message

__all__ = ["FUNCTIONS"]

_FAILED = -1
_LONGEST = 4096
"""Characters that a message may have."""

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
    user = call.tables.users.get(row["touserid"])
    if user is None or user.deleted:
        return named | {"msgid": _FAILED, "errormessage": "This user can't be messaged"}
    if len(row["text"]) > _LONGEST:
        return named | {"msgid": _FAILED, "errormessage": "Message is too long"}
    message = Message(len(call.tables.messages) + 1, call.token.userid, user.id, row["text"], call.now)
    call.tables.messages.append(message)
    return named | {
        "msgid": message.id,
        "text": call.text(message.text),
        "timecreated": message.timecreated,
        "conversationid": message.touserid,
        "useridfrom": message.fromuserid,
        "candeletemessagesforallusers": call.token.admin,
    }


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
    """Send messages; one that cannot go has the id -1 and a reason."""
    call.require("moodle/site:sendmessage")
    return [_send(call, row) for row in args["messages"]]


FUNCTIONS = (send_instant_messages,)
