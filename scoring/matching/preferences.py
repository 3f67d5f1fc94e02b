"""Reading one side's lists: types, ties, unknown names, repetitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from scoring.errors import InvalidInput, Problem
from scoring.ids import Id, canonical, check_ids
from scoring.matching.records import Preference

__all__ = ["flatten", "has_ties", "list_problems", "named_in", "open_ties", "read_lists", "standing"]

_TIE_ADVICE = "a tie is a tuple inside the list"


def read_lists(field: str, lists: Mapping[Any, Preference]) -> tuple[dict[Id, tuple[Any, ...]], set[Any]]:
    """Copy the lists, so that a result does not change when the caller's lists do.

    Returns
    -------
    lists : dict
        The copies.
    named : set
        Everything that stands in any of them, a tie as the tuple it is.

    Raises
    ------
    InvalidInput
        If an owner's id or an entry is of the wrong type, or a list is not a sequence. Whether the entries are known
        is asked later, by `list_problems`.
    """
    check_ids(field, lists.keys())
    if not set(map(type, lists.values())) <= {list, tuple}:
        _check_sequences(field, lists)
    copied = dict(zip(lists, map(tuple, lists.values()), strict=True))
    try:
        return copied, named_in(copied.values())
    except TypeError:
        problems = [
            Problem(f"{field}[{owner}]", "holds a list or another changeable value", _TIE_ADVICE)
            for owner in _unhashable(copied)
        ]
        raise InvalidInput(problems=problems) from None


def _check_sequences(field: str, lists: Mapping[Any, Any]) -> None:
    problems = [
        Problem(f"{field}[{owner}]", f"is {type(each).__name__}, not a list", "write the ids in order, best first")
        for owner, each in lists.items()
        if isinstance(each, str | bytes) or not isinstance(each, Sequence)
    ]
    if problems:
        raise InvalidInput(problems=problems)


def _unhashable(lists: Mapping[Id, tuple[Any, ...]]) -> list[Id]:
    found = []
    for owner, entries in lists.items():
        try:
            set(entries)
        except TypeError:
            found.append(owner)
    return found


def named_in(lists: Iterable[Sequence[Any]]) -> set[Any]:
    """Collect everything that stands in any of the lists (a tie as the tuple it is)."""
    return set[Any]().union(*lists)


def has_ties(named: Iterable[Any]) -> bool:
    """Tell whether a tie is among the entries that `named_in` collected."""
    return any(isinstance(each, tuple) for each in named)


def flatten(preference: Sequence[Any]) -> tuple[Id, ...]:
    """Open ties, keeping the order in which they were written."""
    return tuple(each for tier in _tiers(preference) for each in tier)


def open_ties(
    lists: Mapping[Id, tuple[Any, ...]], numbers: Mapping[Id, int]
) -> tuple[dict[Id, tuple[Id, ...]], set[Id]]:
    """Break ties by lottery number, the lower first.

    Returns
    -------
    lists : dict
        Strict lists. An unknown id has no number; it goes first, and `list_problems` reports it.
    named : set
        Everyone in them.
    """
    strict = {
        owner: tuple(each for tier in _tiers(listed) for each in sorted(tier, key=lambda one: numbers.get(one, 0)))
        for owner, listed in lists.items()
    }
    return strict, named_in(strict.values())


def standing(preference: Sequence[Any]) -> dict[Id, int]:
    """Give everyone's place as people count it: equals share a place, and the next place is skipped.

    Examples
    --------
    >>> standing(["a", ("b", "c"), "d"])
    {'a': 1, 'b': 2, 'c': 2, 'd': 4}
    """
    places: dict[Id, int] = {}
    for tier in _tiers(preference):
        place = len(places) + 1
        places.update(dict.fromkeys(tier, place))
    return places


def _tiers(preference: Sequence[Any]) -> Iterable[tuple[Id, ...]]:
    return (entry if isinstance(entry, tuple) else (entry,) for entry in preference)


def list_problems(
    field: str,
    lists: Mapping[Id, Sequence[Id]],
    named: set[Id],
    known: Collection[Id],
    distinct: Iterable[Collection[Id]],
) -> list[Problem]:
    """Name every unknown and every repeated entry of lists without ties, in canonical order of their owners.

    Parameters
    ----------
    field
        Which side, for the message.
    lists, named
        The lists, and everyone in them.
    known
        Who exists on the other side.
    distinct
        The entries of each list without repetitions.
    """
    # Whole-set comparisons first: going through the lists entry by entry costs ten times as much.
    if named <= set(known) and sum(map(len, distinct)) == sum(map(len, lists.values())):
        return []
    problems = []
    for owner in canonical(lists):
        seen: set[Id] = set()
        for entry in lists[owner]:
            if entry not in known:
                problems.append(Problem(f"{field}[{owner}]", f"names {entry!r}, whom the other side does not know"))
            elif entry in seen:
                problems.append(Problem(f"{field}[{owner}]", f"names {entry!r} twice"))
            seen.add(entry)
    return problems
