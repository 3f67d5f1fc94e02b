"""Time as the services take it: aware UTC in, the municipality's zone only at the edge."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

__all__ = ["DEFAULT_ZONE", "is_zone", "local", "utc_now"]

DEFAULT_ZONE = "Europe/Moscow"


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """The same moment as a clock in ``zone`` (an IANA name) shows it."""
    return moment.astimezone(ZoneInfo(zone))


def is_zone(name: str) -> bool:
    """Whether ``name`` is a time zone that this machine knows."""
    return name in available_timezones()
