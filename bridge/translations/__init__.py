"""The catalogues, and the tool that keeps them: ``python -m bridge.translations [update|compile|check]``.

``update`` finds the messages in code and templates, adds the new ones to the catalogue and compiles it. Messages that
it does not find are kept (another branch may use them) unless ``--prune`` is given. ``check`` is what the tests run:
every message translated, nothing fuzzy, the same places, all plural forms, and the compiled file up to date.

The English of a message is its id, so there is no English catalogue. The files carry no dates and no line numbers: two
runs over the same code give the same bytes.
"""

from __future__ import annotations

from bridge.translations.catalogue import Problem, check, compile_catalogue, extract, read, update

__all__ = ["Problem", "check", "compile_catalogue", "extract", "read", "update"]
