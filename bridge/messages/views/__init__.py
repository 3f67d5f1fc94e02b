"""Pages about messages: the log, what is to hand over, the texts, the settings, one's own choice."""

from bridge.messages.views import log, own, settings, texts
from bridge.messages.views.blueprint import COVERED, count_waiting, init_messages, messages_pages

__all__ = ["COVERED", "count_waiting", "init_messages", "log", "messages_pages", "own", "settings", "texts"]
