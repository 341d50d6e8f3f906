"""An ASGI application, asked on an event loop of its own in a thread of its own, as a server would."""

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
    refused,
    request_headers,
)
from runloop_conformance.sending.in_process.conversation import Conversation, Lifespan
from runloop_conformance.sending.in_process.virtual_loop import virtual_loop
from runloop_conformance.sending.patience import LateError, Patience
from runloop_conformance.sending.socket_transport import Address, address, late, sent_headers

STARTS_WITHIN = 30.0  # seconds
STOPS_WITHIN = 5.0  # seconds
STUCK = 60.0  # seconds of the machine's time, after which an application that lets no virtual time pass has hung


class AsgiTransport:
    """Asks an ASGI application. It starts when the block begins, lifespan and all, and stops when it ends.

    With a virtual clock the loop goes by it: what sleeps wakes up at once. That is for applications that do all of
    their work on the loop, since a thread takes the machine's time.
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
        self._asking: set[Conversation] = set()
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
        """Stop the application; one that does not stop is left behind."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end)
            self._thread.join(3 * STOPS_WITHIN)

    def expect(self, count: int) -> None:
        """Let no virtual time pass, and none of them begin, before so many requests have come: they belong together."""
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
        """Ask the application once (see Transport)."""
        read = request_headers(tuple(sent_headers(self.at, method, headers, body, framing)))
        if read is None:
            self._loop.call_soon_threadsafe(self._gather)
            return refused(method)
        asked = Conversation(method, body, framing, self._ended, self._on_error)
        return self._answer(asked, self._scope(method, target, read), seconds)

    def _answer(self, asked: Conversation, scope: Scope, seconds: float) -> Response | Failure:
        self._loop.call_soon_threadsafe(self._ask, asked, scope, seconds)
        try:
            return Patience(seconds if self._real else STUCK).take(asked.said)
        except LateError:
            self._loop.call_soon_threadsafe(asked.disconnect)
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

    def _ask(self, asked: Conversation, scope: Scope, seconds: float) -> None:
        if self._announced:
            self._gather((asked, scope, seconds))
        else:
            self._begin(asked, scope, seconds)

    def _gather(self, *asked: tuple[Conversation, Scope, float]) -> None:
        """Begin those that are to be there together, once all are: in the same order whichever thread was first, so
        that what happens at the nth request happens at the same one each time.
        """
        self._gathered += asked
        self._announced = max(0, self._announced - 1)
        if not self._announced:
            together, self._gathered = sorted(self._gathered, key=lambda one: one[0].body, reverse=True), []
            for one in together:
                self._begin(*one)

    def _begin(self, asked: Conversation, scope: Scope, seconds: float) -> None:
        self._asking.add(asked)
        self._start(asked.run(self._app, scope))
        if asked.short:  # the end of the stream comes right behind the bytes, while the application works
            self._loop.call_soon(asked.disconnect)
        if not self._real:
            asked.expires = self._loop.call_later(seconds, asked.expire, seconds)

    def _ended(self, asked: Conversation) -> None:
        self._asking.discard(asked)

    def _may_time_pass(self) -> bool | None:
        """Whether virtual time may pass: not while nobody asks; None where another request is about to come."""
        if self._announced > 0:
            return None
        return bool(self._asking) or not self._serving

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
        self._lifespan.told.set()  # nobody waits for a start any more
        self._stop.set()

    async def _serve(self) -> None:
        lifespan = self._lifespan
        self._start(lifespan.run(self._app, {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self._state}))
        await lifespan.told.wait()
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
