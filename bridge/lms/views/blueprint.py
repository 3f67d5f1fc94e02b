"""The blueprint of the slice's pages, and whose Moodle they are about."""

from __future__ import annotations

from flask import Blueprint

from bridge.core.http import current
from bridge.errors import NotFound
from bridge.lms import connection as service
from bridge.lms.models import LmsSite

__all__ = ["find_our_site", "lms_pages", "our_site"]

lms_pages = Blueprint("lms", __name__, template_folder="../templates")


def find_our_site() -> LmsSite | None:
    """The Moodle of the reader's own municipality that can be asked; files alone are no connection."""
    sites = service.sites_of(current.db_session(), current.actor().municipality_id or 0)
    return next((site for site in sites if site.has_token), None)


def our_site() -> LmsSite:
    """The same, where there must be one.

    Raises
    ------
    NotFound
    """
    site = find_our_site()
    if site is None:
        raise NotFound("Moodle is not connected yet.")
    return site
