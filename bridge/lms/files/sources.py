"""The row that stands for a Moodle which is known by files alone: a connection without a token."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bridge.core.i18n import N_
from bridge.errors import Refused
from bridge.lms.connection import sites_of
from bridge.lms.models import LmsSite
from bridge.people.models import Municipality

__all__ = ["check_source", "find_source", "open_source"]

_NAME = N_("Files of Moodle")
_HAS_TOKEN = N_(
    "Moodle is connected here and read by itself, so files are not taken in: they would be older than what is known."
)
_OTHER_SITE = N_("This backup is of another Moodle, %(theirs)s; the courses here are of %(ours)s.")


def find_source(session: Session, municipality_id: int) -> LmsSite | None:
    """The municipality's source of files; None where nothing was brought yet."""
    return next((site for site in sites_of(session, municipality_id) if not site.has_token), None)


def check_source(session: Session, municipality_id: int, *, url: str) -> None:
    """Ask whether a file may be taken in; ``url`` is where it is from, empty where it does not say.

    Raises
    ------
    Refused
        Where Moodle is connected, or the files here are of another one: their ids would be confused.
    """
    sites = sites_of(session, municipality_id)
    if any(site.has_token for site in sites):
        raise Refused(_HAS_TOKEN, code="lms_has_token")
    ours = next((site.url for site in sites if site.url), "")
    if url and ours and url != ours:
        raise Refused(_OTHER_SITE, code="lms_other_site", theirs=url, ours=ours)


def open_source(session: Session, municipality: Municipality, *, url: str, release: str, now: datetime) -> LmsSite:
    """The source of files, made at the first one; a backup tells where its Moodle is, an export does not."""
    check_source(session, municipality.id, url=url)
    site = find_source(session, municipality.id)
    if site is None:
        site = LmsSite(
            municipality_id=municipality.id,
            url="",
            name=_NAME,
            release="",
            token_closed="",
            username="",
            functions=[],
            moodle_category_ids=[],
            connected_at=now,
        )
        session.add(site)
    if url:
        site.url, site.release = url, release[:60]
        site.name = url.partition("://")[2] or _NAME
    session.flush()  # its id goes to every row
    return site
