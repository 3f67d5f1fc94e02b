"""Extract, update, compile, check: Babel's own functions with this project's places and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

__all__ = ["Problem", "check", "compile_catalogue", "extract", "read", "update"]

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent
MAPPING = PACKAGE.parent / "babel.cfg"
LANGUAGE = "ru"

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in the files' headers instead of the day of the run."""

_OUR_ERRORS = ("BridgeError", "Refused", "StaleSave", "InvalidInput", "NotFound", "Forbidden")
"""Their first argument is a message id (`bridge.errors`)."""

KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, **dict.fromkeys(_OUR_ERRORS)}

COMMENT_TAGS = ("Translators:",)

_PLACE = re.compile(r"%(?:\((\w+)\))?[-+ 0#]*\d*(?:\.\d+)?[sdfr%]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a message of the catalogue."""

    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.message!r}: {self.what}"


def _methods(mapping: Path) -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """What `babel.cfg` says: which extractor reads which files, and its options. pybabel reads the same file."""
    parser = ConfigParser()
    parser.read_string(mapping.read_text(encoding="utf-8"))
    methods, options = [], {}
    for section in parser.sections():
        method, pattern = (part.strip() for part in section.split(":", 1))
        methods.append((pattern, method))
        options[pattern] = dict(parser.items(section))
    return methods, options


def _po_path(folder: Path) -> Path:
    return folder / LANGUAGE / "LC_MESSAGES" / "messages.po"


def extract(package: Path = PACKAGE, mapping: Path = MAPPING) -> Catalog:
    """The messages of the code and templates of a package, with the files they stand in."""
    methods, options = _methods(mapping)
    catalogue = Catalog(project="accelerator-companion", charset="utf-8", creation_date=_EPOCH)
    found = extract_from_dir(
        package, methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"{package.name}/{file}", 0)], auto_comments=comments, context=context)
    return catalogue


def read(folder: Path = FOLDER) -> Catalog:
    """The Russian catalogue as it lies in the folder; an empty one where there is none yet."""
    path = _po_path(folder)
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def update(folder: Path = FOLDER, *, template: Catalog | None = None, prune: bool = False) -> Catalog:
    """Add the messages of the code to the catalogue, write and compile it.

    Parameters
    ----------
    folder
        Where the catalogues lie.
    template
        The messages of the code; extracted where it is left out.
    prune
        Drop messages that the code does not have. Otherwise they are kept as they are.

    Returns
    -------
    Catalog
        As written.
    """
    template = extract() if template is None else template
    catalogue = read(folder)
    strangers = [message for message in catalogue if message.id and template.get(message.id, message.context) is None]
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    if not prune:
        for message in strangers:
            catalogue[message.id] = message
    _write(catalogue, folder)
    return catalogue


def _write(catalogue: Catalog, folder: Path) -> None:
    catalogue.header_comment = "# Russian catalogue of the companion."
    catalogue.creation_date = catalogue.revision_date = _EPOCH
    catalogue.fuzzy = False
    path = _po_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compile_catalogue(folder))


def compile_catalogue(folder: Path = FOLDER) -> bytes:
    """The compiled form of the catalogue that lies in the folder."""
    buffer = BytesIO()
    write_mo(buffer, read(folder))
    return buffer.getvalue()


def check(folder: Path = FOLDER, *, template: Catalog | None = None) -> list[Problem]:
    """Everything that is wrong with the catalogue, messages of the code that it lacks included."""
    template = extract() if template is None else template
    catalogue = read(folder)
    problems = [problem for message in catalogue if message.id for problem in _faults(message)]
    if catalogue.plural_forms != Catalog(locale=LANGUAGE).plural_forms:
        problems.append(Problem("Plural-Forms", "is not Russian's: every message would have the wrong number of forms"))
    problems += [
        Problem(_name(message), "is not in the catalogue: run `python -m bridge.translations update`")
        for message in template
        if message.id and catalogue.get(message.id, message.context) is None
    ]
    compiled = _po_path(folder).with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != compile_catalogue(folder):
        problems.append(Problem(compiled.name, "does not equal the compiled catalogue"))
    return problems


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(strings: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (strings,) if isinstance(strings, str) else tuple(strings)


def _faults(message: Message) -> Iterator[Problem]:
    name, translated = _name(message), _texts(message.string or "")
    if message.fuzzy:
        yield Problem(name, "is fuzzy")
    if not all(translated):
        yield Problem(name, "is not translated")
        return
    wanted = _places(_texts(message.id)[-1])
    for text in translated:
        # The form for one may say it in words: «одна работа» has no place for the number.
        missing = wanted - _places(text) - ({"num"} if message.pluralizable else set())
        unknown = _places(text) - wanted
        if missing or unknown:
            yield Problem(name, f"its places differ: {', '.join(sorted(missing | unknown))}")


def _places(text: str) -> set[str]:
    return {match.group(1) or match.group() for match in _PLACE.finditer(text) if match.group() != "%%"}
