"""Serves an application on a socket: in a thread, or in the foreground for `runloop-conformance serve`."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from types import FrameType
from typing import Any, Protocol, runtime_checkable

import uvicorn
from starlette.types import ASGIApp

from runloop_conformance.servers.reference import Document, Reference, default_document

_LOOPBACK = "127.0.0.1"


class CannotListenError(Exception):
    """The address cannot be listened on. The message says which options to change."""


class CannotStartError(Exception):
    """The server's thread was not ready in time."""


@runtime_checkable
class RawServer(Protocol):
    """A server below HTTP: it gets each connection, and closes it."""

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...


Build = Callable[[Document, str, Sequence[str]], ASGIApp | RawServer]
"""Makes a server from a contract, a token, and the benchmarks that exist (none: any)."""


@contextlib.contextmanager
def running(app: ASGIApp | RawServer, host: str = _LOOPBACK, port: int = 0) -> Generator[str]:
    """Serve in a thread while the block runs, and yield the base URL. Port 0 picks a free one.

    Raises `CannotListenError` if the address is in use or not local.
    """
    listener = _listen(host, port)
    # Read before serving, since the server closes the socket.
    port = listener.getsockname()[1]
    thread = _raw_thread(app, listener) if isinstance(app, RawServer) else _uvicorn_thread(app, listener)
    with listener, thread:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve(
    host: str = _LOOPBACK,
    port: int = 0,
    token: str | None = None,
    benchmark_ids: Sequence[str] = (),
    document: Mapping[str, Any] | None = None,
) -> None:
    """Serve the contract until Ctrl-C or SIGTERM, then return.

    Without `token`, the token is $RUNLOOP_API_KEY, or a generated one that is printed. Every benchmark is known if
    `benchmark_ids` is empty. Raises `CannotListenError`.
    """
    document = default_document() if document is None else document
    token, source = _token(token)
    with _stop_requested() as stop, running(Reference(document, token, benchmark_ids), host, port) as url:
        print(f"Serving the contract {document['info']['version']} at {url} (token: {source})", flush=True)
        if source == "made up":
            print(f"export RUNLOOP_API_KEY={token}", flush=True)
        # A wait without a timeout cannot be interrupted on Windows.
        while not stop.wait(0.5):
            pass


def _token(token: str | None) -> tuple[str, str]:
    if token:
        return token, "as given"
    from_environment = os.environ.get("RUNLOOP_API_KEY")
    if from_environment:
        return from_environment, "from $RUNLOOP_API_KEY"
    return made_up_token(), "made up"


def made_up_token() -> str:
    """Generate a secret token, always of one shape: the wrong tokens that are derived from it depend on the shape."""
    return f"Made-up-{secrets.token_hex(6)}-{secrets.token_hex(10)}"  # its two middle characters differ


@contextlib.contextmanager
def _stop_requested() -> Generator[threading.Event]:
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotListenError(
            f"Cannot listen on {host}:{port}: {error.strerror}. "
            "Pass another --port (0 picks a free one), or stop what listens there."
        ) from error


class _QuietUvicorn(uvicorn.Server):
    """uvicorn that reports when it is ready, and stops at once."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level=logging.CRITICAL,
                access_log=False,
                server_header=False,
                # A mutant may hang on purpose, so open requests are not awaited.
                timeout_graceful_shutdown=1,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # The first tick makes the Date header, and a request may arrive before it.
        await self.on_tick(0)
        self._ready()


@contextlib.contextmanager
def _uvicorn_thread(app: ASGIApp, listener: socket.socket) -> Generator[None]:
    ready = threading.Event()
    server = _QuietUvicorn(app, ready.set)

    def stop() -> None:
        server.should_exit = server.force_exit = True

    with _thread(lambda: server.run([listener]), ready, stop):
        yield


@contextlib.contextmanager
def _raw_thread(app: RawServer, listener: socket.socket) -> Generator[None]:
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def serve_raw() -> None:
        tasks: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # The client may be gone, which a server that is wrong on purpose does not report.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                try:
                    await app.connection(reader, writer)
                finally:
                    writer.close()

        def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = loop.create_task(connected(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(start, sock=listener)
        ready.set()
        await stopping.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def run() -> None:
        with contextlib.closing(loop):
            loop.run_until_complete(serve_raw())

    with _thread(run, ready, lambda: loop.call_soon_threadsafe(stopping.set)):
        yield


@contextlib.contextmanager
def _thread(run: Callable[[], None], ready: threading.Event, stop: Callable[[], object]) -> Generator[None]:
    thread = threading.Thread(target=run, name="server", daemon=True)
    thread.start()
    try:
        if not ready.wait(10):
            raise CannotStartError("The server was not ready within 10 seconds.")
        yield
    finally:
        stop()
        thread.join(10)
