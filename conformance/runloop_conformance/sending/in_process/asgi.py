"""An ASGI application, run on its own event loop in its own thread, as a server would."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from starlette.types import ASGIApp, Scope

from runloop_conformance.clock import SYSTEM, Clock, SystemClock, go_by
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.in_process.application import (
    URL,
    AppCannotStartError,
    Headers,
    OnError,
    log,
    request_headers,
    unreadable,
)
from runloop_conformance.sending.in_process.conversation import Conversation, Lifespan
from runloop_conformance.sending.in_process.virtual_loop import virtual_loop
from runloop_conformance.sending.patience import LateError, Patience
from runloop_conformance.sending.socket_transport import Address, address, late, sent_headers

STARTS_WITHIN = 30.0  # seconds
STOPS_WITHIN = 5.0  # seconds
STUCK = 60.0  # seconds of real time, after which an application that lets no virtual time pass has hung


class AsgiTransport:
    """Sends requests to an ASGI application, which starts and stops with the block, lifespan included.

    With a virtual clock, what sleeps on the loop wakes up at once. That is for applications that do all of their work
    on the loop, since threads use real time.
    """

    def __init__(self, app: ASGIApp, url: str = URL, clock: Clock = SYSTEM, on_error: OnError = log) -> None:
        self.at: Address = address(url)
        self.clock = clock
        self._real = isinstance(clock, SystemClock)
        self._app = app
        self._on_error = on_error
        self._loop = asyncio.new_event_loop() if self._real else virtual_loop(clock, self._may_time_pass)
        self._context = contextvars.copy_context()
        self._context.run(go_by, clock)
        self._open: set[Conversation] = set()
        self._announced = 0
        self._gathered: list[tuple[Conversation, Scope, float]] = []
        self._serving = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._state: dict[str, Any] = {}
        self._lifespan = Lifespan()
        self._stop = asyncio.Event()
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="ASGI application", daemon=True)

    @property
    def url(self) -> str:
        """Where the application would be."""
        return self.at.url

    @property
    def loopback(self) -> bool:
        """It is on this machine."""
        return True

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            failed = Patience(STARTS_WITHIN).take(self._ready)
        except LateError:
            failed = f"its lifespan did not start within {STARTS_WITHIN:g} s"
        if failed is not None:
            self.close()
            raise AppCannotStartError(f"The application cannot start: {failed}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the application. One that does not stop is left running."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end)
            self._thread.join(3 * STOPS_WITHIN)

    def expect(self, count: int) -> None:
        """Let no virtual time pass, and no request begin, before so many requests have arrived."""
        self._announced = count

    def send(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        seconds: float,
        framing: str = "length",
    ) -> Response | Failure:
        """Call the application once (see Transport)."""
        read = request_headers(tuple(sent_headers(self.at, method, headers, body, framing)))
        if read is None:
            self._loop.call_soon_threadsafe(self._gather)
            return unreadable(method)
        conversation = Conversation(method, body, framing, self._ended, self._on_error)
        return self._response(conversation, self._scope(method, target, read), seconds)

    def _response(self, conversation: Conversation, scope: Scope, seconds: float) -> Response | Failure:
        self._loop.call_soon_threadsafe(self._receive, conversation, scope, seconds)
        try:
            return Patience(seconds if self._real else STUCK).take(conversation.outcome)
        except LateError:
            self._loop.call_soon_threadsafe(conversation.disconnect)
            return late(seconds)

    def _scope(self, method: str, target: str, headers: Headers) -> Scope:
        path, _, query = (self.at.prefix + target).partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https" if self.at.secure else "http",
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": list(headers),
            "client": ("127.0.0.1", 49152),
            "server": (self.at.host, self.at.port),
            "state": self._state.copy(),
        }

    # --- in the thread of the application ---

    def _receive(self, conversation: Conversation, scope: Scope, seconds: float) -> None:
        if self._announced:
            self._gather((conversation, scope, seconds))
        else:
            self._begin(conversation, scope, seconds)

    def _gather(self, *requests: tuple[Conversation, Scope, float]) -> None:
        """Begin announced requests once all have arrived, in an order that does not depend on the threads, so that what
        happens at the nth request happens at the same one each time.
        """
        self._gathered += requests
        self._announced = max(0, self._announced - 1)
        if not self._announced:
            together, self._gathered = sorted(self._gathered, key=lambda one: one[0].body, reverse=True), []
            for one in together:
                self._begin(*one)

    def _begin(self, conversation: Conversation, scope: Scope, seconds: float) -> None:
        self._open.add(conversation)
        self._start(conversation.run(self._app, scope))
        if conversation.short:  # the end of the stream comes right behind the bytes, while the application works
            self._loop.call_soon(conversation.disconnect)
        if not self._real:
            conversation.expires = self._loop.call_later(seconds, conversation.expire, seconds)

    def _ended(self, conversation: Conversation) -> None:
        self._open.discard(conversation)

    def _may_time_pass(self) -> bool | None:
        """Whether virtual time may pass: not without a request; None if another request is about to arrive."""
        if self._announced > 0:
            return None
        return bool(self._open) or not self._serving

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            # Not run_forever: anyio, and with it Starlette, ties its threads to the task that a loop was run for.
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    def _end(self) -> None:
        self._lifespan.started.set()  # nothing waits for the start any more
        self._stop.set()

    async def _serve(self) -> None:
        lifespan = self._lifespan
        self._start(lifespan.run(self._app, {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}))
        await lifespan.started.wait()
        self._serving = True
        self._ready.put(lifespan.failure)
        await self._stop.wait()
        self._serving = False
        await lifespan.shut_down(STOPS_WITHIN)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=STOPS_WITHIN)
