"""What the web app was told of who knows Moodle's side of people: that slice lies above this one."""

from __future__ import annotations

from flask import Flask, current_app

from bridge.people.imports.store import MoodleDirectory, nobody_in_moodle

__all__ = ["moodle_directory", "use_directory"]

EXTENSION = "bridge.people.moodle"


def use_directory(app: Flask, directory: MoodleDirectory) -> None:
    """Say who knows Moodle's side; until then nobody is of Moodle."""
    app.extensions[EXTENSION] = directory


def moodle_directory() -> MoodleDirectory:
    """Of the app that answers."""
    directory: MoodleDirectory = current_app.extensions.get(EXTENSION, nobody_in_moodle)
    return directory
