"""How a call and its answer look on the wire: PHP's nested form fields in, JSON or XML out."""

import html
import json
import re
from collections.abc import Iterable

from bridge.demo.errors import MoodleError
from bridge.demo.shapes import Json, Shape

__all__ = ["error_json", "error_xml", "nested", "to_json", "to_xml"]

_NAME = re.compile(r"([^\[]+)((?:\[[^\]]*\])*)")
_BRACKET = re.compile(r"\[([^\]]*)\]")
_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Fold form fields into trees as PHP does.

    Parameters
    ----------
    pairs
        Names such as ``options[0][name]`` or ``ids[]`` with their values, in the order of the request. A later
        field replaces an earlier one of the same name.

    Returns
    -------
    dict
        Lists and maps alike are dicts with text keys: PHP knows one kind of array.

    Examples
    --------
    >>> nested([("courseids[0]", "2"), ("courseids[1]", "3"), ("x", "1")])
    {'courseids': {'0': '2', '1': '3'}, 'x': '1'}
    """
    tree: dict[str, Json] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            tree[_plain(name)] = value
        else:
            _place(tree, [_plain(match[1]), *_BRACKET.findall(match[2])], value)
    return tree


def _plain(name: str) -> str:
    # PHP turned dots and spaces of variable names into underscores long ago and still does.
    return name.strip().replace(".", "_").replace(" ", "_")


def _place(tree: dict[str, Json], path: list[str], value: str) -> None:
    node = tree
    for step in path[:-1]:
        child = node.get(_key(node, step))
        if not isinstance(child, dict):
            child = node[_key(node, step)] = {}
        node = child
    node[_key(node, path[-1])] = value


def _key(node: dict[str, Json], step: str) -> str:
    return step or str(1 + max((int(key) for key in node if key.isdigit()), default=-1))


def to_json(value: Json) -> str:
    """Write a checked answer as PHP's json_encode does: ASCII only, slashes escaped."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("/", "\\/")


def to_xml(value: Json, returns: Shape | None) -> str:
    """Write a checked answer in Moodle's default format."""
    body = "" if returns is None else returns.xml(value)
    return f"{_XML_HEAD}<RESPONSE>\n{body}</RESPONSE>\n"


def error_json(error: MoodleError) -> str:
    """Write an error as JSON; one of PHP's own has no code."""
    fields = {"exception": error.exception, "errorcode": error.errorcode, "message": error.message}
    return to_json({key: value for key, value in fields.items() if value is not None})


def error_xml(error: MoodleError) -> str:
    """Write an error as XML."""
    code = "" if error.errorcode is None else f"<ERRORCODE>{html.escape(error.errorcode, quote=False)}</ERRORCODE>\n"
    text = html.escape(error.message, quote=False).replace('"', "&quot;")
    message = f"<MESSAGE>{text}</MESSAGE>\n"
    return f'{_XML_HEAD}<EXCEPTION class="{error.exception}">\n{code}{message}</EXCEPTION>\n'
