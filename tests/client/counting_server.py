"""A server on raw sockets with configurable faults, which counts the runs that it started.

A fault is a function of an Exchange. It says itself when the server acts: `exchange.act()` starts a run, which is
counted under the idempotency key of the request, whether or not the response arrives.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from typing import Self

    Fault = Callable[["Exchange"], None]


@dataclass
class Request:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers.get("x-request-id", "")

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Exchange:
    """One connection's turn: what a fault works with."""

    server: FaultServer
    sock: socket.socket
    request: Request | None = None
    keep: bool = False

    def read(self) -> Request:
        """Read the request."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.sock.recv(65536)
            if not piece:
                raise ConnectionError
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (entry.partition(":") for entry in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.sock.recv(65536)
        self.request = Request(line, headers, body)
        with self.server.lock:
            self.server.requests.append(self.request)
        return self.request

    def act(self) -> str:
        """Start a run: the thing that costs money. Returns its id."""
        request = self.request or self.read()
        with self.server.lock:
            runs = self.server.runs[request.key]
            runs.append(f"bmr_{request.key[:8]}_{len(runs) + 1}")
            return runs[-1]

    def view(self, **changes: object) -> bytes:
        """Start a run, and describe it as the contract wants it."""
        run_id = self.act()
        view = {
            "id": run_id,
            "benchmark_id": self.request.json()["benchmark_id"],
            "start_time_ms": 1795428600000,
            "state": "running",
            "metadata": self.request.json().get("metadata", {}),
        }
        return json.dumps({name: value for name, value in (view | changes).items() if value is not ...}).encode()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def respond(self, status: int, body: bytes = b"", /, *headers: str, length: int | None = None) -> None:
        """Send a complete response, or one with a wrong length."""
        if self.request is None:
            self.read()
        lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body) if length is None else length}", *headers]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        self.keep = length is None

    def reset(self) -> None:
        """Close with RST, so that the other side sees a reset and not an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def trickle(self, pieces: Iterator[bytes], *, seconds: float = 0.1, limit: float = 3.0) -> None:
        """A piece now and then, so that no single read ever times out."""
        until = time.monotonic() + limit
        for piece in pieces:
            if time.monotonic() > until or self.server.stopped.wait(seconds):
                return
            self.send(piece)


@dataclass
class FaultServer:
    """Uses one fault for each request, in order, and repeats the last one."""

    faults: list[Fault]
    requests: list[Request] = field(default_factory=list)
    runs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    turns: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        with self.lock:
            for sock in list(self._open):
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def started(self) -> int:
        """Runs started, of all calls."""
        return sum(len(runs) for runs in self.runs.values())

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self._open.add(sock)
                self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _next(self) -> Fault:
        with self.lock:
            fault = self.faults[min(self.turns, len(self.faults) - 1)]
            self.turns += 1
        return fault

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.tls:
                sock.settimeout(10)
                sock = self.tls.wrap_socket(sock, server_side=True)
            while True:
                exchange = Exchange(self, sock)
                sock.settimeout(30)
                if not getattr(self.faults[0], "before_reading", False):
                    exchange.read()
                self._next()(exchange)
                if not exchange.keep:
                    return
        except (OSError, ConnectionError):
            pass
        finally:
            with self.lock:
                self._open.discard(sock)
            sock.close()
