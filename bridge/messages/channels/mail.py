"""Mail by SMTP (RFC 5321), on the standard library alone.

The one edge that the protocol leaves open is known since RFC 1047: between the final dot and the server's answer
nobody can say whether the mail was taken. Everything before the dot is safe to repeat, so ``before_end`` is called
there and nowhere earlier, and a mail that is repeated keeps its Message-ID.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from bridge.errors import SettingsError
from bridge.messages.channels.parcel import BeforeEnd, Parcel
from bridge.messages.mail_address import usable_address
from bridge.messages.outcome import Failure, FailureKind
from bridge.messages.substitution import one_line

__all__ = ["MailServer", "MailSession", "Security", "compose", "mail_server"]

TIMEOUT_S = 20.0
END_OF_DATA = b".\r\n"
_ENHANCED = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")
"""An enhanced status code (RFC 3463): the one part of a server's answer that is no personal data."""


class Security(StrEnum):
    """How the connection is protected; the words are the schemes of ``ACCEL_SMTP_URL``."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom.

    Attributes
    ----------
    sender_name, sender
        What stands in From.
    ca_file
        Root certificates that are trusted besides the system's; empty for none.
    """

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_s: float = TIMEOUT_S

    @property
    def domain(self) -> str:
        """The sender's domain: the right side of a Message-ID, and our name in EHLO."""
        return self.sender.rpartition("@")[2]


def mail_server(url: str, sender: str, *, ca_file: str = "", timeout_s: float = TIMEOUT_S) -> MailServer | None:
    """The mail server of the settings; None where none is set.

    Parameters
    ----------
    url
        ``smtp://user:password@host:587`` (STARTTLS is demanded), ``smtps://…`` (TLS from the first byte) or
        ``smtp+plain://host`` (no encryption: a relay on this machine or in its own network, without a password).
    sender
        ``Акселератор <accelerator@example.ru>``, or the bare address.

    Raises
    ------
    SettingsError
        Saying which of the two settings cannot be used; the password is in no message.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        security, port = Security(parts.scheme), parts.port
    except ValueError as err:
        raise SettingsError(_BAD_URL) from err
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(_BAD_URL)
    if security is Security.NONE and parts.password:
        raise SettingsError("ACCEL_SMTP_URL would send a password over an open connection: use smtp:// or smtps://.")
    name, address = parseaddr(sender)
    if not usable_address(address) or not sender.isprintable():
        raise SettingsError("ACCEL_MAIL_FROM must be an address of mail, for example accelerator@example.ru.")
    return MailServer(
        host=parts.hostname,
        port=port or PORTS[security],
        security=security,
        sender=usable_address(address),
        sender_name=one_line(name),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca_file=ca_file,
        timeout_s=timeout_s,
    )


_BAD_URL = "ACCEL_SMTP_URL must look like smtp://user:password@mail.example.ru:587, smtps://... or smtp+plain://host."


def compose(server: MailServer, parcel: Parcel) -> bytes:
    """The mail as its bytes, lines ended by CR LF.

    Base64 for the body: Cyrillic survives every relay, and no line can begin with a dot or be too long.
    """
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["From"] = Address(server.sender_name, addr_spec=server.sender)
    mail["To"] = Address(one_line(parcel.name), addr_spec=parcel.email)
    mail["Subject"] = one_line(parcel.subject)
    mail["Date"] = format_datetime(parcel.at)
    mail["Message-ID"] = f"<{parcel.key}@{server.domain}>"
    mail["List-Id"] = f"<accelerator.{server.domain}>"
    # Out-of-office answers would go to a box that nobody reads (RFC 3834; the second one is Exchange's).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(parcel.body, charset="utf-8", cte="base64")
    return mail.as_bytes()


class _Answered(Exception):
    """The server said no, at a step of the envelope or of the text."""

    def __init__(self, step: str, code: int, answer: bytes) -> None:
        super().__init__(f"{step}: {code}")
        self.step, self.code, self.answer = step, code, answer


class MailSession:
    """A connection to the server: made at the first parcel, made anew after it broke."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            # A server that goes without a farewell has taken everything already.
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def send(self, parcel: Parcel, before_end: BeforeEnd) -> Failure | None:
        """Hand one mail in."""
        try:
            smtp = self._smtp = self._smtp or self._connect()
        except (smtplib.SMTPException, OSError) as err:
            return _not_connected(err)
        try:
            _envelope(smtp, self._server.sender, parcel.email)
            smtp.send(_dots_doubled(compose(self._server, parcel)))
        except _Answered as err:
            self._rest(err.code)
            return _refused(err)
        except (smtplib.SMTPException, OSError) as err:
            self._drop()
            return _broken(err, FailureKind.RETRY)
        return self._finish(smtp, before_end)

    def _finish(self, smtp: smtplib.SMTP, before_end: BeforeEnd) -> Failure | None:
        try:
            before_end()
        except BaseException:
            # Without the final dot the server throws away what it was given (RFC 5321, 4.1.1.4).
            self._drop()
            raise
        try:
            smtp.send(END_OF_DATA)
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as err:
            self._drop()
            return _broken(err, FailureKind.UNCLEAR)
        if code // 100 == 2:
            return None
        self._rest(code)
        return _refused(_Answered("text", code, answer))

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, _tls_context(self._server.ca_file)
        ours = server.domain
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, ours, timeout=server.timeout_s, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, ours, timeout=server.timeout_s)
        try:
            _send_at_once(smtp.sock)
            smtp.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _rest(self, code: int) -> None:
        """Make the connection ready for the next mail; 421 says that the server closes it."""
        if self._smtp is None or code == 421:
            self._drop()
            return
        try:
            self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _tls_context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _send_at_once(sock: socket.socket | None) -> None:
    """The end of a mail is a write of its own: it must not wait for the other side's delayed ACK (40 ms a mail)."""
    if sock is not None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    """MAIL, RCPT, DATA, one after the other: up to where the server waits for the text."""
    _expect(2, "sender", smtp.mail(sender))
    _expect(2, "recipient", smtp.rcpt(recipient))
    _expect(3, "data", smtp.docmd("DATA"))


def _expect(first_digit: int, step: str, reply: tuple[int, bytes]) -> None:
    code, answer = reply
    if code // 100 != first_digit:
        raise _Answered(step, code, answer)


def _dots_doubled(mail: bytes) -> bytes:
    """Transparency (RFC 5321, 4.5.2). Base64 needs none; a header could, and then the text must not end there."""
    return re.sub(rb"(?m)^\.", b"..", mail)


def _refused(err: _Answered) -> Failure:
    """A server's no: 5xx about the recipient or the text is final, everything else may pass.

    A refused sender is a fault of the settings, not of the mail: somebody mends it, and the mail waits.
    """
    found = _ENHANCED.search(err.answer)
    facts: dict[str, object] = {"smtp_code": err.code, "enhanced": found[1].decode() if found else ""}
    if err.code // 100 == 5 and err.step in {"recipient", "text"}:
        code = "mail_no_recipient" if err.step == "recipient" else "mail_rejected"
        return Failure(FailureKind.PERMANENT, code, facts)
    code = "mail_sender_refused" if err.step == "sender" and err.code // 100 == 5 else "mail_later"
    return Failure(FailureKind.RETRY, code, facts)


def _not_connected(err: Exception) -> Failure:
    """Why there is no connection: it concerns every mail, and none was handed in."""
    facts: dict[str, object] = {}
    if isinstance(err, smtplib.SMTPResponseException):
        facts = {"smtp_code": err.smtp_code}
    return Failure(FailureKind.RETRY, _cause(err), facts, whole_channel=True)


def _broken(err: Exception, kind: FailureKind) -> Failure:
    return Failure(kind, _cause(err))


_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "mail_sign_in"),
    (smtplib.SMTPNotSupportedError, "mail_no_tls"),
    (smtplib.SMTPResponseException, "mail_not_now"),
    (ssl.SSLCertVerificationError, "mail_certificate"),
    (ssl.SSLError, "mail_tls"),
    (socket.gaierror, "mail_dns"),
    (TimeoutError, "mail_timeout"),
    (smtplib.SMTPServerDisconnected, "mail_dropped"),
    (ConnectionResetError, "mail_dropped"),
    (BrokenPipeError, "mail_dropped"),
    (OSError, "mail_connect"),
)
"""The first that fits: an error of TLS is an OSError as well."""


def _cause(err: Exception) -> str:
    # smtplib tells a time-out while it waits for an answer as a disconnection, and keeps the cause in the context.
    deeper = err.__context__
    if isinstance(err, smtplib.SMTPServerDisconnected) and isinstance(deeper, TimeoutError):
        return "mail_timeout"
    return next((code for kind, code in _CAUSES if isinstance(err, kind)), "mail_dropped")
