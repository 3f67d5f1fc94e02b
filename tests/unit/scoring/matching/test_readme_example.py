"""The example of scoring's README about matching runs, and gives what stands beside it."""

from tests.unit.scoring.test_readme import promised, sections


def test_the_example_gives_what_it_promises():
    code, names = dict(sections())["matching"], {}
    exec(compile(code, "matching", "exec"), names)  # noqa: S102  the README's own code
    promises = list(promised(code))
    assert len(promises) == 7
    for expression, value in promises:
        assert value.split(": ")[0] == repr(eval(expression, names)), expression  # noqa: S307  likewise
