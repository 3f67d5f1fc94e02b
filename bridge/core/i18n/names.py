"""Names of people as lists and signatures write them."""

from __future__ import annotations

__all__ = ["list_name", "short_name"]

_NBSP = "\N{NO-BREAK SPACE}"


def list_name(surname: str, given: str) -> str:
    """«Очирова Татьяна»: lists put the surname first."""
    return " ".join(part for part in (surname.strip(), given.strip()) if part)


def short_name(surname: str, given: str, patronymic: str = "") -> str:
    """«Очирова Т. С.»: surname and initials, which a line break never parts.

    A double given name keeps both letters («Анна-Мария» gives «А.-М.»); who has no surname is called by the given name.
    """
    surname = surname.strip()
    if not surname:
        return given.strip()
    initials = [_initial(part) for part in (given.strip(), patronymic.strip()) if part]
    return _NBSP.join([surname, *initials])


def _initial(name: str) -> str:
    return "-".join(f"{part[0].upper()}." for part in name.split("-") if part)
