"""Connecting a municipality to its Moodle: ask first, write only what the site has confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bridge.core import audit
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.errors import InvalidInput
from bridge.lms.models import LmsSite
from bridge.lms.sentences import refusal
from bridge.people.models import Municipality
from bridge.settings import Settings
from lms_sync.client import Client
from lms_sync.errors import LmsError
from lms_sync.records import Category, Site

__all__ = ["ClientFactory", "Probe", "choose_categories", "client_factory", "client_of", "probe", "save_connection", "site_of"]

ClientFactory = Callable[[str, str], Client]
"""Makes a client from a URL and a token, by the installation's settings."""


def client_factory(settings: Settings) -> ClientFactory:
    """Clients as this installation's settings want them."""

    def make(url: str, token: str) -> Client:
        return Client(
            url, token, ca_file=settings.ca_file or None, allow_private=settings.allow_private_lms, lang="ru"
        )

    return make


@dataclass(frozen=True, slots=True)
class Probe:
    """What a site said of itself when it was asked with a token."""

    site: Site
    categories: tuple[Category, ...]
    missing: tuple[str, ...]
    """Functions that the sync needs and the token's service lacks."""
