"""XML inside files, through the one hardened parser, piece by piece, with our errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from lms_sync.errors import FileFault, FileRefused
from lms_sync.xml import Target, hardened_parser

__all__ = ["Quiet", "feed", "local_name"]


class Quiet:
    """A target that takes nothing and refuses a document type; each of ours takes what it is interested in.

    ``member`` names the file for errors.
    """

    def __init__(self, member: str) -> None:
        self.member = member

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def data(self, data: str) -> None:
        """Take some of an element's text."""

    def close(self) -> Any:  # noqa: ANN401  whatever the target builds
        """Give what was built: here nothing."""

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        """Refuse a document type: it may declare entities."""
        raise FileRefused(FileFault.DOCUMENT_TYPE, "a document type", member=self.member)


def feed(target: Target, chunks: Iterable[bytes], *, member: str) -> Any:  # noqa: ANN401  whatever the target builds
    """Parse a document that comes in pieces.

    Raises
    ------
    FileRefused
        Not well-formed, cut off, with a document type, too deep, or whatever the target refuses.
    """
    parser = hardened_parser(target)
    try:
        for piece in chunks:
            parser.feed(piece)
        return parser.close()
    except etree.XMLSyntaxError:
        # The parser's own error may quote the document.
        raise FileRefused(FileFault.DAMAGED, "not a whole XML document", member=member) from None


@lru_cache(maxsize=512)
def local_name(tag: str) -> str:
    """A tag or an attribute without its namespace."""
    return tag.rpartition("}")[2]
