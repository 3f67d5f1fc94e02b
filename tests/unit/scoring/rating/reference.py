"""The rules of the rating written down a second time, as slowly and as plainly as they can be said.

Reads the formula's raw mapping, not the parsed one, and shares no code with `scoring.rating`: fractions instead of
scaled integers, a quadratic count instead of sorted keys, a decimal square root with 60 digits instead of integer ones.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

PENDING_BY = {
    "by_submission": {"submitted", "not_due"},
    "zero": set(),
    "excluded": set(),
    "pending": {"submitted", "not_due", "absent"},
}
EXCLUDED_BY = {"excluded": {"submitted", "not_due", "absent", "exempt"}}


def half_up(value, step):
    """Round half up to a multiple of `step`, by looking at the two multiples around the value."""
    below = value // step * step
    return below + step if value - below >= step - (value - below) else below


def t_score(position, everyone):
    """50 + 10 z, half up to 0.01, within 0..100, by interval arithmetic on 60 digits."""
    mean = sum(everyone) / Fraction(len(everyone))
    variance = sum((one - mean) ** 2 for one in everyone) / Fraction(len(everyone))
    if variance == 0:
        return Fraction(50)
    ends = []
    for rounding in (ROUND_FLOOR, ROUND_CEILING):
        with localcontext() as context:
            context.prec = 60
            context.rounding = rounding
            root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
            ends.append(half_up(50 + 10 * (position - mean) / Fraction(root), Fraction(1, 100)))
    # Both ends round alike, or the value is rational and lies on the half itself, where up is right.
    return min(max(*ends, Fraction(0)), Fraction(100))


def share(normalisation, position, everyone):
    kind = normalisation["kind"]
    if kind == "linear":
        return position
    if kind == "pass_fail":
        return Fraction(1) if position >= Fraction(str(normalisation["at"])) else Fraction(0)
    if kind == "percentile":
        below = sum(one < position for one in everyone)
        equal = sum(one == position for one in everyone)
        return Fraction(2 * below + equal, 2 * len(everyone))
    return t_score(position, everyone) / 100


def position_of(cell):
    low, high = Fraction(str(cell.minimum)), Fraction(str(cell.maximum))
    return (min(max(Fraction(str(cell.value)), low), high) - low) / (high - low)


def full_points(formula, term):
    multiplier = next(
        (Fraction(str(s["multiplier"])) for s in formula["stages"] if s["id"] == term.get("stage")), Fraction(1)
    )
    return Fraction(str(term["weight"])) * multiplier


def points_of(formula, person, populations):
    """Points of every term before excluded ones are credited, and what was made of each."""
    step = Fraction(str(formula["rounding"]["each_term"]))
    points, made = [], []
    for term in formula["terms"]:
        cell, policy = person.cells[term["id"]], term.get("missing", formula["missing"])
        if cell.state == "graded":
            earned = share(term["normalisation"], position_of(cell), populations[term["id"]]) * full_points(
                formula, term
            )
            most = Fraction(str(term["cap"])) if "cap" in term else half_up(full_points(formula, term), step)
            points.append(min(half_up(earned, step), most))
            made.append("counted")
            continue
        points.append(Fraction(0))
        if cell.state in PENDING_BY[policy]:
            made.append("pending")
        else:
            made.append("excluded" if cell.state == "exempt" or policy == "excluded" else "zero")
    return points, made


def credit(formula, points, made):
    step = Fraction(str(formula["rounding"]["each_term"]))
    weights = [full_points(formula, term) for term in formula["terms"]]
    counted = sum((w for w, m in zip(weights, made, strict=True) if m in {"counted", "zero"}), Fraction(0))
    if counted == 0 or "pending" in made:
        return points, counted
    earned = sum(points)
    credited = []
    for term, weight, had, what in zip(formula["terms"], weights, points, made, strict=True):
        most = half_up(weight, step)
        most = min(most, Fraction(str(term["cap"]))) if "cap" in term else most
        credited.append(min(half_up(earned * weight / counted, step), most) if what == "excluded" else had)
    return credited, counted


def bonus_points(formula, person):
    step = Fraction(str(formula["rounding"]["each_term"]))
    for bonus in formula["bonuses"]:
        earned = half_up(Fraction(str(person.bonuses.get(bonus["id"], 0))) * Fraction(str(bonus["points"])), step)
        yield min(earned, Fraction(str(bonus["cap"]))) if "cap" in bonus else earned


def reference(formula, people):
    """Give {id: (standing, total, rank, points by id)}; totals and points as fractions."""
    populations = {
        term["id"]: [position_of(p.cells[term["id"]]) for p in people if p.cells[term["id"]].state == "graded"]
        for term in formula["terms"]
    }
    ids = [part["id"] for part in (*formula["terms"], *formula["bonuses"])]
    found = {}
    for person in people:
        points, made = points_of(formula, person, populations)
        points, counted = credit(formula, points, made)
        by_id = dict(zip(ids, [*points, *bonus_points(formula, person)], strict=True))
        standing = "pending" if "pending" in made else "ranked" if counted else "unrated"
        standing = "withdrawn" if person.status == "withdrawn" else standing
        found[person.id] = (standing, sum(by_id.values()), by_id)
    return {
        person_id: (standing, total, rank_of(person_id, found, formula["ties"]), by_id)
        for person_id, (standing, total, by_id) in found.items()
    }


def rank_of(person_id, found, ties):
    if found[person_id][0] != "ranked":
        return None
    order = [tie for tie in ties if tie != "shared"]

    def key(one):
        _, total, by_id = found[one]
        return total, *(by_id[tie] for tie in order)

    return 1 + sum(found[one][0] == "ranked" and key(one) > key(person_id) for one in found)
