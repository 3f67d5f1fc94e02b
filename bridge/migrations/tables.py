"""Every table of the bridge in one MetaData: importing this module loads the models of all slices."""

from bridge.core import audit, outbox, sessions
from bridge.core.db import Base
from bridge.lms import models as lms_models
from bridge.messages import models as messages_models
from bridge.people import models as people_models
from bridge.programme import models as programme_models
from bridge.rating import models as rating_models

__all__ = ["METADATA", "MODULES"]

MODULES = (audit, outbox, sessions, people_models, lms_models, messages_models, programme_models, rating_models)
"""Where tables live; a new slice is added here."""

METADATA = Base.metadata
