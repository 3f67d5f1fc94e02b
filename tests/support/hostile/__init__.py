"""Files such as only a mischief-maker would give us: more than a hundred, each made here by code.

``HOSTILE`` names each with its reader and the fault that it is refused with; None where it is read harmlessly, because
the trick touches nothing that is ever looked at. ``python -m tests.support.hostile FOLDER`` writes each into the
folder, reads it in a process of its own, and prints as JSON what came of it, the seconds and the megabytes it took.
"""

from tests.support.hostile import archives, damage, markup, texts, workbooks  # noqa: F401  they enter their files
from tests.support.hostile.reading import Outcome, outcomes
from tests.support.hostile.registry import HOSTILE, Hostile

__all__ = ["HOSTILE", "Hostile", "Outcome", "outcomes"]
