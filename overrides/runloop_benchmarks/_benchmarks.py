"""`client.benchmarks`: the one operation, sync and async, parsed and raw."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from runloop_benchmarks_api.types import UNSET

from ._raw import AsyncRawResponse, RawResponse
from ._request import Arguments
from ._settings import without_frames

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import EllipsisType

    from runloop_benchmarks_api.models import BenchmarkRunView, RunProfile, StringMap
    from runloop_benchmarks_api.types import Unset

    from ._call import Success
    from ._settings import TimeoutOption

P = ParamSpec("P")


class Benchmarks:
    """Benchmarks, and their runs."""

    def __init__(self, call: Callable[[Arguments], Success]) -> None:
        self._call = call

    def start_run(
        self,
        *,
        benchmark_id: str,
        run_name: str | Unset | None = UNSET,
        metadata: Mapping[str, str] | StringMap | None = None,
        run_profile: Mapping[str, Any] | RunProfile | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: TimeoutOption | EllipsisType = ...,
        max_retries: int | None = None,
        retry_ambiguous: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BenchmarkRunView:
        """Start one run of a benchmark, and never two.

        Args:
            benchmark_id: ID of the benchmark to run.
            run_name: Display name of the run.
            metadata: Your own strings, to organise runs by.
            run_profile: `RunProfile(...)`, or a dict such as
                `{"purpose": "regression", "env_vars": {"LOG_LEVEL": "debug"}}`; camelCase keys work, too, and
                properties that this version does not know are sent as they are.
            extra_headers: Headers for this call, over those of the client.
            extra_query: Parameters for the URL.
            extra_body: Properties for the body, over all arguments; not checked against the contract.
            timeout: Seconds for the whole call, with connecting, retries and waits. An `httpx.Timeout` limits single
                steps, and not the whole; None limits nothing. Left out: the client's.
            max_retries: How often to try again where the server cannot have acted. Left out: the client's.
            retry_ambiguous: True also tries again after what may have started a run: only for servers that
                de-duplicate on `x-request-id`. Left out: the client's.
            idempotency_key: Sent as `x-request-id`, the same on every attempt. Left out: a random one.

        Returns:
            The run. A `state` or a property that this version does not know is kept.

        Raises:
            TypeError, ValueError: an argument cannot be sent. Nothing was sent.
            RunMayHaveStartedError: the server may have acted, and this call cannot tell. Holds the `idempotency_key`,
                and the `run_id` where it is known. It is an APITimeoutError, an APIConnectionError, an
                InternalServerError, …, too.
            APIResponseValidationError: a run was started, but the response cannot be read. Also a
                RunMayHaveStartedError.
            APIStatusError: the server rejected the request: BadRequestError, AuthenticationError, NotFoundError,
                RateLimitError, …
            APITimeoutError, APIConnectionError: no connection, and nothing was sent.
        """
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
        # A traceback with local variables (Sentry, rich) would show them.
        del metadata, run_profile, extra_headers, extra_query, extra_body
        try:
            return self._call(arguments).run()
        except BaseException as error:
            without_frames(error)
            raise

    @property
    def with_raw_response(self) -> BenchmarksWithRawResponse:
        """The same, with status, headers and `parse()` as the result."""
        return BenchmarksWithRawResponse(self)


class BenchmarksWithRawResponse:
    """`Benchmarks`, with status, headers and `parse()` as the result."""

    def __init__(self, benchmarks: Benchmarks) -> None:
        self.start_run = _raw(benchmarks.start_run, benchmarks._call)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class AsyncBenchmarks:
    """Benchmarks, and their runs."""

    def __init__(self, call: Callable[[Arguments], Awaitable[Success]]) -> None:
        self._call = call

    async def start_run(
        self,
        *,
        benchmark_id: str,
        run_name: str | Unset | None = UNSET,
        metadata: Mapping[str, str] | StringMap | None = None,
        run_profile: Mapping[str, Any] | RunProfile | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        timeout: TimeoutOption | EllipsisType = ...,  # noqa: ASYNC109 - the official argument; it spans retries and waits
        max_retries: int | None = None,
        retry_ambiguous: bool | None = None,
        idempotency_key: str | None = None,
    ) -> BenchmarkRunView:
        """Start one run of a benchmark, and never two. Arguments, result and errors are those of `Benchmarks`."""
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
        del metadata, run_profile, extra_headers, extra_query, extra_body
        try:
            return (await self._call(arguments)).run()
        except BaseException as error:
            without_frames(error)
            raise

    @property
    def with_raw_response(self) -> AsyncBenchmarksWithRawResponse:
        """The same, with status, headers and `await parse()` as the result."""
        return AsyncBenchmarksWithRawResponse(self)


class AsyncBenchmarksWithRawResponse:
    """`AsyncBenchmarks`, with status, headers and `await parse()` as the result."""

    def __init__(self, benchmarks: AsyncBenchmarks) -> None:
        self.start_run = _async_raw(benchmarks.start_run, benchmarks._call)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


# The longer text, for `help()`; editors show the short one.
AsyncBenchmarks.start_run.__doc__ = Benchmarks.start_run.__doc__


def _raw(parsed: Callable[P, BenchmarkRunView], call: Callable[[Arguments], Success]) -> Callable[P, RawResponse]:
    @wraps(parsed)
    def start_run(*args: P.args, **kwargs: P.kwargs) -> RawResponse:
        arguments = Arguments(*args, **cast("dict[str, Any]", kwargs))
        kwargs.clear()
        try:
            return RawResponse(call(arguments))
        except BaseException as error:
            without_frames(error)
            raise

    return start_run


def _async_raw(
    parsed: Callable[P, Awaitable[BenchmarkRunView]], call: Callable[[Arguments], Awaitable[Success]]
) -> Callable[P, Awaitable[AsyncRawResponse]]:
    @wraps(parsed)
    async def start_run(*args: P.args, **kwargs: P.kwargs) -> AsyncRawResponse:
        arguments = Arguments(*args, **cast("dict[str, Any]", kwargs))
        kwargs.clear()
        try:
            return AsyncRawResponse(await call(arguments))
        except BaseException as error:
            without_frames(error)
            raise

    return start_run
