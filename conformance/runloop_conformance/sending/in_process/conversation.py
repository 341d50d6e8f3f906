"""The messages of ASGI: those of one request, and those of the lifespan."""

from __future__ import annotations

import asyncio
import queue
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.in_process.application import OnError, ResponseWriter, raised
from runloop_conformance.sending.socket_transport import halves, late


class Conversation:
    """One request and its response. `outcome` receives, once, what the client got."""

    def __init__(
        self, method: str, body: bytes, framing: str, done: Callable[[Conversation], None], on_error: OnError
    ) -> None:
        self.outcome: queue.SimpleQueue[Response | Failure] = queue.SimpleQueue()
        self.body = body
        self.short = framing == "short"
        self.expires: asyncio.TimerHandle | None = None
        self._incoming = deque(_incoming(body, framing))
        self._method = method
        self._writer = ResponseWriter(method)
        self._done = done
        self._on_error = on_error
        self._over = False
        self._gone: asyncio.Event | None = None

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Run the application. If it raises, the client gets a 500, or a response that ends in the middle."""
        try:
            await app(scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - no exception of an application ends its server
            if not isinstance(error, asyncio.CancelledError):
                self._on_error(error)
        self._finish(self._writer.outcome() if self._writer.started or self._writer.over else raised(self._method))

    async def _receive(self) -> Message:
        if not self._over:
            if self._incoming:
                return self._incoming.popleft()
            self._gone = self._gone or asyncio.Event()
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._over:
            return
        writer = self._writer
        wanted = "http.response.body" if writer.started else "http.response.start"
        if message["type"] != wanted:
            raise RuntimeError(f"The next ASGI message is {wanted}, not {message['type']}.")
        if not writer.started:
            writer.start(message["status"], message.get("headers", ()))
        else:
            writer.data(message.get("body", b""))
            if not message.get("more_body", False):
                writer.end()
                self.disconnect()
        if writer.over:
            self.disconnect()

    def disconnect(self) -> None:
        """End the connection, from either side. The client keeps what it has."""
        self._finish(self._writer.outcome())

    def expire(self, seconds: float) -> None:
        """End the connection, since the client waits no longer."""
        self._finish(late(seconds))

    def _finish(self, outcome: Response | Failure) -> None:
        if self._over:
            return
        self._over = True
        if self.expires is not None:
            self.expires.cancel()
        if self._gone is not None:
            self._gone.set()
        self._done(self)
        self.outcome.put(outcome)


def _incoming(body: bytes, framing: str) -> list[Message]:
    parts = [*halves(body), b""] if framing in ("chunked", "both") else [body]
    more = [True] * (len(parts) - 1) + [framing == "short"]
    return [
        {"type": "http.request", "body": part, "more_body": goes_on} for part, goes_on in zip(parts, more, strict=True)
    ]


class Lifespan:
    """The start and the end of an application. One without a lifespan just starts."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.failure: str | None = None
        self._starting = False
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        """Run the lifespan of the application."""
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - an application without a lifespan raises
            # Once it has received the message, an exception is its own.
            if self._starting and not self.started.is_set() and not isinstance(error, AssertionError | KeyError):
                self.failure = f"{type(error).__name__}: {error}"
        finally:
            self.started.set()
            self._stopped.set()

    async def shut_down(self, within: float) -> None:
        """Shut it down, and wait for at most so many seconds."""
        self._stop.set()
        try:
            async with asyncio.timeout(within):
                await self._stopped.wait()
        except TimeoutError:
            return

    async def _receive(self) -> Message:
        if not self._starting:
            self._starting = True
            return {"type": "lifespan.startup"}
        await self._stop.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.failed":
            self.failure = message.get("message") or "its lifespan failed"
        if message["type"].startswith("lifespan.startup"):
            self.started.set()
        else:
            self._stopped.set()
