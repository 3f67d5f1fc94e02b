"""The templates that there are: each slice registers its own, with the texts that it ships.

A template's shipped texts lie in a YAML file, a language a key; a municipality may put its own in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bridge.core.i18n import Language
from bridge.messages.substitution import Placeholder, check

__all__ = ["Catalogue", "Template", "Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a plain-text body."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of message.

    Parameters
    ----------
    key
        A dotted name: ``account.invited``.
    title, purpose
        What it is called, and when it goes to whom, as message ids.
    placeholders
        What its texts may name.
    path
        The YAML file with its shipped texts.
    examples
        Values for a preview by key and language, where the reader's own facts do not give one.
    by_hand
        Whether a person copies it where no other way is open; else it is then not sent.
    is_secret
        Whether it carries a password or a personal link: stored encrypted, never shown in the log, erased when sent.
    """

    key: str
    title: str
    purpose: str
    placeholders: tuple[Placeholder, ...]
    path: Path
    examples: Mapping[str, Mapping[str, str]]
    by_hand: bool = True
    is_secret: bool = False

    def shipped(self, language: str) -> Text:
        """The text as it comes with the program."""
        return _texts(self.path)[Language(language)]

    def example(self, language: str) -> dict[str, str]:
        """A value for every placeholder."""
        return {one.key: self.examples[one.key][language] for one in self.placeholders}


@cache
def _texts(path: Path) -> dict[Language, Text]:
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {language: Text(read[language]["subject"], read[language]["body"].rstrip("\n")) for language in Language}


class Catalogue:
    """The templates of the installation, by key."""

    def __init__(self, *templates: Template) -> None:
        self._templates: dict[str, Template] = {}
        for template in templates:
            self.register(template)

    def register(self, template: Template) -> None:
        """Add a template.

        Raises
        ------
        ValueError
            Where its key is taken, or a shipped text names what it does not offer: a fault of ours, told at start.
        """
        if template.key in self._templates:
            raise ValueError(f"two templates are called {template.key}")
        for language in Language:
            text = template.shipped(language)
            faults = check(text.subject, template.placeholders, language=language)
            faults += check(text.body, template.placeholders, language=language, needs_all=True)
            if faults:
                raise ValueError(f"the text of {template.key} in {language}: {faults}")
        self._templates[template.key] = template

    def find(self, key: str) -> Template | None:
        return self._templates.get(key)

    def __getitem__(self, key: str) -> Template:
        return self._templates[key]

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())
