"""Names of schools as tables show them."""

from __future__ import annotations

import re

__all__ = ["short_school_name"]

SCHOOL_PREFIX = re.compile(r"^(?:МБОУ|МКОУ|МОУ|МАОУ|МБОУ СОШ|ГБОУ|БОУ)\s+", re.IGNORECASE)


def short_school_name(name: str) -> str:
    """«МБОУ «Сарпинская СОШ»» as tables show it: «Сарпинская СОШ»."""
    bare = SCHOOL_PREFIX.sub("", name.strip())
    return bare.removeprefix("«").removesuffix("»").strip() or name.strip()
