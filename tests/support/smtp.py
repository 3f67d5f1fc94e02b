"""A mail server for tests: real sockets, real SMTP (RFC 5321), and it can misbehave at every step.

Nothing of it comes from smtplib, so that a mistake in how we use that is not made twice.
"""

from __future__ import annotations

import base64
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Behaviour:
    """How the server answers; what is not set goes well.

    Attributes
    ----------
    replies
        Step -> the answer: ``greeting``, ``ehlo``, ``mail``, ``data``, ``end``, or an address for its RCPT.
    once
        As ``replies``, each given one time only.
    hang_at, drop_at
        A step at which the server falls silent, or closes the connection: a command's name, ``text`` (after the first
        bytes of a mail) or ``taken`` (a mail has been taken in, and nothing is said).
    """

    replies: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)
    hang_at: str = ""
    drop_at: str = ""
    offers_tls: bool = False
    tls_from_start: bool = False
    users: dict[str, str] = field(default_factory=dict)

    def reply(self, step: str, good: str) -> str:
        return self.once.pop(step, "") or self.replies.get(step, good)


@dataclass
class Taken:
    """A mail that was taken in."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.raw, policy=policy.default))

    @property
    def text(self) -> str:
        return self.mail.get_content().replace("\r\n", "\n")


@dataclass
class MailBox:
    """A running server: where it is, what it took in, every line that was said to it."""

    port: int
    behaviour: Behaviour
    taken: list[Taken] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    connections: int = 0
    ca_file: str = ""

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"


class _Gone(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    box: MailBox
    context: ssl.SSLContext | None
    released: threading.Event
    sender: str
    recipients: list[str]

    def handle(self) -> None:
        self.box.connections += 1
        try:
            if self.box.behaviour.tls_from_start:
                self._encrypt()
            self._at("greeting", "220 mail.example.test ESMTP")
            self._talk()
        except (_Gone, OSError, ValueError):
            # ValueError: reading on after the other side closed a wrapped socket.
            pass
        finally:
            # The server closes the socket it accepted, not the one that was wrapped around it.
            self.connection.close()

    def _talk(self) -> None:
        while line := self._line():
            verb, _, rest = line.partition(" ")
            self.box.lines.append("AUTH ***" if verb.upper() == "AUTH" else line)
            answer = getattr(self, f"_on_{verb.lower()}", None)
            if answer is None:
                self._say("250 ok")
            else:
                answer(rest)

    def _on_ehlo(self, _rest: str) -> None:
        self._at("ehlo", self._features())

    _on_helo = _on_ehlo

    def _on_starttls(self, _rest: str) -> None:
        self._say("220 go ahead")
        self._encrypt()

    def _on_mail(self, rest: str) -> None:
        self.sender, self.recipients = _address(rest), []
        self._at("mail", "250 ok")

    def _on_rcpt(self, rest: str) -> None:
        address = _address(rest)
        self.recipients.append(address)
        self._at(address if address in self._scripted() else "rcpt", "250 ok")

    def _on_data(self, _rest: str) -> None:
        self._text(self.sender, self.recipients)

    def _on_quit(self, _rest: str) -> None:
        self._say("221 bye")
        raise _Gone

    def _scripted(self) -> set[str]:
        return {*self.box.behaviour.replies, *self.box.behaviour.once}

    def _features(self) -> str:
        more = []
        if self.box.behaviour.offers_tls and not isinstance(self.connection, ssl.SSLSocket):
            more.append("STARTTLS")
        if self.box.behaviour.users:
            more.append("AUTH PLAIN")
        lines = ["mail.example.test", *more]
        return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)

    def _text(self, sender: str, recipients: list[str]) -> None:
        if not self._at("data", "354 go on").startswith("354"):
            return
        raw = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Gone
            raw += line[1:] if line.startswith(b".") else line
            self._misbehave("text")
        reply = self.box.behaviour.reply("end", "250 taken")
        if reply.startswith("2"):
            self.box.taken.append(Taken(sender, recipients, raw))
        self._misbehave("taken")
        self._say(reply)

    def _on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        good = self.box.behaviour.users.get(user) == password
        self._at("auth", "235 welcome" if good else "535 5.7.8 wrong")

    def _at(self, step: str, good: str) -> str:
        self._misbehave(step)
        reply = self.box.behaviour.reply(step, good)
        self._say(reply)
        return reply

    def _misbehave(self, step: str) -> None:
        if self.box.behaviour.drop_at == step:
            raise _Gone
        if self.box.behaviour.hang_at == step:
            self.released.wait(30)
            raise _Gone

    def _line(self) -> str:
        return self.rfile.readline().decode("ascii").rstrip("\r\n")

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.context is not None
        self.connection = self.request = self.context.wrap_socket(self.connection, server_side=True)
        self.setup()


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@contextmanager
def mail_server(folder: Path, behaviour: Behaviour | None = None) -> Iterator[MailBox]:
    """A server on a free port of this machine, until the block ends; ``folder`` keeps its certificate."""
    box = MailBox(0, behaviour or Behaviour())
    context = None
    if box.behaviour.offers_tls or box.behaviour.tls_from_start:
        context, box.ca_file = _certified(folder)
    released = threading.Event()
    handler = type("Handler", (_Handler,), {"box": box, "context": context, "released": released})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            released.set()
            server.shutdown()
            thread.join()


def _certified(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A context with a certificate of our own making for 127.0.0.1, and the file that makes it trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "mail.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "mail.key").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    return context, str(folder / "mail.pem")
