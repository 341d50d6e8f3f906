"""What a client sends over, and for how long: made at the first call, once for each process and event loop."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any

import httpcore

from ._asyncio_network import AsyncioBackend
from ._exceptions import ClientClosedError, RunloopError
from ._network import AsyncTransport, Transport
from ._wire import on_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import httpx

    from ._settings import Settings
    from ._wire import AsyncSend, Send


class _Shared:
    """What clients made by `with_options` share: one of them closed, all closed."""

    def __init__(self, settings: Settings) -> None:
        self.base_url = settings.base_url
        self.proxy = settings.proxy
        self.closed = False
        self._lock = threading.Lock()
        _forked.add(self)

    def after_fork(self) -> None:
        """Leave the parent's connections to the parent, and a lock that one of its threads may have held."""
        self._lock = threading.Lock()

    def _refuse_if_closed(self) -> None:
        if self.closed:
            raise ClientClosedError("This client was closed, so nothing was sent. Make a new one.")


_forked: weakref.WeakSet[_Shared] = weakref.WeakSet()
_abandoned: list[object] = []
"""The parent's connections in a forked child: kept, so that nothing in the child ever closes or finalises them."""


def _after_fork() -> None:
    for shared in list(_forked):
        shared.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Connection(_Shared):
    """For the sync client."""

    def __init__(self, settings: Settings, http_client: httpx.Client | None) -> None:
        super().__init__(settings)
        self.http_client = http_client
        self._transport: Transport | None = None

    @property
    def own(self) -> bool:
        """Whether it is not the caller's http_client."""
        return self.http_client is None

    def sender(self) -> Send:
        """What sends a request. Raises ClientClosedError."""
        self._refuse_if_closed()
        if self.http_client is not None:
            return self._send_by_client
        transport = self._transport
        if transport is None:
            with self._lock:
                transport = self._transport = self._transport or Transport(self.base_url, self.proxy)
        return transport.handle_request

    def _send_by_client(self, request: httpx.Request) -> httpx.Response:
        client = self.http_client
        assert client is not None
        return client.send(_by_client(client, request), stream=True, follow_redirects=False)

    def after_fork(self) -> None:
        """In the child: the next call makes connections of its own."""
        super().after_fork()
        if self._transport is not None:
            _abandoned.append(self._transport)
            self._transport = None

    def close(self) -> None:
        """Close for good, the caller's http_client included."""
        self.closed = True
        with self._lock:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        if self.http_client is not None:
            self.http_client.close()


def _by_client(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> httpx.Request:
    """The same request with the client's own default headers, parameters and cookies."""
    return client.build_request(
        request.method, request.url, headers=request.headers, content=request.content, extensions=request.extensions
    )


class AsyncConnection(_Shared):
    """For the async client. Connections belong to an event loop, so each loop gets its own, closed with the loop."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient | None) -> None:
        super().__init__(settings)
        self.http_client = http_client
        self._first_loop: Callable[[], Any] | None = None
        self._by_loop: weakref.WeakKeyDictionary[Any, tuple[AsyncTransport, AsyncGenerator[None, None]]]
        self._by_loop = weakref.WeakKeyDictionary()

    @property
    def own(self) -> bool:
        """Whether it is not the caller's http_client."""
        return self.http_client is None

    async def sender(self) -> AsyncSend:
        """What sends a request. Raises ClientClosedError."""
        self._refuse_if_closed()
        loop = _current_loop()
        if self.http_client is not None:
            self._refuse_another_loop(loop)
            # Asked at every call: hooks may have been added since the last.
            direct = direct_transport(self.http_client)
            return self._send_by_client if direct is None else direct.handle_async_request
        held = self._by_loop.get(loop)
        if held is None:
            held = await self._opened(loop)
        return held[0].handle_async_request

    def _refuse_another_loop(self, loop: Any) -> None:
        """A connection of one event loop, used in another, sends the request and then fails: nobody would have the
        run."""
        if self._first_loop is None:
            self._first_loop = weakref.ref(loop)
        elif self._first_loop() is not loop and _keeps_connections(self.http_client):
            raise RunloopError(
                "This client's http_client belongs to another event loop, so nothing was sent. Make a client in each "
                "loop, or leave http_client out: then each loop gets connections of its own."
            )

    async def _opened(self, loop: Any) -> tuple[AsyncTransport, AsyncGenerator[None, None]]:
        trio_network: Any = httpcore.TrioBackend
        network: httpcore.AsyncNetworkBackend = AsyncioBackend() if on_asyncio() else trio_network()
        transport = AsyncTransport(self.base_url, self.proxy, network)
        closer = _closer(transport)
        self._by_loop[loop] = held = (transport, closer)
        await anext(closer)
        return held

    async def _send_by_client(self, request: httpx.Request) -> httpx.Response:
        client = self.http_client
        assert client is not None
        return await client.send(_by_client(client, request), stream=True, follow_redirects=False)

    def after_fork(self) -> None:
        """In the child: the next call makes connections of its own."""
        super().after_fork()
        _abandoned.extend(self._by_loop.items())
        self._by_loop = weakref.WeakKeyDictionary()

    async def close(self) -> None:
        """Close for good, the caller's http_client included."""
        self.closed = True
        held = self._by_loop.pop(_current_loop(), None)
        if held is not None:
            await held[1].aclose()
        if self.http_client is not None:
            await self.http_client.aclose()


async def _closer(transport: AsyncTransport) -> AsyncGenerator[None, None]:
    """Closes the transport when it is closed itself. An event loop that ends closes the async generators begun in it,
    so connections that nobody closed end with their loop, and a second loop begins with fresh ones."""
    try:
        yield
    finally:
        await transport.aclose()


def _current_loop() -> Any:
    if on_asyncio():
        return asyncio.get_running_loop()
    import trio  # noqa: PLC0415 - whoever runs on it has it

    return trio.lowlevel.current_trio_token()


def _keeps_connections(http_client: httpx.AsyncClient | None) -> bool:
    """Whether its transport is one of those that keep connections; a mock, say, works in any loop."""
    transport: object = getattr(http_client, "_transport", None)
    return any(kind.__name__ in {"AsyncHTTPTransport", "AiohttpTransport"} for kind in transport.__class__.__mro__)


def direct_transport(http_client: httpx.AsyncClient | None) -> httpx.AsyncBaseTransport | None:
    """The transport of a DefaultAioHttpClient that asks for nothing of what httpx.AsyncClient adds to it."""
    transport: httpx.AsyncBaseTransport | None = getattr(http_client, "transport_if_plain", lambda: None)()
    return transport
