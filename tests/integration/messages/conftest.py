"""An installation that sends mail to a server of the test, with people in it; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bridge.app import speaking_in
from bridge.messages import service
from bridge.messages.channels import mail_server
from bridge.messages.choice import Channel
from bridge.messages.digest import DigestDesk, DigestSource
from bridge.messages.models import Message, MessageAttempt, MessageState
from bridge.messages.post import Post
from bridge.messages.wishes import Wish, save_wish
from tests.support.app import World
from tests.support.smtp import Behaviour, MailBox
from tests.support.smtp import mail_server as running

SENDER = "Акселератор <accelerator@example.ru>"


@dataclass
class Desk:
    """What the jobs are given, with a mail server that can be changed."""

    world: World
    post: Post
    box: MailBox
    _mail: dict[str, str] = field(default_factory=dict)

    @property
    def database(self):
        return self.world.installation.database

    @property
    def clock(self):
        return self.world.clock

    def without_mail(self) -> Desk:
        return replace(self, post=replace(self.post, mail=None))

    def digest_desk(self, *sources: DigestSource) -> DigestDesk:
        return DigestDesk(sources, speaking_in(self.world.app))

    def give_address(self, login: str, email: str = "", channel: Channel | None = None, *, digest_off: bool = False):
        with self.database.writing() as session:
            person = self.world.person(session, login)
            wish = Wish(channel, email or f"{login}@example.ru", digest_off)
            save_wish(session, person, wish, now=self.clock(), actor="")

    def queue_test(self, login: str) -> str:
        """A test message for somebody; its uid."""
        with self.database.writing() as session:
            message = service.send_test(session, self.post, self.world.person(session, login), now=self.clock())
            assert message is not None
            return message.uid

    def state(self, uid: str) -> tuple[str, str]:
        message = self.message(uid)
        return message.state, message.channel

    def message(self, uid: str) -> Message:
        with self.database.reading() as session:
            found = service.find_message(session, uid)
            assert found is not None
            return found

    def attempts(self, uid: str) -> list[tuple[str, str, str]]:
        """Channel, end and code of each."""
        with self.database.reading() as session:
            found = session.query(MessageAttempt).join(Message).filter(Message.uid == uid).order_by(MessageAttempt.id)
            return [(row.channel, row.ended, row.code) for row in found]

    def all(self, state: MessageState | None = None) -> list[Message]:
        with self.database.reading() as session:
            rows = session.query(Message).order_by(Message.id).all()
            return [row for row in rows if state is None or row.state == state.value]


@pytest.fixture
def open_desk(world: World, tmp_path: Path) -> Callable[..., AbstractContextManager[Desk]]:
    """Open a desk whose mail server behaves as asked."""

    @contextmanager
    def opened(behaviour: Behaviour | None = None) -> Iterator[Desk]:
        with running(tmp_path, behaviour) as box:
            server = mail_server(box.url, SENDER, timeout_s=0.5)
            yield Desk(world, replace(world.installation.post, mail=server), box)

    return opened


@pytest.fixture
def desk(open_desk: Callable[..., AbstractContextManager[Desk]]) -> Iterator[Desk]:
    """A desk whose mail server takes everything."""
    with open_desk() as opened:
        yield opened
