"""The transports of the default clients, and what is known about one attempt while it travels.

They are httpx's own `HTTPTransport` and `AsyncHTTPTransport`, so tools that patch those or httpcore's pools see every
request. Two things differ. The sync network ends each step at the deadline of the call, since httpx has a time-out for
each read and headers that trickle in or 1xx responses outlast any of them. And the async pool looks up its connections
in constant time: httpcore's examines all of them before and after each request.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterable

MAX_CONNECTIONS = 100
KEEPALIVE_EXPIRY = 5.0
"""Seconds that an idle connection is kept. Both are httpx's defaults."""


class Progress:
    """What is known about one attempt: httpcore reports its steps to `report`, by its `trace` extension."""

    __slots__ = ("deadline", "handled", "masks", "sent", "unsent")

    def __init__(self, deadline: float | None, masks: Callable[[], list[str]]) -> None:
        self.deadline = deadline
        """On the monotonic clock; None for no end."""
        self.masks = masks
        """The secrets of the call, in the spellings that a log may have them in."""
        self.handled = sys.exception()
        """What the caller is handling: no part of what happens to this attempt."""
        self.unsent = False
        """Whether httpcore is waiting for a connection or opening one: nothing of the request can have been sent."""
        self.sent = False
        """Whether the network was given any of the request. A proxy's CONNECT is not part of it."""

    def report(self, event: str, info: dict[str, Any]) -> None:
        """Note a step."""
        if event.endswith(".connect_tcp.started"):
            self.unsent = True
        elif event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent, self.unsent = True, False

    async def report_async(self, event: str, info: dict[str, Any]) -> None:
        """As `report`, for async transports."""
        self.report(event, info)

    def clamped(self, timeout: float | None, expired: type[Exception]) -> float | None:
        """The seconds that a step may take. Raises `expired` when none are left."""
        if self.deadline is None:
            return timeout
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise expired("the time-out of the call is over")
        return left if timeout is None else min(timeout, left)


progress: ContextVar[Progress | None] = ContextVar("progress", default=None)
_NO_CALL = Progress(None, list)


def _current() -> Progress:
    return progress.get() or _NO_CALL


class Stream(httpcore.NetworkStream):
    """A connection whose steps end at the deadline of the current call."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to `max_bytes`."""
        return self._inner.read(max_bytes, _current().clamped(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of `buffer`, piece by piece: the inner stream allows the full time-out for each `send`."""
        for start in range(0, len(buffer), 65536):
            self._inner.write(buffer[start : start + 65536], _current().clamped(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection under TLS."""
        left = _current().clamped(timeout, httpcore.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        return self._inner.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Connects, within the deadline of the current call."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that accepts. The lookup of the name has no time-out."""
        until = None if timeout is None else time.monotonic() + timeout
        failure: Exception | None = None
        for address in _addresses(host, port):
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                break
            left = _current().clamped(left, httpcore.ConnectTimeout)
            try:
                return Stream(super().connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectTimeout("timed out")


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, as text. `socket.create_connection` would allow each the full time-out."""
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in entries))
    # A single address is left to the inner backend, which keeps the scope of a link-local one.
    return addresses if len(addresses) > 1 else [host]


class Lane(httpcore.AsyncConnectionInterface):
    """All connections to the one origin of a client, as a single connection that takes many requests at once."""

    def __init__(self, connect: Callable[[], httpcore.AsyncConnectionInterface]) -> None:
        self._connect = connect
        self._slots = anyio.Semaphore(MAX_CONNECTIONS)
        self._idle: list[httpcore.AsyncConnectionInterface] = []
        self._sweep: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send it over the connection that was used last, or over a new one."""
        await self._take_slot(request.extensions.get("timeout", {}).get("pool"))
        try:
            connection = await self._idle_connection() or self._connect()
            response: Any = await connection.handle_async_request(request)
        except BaseException:
            self._slots.release()
            raise
        body = _Body(response.stream, partial(self._release, connection))
        return httpcore.Response(
            response.status, headers=response.headers, content=body, extensions=response.extensions
        )

    async def _take_slot(self, timeout: float | None) -> None:  # noqa: ASYNC109 - httpcore's
        try:
            self._slots.acquire_nowait()
        except anyio.WouldBlock:
            _current().unsent = True
            try:
                with anyio.fail_after(timeout):
                    await self._slots.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout from None
            _current().unsent = False

    async def _idle_connection(self) -> httpcore.AsyncConnectionInterface | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    async def _release(self, connection: httpcore.AsyncConnectionInterface) -> None:
        self._slots.release()
        if not connection.is_idle():
            await connection.aclose()
            return
        self._idle.append(connection)
        if self._sweep is None and on_asyncio():
            self._sweep = asyncio.get_running_loop().call_later(KEEPALIVE_EXPIRY, self._close_expired)

    def _close_expired(self) -> None:
        """Close connections that nothing has used for a while, although no further call comes."""
        loop = asyncio.get_running_loop()
        for connection in [connection for connection in self._idle if connection.has_expired()]:
            self._idle.remove(connection)
            task = loop.create_task(connection.aclose())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        self._sweep = loop.call_later(KEEPALIVE_EXPIRY / 4, self._close_expired) if self._idle else None

    async def aclose(self) -> None:
        """Close what is idle. What is in use is closed after its response."""
        if self._sweep is not None:
            self._sweep.cancel()
        while self._idle:
            await self._idle.pop().aclose()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:  # noqa: ARG002 - httpcore's
        """Whether a request to this origin can be sent here: a client has one origin."""
        return True

    def is_available(self) -> bool:
        """Always: a request above the limit waits for its turn."""
        return True

    def has_expired(self) -> bool:
        """Never: its connections expire one by one."""
        return False

    is_idle = is_closed = has_expired

    def info(self) -> str:
        """For httpcore's `repr` of a pool."""
        return f"{MAX_CONNECTIONS - self._slots.value} active, {len(self._idle)} idle"


class _Body:
    """A response body that releases its connection when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], Any]) -> None:
        self._inner = inner
        self._release: Callable[[], Any] | None = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        chunks: AsyncIterator[bytes] = self._inner.__aiter__()
        return chunks

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            try:
                await self._inner.aclose()
            finally:
                await release()


# httpx has no argument for a network backend or a pool, so both are set where its transport keeps its pool.


def transport(*, verify: ssl.SSLContext | bool, proxy: str | None) -> httpx.HTTPTransport:
    """A transport whose steps end at the deadline of the call."""
    made = httpx.HTTPTransport(verify=verify, proxy=proxy, limits=_limits(MAX_CONNECTIONS), trust_env=False)
    pool: Any = made._pool  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    pool._network_backend = Backend()  # noqa: SLF001
    return made


def async_transport(*, verify: ssl.SSLContext | bool, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """A transport for asyncio (uvloop too) and trio. Its pool holds one connection, which is a `Lane`."""
    made = httpx.AsyncHTTPTransport(verify=verify, proxy=proxy, limits=_limits(1), trust_env=False)
    pool: Any = made._pool  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    create = pool.create_connection
    pool.create_connection = lambda origin: Lane(partial(create, origin))
    return made


def _limits(number: int) -> httpx.Limits:
    # httpcore closes every idle connection while there are more than the second number.
    return httpx.Limits(max_connections=number, max_keepalive_connections=number, keepalive_expiry=KEEPALIVE_EXPIRY)


def on_asyncio() -> bool:
    """Whether the running event loop is asyncio's, and not trio's."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
