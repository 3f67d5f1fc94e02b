"""What scoring's README promises of aggregation and ranks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
README = (ROOT / "scoring" / "README.md").read_text(encoding="utf-8")


def section(title):
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("title", ["aggregation", "ranks"])
def test_an_example_gives_what_it_promises(title):
    (code,) = re.findall(r"```python\n(.*?)```", section(title), re.DOTALL)
    names = {}
    exec(compile(code, title, "exec"), names)  # noqa: S102  the README's own code
    kept = 0
    for line in code.splitlines():
        expression, comment, value = line.partition("  # ")
        if comment and not re.match(r"[\w ]+ = ", expression):
            found = repr(eval(expression.strip(), names))  # noqa: S307  the README's own code
            assert re.split(r": |; ", value)[0] == found, expression
            kept += 1
    assert kept >= 6


def test_every_module_of_aggregation_is_described_where_people_look():
    for module in ("baselines", "crossed", "adjust", "escalate", "rasch", "workshop", "reciprocity", "wording"):
        assert f"| `{module}" in section("aggregation")
        assert (ROOT / "scoring" / "aggregation" / module).with_suffix(".py").exists() or module == "rasch"
