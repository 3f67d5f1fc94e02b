"""The one place where XML from outside is parsed: Moodle's default answer format, into the values its JSON would give.

No document type, no entity, no network, no tree: events go to a builder that keeps only the values, and libxml2's own
limits on depth and text size stay on. The answer says nothing of types, so every value is a text; the schemas of
:mod:`lms_sync.payloads` read texts and numbers alike. A key without a value comes as null, because this format writes
out what an answer leaves out.

Format: ``xmlize_result`` in Moodle's webservice/rest/locallib.php.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol, cast

from lxml import etree

from lms_sync.errors import BadAnswer, ErrorCode

__all__ = ["Target", "hardened_parser", "parse_answer"]

# Characters XML 1.0 cannot hold, which people paste into texts and Moodle passes on as they are.
_ILLEGAL = bytes(code for code in range(0x20) if code not in {0x09, 0x0A, 0x0D})
_CHUNK = 65_536


class Target(Protocol):
    """Takes the events of a document; see lxml's "parser target" interface."""

    def start(self, tag: str, attrib: Any) -> None:  # noqa: ANN401  lxml's own mapping type
        """Take the beginning of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def data(self, data: str) -> None:
        """Take some of an element's text."""

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        """Take a document type declaration; a target here refuses it."""

    def close(self) -> Any:  # noqa: ANN401  whatever the target builds
        """Give what was built."""


def hardened_parser(target: Target) -> etree.XMLParser:
    """A parser for documents from outside, whatever is in them.

    UTF-8 whatever the document says of itself, so that a look at its bytes cannot be evaded by another encoding.
    """
    return etree.XMLParser(
        target=cast("Any", target),  # the stubs ask for texts that may be bytes, and for what is optional
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse_answer(body: bytes | bytearray, *, function: str, dropped: Collection[str] = ()) -> Any:  # noqa: ANN401  any value
    """The value of an answer in Moodle's XML format.

    Parameters
    ----------
    dropped
        Names of keys that are not kept, wherever they stand.

    Returns
    -------
    Any
        Dictionaries, lists, texts and None; an exception as the dictionary that the JSON format gives.

    Raises
    ------
    BadAnswer
        Not well-formed, cut off, with a document type, or not Moodle's format.
    """
    parser = hardened_parser(_Answer(function, frozenset(dropped)))
    cleaned = body.translate(None, _ILLEGAL)
    try:
        for start in range(0, len(cleaned), _CHUNK):
            parser.feed(bytes(cleaned[start : start + _CHUNK]))
        return parser.close()
    except etree.XMLSyntaxError:
        # The parser's own error may quote the document.
        raise BadAnswer("not a whole XML document", code=ErrorCode.TRUNCATED, function=function) from None


class _Answer:
    """Builds the value from RESPONSE, SINGLE, KEY, MULTIPLE, VALUE; or from EXCEPTION, ERRORCODE, MESSAGE."""

    def __init__(self, function: str, dropped: frozenset[str]) -> None:
        self._function = function
        self._dropped = dropped
        self._stack: list[Any] = []
        self._names: list[str] = []
        self._text: list[str] = []
        self._null = False
        self._value: Any = None

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        raise BadAnswer("a document type", function=self._function)

    def start(self, tag: str, attrib: Any) -> None:  # noqa: ANN401  lxml's own mapping type
        self._text.clear()
        match tag:
            case "SINGLE":
                self._stack.append({})
            case "MULTIPLE":
                self._stack.append([])
            case "KEY":
                self._names.append(attrib.get("name", ""))
            case "VALUE":
                self._null = attrib.get("null") == "null"
            case "EXCEPTION":
                self._stack.append({"exception": attrib.get("class", "")})
            case "RESPONSE" | "ERRORCODE" | "MESSAGE" | "DEBUGINFO":
                pass
            case _:
                raise BadAnswer("not Moodle's XML format", function=self._function)

    def data(self, data: str) -> None:
        self._text.append(data)

    def end(self, tag: str) -> None:
        match tag:
            case "VALUE":
                self._put(None if self._null else "".join(self._text))
            case "SINGLE" | "MULTIPLE" | "EXCEPTION":
                self._put(self._stack.pop())
            case "KEY":
                self._names.pop()
            case "ERRORCODE" | "MESSAGE":
                self._container()[tag.lower()] = "".join(self._text)
        self._text.clear()

    def close(self) -> Any:  # noqa: ANN401  any value
        return self._value

    def _put(self, value: Any) -> None:  # noqa: ANN401  any value
        if not self._stack:
            self._value = value
        elif isinstance(self._stack[-1], list):
            self._stack[-1].append(value)
        elif self._names and self._names[-1] not in self._dropped:
            self._stack[-1][self._names[-1]] = value

    def _container(self) -> dict[str, Any]:
        if self._stack and isinstance(self._stack[-1], dict):
            return self._stack[-1]
        raise BadAnswer("not Moodle's XML format", function=self._function)
