"""What a client sends with: an httpx client, made at the first call, once for each process and event loop."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx

from ._exceptions import ClientClosedError, RunloopError
from ._network import async_transport, on_asyncio, transport
from ._settings import ssl_context

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from ._attempt import AsyncSend, Send
    from ._settings import Settings

H = TypeVar("H", httpx.Client, httpx.AsyncClient)


class _Connection(Generic[H]):
    """What clients made by `with_options` share: close one, and all are closed."""

    def __init__(self, settings: Settings, http_client: H | None) -> None:
        self.http_client: H | None = http_client
        self.closed = False
        self._proxy = settings.proxy
        own_tls = http_client is None and settings.base_url.startswith("https:")
        # Loading the authorities takes longer than the rest of a first call: not where there is no TLS.
        self._verify: Any = ssl_context() if own_tls else False
        self._lock = threading.Lock()
        _all.add(self)

    @property
    def own(self) -> bool:
        """Whether it is not the caller's http_client."""
        return self.http_client is None

    def after_fork(self) -> None:
        """Leave the parent's connections to the parent, and a lock that one of its threads may have held."""
        self._lock = threading.Lock()

    def _raise_if_closed(self) -> None:
        if self.closed:
            raise ClientClosedError("This client was closed, so nothing was sent. Make a new one.")


_all: weakref.WeakSet[_Connection[Any]] = weakref.WeakSet()
_abandoned: list[object] = []
"""The parent's connections in a forked child, which must not be closed or finalized there."""


def _after_fork() -> None:
    for connection in list(_all):
        connection.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _without_cookies(client: H) -> H:
    """The client with a jar that stays empty: a server could fill the memory with cookies that nobody needs."""
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


def _by_client(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> httpx.Request:
    """The same request with the default headers, parameters and cookies of the caller's http_client."""
    return client.build_request(
        request.method, request.url, headers=request.headers, content=request.content, extensions=request.extensions
    )


class Connection(_Connection[httpx.Client]):
    """For the sync client."""

    _client: httpx.Client | None = None

    def sender(self) -> Send:
        """What sends a request. Raises ClientClosedError."""
        self._raise_if_closed()
        if (client := self.http_client) is not None:
            return lambda request: client.send(_by_client(client, request), stream=True, follow_redirects=False)
        with self._lock:
            if self._client is None:
                sending = transport(verify=self._verify, proxy=self._proxy)
                self._client = _without_cookies(httpx.Client(transport=sending, trust_env=False))
            made = self._client
        return lambda request: made.send(request, stream=True, follow_redirects=False)

    def after_fork(self) -> None:
        """In the child: the next call makes connections of its own."""
        super().after_fork()
        _abandoned.append(self._client)
        self._client = None

    def close(self) -> None:
        """Close for good, the caller's http_client included."""
        self.closed = True
        with self._lock:
            clients = [self._client, self.http_client]
            self._client = None
        for client in clients:
            if client is not None:
                client.close()


class AsyncConnection(_Connection[httpx.AsyncClient]):
    """For the async client. Connections belong to an event loop, so each loop gets its own, closed with the loop."""

    def __init__(self, settings: Settings, http_client: httpx.AsyncClient | None) -> None:
        super().__init__(settings, http_client)
        self._first_loop: Callable[[], Any] | None = None
        self._by_loop: dict[Any, tuple[httpx.AsyncClient, AsyncGenerator[None, None]]] = {}

    async def sender(self) -> AsyncSend:
        """What sends a request. Raises ClientClosedError."""
        self._raise_if_closed()
        loop = _current_loop()
        if (client := self.http_client) is not None:
            self._reject_another_loop(loop)
            # Asked at every call: hooks may have been added since the last one.
            direct = direct_transport(client)
            if direct is not None:
                return direct.handle_async_request
            return lambda request: client.send(_by_client(client, request), stream=True, follow_redirects=False)
        if loop not in self._by_loop:
            await self._open(loop)
        made, _ = self._by_loop[loop]
        return lambda request: made.send(request, stream=True, follow_redirects=False)

    def _reject_another_loop(self, loop: Any) -> None:
        """A connection that is used in a second event loop sends the request and then fails: the run would be lost."""
        if self._first_loop is None:
            self._first_loop = weakref.ref(loop)
        elif self._first_loop() is not loop and _keeps_connections(self.http_client):
            raise RunloopError(
                "This client's http_client belongs to another event loop, so nothing was sent. Make a client in each "
                "loop, or leave http_client out: then each loop gets connections of its own."
            )

    async def _open(self, loop: Any) -> None:
        with self._lock:
            for other in list(self._by_loop):
                if getattr(other, "is_closed", bool)():
                    del self._by_loop[other]
            sending = async_transport(verify=self._verify, proxy=self._proxy)
            client = _without_cookies(httpx.AsyncClient(transport=sending, trust_env=False))
            closer = self._closer(loop, client)
            self._by_loop[loop] = (client, closer)
        await anext(closer)

    async def _closer(self, loop: Any, client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
        """Closes the client when it is closed itself. An event loop that ends closes the async generators begun in it,
        so connections that nobody closed end with their loop."""
        try:
            yield
        finally:
            self._by_loop.pop(loop, None)
            await client.aclose()

    def after_fork(self) -> None:
        """In the child: the next call makes connections of its own."""
        super().after_fork()
        _abandoned.append(self._by_loop)
        self._by_loop = {}

    async def close(self) -> None:
        """Close for good, the caller's http_client included."""
        self.closed = True
        entry = self._by_loop.get(_current_loop())
        if entry is not None:
            await entry[1].aclose()
        if self.http_client is not None:
            await self.http_client.aclose()


def _current_loop() -> Any:
    if on_asyncio():
        return asyncio.get_running_loop()
    import trio  # noqa: PLC0415 - whoever runs on it has it

    return trio.lowlevel.current_trio_token()


def _keeps_connections(http_client: httpx.AsyncClient | None) -> bool:
    """Whether its transport keeps connections. A mock does not, and works in any loop."""
    kept: object = getattr(http_client, "_transport", None)
    return any(kind.__name__ in {"AsyncHTTPTransport", "AiohttpTransport"} for kind in type(kept).__mro__)


def direct_transport(http_client: httpx.AsyncClient) -> httpx.AsyncBaseTransport | None:
    """The transport of a DefaultAioHttpClient that uses nothing of what httpx.AsyncClient adds to it."""
    direct: httpx.AsyncBaseTransport | None = getattr(http_client, "transport_if_plain", lambda: None)()
    return direct
