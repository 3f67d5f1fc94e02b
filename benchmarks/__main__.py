"""``python -m benchmarks [module ...]``: run the benchmarks named, or all, and say which bars hold."""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module

import benchmarks
from benchmarks import harness


def main(names: list[str]) -> int:
    """Run; 1 where a bar does not hold, 2 where a name is unknown."""
    one_blas_thread()
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name not in {"__main__", "harness"} and not module.name.startswith("_")
    )
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    found: dict[str, list[harness.Row]] = {}
    for name in names or known:
        module = import_module(f"benchmarks.{name}")
        if hasattr(module, "rows"):  # the others only help
            print(f"{name} ...", flush=True)
            found[name] = module.rows()
    rows = [row for made in found.values() for row in made]
    print(harness.table(rows))
    harness.merge(found)
    return 1 if any(row.holds is False for row in rows) else 0


def one_blas_thread() -> None:
    """Keep numpy, which no benchmark has loaded yet, to one thread: peers are compared core against core."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
