"""Reading a formula from a mapping (YAML, JSON, a form), with every mistake named at once.

Each problem carries the path (``terms[essay].weight``), what was found and what to write instead. YAML and JSON have
no decimal type: a float is read as the decimal it is written as (``0.1`` is 1/10), which is the shortest one that
Python prints for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from scoring.errors import FormulaError
from scoring.exact import to_units
from scoring.rating._reader import Reader
from scoring.rating.formula import (
    PENDING_BELOW,
    SHARED,
    Bonus,
    Formula,
    MissingPolicy,
    Normalisation,
    OutOfScale,
    Source,
    Stage,
    Term,
)

__all__ = ["parse_formula"]

_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_SHARE: Final = (Decimal(0), Decimal(1))
_WEIGHT: Final = (Decimal(0), Decimal(1_000_000))
_MULTIPLIER: Final = (Decimal(0), Decimal(1_000))
_STEP: Final = (Decimal("0.0001"), Decimal(100))
_MARK: Final = (Decimal(-1_000_000_000), Decimal(1_000_000_000))
_LAST_VERSION: Final = 1_000_000_000
# The presets say in words what there is only one rule for.
_PENDING_WORDS: Final = (None, PENDING_BELOW, "listed below the ranked, with the points so far")

_FORMULA_KEYS: Final = (
    "version", "rounding", "missing", "pending", "out_of_scale", "ties", "stages", "terms", "bonuses",
)  # fmt: skip
_TERM_KEYS: Final = (
    "id", "weight", "label", "activity", "item", "stage", "normalisation", "min", "max", "cap", "missing",
    "out_of_scale",
)  # fmt: skip
_BONUS_KEYS: Final = ("id", "points", "label", "activity", "item", "cap")


def parse_formula(data: Mapping[str, object]) -> Formula:
    """Read and check a formula.

    Parameters
    ----------
    data
        The mapping, e.g. from ``yaml.safe_load``. Keys: ``version`` (a positive integer), ``terms`` (a list; each with
        ``id`` and ``weight``, optionally ``label``, ``activity``, ``item``, ``stage``, ``normalisation``, ``min`` and
        ``max``, ``cap``, ``missing``, ``out_of_scale``), and optionally ``rounding``, ``missing``, ``pending``,
        ``out_of_scale``, ``ties``, ``stages``, ``bonuses``.

    Returns
    -------
    Formula
        With every default filled in.

    Raises
    ------
    FormulaError
        With one `Problem` for each mistake found.

    Examples
    --------
    >>> formula = parse_formula({"version": 1, "terms": [{"id": "essay", "weight": 10}]})
    >>> formula.terms[0].normalisation, formula.step
    (<Normalisation.LINEAR: 'linear'>, Decimal('0.1'))
    """
    reader = Reader()
    formula = _formula(reader, data)
    if reader.problems:
        raise FormulaError(problems=reader.problems)
    return formula


def _formula(reader: Reader, data: object) -> Formula:
    top = reader.mapping("", data, _FORMULA_KEYS)
    version = _version(reader, top.get("version"))
    step = _rounding(reader, top.get("rounding"))
    missing = reader.choice("missing", top.get("missing"), MissingPolicy, MissingPolicy.BY_SUBMISSION)
    out_of_scale = reader.choice("out_of_scale", top.get("out_of_scale"), OutOfScale, OutOfScale.REFUSE)
    _pending(reader, top.get("pending"))
    stages = _stages(reader, top.get("stages"))
    context = _Context(reader, step, missing, out_of_scale, {stage.id: stage.multiplier for stage in stages})
    terms = tuple(_term(context, *entry) for entry in _parts(reader, "terms", top.get("terms"), _TERM_KEYS))
    bonuses = tuple(_bonus(context, *entry) for entry in _parts(reader, "bonuses", top.get("bonuses"), _BONUS_KEYS))
    _check_terms(reader, terms, bonuses)
    return Formula(
        version=version,
        step=step,
        missing=missing,
        out_of_scale=out_of_scale,
        ties=_ties(reader, top.get("ties"), _ids(terms, bonuses)),
        stages=stages,
        terms=terms,
        bonuses=bonuses,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """What a term inherits from the formula around it."""

    reader: Reader
    step: Decimal
    missing: MissingPolicy
    out_of_scale: OutOfScale
    multipliers: Mapping[str, Decimal]


def _version(reader: Reader, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _LAST_VERSION:
        return value
    reader.fail("version", f"{value!r} is not a version", "count a formula's versions with 1, 2, 3 ...")
    return 1


def _rounding(reader: Reader, value: object) -> Decimal:
    keys = reader.mapping("rounding", {} if value is None else value, ("each_term", "half"))
    if keys.get("half", "up") != "up":
        reader.fail("rounding.half", f"{keys['half']!r} is unknown", "halves are rounded up: write up")
    written = keys.get("each_term", Decimal("0.1"))
    return reader.number("rounding.each_term", written, bounds=_STEP, advice="write a step such as 0.1 or 1")


def _pending(reader: Reader, value: object) -> None:
    if value not in _PENDING_WORDS:
        reader.fail(
            "pending", f"{value!r} is unknown", f"people with a pending term are listed {PENDING_BELOW} the ranked"
        )


def _stages(reader: Reader, value: object) -> tuple[Stage, ...]:
    if isinstance(value, Mapping):
        value = [{"id": key, "multiplier": multiplier} for key, multiplier in value.items()]
    entries = _parts(reader, "stages", value, ("id", "multiplier", "label"))
    return tuple(_stage(reader, *entry) for entry in entries)


def _stage(reader: Reader, path: str, stage_id: str, keys: Mapping[str, object]) -> Stage:
    multiplier = reader.number(
        f"{path}.multiplier",
        keys.get("multiplier", 1),
        bounds=_MULTIPLIER,
        advice="write 1 to leave the weights as they are",
    )
    return Stage(stage_id, multiplier, reader.text(f"{path}.label", keys.get("label")) or "")


def _parts(
    reader: Reader, name: str, value: object, known: Sequence[str]
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Walk through a list of entries that have ids: the path to name in messages, the id, the entry."""
    seen: set[object] = set()
    for place, entry in enumerate(reader.items(name, value), start=1):
        given = entry.get("id") if isinstance(entry, Mapping) else None
        part_id = given if isinstance(given, str) and _ID.fullmatch(given) else f"#{place}"
        path = f"{name}[{part_id}]"
        reader.term = part_id if name == "terms" else None
        keys = reader.mapping(path, entry, known)
        if keys is entry:
            _check_id(reader, f"{path}.id", given, part_id, seen)
            yield path, part_id, keys
    reader.term = None


def _check_id(reader: Reader, path: str, given: object, part_id: str, seen: set[object]) -> None:
    if given != part_id:
        reader.fail(path, f"{given!r} is not an id", "write Latin letters, digits, _ and -, a letter first")
    if part_id in seen:
        reader.fail(path, f"{part_id!r} is there twice", "give every entry an id of its own")
    seen.add(part_id)


def _term(context: _Context, path: str, term_id: str, keys: Mapping[str, object]) -> Term:
    reader = context.reader
    normalisation, pass_at = _normalisation(reader, path, keys.get("normalisation"))
    minimum, maximum = _scale(reader, path, keys.get("min"), keys.get("max"))
    stage = _stage_of(context, path, keys.get("stage"))
    return Term(
        id=term_id,
        weight=_points(reader, f"{path}.weight", keys.get("weight")),
        label=reader.text(f"{path}.label", keys.get("label")) or "",
        source=_source(reader, path, keys),
        stage=stage,
        multiplier=context.multipliers.get(stage or "", Decimal(1)),
        normalisation=normalisation,
        pass_at=pass_at,
        minimum=minimum,
        maximum=maximum,
        cap=_cap(context, path, keys.get("cap")),
        missing=reader.choice(f"{path}.missing", keys.get("missing"), MissingPolicy, context.missing),
        out_of_scale=reader.choice(f"{path}.out_of_scale", keys.get("out_of_scale"), OutOfScale, context.out_of_scale),
    )


def _bonus(context: _Context, path: str, bonus_id: str, keys: Mapping[str, object]) -> Bonus:
    return Bonus(
        id=bonus_id,
        points=_points(context.reader, f"{path}.points", keys.get("points")),
        label=context.reader.text(f"{path}.label", keys.get("label")) or "",
        source=_source(context.reader, path, keys),
        cap=_cap(context, path, keys.get("cap")),
    )


def _points(reader: Reader, path: str, value: object) -> Decimal:
    if value is None:
        reader.fail(path, "is missing", "write how many points a full mark gives")
        return Decimal(1)
    return reader.number(path, value, bounds=_WEIGHT, advice="write how many points a full mark gives")


def _source(reader: Reader, path: str, keys: Mapping[str, object]) -> Source:
    activity = reader.text(f"{path}.activity", keys.get("activity"))
    return Source(activity, reader.text(f"{path}.item", keys.get("item")))


def _normalisation(reader: Reader, path: str, value: object) -> tuple[Normalisation, Decimal | None]:
    path = f"{path}.normalisation"
    keys = reader.mapping(path, value, ("kind", "at")) if isinstance(value, Mapping) else {"kind": value}
    kind = reader.choice(path, keys.get("kind"), Normalisation, Normalisation.LINEAR)
    at = keys.get("at")
    if kind is not Normalisation.PASS_FAIL:
        if at is not None:
            reader.fail(f"{path}.at", f"{kind} has no threshold", "drop it, or write kind: pass_fail")
        return kind, None
    advice = "write the share of the scale from which it is passed, such as 0.5"
    if at is None:
        reader.fail(f"{path}.at", "is missing", advice)
        return kind, Decimal(0)
    return kind, reader.number(f"{path}.at", at, bounds=_SHARE, advice=advice)


def _scale(reader: Reader, path: str, low: object, high: object) -> tuple[Decimal | None, Decimal | None]:
    if low is None and high is None:
        return None, None
    if low is None or high is None:
        name = "min" if low is None else "max"
        reader.fail(f"{path}.{name}", "is missing", "fix both ends of the scale, or neither")
        return None, None
    minimum = reader.number(f"{path}.min", low, bounds=_MARK, advice="write the lowest mark of the scale")
    maximum = reader.number(f"{path}.max", high, bounds=_MARK, advice="write the highest mark of the scale")
    if minimum >= maximum and not reader.has_failed(f"{path}.min", f"{path}.max"):
        reader.fail(f"{path}.max", f"{maximum} is not above min {minimum}", "write the highest mark of the scale")
    return minimum, maximum


def _stage_of(context: _Context, path: str, value: object) -> str | None:
    stage = context.reader.text(f"{path}.stage", value)
    if stage is not None and stage not in context.multipliers:
        known = ", ".join(context.multipliers) or "none is defined"
        context.reader.fail(f"{path}.stage", f"{stage!r} is unknown", f"stages: {known}")
    return stage


def _cap(context: _Context, path: str, value: object) -> Decimal | None:
    if value is None:
        return None
    advice = f"write the most points it can give, a multiple of {context.step}"
    cap = context.reader.number(f"{path}.cap", value, bounds=_WEIGHT, advice=advice)
    if to_units(cap) % to_units(context.step) and not context.reader.has_failed(f"{path}.cap", "rounding.each_term"):
        context.reader.fail(f"{path}.cap", f"{cap} is not a multiple of the rounding step {context.step}", advice)
    return cap


def _check_terms(reader: Reader, terms: Sequence[Term], bonuses: Sequence[Bonus]) -> None:
    if not terms and not any(problem.field.startswith("terms") for problem in reader.problems):
        reader.fail("terms", "there are none", "write at least one term with an id and a weight")
    if terms and not any(term.full_points for term in terms):
        reader.fail("terms", "every weight is 0", "give at least one term a weight, or every total is 0")
    if SHARED in _ids(terms, bonuses):
        reader.fail(f"terms[{SHARED}].id", f"{SHARED!r} is the last tie rule", "choose another id")
    for bonus in bonuses:
        if bonus.id in {term.id for term in terms}:
            reader.fail(f"bonuses[{bonus.id}].id", "a term has the same id", "give every entry an id of its own")


def _ties(reader: Reader, value: object, known: Sequence[str]) -> tuple[str, ...]:
    ties = [str(entry) for entry in reader.items("ties", value)]
    if ties and ties[-1] == SHARED:
        ties.pop()
    for place, tie in enumerate(ties):
        if tie == SHARED:
            reader.fail("ties", f"{SHARED!r} is not the last rule", "nothing can be decided after a shared place")
        elif tie not in known:
            reader.fail(
                "ties", f"{tie!r} is no term", f"write terms in order, then {SHARED}; terms: {', '.join(known)}"
            )
        elif tie in ties[:place]:
            reader.fail("ties", f"{tie!r} is there twice", "name every term once")
    return tuple(ties)


def _ids(terms: Sequence[Term], bonuses: Sequence[Bonus]) -> list[str]:
    return [*(term.id for term in terms), *(bonus.id for bonus in bonuses)]
