"""A WSGI application, called in threads, as a server with a thread for each request would."""

from __future__ import annotations

import contextvars
import io
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

from runloop_conformance.clock import SYSTEM, Clock, go_by
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.in_process.application import (
    URL,
    Headers,
    OnError,
    ResponseWriter,
    log,
    raised,
    request_headers,
    unreadable,
)
from runloop_conformance.sending.patience import LateError, Patience
from runloop_conformance.sending.socket_transport import Address, address, late, sent_headers

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class WsgiTransport:
    """Sends requests to a WSGI application. A thread that does not end in time is left running."""

    def __init__(self, app: WSGIApplication, url: str = URL, clock: Clock = SYSTEM, on_error: OnError = log) -> None:
        self.at: Address = address(url)
        self.clock = clock
        self._app = app
        self._on_error = on_error
        self._context = contextvars.copy_context()
        self._context.run(go_by, clock)

    @property
    def url(self) -> str:
        """Where the application would be."""
        return self.at.url

    @property
    def loopback(self) -> bool:
        """It is on this machine."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def expect(self, count: int) -> None:
        """Nothing to do: threads wait in real time."""

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
            return unreadable(method)
        environ = self._environ(method, target, read, body, framing)
        call = _Call(method)
        work = threading.Thread(
            target=self._context.copy().run, args=(call.run, self._app, environ, self._on_error), daemon=True
        )
        work.start()
        try:
            return Patience(seconds).take(call.outcome)
        except LateError:
            return late(seconds)

    def _environ(self, method: str, target: str, headers: Headers, body: bytes, framing: str) -> dict[str, Any]:
        path, _, query = (self.at.prefix + target).partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.at.host,
            "SERVER_PORT": str(self.at.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if self.at.secure else "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if framing == "chunked":
            environ["wsgi.input_terminated"] = True
        for name, value in headers:
            if b"_" in name:  # it would be the same as one with a hyphen, so servers leave it out
                continue
            key = name.decode("latin-1").upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
        return environ


class _Call:
    """One call of the application, in its thread. `outcome` receives, once, what the client got."""

    def __init__(self, method: str) -> None:
        self.outcome: queue.SimpleQueue[Response | Failure] = queue.SimpleQueue()
        self._method = method
        self._writer = ResponseWriter(method)
        self._head: tuple[int, list[tuple[bytes, bytes]]] | None = None
        self._finished = False

    def run(self, app: WSGIApplication, environ: dict[str, Any], on_error: OnError) -> None:
        try:
            self._respond(app(environ, self._start_response))
        except BaseException as error:  # noqa: BLE001 - no exception of an application ends its server
            on_error(error)
        writer = self._writer
        self._finish(writer.outcome() if writer.started or writer.over else raised(self._method))

    def _respond(self, pieces: Iterable[bytes]) -> None:
        try:
            for piece in pieces:
                if piece:
                    self._write(piece)
            self._write(b"")
            self._writer.end()
            self._finish(self._writer.outcome())
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        if exc_info is not None and exc_info[1] is not None and self._writer.started:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._head is not None:
            raise RuntimeError("start_response was called twice, the second time without exc_info (PEP 3333).")
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._head = int(status[:3]), encoded
        return self._write

    def _write(self, piece: bytes) -> None:
        """Write a part of the body, after the head; until then the head may still be replaced."""
        if self._finished:
            return
        if not self._writer.started:
            if self._head is None:
                raise RuntimeError("The application responded without start_response (PEP 3333).")
            self._writer.start(*self._head)
        self._writer.data(piece)
        if self._writer.over:
            self._finish(self._writer.outcome())

    def _finish(self, outcome: Response | Failure) -> None:
        if not self._finished:
            self._finished = True
            self.outcome.put(outcome)
