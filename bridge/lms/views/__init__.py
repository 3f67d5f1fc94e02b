"""Pages of the connection to Moodle: its state, the examination, its courses."""

from bridge.lms.views import connection, courses, doctor
from bridge.lms.views.blueprint import lms_pages

__all__ = ["connection", "courses", "doctor", "lms_pages"]
