"""The two clients. What a call does is in `_call`, what it goes over in `_connection`."""

from __future__ import annotations

import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from . import _models as _models  # noqa: PLC0414 - for what it does to the generated classes' repr
from ._benchmarks import AsyncBenchmarks, Benchmarks
from ._call import Wait, one_call
from ._connection import AsyncConnection, Connection
from ._logs import set_up_from_environment
from ._order import Base
from ._settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Given, bare
from ._wire import async_attempt, attempt, wait

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType, TracebackType
    from typing import Self

    from ._answer import Outcome
    from ._call import Answer, Call
    from ._order import Arguments, Order
    from ._settings import Settings, TimeoutOption

log = logging.getLogger("runloop_benchmarks")
set_up_from_environment()


class _Client:
    """What both clients are: settings, and a `repr` without the token."""

    _settings: Settings
    _base: Base

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # a traceback may show a client that failed at construction
        return f"<{type(self).__name__} {settings.base_url if settings else '(not made)'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is not pickled: it holds a token and sockets. Make one in each process."
        )

    @property
    def bearer_token(self) -> str:
        """The token."""
        return self._settings.bearer_token

    @property
    def base_url(self) -> httpx.URL:
        """The base URL."""
        return httpx.URL(self._settings.base_url)

    @property
    def timeout(self) -> TimeoutOption:
        """Seconds for a whole call, an httpx.Timeout for its steps, or None."""
        return self._settings.timeout

    @property
    def max_retries(self) -> int:
        """How often a call is tried again where the server cannot have acted."""
        return self._settings.max_retries

    def _set(self, given: Given) -> None:
        settings = given.settings()
        if isinstance(settings, Exception):
            raise settings
        self._settings = settings
        self._base = Base.of(settings)

    def _order(self, arguments: Arguments) -> Order:
        # The frames below hold the values in local variables, so the error begins here.
        try:
            return arguments.order(self._base, self._settings)
        except (TypeError, ValueError) as error:
            problem = bare(error)
        raise problem


class Runloop(_Client):
    """Starts benchmark runs. Safe to share between threads; after a fork the child makes connections of its own.

    Args:
        bearer_token: The token. Left out: the environment variable RUNLOOP_API_KEY.
        base_url: Left out: RUNLOOP_BASE_URL, else https://api.runloop.ai. A path prefix is kept.
        timeout: Seconds for a whole call, with connecting, retries and waits (60). An `httpx.Timeout` limits single
            steps, and not the whole; None limits nothing.
        max_retries: How often to try again where the server cannot have acted (5).
        default_headers: Headers for every call, over those of RUNLOOP_CUSTOM_HEADERS.
        default_query: Parameters for every URL.
        http_client: An httpx.Client of your own, for hooks, a transport, or certificates. It is closed with this
            client. The time-out for the whole call then is checked between the pieces of an answer alone.
        retry_ambiguous: True also tries again after what may have started a run: only for servers that de-duplicate on
            `x-request-id`.
        allow_cleartext: True allows http to a host that is not loopback, where the token can be read on the way.

    Raises:
        TypeError, ValueError: with the reason, at construction.
    """

    def __init__(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | EllipsisType = ...,
        max_retries: int = DEFAULT_MAX_RETRIES,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: httpx.Client | None = None,
        retry_ambiguous: bool = False,
        allow_cleartext: bool = False,
    ) -> None:
        given = Given(
            bearer_token=bearer_token,
            base_url=base_url,
            timeout=_timeout(timeout, http_client, httpx.Client),
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            retry_ambiguous=retry_ambiguous,
            allow_cleartext=allow_cleartext,
            own=http_client is None,
        )
        # A traceback that prints local variables (Sentry, rich) would print them.
        del bearer_token, default_headers, default_query, base_url
        self._set(given)
        self._connection = Connection(self._settings, http_client)

    @cached_property
    def benchmarks(self) -> Benchmarks:
        """Benchmarks, and the runs of them."""
        return Benchmarks(self)

    def with_options(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | EllipsisType = ...,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: httpx.Client | None = None,
        retry_ambiguous: bool | None = None,
        allow_cleartext: bool | None = None,
    ) -> Self:
        """A client with some options changed, headers and parameters added to those that there are.

        It shares the connections, unless `base_url` or `http_client` is among the options: closing one closes the
        other.
        """
        given = Given.changing(
            self._settings,
            bearer_token=bearer_token,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            retry_ambiguous=retry_ambiguous,
            allow_cleartext=allow_cleartext,
            own=http_client is None and self._connection.own,
        )
        elsewhere = base_url is not None
        del bearer_token, default_headers, default_query, base_url
        _checked(http_client, httpx.Client)
        made = object.__new__(type(self))
        made._set(given)
        if http_client is None and (not elsewhere or not self._connection.own):
            made._connection = self._connection
        else:
            made._connection = Connection(made._settings, http_client)
        return made

    copy = with_options

    def close(self) -> None:
        """Close the connections for good. A call after that raises ClientClosedError."""
        self._connection.close()

    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._connection.closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, arguments: Arguments) -> Answer:
        order = self._order(arguments)
        call = one_call(order)
        outcome: Outcome | None = None
        while True:
            try:
                step = call.send(outcome)
            except StopIteration as done:
                answer: Answer = done.value
                return answer
            if isinstance(step, Wait):
                time.sleep(step.seconds)
                outcome = None
            else:
                outcome = attempt(step, self._connection.sender(), own=self._connection.own)


class AsyncRunloop(_Client):
    """Starts benchmark runs, on asyncio or trio. Each event loop that it is used in gets connections of its own.

    `AsyncRunloop(http_client=DefaultAioHttpClient())` rides on aiohttp, for many calls at once.

    Args:
        bearer_token: The token. Left out: the environment variable RUNLOOP_API_KEY.
        base_url: Left out: RUNLOOP_BASE_URL, else https://api.runloop.ai. A path prefix is kept.
        timeout: Seconds for a whole call, with connecting, retries and waits (60). An `httpx.Timeout` limits single
            steps, and not the whole; None limits nothing.
        max_retries: How often to try again where the server cannot have acted (5).
        default_headers: Headers for every call, over those of RUNLOOP_CUSTOM_HEADERS.
        default_query: Parameters for every URL.
        http_client: An httpx.AsyncClient of your own, for hooks, a transport, or certificates. It is closed with this
            client.
        retry_ambiguous: True also tries again after what may have started a run: only for servers that de-duplicate on
            `x-request-id`.
        allow_cleartext: True allows http to a host that is not loopback, where the token can be read on the way.

    Raises:
        TypeError, ValueError: with the reason, at construction.
    """

    def __init__(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | EllipsisType = ...,
        max_retries: int = DEFAULT_MAX_RETRIES,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: httpx.AsyncClient | None = None,
        retry_ambiguous: bool = False,
        allow_cleartext: bool = False,
    ) -> None:
        given = Given(
            bearer_token=bearer_token,
            base_url=base_url,
            timeout=_timeout(timeout, http_client, httpx.AsyncClient),
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            retry_ambiguous=retry_ambiguous,
            allow_cleartext=allow_cleartext,
            own=http_client is None,
        )
        del bearer_token, default_headers, default_query, base_url
        self._set(given)
        self._connection = AsyncConnection(self._settings, http_client)

    @cached_property
    def benchmarks(self) -> AsyncBenchmarks:
        """Benchmarks, and the runs of them."""
        return AsyncBenchmarks(self)

    def with_options(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | EllipsisType = ...,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: httpx.AsyncClient | None = None,
        retry_ambiguous: bool | None = None,
        allow_cleartext: bool | None = None,
    ) -> Self:
        """A client with some options changed, headers and parameters added to those that there are.

        It shares the connections, unless `base_url` or `http_client` is among the options: closing one closes the
        other.
        """
        given = Given.changing(
            self._settings,
            bearer_token=bearer_token,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            retry_ambiguous=retry_ambiguous,
            allow_cleartext=allow_cleartext,
            own=http_client is None and self._connection.own,
        )
        elsewhere = base_url is not None
        del bearer_token, default_headers, default_query, base_url
        _checked(http_client, httpx.AsyncClient)
        made = object.__new__(type(self))
        made._set(given)
        if http_client is None and (not elsewhere or not self._connection.own):
            made._connection = self._connection
        else:
            made._connection = AsyncConnection(made._settings, http_client)
        return made

    copy = with_options

    async def close(self) -> None:
        """Close the connections for good. A call after that raises ClientClosedError."""
        await self._connection.close()

    aclose = close

    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._connection.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _answer(self, arguments: Arguments) -> Answer:
        order = self._order(arguments)
        call: Call = one_call(order)
        outcome: Outcome | None = None
        while True:
            try:
                step = call.send(outcome)
            except StopIteration as done:
                answer: Answer = done.value
                return answer
            if isinstance(step, Wait):
                await wait(step.seconds)
                outcome = None
            else:
                outcome = await async_attempt(step, await self._connection.sender(), own=self._connection.own)


def _timeout(
    given: TimeoutOption | EllipsisType, http_client: httpx.Client | httpx.AsyncClient | None, kind: type[Any]
) -> TimeoutOption:
    """The default, unless the caller's http_client has a time-out that is not just httpx's own default."""
    _checked(http_client, kind)
    if given is not ...:
        return given
    if http_client is not None and http_client.timeout != _HTTPX_DEFAULT:
        return http_client.timeout
    return DEFAULT_TIMEOUT


def _checked(http_client: Any, kind: type[Any]) -> None:
    if http_client is not None and not isinstance(http_client, kind):
        raise TypeError(f"http_client has to be an httpx.{kind.__name__}, and is {type(http_client).__name__}.")


_HTTPX_DEFAULT = httpx.Timeout(5.0)
