"""`client.benchmarks`: the one operation, sync and async, parsed and raw."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from ._frames import frameless
from ._models import UNSET
from ._raw import AsyncRawResponse, RawResponse
from ._request import Arguments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from runloop_benchmarks_api.models import BenchmarkRunView, RunProfile
    from runloop_benchmarks_api.shapes import RunProfileDict
    from runloop_benchmarks_api.types import Unset

    from ._call import Success
    from ._settings import TimeoutOption

__all__ = ["AsyncBenchmarks", "Benchmarks"]

P = ParamSpec("P")


class _Benchmarks:
    """What both have: the description of the arguments, which editors show for a method that overrides this one."""

    def start_run(self, *_arguments: Any, **_options: Any) -> Any:
        """Start one run of a benchmark, and never two.

        Args:
            benchmark_id: ID of the benchmark to run.
            run_name: Display name of the run.
            metadata: Your own strings, to organize runs by.
            run_profile: A dict such as `{"purpose": "regression", "env_vars": {"LOG_LEVEL": "debug"}}`, or
                `RunProfile(...)`. The names of JSON (`envVars`) work too. A property that this version does not know
                is sent as it is, with a warning in the log.
            extra_headers: Headers for this call; they override those of the client.
            extra_query: Parameters for the URL: `a=1,2` for a list, `a[b]=1` for a dict.
            extra_body: Properties for the body; they override all arguments, and are not checked against the contract.
            timeout: Seconds for the whole call, including connecting, retries and waits. An `httpx.Timeout` limits
                single steps, not the whole call; None sets no limit. Default: that of the client.
            max_retries: How many more attempts to make while the server cannot have acted. Default: that of the client.
            retry_ambiguous: True also retries after what may have started a run: only for servers that de-duplicate
                on `x-request-id`. Default: that of the client.
            idempotency_key: Sent as `x-request-id`, the same on every attempt. Default: a random one.

        Returns:
            The run. A `state` or a property that this version does not know is kept.

        Raises:
            TypeError, ValueError: an argument cannot be sent. Nothing was sent.
            RunMayHaveStartedError: the server may have acted, and this call cannot tell. Has the `idempotency_key`,
                and the `run_id` if it is known. It is also an APITimeoutError, an APIConnectionError, an
                InternalServerError, …
            APIResponseValidationError: a run was started, but the response is not valid. Also a
                RunMayHaveStartedError.
            APIStatusError: the server rejected the request: BadRequestError, AuthenticationError, NotFoundError,
                RateLimitError, …
            APITimeoutError, APIConnectionError: no connection, and nothing was sent.
        """
        raise NotImplementedError


class Benchmarks(_Benchmarks):
    """Benchmarks, and their runs."""

    def __init__(self, call: Callable[[Arguments], Success]) -> None:
        self._call = call

    @frameless
    def start_run(
        self,
        *,
        benchmark_id: str,
        run_name: str | Unset | None = UNSET,
        metadata: Mapping[str, str] | Unset | None = None,
        run_profile: RunProfileDict | RunProfile | Unset | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: TimeoutOption | Unset = UNSET,
        max_retries: int | None = None,
        retry_ambiguous: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BenchmarkRunView:
        arguments = Arguments(
            benchmark_id=benchmark_id,
            run_name=run_name,
            metadata=metadata,
            run_profile=run_profile,
            extra_headers=extra_headers,
            extra_query=extra_query,
            extra_body=extra_body,
            timeout=timeout,
            max_retries=max_retries,
            retry_ambiguous=retry_ambiguous,
            idempotency_key=idempotency_key,
        )
        return self._call(arguments).run()

    @property
    def with_raw_response(self) -> BenchmarksWithRawResponse:
        """The same method, which returns the response: status, headers and `parse()`."""
        return BenchmarksWithRawResponse(self)


class BenchmarksWithRawResponse:
    """`Benchmarks`, whose method returns the response: status, headers and `parse()`."""

    def __init__(self, benchmarks: Benchmarks) -> None:
        self.start_run = _raw(benchmarks.start_run, benchmarks._call)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class AsyncBenchmarks(_Benchmarks):
    """Benchmarks, and their runs."""

    def __init__(self, call: Callable[[Arguments], Awaitable[Success]]) -> None:
        self._call = call

    @frameless
    async def start_run(
        self,
        *,
        benchmark_id: str,
        run_name: str | Unset | None = UNSET,
        metadata: Mapping[str, str] | Unset | None = None,
        run_profile: RunProfileDict | RunProfile | Unset | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: TimeoutOption | Unset = UNSET,  # noqa: ASYNC109 - the official argument; it spans retries and waits
        max_retries: int | None = None,
        retry_ambiguous: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BenchmarkRunView:
        arguments = Arguments(
            benchmark_id=benchmark_id,
            run_name=run_name,
            metadata=metadata,
            run_profile=run_profile,
            extra_headers=extra_headers,
            extra_query=extra_query,
            extra_body=extra_body,
            timeout=timeout,
            max_retries=max_retries,
            retry_ambiguous=retry_ambiguous,
            idempotency_key=idempotency_key,
        )
        return (await self._call(arguments)).run()

    @property
    def with_raw_response(self) -> AsyncBenchmarksWithRawResponse:
        """The same method, which returns the response: status, headers and `await parse()`."""
        return AsyncBenchmarksWithRawResponse(self)


class AsyncBenchmarksWithRawResponse:
    """`AsyncBenchmarks`, whose method returns the response: status, headers and `await parse()`."""

    def __init__(self, benchmarks: AsyncBenchmarks) -> None:
        self.start_run = _async_raw(benchmarks.start_run, benchmarks._call)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _raw(parsed: Callable[P, BenchmarkRunView], call: Callable[[Arguments], Success]) -> Callable[P, RawResponse]:
    @frameless
    @wraps(parsed)
    def start_run(*args: P.args, **kwargs: P.kwargs) -> RawResponse:
        arguments = Arguments(*args, **cast("dict[str, Any]", kwargs))
        return RawResponse(call(arguments))

    return start_run


def _async_raw(
    parsed: Callable[P, Awaitable[BenchmarkRunView]], call: Callable[[Arguments], Awaitable[Success]]
) -> Callable[P, Awaitable[AsyncRawResponse]]:
    @frameless
    @wraps(parsed)
    async def start_run(*args: P.args, **kwargs: P.kwargs) -> AsyncRawResponse:
        arguments = Arguments(*args, **cast("dict[str, Any]", kwargs))
        return AsyncRawResponse(await call(arguments))

    return start_run
