"""Starts benchmark runs on Runloop.

    from runloop_benchmarks import Runloop

    run = Runloop().benchmarks.start_run(benchmark_id="…")

One call never starts two runs, and a run that was started is never lost. Names and arguments are those of the official SDK,
`runloop_api_client`, which dropped the operation in 2.0.0.
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

# Where each name lives. Nothing is imported before it is asked for: importing this package costs next to nothing.
_HOMES = {
    "._aiohttp": ("DefaultAioHttpClient",),
    "._client": ("AsyncRunloop", "Runloop"),
    "._exceptions": (
        "APIConnectionError",
        "APIError",
        "APIResponseValidationError",
        "APIStatusError",
        "APITimeoutError",
        "AuthenticationError",
        "BadRequestError",
        "ClientClosedError",
        "ConflictError",
        "InternalServerError",
        "NotFoundError",
        "PermissionDeniedError",
        "RateLimitError",
        "RunMayHaveStartedError",
        "RunloopError",
        "UnprocessableEntityError",
    ),
    "._models": (
        "AfterIdle",
        "AgentMount",
        "BenchmarkRunState",
        "BenchmarkRunView",
        "CodeMount",
        "FileMount",
        "LaunchParameters",
        "ObjectMount",
        "RunProfile",
        "StringMap",
        "UNSET",
        "Unset",
        "UserParameters",
    ),
    "._raw": ("AsyncRawResponse", "RawResponse"),
    "._settings": ("DEFAULT_MAX_RETRIES", "DEFAULT_TIMEOUT", "Timeout"),
    "._version": ("__version__",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only when a name is asked for

    value = globals()[name] = getattr(import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
