"""The example of scoring's README about allocation runs, and gives what stands beside it."""

import re

from tests.unit.scoring.test_readme import promised, sections


def test_the_example_gives_what_it_promises():
    code, names = dict(sections())["allocation"], {}
    exec(compile(code, "allocation", "exec"), names)  # noqa: S102  the README's own code
    promises = list(promised(code))
    assert len(promises) == 6
    for expression, value in promises:
        assert re.split(r": (?=all|nothing)", value)[0] == repr(eval(expression, names)), expression  # noqa: S307  likewise
