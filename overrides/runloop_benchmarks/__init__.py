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
    )
    from runloop_benchmarks_api.models import (
        AgentMount as AgentMount,
    )
    from runloop_benchmarks_api.models import (
        BenchmarkRunState as BenchmarkRunState,
    )
    from runloop_benchmarks_api.models import (
        BenchmarkRunView as BenchmarkRunView,
    )
    from runloop_benchmarks_api.models import (
        CodeMount as CodeMount,
    )
    from runloop_benchmarks_api.models import (
        FileMount as FileMount,
    )
    from runloop_benchmarks_api.models import (
        LaunchParameters as LaunchParameters,
    )
    from runloop_benchmarks_api.models import (
        ObjectMount as ObjectMount,
    )
    from runloop_benchmarks_api.models import (
        RunProfile as RunProfile,
    )
    from runloop_benchmarks_api.models import (
        StringMap as StringMap,
    )
    from runloop_benchmarks_api.models import (
        UserParameters as UserParameters,
    )
    from runloop_benchmarks_api.types import UNSET as UNSET
    from runloop_benchmarks_api.types import Unset as Unset

    from ._aiohttp import DefaultAioHttpClient as DefaultAioHttpClient
    from ._client import AsyncRunloop as AsyncRunloop
    from ._client import Runloop as Runloop
    from ._exceptions import (
        APIConnectionError as APIConnectionError,
    )
    from ._exceptions import (
        APIError as APIError,
    )
    from ._exceptions import (
        APIResponseValidationError as APIResponseValidationError,
    )
    from ._exceptions import (
        APIStatusError as APIStatusError,
    )
    from ._exceptions import (
        APITimeoutError as APITimeoutError,
    )
    from ._exceptions import (
        AuthenticationError as AuthenticationError,
    )
    from ._exceptions import (
        BadRequestError as BadRequestError,
    )
    from ._exceptions import (
        ClientClosedError as ClientClosedError,
    )
    from ._exceptions import (
        ConflictError as ConflictError,
    )
    from ._exceptions import (
        InternalServerError as InternalServerError,
    )
    from ._exceptions import (
        NotFoundError as NotFoundError,
    )
    from ._exceptions import (
        PermissionDeniedError as PermissionDeniedError,
    )
    from ._exceptions import (
        RateLimitError as RateLimitError,
    )
    from ._exceptions import (
        RunloopError as RunloopError,
    )
    from ._exceptions import (
        RunMayHaveStartedError as RunMayHaveStartedError,
    )
    from ._exceptions import (
        UnprocessableEntityError as UnprocessableEntityError,
    )
    from ._raw import AsyncRawResponse as AsyncRawResponse
    from ._raw import RawResponse as RawResponse
    from ._settings import DEFAULT_MAX_RETRIES as DEFAULT_MAX_RETRIES
    from ._settings import DEFAULT_TIMEOUT as DEFAULT_TIMEOUT
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
