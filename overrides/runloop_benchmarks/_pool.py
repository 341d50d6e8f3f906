"""Connections to one origin, the one used last first.

httpcore's pool serves many origins, and looks at every pair of its connections before and after each request: with 50
calls in flight that is most of what a call costs. A client of one API has one origin, and the connections themselves
are httpcore's.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


class _Idle:
    """Connections that wait for another request, each with the time at which it began to wait."""

    def __init__(self, expiry: float) -> None:
        self._expiry = expiry
        self._waiting: list[tuple[float, Any]] = []
        self._lock = threading.Lock()
        self.closed = False

    def take(self) -> tuple[Any | None, list[Any]]:
        """The connection used last, if it is fit for use, and those that are to be closed."""
        unfit: list[Any] = []
        with self._lock:
            while self._waiting:
                _, connection = self._waiting.pop()
                if not connection.has_expired() and connection.is_available():
                    return connection, unfit
                unfit.append(connection)
        return None, unfit

    def put(self, connection: Any) -> list[Any]:
        """Keep a connection for later. Returns those that are to be closed."""
        unfit: list[Any] = []
        now = time.monotonic()
        with self._lock:
            if connection.is_idle() and not self.closed:
                self._waiting.append((now, connection))
            else:
                unfit.append(connection)
            while self._waiting and self._waiting[0][0] + self._expiry < now:
                unfit.append(self._waiting.pop(0)[1])
        return unfit

    def drain(self) -> list[Any]:
        """All of them, to be closed; what comes back later is to be closed too."""
        with self._lock:
            self.closed = True
            waiting, self._waiting = self._waiting, []
        return [connection for _, connection in waiting]


class Pool:
    """For httpx.HTTPTransport, in place of httpcore.ConnectionPool."""

    def __init__(self, open_one: Callable[[], httpcore.HTTPConnection], expiry: float) -> None:
        self._open_one = open_one
        self._idle = _Idle(expiry)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send it over the connection used last, or over a new one."""
        connection, unfit = self._idle.take()
        _close(unfit)
        connection = connection or self._open_one()
        response: Any = connection.handle_request(request)
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_Stream(response.stream, lambda: _close(self._idle.put(connection))),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close what is idle; what is in use is closed after its answer."""
        _close(self._idle.drain())


def _close(connections: list[Any]) -> None:
    for connection in connections:
        connection.close()


class _Stream:
    """A body that gives the connection back when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], None]) -> None:
        self._inner = inner
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            self._inner.close()
            release()


class AsyncPool:
    """For httpx.AsyncHTTPTransport, in place of httpcore.AsyncConnectionPool."""

    def __init__(self, open_one: Callable[[], httpcore.AsyncHTTPConnection], expiry: float) -> None:
        self._open_one = open_one
        self._idle = _Idle(expiry)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send it over the connection used last, or over a new one."""
        connection, unfit = self._idle.take()
        await _aclose(unfit)
        connection = connection or self._open_one()
        response: Any = await connection.handle_async_request(request)
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_AsyncStream(response.stream, lambda: self._idle.put(connection)),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close what is idle; what is in use is closed after its answer."""
        await _aclose(self._idle.drain())


async def _aclose(connections: list[Any]) -> None:
    for connection in connections:
        await connection.aclose()


class _AsyncStream:
    """A body that gives the connection back when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], list[Any]]) -> None:
        self._inner = inner
        self._release: Callable[[], list[Any]] | None = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        chunks: AsyncIterator[bytes] = self._inner.__aiter__()
        return chunks

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            await self._inner.aclose()
            await _aclose(release())
