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
from bridge.core.i18n import N_
from bridge.errors import InvalidInput
from bridge.lms.apply import apply_part
from bridge.lms.models import LmsCategory, LmsSite
from bridge.lms.sentences import LmsRefused, refusal, sentence
from bridge.people.models import Municipality
from bridge.settings import Settings
from lms_sync import payloads
from lms_sync.client import Client, Function, RetryPolicy
from lms_sync.errors import ErrorCode, LmsError
from lms_sync.plan import Coverage, Part, Presence
from lms_sync.records import Category, Kind, Site
from lms_sync.site import describe, requirements

__all__ = [
    "WHILE_SOMEBODY_WAITS",
    "ClientFactory",
    "Probe",
    "choose_categories",
    "client_factory",
    "client_of",
    "find_site",
    "guess_category",
    "known_categories",
    "probe",
    "remember_categories",
    "save_connection",
    "sites_of",
]

ClientFactory = Callable[[str, str], Client]
"""Makes a client from a URL and a token, by the installation's settings."""

WHILE_SOMEBODY_WAITS = RetryPolicy(attempts=2)
"""For a page or a command that asks a site at once: a mistyped address is said in a second, not in ten."""


def client_factory(
    settings: Settings, *, retries: RetryPolicy | None = None, lang: str = "ru", min_interval_s: float = 0.0
) -> ClientFactory:
    """Clients as this installation's settings want them; without ``retries`` they are as patient as a job may be.

    ``lang`` is the language of the site's own texts, ``min_interval_s`` a pause between the starts of two calls.
    """

    def make(url: str, token: str) -> Client:
        return Client(
            url,
            token,
            ca_file=settings.ca_file or None,
            allow_private=settings.allow_private_lms,
            retries=retries,
            lang=lang,
            min_interval_s=min_interval_s,
        )

    return make


def client_of(site: LmsSite, vault: Vault, make: ClientFactory) -> Client:
    """A client for a stored connection."""
    return make(site.url, vault.decrypt(site.token_closed))


@dataclass(frozen=True, slots=True)
class Probe:
    """What a site said of itself when it was asked with a token.

    Attributes
    ----------
    categories
        Course categories that the token sees; empty where the service lacks the function.
    missing_wanted
        Functions without which some parts stay unread.
    """

    site: Site
    token: str
    categories: tuple[Category, ...]
    missing_wanted: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Probe({self.site.url!r})"


def probe(url: str, token: str, make: ClientFactory) -> Probe:
    """Ask a site who we are there and what it offers; nothing is written.

    Raises
    ------
    LmsRefused
        With a sentence that says what to do: wrong address, not a Moodle, a bad token, a missing function.
    """
    try:
        client = make(url, token)
        site = describe(client)
        needs = requirements(site)
        if needs.missing_needed:
            missing = ", ".join(needs.missing_needed)
            code = ErrorCode.MISSING_FUNCTION
            raise LmsRefused(sentence(code), code=code.value, function=missing)
        return Probe(site, token.strip(), _categories(client, site), needs.missing_wanted)
    except LmsError as err:
        raise refusal(err) from err


def _categories(client: Client, site: Site) -> tuple[Category, ...]:
    if Function.CATEGORIES not in site.functions:
        return ()
    return tuple(payloads.categories(client.call(Function.CATEGORIES)))


def save_connection(
    session: Session,
    municipality: Municipality,
    probed: Probe,
    *,
    vault: Vault,
    now: datetime,
    source: Source,
    actor: str = "",
) -> LmsSite:
    """Keep a connection that a probe has confirmed; connecting the same address again renews its token."""
    site = session.scalar(
        select(LmsSite).where(LmsSite.municipality_id == municipality.id, LmsSite.url == probed.site.url)
    )
    if site is None:
        site = LmsSite(municipality_id=municipality.id, url=probed.site.url, moodle_category_ids=[], connected_at=now)
        session.add(site)
    site.name, site.release = probed.site.name, probed.site.release
    site.username = probed.site.username
    site.functions = sorted(probed.site.functions)
    site.token_closed = vault.encrypt(probed.token)
    site.next_run_at = None
    session.flush()  # its uid goes into the audit row
    audit.record(session, "lms.connected", now=now, source=source, actor=actor, subject=f"lms_site:{site.uid}")
    return site


def choose_categories(
    session: Session, site: LmsSite, category_ids: Sequence[int], *, now: datetime, source: Source, actor: str = ""
) -> None:
    """Say which course categories of the site are this municipality's.

    Raises
    ------
    InvalidInput
        When none is chosen.
    """
    if not category_ids:
        raise InvalidInput(
            "Nothing was chosen.", fields={"category": N_("Choose the course category of the programme in Moodle.")}
        )
    site.moodle_category_ids = sorted(set(category_ids))
    site.next_run_at = site.next_full_at = None
    facts = {"categories": site.moodle_category_ids}
    subject = f"lms_site:{site.uid}"
    audit.record(session, "lms.scoped", now=now, source=source, actor=actor, subject=subject, facts=facts)


def guess_category(categories: Sequence[Category], wanted: str = "") -> Category | None:
    """The category that was named by id, idnumber or name; without a name the only one that can be meant."""
    if wanted:
        named = (category for category in categories if wanted in {str(category.category_id), category.idnumber})
        return next(named, next((category for category in categories if category.name == wanted), None))
    # An account without the right to manage categories does not see their idnumbers; it sees the names.
    ours = [row for row in categories if row.idnumber.startswith("accel") or "акселератор" in row.name.lower()]
    candidates = ours or list(categories)
    return candidates[0] if len(candidates) == 1 else None


def remember_categories(session: Session, site: LmsSite, categories: Sequence[Category], *, now: datetime) -> None:
    """Keep the categories that a probe has shown, so that one can be chosen without asking the site again."""
    apply_part(session, site, Part(Kind.CATEGORY, None, Coverage.PARTIAL, tuple(categories)), now=now)


def known_categories(session: Session, site: LmsSite) -> list[LmsCategory]:
    """The site's categories that were seen, by name."""
    query = select(LmsCategory).where(LmsCategory.site_id == site.id, LmsCategory.presence == Presence.PRESENT.value)
    return list(session.scalars(query.order_by(LmsCategory.name, LmsCategory.id)))


def sites_of(session: Session, municipality_id: int) -> list[LmsSite]:
    """A municipality's connections, the oldest first; what is known by files alone comes last."""
    query = select(LmsSite).where(LmsSite.municipality_id == municipality_id)
    return list(session.scalars(query.order_by(LmsSite.token_closed == "", LmsSite.id)))


def find_site(session: Session, uid: str) -> LmsSite | None:
    return session.scalar(select(LmsSite).where(LmsSite.uid == uid))
