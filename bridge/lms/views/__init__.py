"""Pages of the connection to Moodle: its state, the examination, its courses. Importing them adds their routes."""

import bridge.lms.views.connection
import bridge.lms.views.courses
import bridge.lms.views.doctor
import bridge.lms.views.files  # noqa: F401  imported for their routes
from bridge.lms.views.blueprint import lms_pages

__all__ = ["lms_pages"]
