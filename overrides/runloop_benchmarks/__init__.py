"""Starts benchmark runs on Runloop.

    from runloop_benchmarks import Runloop

    run = Runloop().benchmarks.start_run(benchmark_id="…")

One call never starts two runs, and a run that was started is never lost. Names and arguments are those of the
official SDK, `runloop_api_client`, which dropped the operation in 2.0.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from httpx import Timeout as Timeout
    from runloop_benchmarks_api.models import (
        AfterIdle as AfterIdle,
        AgentMount as AgentMount,
        BenchmarkRunState as BenchmarkRunState,
        BenchmarkRunView as BenchmarkRunView,
        CodeMount as CodeMount,
        FileMount as FileMount,
        LaunchParameters as LaunchParameters,
        ObjectMount as ObjectMount,
        RunProfile as RunProfile,
        StringMap as StringMap,
        UserParameters as UserParameters,
    )
    from runloop_benchmarks_api.types import UNSET as UNSET, Unset as Unset

    from ._aiohttp import DefaultAioHttpClient as DefaultAioHttpClient
    from ._client import AsyncRunloop as AsyncRunloop, Runloop as Runloop
    from ._exceptions import (
        AmbiguousAPIConnectionError as AmbiguousAPIConnectionError,
        AmbiguousAPIStatusError as AmbiguousAPIStatusError,
        AmbiguousAPITimeoutError as AmbiguousAPITimeoutError,
        AmbiguousAuthenticationError as AmbiguousAuthenticationError,
        AmbiguousBadRequestError as AmbiguousBadRequestError,
        AmbiguousConflictError as AmbiguousConflictError,
        AmbiguousInternalServerError as AmbiguousInternalServerError,
        AmbiguousNotFoundError as AmbiguousNotFoundError,
        AmbiguousPermissionDeniedError as AmbiguousPermissionDeniedError,
        AmbiguousRateLimitError as AmbiguousRateLimitError,
        AmbiguousUnprocessableEntityError as AmbiguousUnprocessableEntityError,
        APIConnectionError as APIConnectionError,
        APIError as APIError,
        APIResponseValidationError as APIResponseValidationError,
        APIStatusError as APIStatusError,
        APITimeoutError as APITimeoutError,
        AuthenticationError as AuthenticationError,
        BadRequestError as BadRequestError,
        ClientClosedError as ClientClosedError,
        ConflictError as ConflictError,
        InternalServerError as InternalServerError,
        MissingTokenError as MissingTokenError,
        NotFoundError as NotFoundError,
        PermissionDeniedError as PermissionDeniedError,
        RateLimitError as RateLimitError,
        RunloopError as RunloopError,
        RunMayHaveStartedError as RunMayHaveStartedError,
        UnprocessableEntityError as UnprocessableEntityError,
    )
    from ._raw import AsyncRawResponse as AsyncRawResponse, RawResponse as RawResponse
    from ._settings import DEFAULT_MAX_RETRIES as DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT as DEFAULT_TIMEOUT
    from ._version import __version__ as __version__

__all__ = [
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "UNSET",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AfterIdle",
    "AgentMount",
    "AmbiguousAPIConnectionError",
    "AmbiguousAPIStatusError",
    "AmbiguousAPITimeoutError",
    "AmbiguousAuthenticationError",
    "AmbiguousBadRequestError",
    "AmbiguousConflictError",
    "AmbiguousInternalServerError",
    "AmbiguousNotFoundError",
    "AmbiguousPermissionDeniedError",
    "AmbiguousRateLimitError",
    "AmbiguousUnprocessableEntityError",
    "AsyncRawResponse",
    "AsyncRunloop",
    "AuthenticationError",
    "BadRequestError",
    "BenchmarkRunState",
    "BenchmarkRunView",
    "ClientClosedError",
    "CodeMount",
    "ConflictError",
    "DefaultAioHttpClient",
    "FileMount",
    "InternalServerError",
    "LaunchParameters",
    "MissingTokenError",
    "NotFoundError",
    "ObjectMount",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "RunMayHaveStartedError",
    "RunProfile",
    "Runloop",
    "RunloopError",
    "StringMap",
    "Timeout",
    "UnprocessableEntityError",
    "Unset",
    "UserParameters",
    "__version__",
]

_HOMES = {
    "AsyncRawResponse": "_raw",
    "AsyncRunloop": "_client",
    "DEFAULT_MAX_RETRIES": "_settings",
    "DEFAULT_TIMEOUT": "_settings",
    "DefaultAioHttpClient": "_aiohttp",
    "RawResponse": "_raw",
    "Runloop": "_client",
    "Timeout": "_settings",
    "__version__": "_version",
}


def __getattr__(name: str) -> object:
    # Nothing is imported before it is asked for: importing this package costs next to nothing.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only when a name is asked for

    home = "_exceptions" if name.endswith("Error") else _HOMES.get(name, "_models")
    value = globals()[name] = getattr(import_module(f".{home}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
