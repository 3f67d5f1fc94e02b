"""The one way from here to a Moodle site: calls by POST that end, and errors that say what happened."""

from lms_sync.client.answers import DROPPED_KEYS, Format, RawAnswer, decode
from lms_sync.client.caller import Call, Client, Outcome
from lms_sync.client.exchange import HttpTransport, Limits, Transport
from lms_sync.client.functions import TEXT_FUNCTIONS, WRITES, Function
from lms_sync.client.params import Param, Params, flatten
from lms_sync.client.retries import RetryPolicy
from lms_sync.client.urls import REST_PATH, normalise_url

__all__ = [
    "DROPPED_KEYS",
    "REST_PATH",
    "TEXT_FUNCTIONS",
    "WRITES",
    "Call",
    "Client",
    "Format",
    "Function",
    "HttpTransport",
    "Limits",
    "Outcome",
    "Param",
    "Params",
    "RawAnswer",
    "RetryPolicy",
    "Transport",
    "decode",
    "flatten",
    "normalise_url",
]
