from __future__ import annotations

import pytest

from bridge.core.yaml_lines import read
from bridge.errors import InvalidInput

TEXT = """\
# A comment moves everything down by one line.
name: Сезон
stages:
  1: {name: Отбор}
  2:
    name: Группы
terms:
  - id: essay
    weight: 10
  - {id: test, weight: 20}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("name",), 2),
        (("stages", "1", "name"), 4),
        (("stages", "2", "name"), 6),
        (("terms",), 8),
        (("terms", 0, "weight"), 9),
        (("terms", 1, "weight"), 10),
    ],
)
def test_every_value_has_the_line_it_stands_on(path: tuple[str | int, ...], line: int) -> None:
    assert read(TEXT).line(path) == line


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    document = read(TEXT)
    assert document.line(("terms", 1, "label")) == 10
    assert document.line(("terms", 9)) == 8
    assert document.line(("formula", "terms")) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: x\nname: y\n", 2),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4),
        ("a:\n  - {b: 1}\n  - {b: 1, b: 2}\n", 3),
        ("name: x\n  bad: y\n", 2),
        ("name: [1, 2\n", 2),
        ("name: 'x\n", 2),
        ("name: *nothing\n", 1),
        ("name: !!python/object:os.system x\n", 1),
        ("name: x\n---\nname: y\n", 2),
        ("- a list\n", 1),
        ("just words\n", 1),
        ("", 1),
        ("name: \x00\n", 1),
        ("a: 2028-02-31\n", 1),
        ("{[1]: x}\n", 1),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text)
    assert str(caught.value).startswith(f"Line {line}: ")
    assert caught.value.facts["line"] == line


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(InvalidInput, match="larger than 1 MB"):
        read("name: " + "x" * 1_000_001)


BILLION = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_repetition_that_grows_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput, match="Line 2"):
        read(BILLION)


def test_an_anchor_that_holds_itself_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Line 1"):
        read("a: &a [*a]\n")
