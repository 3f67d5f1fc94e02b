"""Recorded answers of a real site, read from a folder or from one compressed file."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bridge.demo.errors import RecordingError
from bridge.demo.shapes import Json

__all__ = ["Archive", "Recording", "read_recordings"]

_ASIDE = ("limited_", "error_", "write_", "xml_")
"""Recordings of what goes wrong, of other formats, and of what changed the site after everything else was read."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One call with its answer.

    Attributes
    ----------
    name
        File name without its ending, with its folder: ``completion/select_user_3``.
    body
        Parsed JSON, or text for XML.
    """

    name: str
    function: str
    params: dict[str, Json]
    format: str | None
    status: int
    content_type: str
    body: Json = field(repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it shows the site as the administrator's account sees it, before any write."""
        return not self.name.split("/")[-1].startswith(_ASIDE)


def _recording(name: str, fields: Json) -> Recording:
    try:
        return Recording(
            name,
            fields["function"],
            fields["params"],
            fields["format"],
            fields["status"],
            fields["content_type"],
            fields["body"],
        )
    except (KeyError, TypeError) as err:
        raise RecordingError(f"{name} is not a recorded call: {err}") from err


def _from_folder(path: Path) -> Iterator[Recording]:
    for file in sorted(path.rglob("*.json")):
        yield _recording(file.relative_to(path).with_suffix("").as_posix(), json.loads(file.read_text("utf-8")))


def _from_lines(path: Path) -> Iterator[Recording]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            yield _recording(fields["name"], fields)


def read_recordings(path: Path | str) -> list[Recording]:
    """Read recorded calls.

    Parameters
    ----------
    path
        A folder of JSON files, one a call, or a ``.jsonl.gz`` with one a line and a ``name`` in each.

    Raises
    ------
    RecordingError
        There is nothing there, or it is something else.
    """
    path = Path(path)
    if not path.exists():
        raise RecordingError(f"There are no recordings at {path.name}")
    found = list(_from_folder(path) if path.is_dir() else _from_lines(path))
    if not found:
        raise RecordingError(f"There are no recordings at {path.name}")
    return found


class Archive:
    """Recordings by function, for those who rebuild tables from them."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self.recordings = list(recordings)

    def calls(self, function: str) -> Iterator[Recording]:
        """Return the plain JSON calls of a function."""
        for each in self.recordings:
            if each.function == function and each.is_plain and each.format == "json" and not _is_error(each.body):
                yield each

    def bodies(self, function: str) -> Iterator[Json]:
        """Return what those calls answered."""
        return (each.body for each in self.calls(function))

    def named(self, name: str) -> Json | None:
        """Return the answer of one recording, None where it is absent."""
        return next((each.body for each in self.recordings if each.name == name), None)


def _is_error(body: Json) -> bool:
    return isinstance(body, dict) and "exception" in body
