"""What sending needs besides the database: wired once, by the installation's settings."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.core.crypto import Vault
from bridge.lms.connection import ClientFactory
from bridge.messages.catalogue import Catalogue
from bridge.messages.channels import MailServer, mail_server
from bridge.messages.kinds import own_catalogue
from bridge.settings import Settings

__all__ = ["Post", "open_post"]


@dataclass(frozen=True, slots=True)
class Post:
    """The post office of an installation.

    Attributes
    ----------
    mail
        None where no mail server is set: nothing depends on one.
    base_url
        The address people use, without a slash at the end; links in messages begin with it.
    """

    catalogue: Catalogue
    vault: Vault
    mail: MailServer | None
    make_client: ClientFactory
    base_url: str

    def page(self, path: str) -> str:
        """The full address of one of our pages."""
        return f"{self.base_url}{path}"


def open_post(settings: Settings, vault: Vault, make_client: ClientFactory) -> Post:
    """Wire the post office.

    Raises
    ------
    SettingsError
        Where the settings of mail cannot be used.
    """
    return Post(
        catalogue=own_catalogue(),
        vault=vault,
        mail=mail_server(settings.smtp_url, settings.mail_from, ca_file=settings.ca_file),
        make_client=make_client,
        base_url=settings.base_url or f"http://{settings.host}:{settings.port}",
    )
