"""The network below httpx: every single step of it knows the deadline of the call, and whether the request is on its
way.

httpx has a time-out for each read, so headers that trickle in, 1xx answers and one address after another can outlast
any of them. Only here, below all of that, can a call be ended when its time is over.
"""

from __future__ import annotations

import socket
import time
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from ._pool import AsyncPool, Pool

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

KEEPALIVE_EXPIRY = 5.0
"""Seconds that an idle connection is kept, as in httpx: the longer, the likelier that the server drops it as we
send."""


class Passage:
    """The way of one attempt through the network."""

    __slots__ = ("deadline", "sent")

    def __init__(self, deadline: float | None) -> None:
        self.deadline = deadline
        """On the monotonic clock; None for no end."""
        self.sent = False
        """Whether any of the request has been handed to the network, the connection itself being no part of it."""

    def clamped(self, timeout: float | None, expired: type[Exception]) -> float | None:
        """What a step may take. Raises `expired` when there is no time left."""
        if self.deadline is None:
            return timeout
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise expired("the time-out of the call is over")
        return left if timeout is None else min(timeout, left)

    def writes(self, data: bytes) -> None:
        """Note that these bytes go out. Those of a proxy's CONNECT or of SOCKS are not the request."""
        if data.startswith(b"POST "):
            self.sent = True


passage: ContextVar[Passage | None] = ContextVar("passage", default=None)
_UNBOUND = Passage(None)


def _current() -> Passage:
    return passage.get() or _UNBOUND


class Stream(httpcore.NetworkStream):
    """A connection, each of whose steps ends with the call that it belongs to."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to `max_bytes`."""
        return self._inner.read(max_bytes, _current().clamped(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of `buffer`, piece by piece, since the inner stream allows the full time-out for each `send`."""
        way = _current()
        way.writes(buffer)
        for start in range(0, len(buffer), 65536):
            self._inner.write(buffer[start : start + 65536], way.clamped(timeout, httpcore.WriteTimeout))

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


class Backend(httpcore.NetworkBackend):
    """Connects, within the deadline of the call."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the host that answers. Looking the name up has no time-out of its
        own."""
        until = None if timeout is None else time.monotonic() + timeout
        refused: Exception | None = None
        for address in _addresses(host, port):
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                break
            left = _current().clamped(left, httpcore.ConnectTimeout)
            try:
                return Stream(self._inner.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused or httpcore.ConnectTimeout("timed out")

    def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own retries, which are not used."""
        time.sleep(seconds)


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, as text. `socket.create_connection` would allow each the full time-out."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    # With a single address the host itself will do, and keeps the scope of a link-local one.
    return list(dict.fromkeys(addresses)) if len(addresses) > 1 else [host]


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connection that notes when the request goes out. The deadline is the task's own."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Up to `max_bytes`."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """All of `buffer`."""
        _current().writes(buffer)
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS."""
        return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        return self._inner.get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Connects; asyncio and trio."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend) -> None:
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that answers."""
        return AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own retries, which are not used."""
        await self._inner.sleep(seconds)


def _ssl_context(base_url: str) -> ssl.SSLContext | None:
    # Loading the authorities takes longer than all the rest of a first call: not where there is no TLS.
    return httpx.create_ssl_context() if base_url.startswith("https:") else None


def _origin(base_url: str) -> httpcore.Origin:
    return httpcore.URL(base_url).origin


def _through(proxy: str) -> dict[str, Any]:
    """What httpcore's proxies ask for."""
    parsed = httpx.Proxy(proxy)
    if parsed.url.scheme == "https":
        raise ValueError("A proxy that is itself spoken to over https is not supported here: pass http_client=.")
    url = parsed.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return {
        "proxy_url": target,
        "proxy_auth": parsed.raw_auth,
        "max_connections": None,
        "max_keepalive_connections": None,
        "keepalive_expiry": KEEPALIVE_EXPIRY,
    }


class Transport(httpx.HTTPTransport):
    """httpx's transport on the network above. A subclass, so that instrumentation of httpx finds it."""

    def __init__(self, base_url: str, proxy: str | None) -> None:
        # Not the base class's: it would load the authorities even for http, and has no place for a network.
        network = Backend()
        context = _ssl_context(base_url)
        pool: Any
        if proxy is None:
            connect = partial(
                httpcore.HTTPConnection, _origin(base_url), context, KEEPALIVE_EXPIRY, network_backend=network
            )
            pool = Pool(connect, KEEPALIVE_EXPIRY)
        else:
            kind = httpcore.SOCKSProxy if proxy.startswith("socks") else httpcore.HTTPProxy
            pool = kind(ssl_context=context, network_backend=network, **_through(proxy))
        self._pool = pool


class AsyncTransport(httpx.AsyncHTTPTransport):
    """httpx's transport on the network above. A subclass, so that instrumentation of httpx finds it."""

    def __init__(self, base_url: str, proxy: str | None, network: httpcore.AsyncNetworkBackend) -> None:
        network = AsyncBackend(network)
        context = _ssl_context(base_url)
        pool: Any
        if proxy is None:
            connect = partial(
                httpcore.AsyncHTTPConnection, _origin(base_url), context, KEEPALIVE_EXPIRY, network_backend=network
            )
            pool = AsyncPool(connect, KEEPALIVE_EXPIRY)
        else:
            kind = httpcore.AsyncSOCKSProxy if proxy.startswith("socks") else httpcore.AsyncHTTPProxy
            pool = kind(ssl_context=context, network_backend=network, **_through(proxy))
        self._pool = pool
