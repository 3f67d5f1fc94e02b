"""The examples of scoring's README run, and give what stands beside them."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "scoring" / "README.md"


def sections():
    text = README.read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        yield title, "\n".join(re.findall(r"```python\n(.*?)```", body, re.DOTALL))


def promised(code):
    """Find the lines that are an expression with its value beside it."""
    for line in code.splitlines():
        expression, separator, value = line.partition("  # ")
        if separator and not re.match(r"[\w, ]+ = ", expression):
            yield expression.strip(), value.strip()


@pytest.mark.parametrize(("title", "code"), [one for one in sections() if one[0] in {"rating", "groupmark"}])
def test_an_example_gives_what_it_promises(title, code):
    names = {}
    exec(compile(code, title, "exec"), names)  # noqa: S102  the README's own code
    promises = list(promised(code))
    assert len(promises) >= 3
    for expression, value in promises:
        found = eval(expression, names)  # noqa: S307  the README's own code
        assert re.split(r": |; ", value)[0] == repr(found), expression
