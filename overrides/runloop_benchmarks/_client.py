"""The two clients. `_call` decides what a call does, `_connection` what it is sent with."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn

import anyio
import httpx

from ._attempt import async_attempt, attempt
from ._benchmarks import AsyncBenchmarks, Benchmarks
from ._call import Wait, one_call
from ._connection import AsyncConnection, Connection, H
from ._frames import frameless
from ._logs import mask_other_logs, set_up_from_environment
from ._models import UNSET, Unset
from ._request import Base
from ._settings import settings_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from ._call import Call, Success
    from ._outcome import Outcome
    from ._request import Arguments
    from ._settings import Settings, TimeoutOption

__all__ = ["AsyncRunloop", "Runloop"]

set_up_from_environment()
mask_other_logs()


class _Client(Generic[H]):
    """What both clients share: the options, and a `repr` without the token."""

    _connections: ClassVar[type[Connection | AsyncConnection]]
    _http_client: ClassVar[type[httpx.Client | httpx.AsyncClient]]
    _settings: Settings
    _base: Base
    _connection: Any

    @frameless
    def __init__(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | Unset = UNSET,
        max_retries: int | Unset | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: H | None = None,
        retry_ambiguous: bool | None = None,
        allow_cleartext: bool | None = None,
    ) -> None:
        """Check the options. Nothing is connected before the first call.

        Args:
            bearer_token: The token. Left out: the environment variable RUNLOOP_API_KEY.
            base_url: Left out: RUNLOOP_BASE_URL, else https://api.runloop.ai. A path prefix is kept.
            timeout: Seconds for a whole call, with connecting, retries and waits (60). An `httpx.Timeout` limits
                single steps, and not the whole; None limits nothing.
            max_retries: How often to try again where the server cannot have acted (5).
            default_headers: Headers for every call, over those of RUNLOOP_CUSTOM_HEADERS.
            default_query: Parameters for every URL.
            http_client: Your own httpx.Client, or httpx.AsyncClient for AsyncRunloop, for hooks, a transport, limits
                or certificates. It is closed with this client. In `Runloop` the time-out of the whole call then is
                checked only between the pieces of a response.
            retry_ambiguous: True also tries again after what may have started a run (False): only for servers that
                de-duplicate on `x-request-id`.
            allow_cleartext: True allows http to a host that is not loopback, where the token can be read on the way.

        Raises:
            TypeError, ValueError: An option, or a variable of the environment, cannot be used. A missing token is a
                RunloopError, too.
        """
        options = {name: value for name, value in locals().items() if name != "self"}
        self._set_up(None, **options)

    @frameless
    def with_options(
        self,
        *,
        bearer_token: str | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: TimeoutOption | Unset = UNSET,
        max_retries: int | Unset | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        http_client: H | None = None,
        retry_ambiguous: bool | None = None,
        allow_cleartext: bool | None = None,
    ) -> Self:
        """A client with some options changed, and with headers and parameters added to the present ones.

        It shares the connections, unless `base_url` or `http_client` is among the options: closing one closes the
        other.
        """
        options = {name: value for name, value in locals().items() if name != "self"}
        made = object.__new__(type(self))
        made.__dict__.update({name: value for name, value in self.__dict__.items() if name != "benchmarks"})
        made._set_up(self, **options)
        return made

    copy = __copy__ = with_options

    def _set_up(
        self,
        origin: Self | None,
        *,
        http_client: H | None = None,
        timeout: TimeoutOption | Unset = UNSET,
        base_url: str | httpx.URL | None = None,
        **options: Any,
    ) -> None:
        """Check the options, over those of `origin`, and share its connections where that is possible."""
        if http_client is not None and not isinstance(http_client, self._http_client):
            wanted = self._http_client.__name__
            raise TypeError(f"http_client must be an httpx.{wanted}, and is {type(http_client).__name__}.")
        shared, over = (origin._connection, origin._settings) if origin else (None, None)  # noqa: SLF001 - of a Self
        own = http_client is None and (shared is None or shared.own)
        if origin is None and http_client and timeout is UNSET and http_client.timeout != _HTTPX_DEFAULT:
            timeout = http_client.timeout
        self._settings = settings_from(over, own=own, timeout=timeout, base_url=base_url, **options)
        self._base = Base.of(self._settings)
        if shared is None or http_client is not None or (own and base_url is not None):
            make: Any = self._connections
            shared = make(self._settings, http_client)
        self._connection = shared

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # a traceback may show a client whose construction failed
        return f"<{type(self).__name__} {settings.base_url if settings else '(not made)'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is not pickled: it holds a token and sockets. Make one in each process."
        )

    @property
    def bearer_token(self) -> str:
        """The token."""
        return self._settings.bearer_token

    @bearer_token.setter
    @frameless
    def bearer_token(self, token: str) -> None:
        self._set_up(self, bearer_token=token)

    @property
    def base_url(self) -> httpx.URL:
        """The base URL."""
        return httpx.URL(self._settings.base_url)

    @base_url.setter
    @frameless
    def base_url(self, url: str | httpx.URL) -> None:
        self._set_up(self, base_url=url)

    @property
    def timeout(self) -> TimeoutOption:
        """Seconds for a whole call, an httpx.Timeout for its steps, or None."""
        return self._settings.timeout

    @timeout.setter
    @frameless
    def timeout(self, timeout: TimeoutOption) -> None:
        self._set_up(self, timeout=timeout)

    @property
    def max_retries(self) -> int:
        """How many more attempts a call makes while the server cannot have acted."""
        return self._settings.max_retries

    @max_retries.setter
    @frameless
    def max_retries(self, number: int) -> None:
        self._set_up(self, max_retries=number)

    @property
    def default_headers(self) -> dict[str, str]:
        """The headers of every call, the token among them."""
        return dict(self._base.headers.values())

    @property
    def default_query(self) -> dict[str, Any]:
        """The parameters of every URL."""
        return dict(self._settings.default_query)

    def is_closed(self) -> bool:
        """Whether it was closed."""
        closed: bool = self._connection.closed
        return closed


_HTTPX_DEFAULT = httpx.Timeout(5.0)


class Runloop(_Client[httpx.Client]):
    """Starts benchmark runs. Safe to share between threads; after a fork the child makes its own connections."""

    _connections = Connection
    _http_client = httpx.Client

    @cached_property
    def benchmarks(self) -> Benchmarks:
        """Benchmarks, and their runs."""
        return Benchmarks(self._call)

    def close(self) -> None:
        """Close the connections for good. A call after that raises ClientClosedError."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, arguments: Arguments) -> Success:
        call: Call = one_call(arguments.prepared(self._base, self._settings))
        send = self._connection.sender()
        outcome: Outcome | None = None
        try:
            step = next(call)
            while True:
                try:
                    if isinstance(step, Wait):
                        time.sleep(step.seconds)
                        send, outcome = self._connection.sender(), None
                    else:
                        outcome = attempt(step, send)
                except BaseException as interruption:  # noqa: BLE001 - `one_call` raises it again, with a note
                    step = call.throw(interruption)
                else:
                    step = call.send(outcome)
        except StopIteration as done:
            success: Success = done.value
            return success


class AsyncRunloop(_Client[httpx.AsyncClient]):
    """Starts benchmark runs, on asyncio or trio. Each event loop that it is used in gets its own connections.

    `AsyncRunloop(http_client=DefaultAioHttpClient())` sends with aiohttp, for many calls at once.
    """

    _connections = AsyncConnection
    _http_client = httpx.AsyncClient

    @cached_property
    def benchmarks(self) -> AsyncBenchmarks:
        """Benchmarks, and their runs."""
        return AsyncBenchmarks(self._call)

    async def close(self) -> None:
        """Close the connections for good. A call after that raises ClientClosedError."""
        await self._connection.close()

    aclose = close

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, arguments: Arguments) -> Success:
        call: Call = one_call(arguments.prepared(self._base, self._settings))
        send = await self._connection.sender()
        outcome: Outcome | None = None
        try:
            step = next(call)
            while True:
                try:
                    if isinstance(step, Wait):
                        await anyio.sleep(step.seconds)
                        send, outcome = await self._connection.sender(), None
                    else:
                        outcome = await async_attempt(step, send)
                except BaseException as interruption:  # noqa: BLE001 - `one_call` raises it again, with a note
                    step = call.throw(interruption)
                else:
                    step = call.send(outcome)
        except StopIteration as done:
            success: Success = done.value
            return success
