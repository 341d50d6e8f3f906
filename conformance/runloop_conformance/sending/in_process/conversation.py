"""Both ends of ASGI's messages: those of one request, and those of the application's life."""

from __future__ import annotations

import asyncio
import queue
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.in_process.application import Answer, OnError, failed
from runloop_conformance.sending.socket_transport import halves, late


class Conversation:
    """One request and its answer. `said` receives, once, what the client has seen by the time that it has all."""

    def __init__(
        self, method: str, body: bytes, framing: str, done: Callable[[Conversation], None], on_error: OnError
    ) -> None:
        self.said: queue.SimpleQueue[Response | Failure] = queue.SimpleQueue()
        self.body = body
        self.short = framing == "short"
        self.expires: asyncio.TimerHandle | None = None
        self._incoming = deque(_incoming(body, framing))
        self._method = method
        self._answer = Answer(method)
        self._done = done
        self._on_error = on_error
        self._over = False
        self._gone: asyncio.Event | None = None

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Let the application answer. What it raises is what a server makes of it: a 500, or an end in the middle."""
        try:
            await app(scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - no exception of an application ends its server
            if not isinstance(error, asyncio.CancelledError):
                self._on_error(error)
        self._tell(self._answer.seen() if self._answer.started or self._answer.over else failed(self._method))

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
        answer = self._answer
        wanted = "http.response.body" if answer.started else "http.response.start"
        if message["type"] != wanted:
            raise RuntimeError(f"The next ASGI message is {wanted}, not {message['type']}.")
        if not answer.started:
            answer.start(message["status"], message.get("headers", ()))
        else:
            answer.data(message.get("body", b""))
            if not message.get("more_body", False):
                answer.end()
                self.disconnect()
        if answer.over:
            self.disconnect()

    def disconnect(self) -> None:
        """End the connection, from either side: the client has what it has."""
        self._tell(self._answer.seen())

    def expire(self, seconds: float) -> None:
        """End the connection, since the client has waited for so long."""
        self._tell(late(seconds))

    def _tell(self, seen: Response | Failure) -> None:
        if self._over:
            return
        self._over = True
        if self.expires is not None:
            self.expires.cancel()
        if self._gone is not None:
            self._gone.set()
        self._done(self)
        self.said.put(seen)


def _incoming(body: bytes, framing: str) -> list[Message]:
    parts = [*halves(body), b""] if framing in ("chunked", "both") else [body]
    more = [True] * (len(parts) - 1) + [framing == "short"]
    return [
        {"type": "http.request", "body": part, "more_body": goes_on} for part, goes_on in zip(parts, more, strict=True)
    ]


class Lifespan:
    """The start and the end of an application. One that knows nothing of lifespans just starts."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.failure: str | None = None
        self._asked = False
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        """Let the application live."""
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - that is how an application says that it has no lifespan
            # Once it has asked for the message, an exception is one of its own.
            if self._asked and not self.told.is_set() and not isinstance(error, AssertionError | KeyError):
                self.failure = f"{type(error).__name__}: {error}"
        finally:
            self.told.set()
            self._stopped.set()

    async def shut_down(self, within: float) -> None:
        """Ask it to end, and wait for at most so many seconds."""
        self._stop.set()
        try:
            async with asyncio.timeout(within):
                await self._stopped.wait()
        except TimeoutError:
            return

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "lifespan.startup"}
        await self._stop.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.failed":
            self.failure = message.get("message") or "its lifespan failed"
        if message["type"].startswith("lifespan.startup"):
            self.told.set()
        else:
            self._stopped.set()
