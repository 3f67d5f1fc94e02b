"""Published data that the answers of the design are about: small ones typed in, large ones read where they lie.

The large ones are looked for in ``golden/`` under ``ACCEL_SHARED`` or, without it, under ``shared`` beside the
repository.
"""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[4]
SHARED = Path(os.environ.get("ACCEL_SHARED") or ROOT.parent / "shared") / "golden"

# J. P. Guilford, Psychometric Methods (2nd ed., 1954), p. 282: creativity of seven scientists rated 1-9 on five
# traits by three senior scientists, as used in the manual of Facets. One string a (judge, examinee), one digit a trait.
GUILFORD = {
    1: ["55353", "97585", "33371", "73133", "97785", "35351", "77555"],  # Avogadro
    2: ["65463", "87572", "45366", "56455", "24323", "44642", "33554"],  # Brahe
    3: ["55573", "77575", "35555", "53331", "97777", "33353", "77757"],  # Cavendish
}

# O. L. Davies and P. L. Goldsmith, Statistical Methods in Research and Production (4th ed., 1972), section 6.6:
# diameters in mm of zones that six samples of penicillin (A-F) cleared on each of 24 plates (a-x); in R as
# lme4::Penicillin.
PENICILLIN = {
    "a": [27, 23, 26, 23, 23, 21],
    "b": [27, 23, 26, 23, 23, 21],
    "c": [25, 21, 25, 24, 24, 20],
    "d": [26, 23, 25, 23, 23, 20],
    "e": [25, 22, 26, 22, 23, 20],
    "f": [24, 22, 25, 23, 22, 19],
    "g": [24, 20, 23, 21, 22, 19],
    "h": [26, 22, 26, 24, 24, 21],
    "i": [24, 21, 24, 22, 22, 20],
    "j": [24, 21, 24, 23, 22, 19],
    "k": [26, 23, 26, 24, 24, 21],
    "l": [25, 22, 26, 24, 24, 20],
    "m": [26, 24, 26, 24, 25, 22],
    "n": [26, 23, 26, 23, 23, 20],
    "o": [26, 23, 25, 24, 24, 22],
    "p": [25, 22, 25, 23, 23, 20],
    "q": [25, 21, 24, 23, 23, 20],
    "r": [25, 22, 24, 23, 23, 19],
    "s": [24, 21, 23, 21, 21, 19],
    "t": [26, 23, 26, 24, 24, 21],
    "u": [25, 21, 24, 22, 22, 18],
    "v": [25, 22, 25, 22, 22, 20],
    "w": [24, 21, 24, 22, 24, 19],
    "x": [24, 21, 24, 22, 21, 18],
}


def guilford():
    """Columns judge, examinee, trait, rating."""
    rows = [
        (judge, examinee, trait, int(digit))
        for judge, ratings in GUILFORD.items()
        for examinee, digits in enumerate(ratings, start=1)
        for trait, digit in enumerate(digits, start=1)
    ]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def penicillin():
    """Codes of plate and sample, and the diameter."""
    plate, sample = np.divmod(np.arange(144), 6)
    return plate, sample, np.array(list(PENICILLIN.values()), dtype=float).ravel()


def rows_of(name):
    """Rows of one of the large files, or a skip that says what is missing."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not there: set ACCEL_SHARED to the folder that holds golden/{name}")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codes(labels):
    return np.unique(np.asarray(labels), return_inverse=True)[1]
