"""YAML that people write, read so that every complaint can name its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from bridge.errors import InvalidInput

__all__ = ["Document", "Path", "read"]

MAX_BYTES = 1_000_000

Path = tuple[str | int, ...]
"""Keys and positions from the top of the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document's data, and the line (from 1) on which each value stands."""

    data: Mapping[str, object]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Read one document that is a mapping.

    Raises
    ------
    InvalidInput
        Naming the line: not YAML, not a mapping, a key that stands twice, an anchor that repeats something.
    """
    if len(text.encode()) > MAX_BYTES:
        raise InvalidInput("The file is larger than 1 MB: this is not a season.", code="file")
    try:
        _refuse_repetitions(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise _at(line, err.problem or "this is not YAML") from err
    except yaml.YAMLError as err:
        raise _at(1, "the file has characters that no text file has") from err
    except ValueError as err:
        # What looks like a date is read as one: 2028-02-31 is none.
        raise _at(_line_of_bad_scalar(text), "there is no such date or number") from err
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise _at(1, "the file must consist of lines “name: value”")
    return Document(data, dict(_lines(node, ())))


def _refuse_repetitions(text: str) -> None:
    """Refuse aliases (``*name``): a few nested ones stand for a billion values."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            raise _at(line, f"“*{event.anchor}” repeats something: write it out")


def _line_of_bad_scalar(text: str) -> int:
    """The line of the first value that YAML's own reading of it refuses."""
    loader = yaml.SafeLoader(text)
    pending = [loader.get_single_node()]
    while pending:
        node = pending.pop(0)
        if isinstance(node, yaml.ScalarNode):
            try:
                loader.construct_object(node)
            except ValueError:
                return int(node.start_mark.line) + 1
        elif node is not None:
            # A mapping's node holds pairs, a sequence's single nodes.
            pending += [inner for item in node.value for inner in (item if isinstance(item, tuple) else (item,))]
    return 1


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        yield from _mapping_lines(node, path)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _lines(item, (*path, position))


def _mapping_lines(node: yaml.MappingNode, path: Path) -> Iterator[tuple[Path, int]]:
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise _at(key.start_mark.line + 1, f"“{key.value}” stands here a second time")
        seen.add(key.value)
        yield from _lines(value, (*path, key.value))


def _at(line: int, problem: str) -> InvalidInput:
    return InvalidInput("Line %(line)d: %(problem)s.", code="file", line=line, problem=problem)
