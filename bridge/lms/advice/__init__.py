"""What an examination found, as sentences with the way to mend it. Message ids are the English sentences."""

from bridge.lms.advice.findings import Advice, advise
from bridge.lms.advice.rights import EFFECTS
from bridge.lms.advice.steps import Fix, steps_of

__all__ = ["EFFECTS", "Advice", "Fix", "advise", "steps_of"]
