"""Names of the official SDK that stand for something else here, so that code written for it can still import them."""

from __future__ import annotations

from httpx import AsyncClient as DefaultAsyncHttpxClient, Client as DefaultHttpxClient, Timeout
from runloop_benchmarks_api.types import UNSET, Unset

from ._settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT

__all__ = [
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "NOT_GIVEN",
    "DefaultAsyncHttpxClient",
    "DefaultHttpxClient",
    "NotGiven",
    "Omit",
    "Timeout",
    "not_given",
    "omit",
]

NOT_GIVEN = not_given = omit = UNSET
NotGiven = Unset
Omit = Unset
