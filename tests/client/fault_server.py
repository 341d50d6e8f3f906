"""A server on raw sockets that does one thing wrong, and counts the runs that it started.

A fault is a function of an Exchange. It says itself when the server acts: `exchange.act()` starts a run, which is
counted under the idempotency key of the request, whatever becomes of the answer.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import zlib
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

    def answer(self, status: int, body: bytes = b"", /, *headers: str, length: int | None = None) -> None:
        """A whole answer, or one whose length is not what it says."""
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
    """Answers request by request with the faults it was given, the last one again and again."""

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


def before_reading(fault: Fault) -> Fault:
    """A fault that strikes before the request is read."""
    fault.before_reading = True
    return fault


# What a server can do. Each acts before it fails, wherever it can: that is the worst case for a client that tries
# again.


def fine(exchange: Exchange) -> None:
    exchange.answer(200, exchange.view(), "content-type: application/json")


@before_reading
def reset_before_reading(exchange: Exchange) -> None:
    exchange.reset()


def reset_after_reading(exchange: Exchange) -> None:
    exchange.act()
    exchange.reset()


def drop_without_answer(exchange: Exchange) -> None:
    exchange.act()


def drop_in_headers(exchange: Exchange) -> None:
    exchange.act()
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-le")


def drop_in_body(exchange: Exchange) -> None:
    body = exchange.view()
    exchange.answer(200, body[: len(body) // 2], length=len(body))


def drop_in_chunks(exchange: Exchange) -> None:
    body = exchange.view()
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    exchange.send(head + b"%x\r\n%b\r\n" % (len(body), body))


def trickle_body(exchange: Exchange) -> None:
    body = exchange.view() + b" " * 1000
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
    exchange.send(body[:60])
    exchange.trickle(body[i : i + 1] for i in range(60, len(body)))


def trickle_headers(exchange: Exchange) -> None:
    exchange.act()
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    exchange.trickle(b"x-%d: y\r\n" % i for i in range(1000))


def trickle_1xx(exchange: Exchange) -> None:
    exchange.act()
    exchange.trickle(b"HTTP/1.1 102 Processing\r\n\r\n" for _ in range(1000))


def stall(exchange: Exchange) -> None:
    exchange.act()
    exchange.server.stopped.wait(20)


@before_reading
def stall_before_reading(exchange: Exchange) -> None:
    exchange.server.stopped.wait(20)


def not_http(exchange: Exchange) -> None:
    exchange.act()
    exchange.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


def status(code: int, *headers: str, body: bytes = b"", acts: bool = True) -> Fault:
    """An answer with this status, after acting or not."""

    def fault(exchange: Exchange) -> None:
        if acts:
            exchange.act()
        exchange.answer(code, body or json.dumps({"message": f"number {code}"}).encode(), *headers)

    fault.__name__ = f"status_{code}"
    return fault


def redirect(code: int) -> Fault:
    """Acts, and redirects to an address where nothing is: whoever follows finds a 404, and starts nothing more."""

    def fault(exchange: Exchange) -> None:
        if "/elsewhere" in exchange.request.line:
            exchange.answer(404)
            return
        exchange.act()
        exchange.answer(code, b"", "location: /elsewhere")

    return fault


def body(content: bytes, *headers: str) -> Fault:
    """A 200 with this body, after acting."""

    def fault(exchange: Exchange) -> None:
        exchange.act()
        exchange.answer(200, content, *headers)

    return fault


def view(**changes: object) -> Fault:
    """A 200 with some members changed, or left out (`...`)."""

    def fault(exchange: Exchange) -> None:
        exchange.answer(200, exchange.view(**changes), "content-type: application/json")

    return fault


def truncated_json(exchange: Exchange) -> None:
    content = exchange.view()
    exchange.answer(200, content[: len(content) * 2 // 3])


def too_short_a_length(exchange: Exchange) -> None:
    content = exchange.view()
    exchange.answer(200, content, length=len(content) - 20)


def invalid_utf8(exchange: Exchange) -> None:
    exchange.answer(200, exchange.view(name="X").replace(b'"X"', b'"\xff\xfe"'))


def giant(exchange: Exchange) -> None:
    exchange.answer(200, exchange.view(name="x" * 20_000_000))


def endless(exchange: Exchange) -> None:
    start = exchange.view()[:-1] + b', "more": "'
    exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    exchange.send(b"%x\r\n%b\r\n" % (len(start), start))
    while not exchange.server.stopped.is_set():
        exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def gzipped(exchange: Exchange) -> None:
    exchange.answer(200, _gzip(exchange.view()), "content-encoding: gzip", "content-type: application/json")


def gzip_bomb(exchange: Exchange) -> None:
    packer = zlib.compressobj(9, wbits=31)
    view = exchange.view()[:-1] + b', "more": "'
    content = packer.compress(view) + b"".join(packer.compress(b"x" * 1_000_000) for _ in range(40)) + packer.flush()
    exchange.answer(200, content, "content-encoding: gzip")


def broken_gzip(exchange: Exchange) -> None:
    content = _gzip(exchange.view())
    exchange.answer(200, content[:-12], "content-encoding: gzip")


def unknown_coding(exchange: Exchange) -> None:
    exchange.answer(200, exchange.view(), "content-encoding: br")


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


HTML = b"<!doctype html><title>Welcome to the portal</title>"

NEVER_ANSWERS = {
    "stalls": stall,
    "stalls before reading": stall_before_reading,
    "trickles the body": trickle_body,
    "trickles headers": trickle_headers,
    "trickles 1xx answers": trickle_1xx,
}
"""What only a deadline ends."""

SCENARIOS: dict[str, list[Fault]] = {
    "is fine": [fine],
    "resets before reading": [reset_before_reading],
    "resets after reading": [reset_after_reading],
    "drops without an answer": [drop_without_answer],
    "drops in the headers": [drop_in_headers],
    "drops in the body": [drop_in_body],
    "drops between chunks": [drop_in_chunks],
    "speaks no HTTP": [not_http],
    **{name: [fault] for name, fault in NEVER_ANSWERS.items()},
    **{f"answers {code}": [status(code)] for code in (400, 404, 408, 409, 500, 501, 502, 503, 504, 520, 522, 524)},
    "answers 429, then is fine": [status(429, acts=False), fine],
    "answers 429, Retry-After in seconds": [status(429, "retry-after: 0", acts=False), fine],
    "answers 429, retry-after-ms": [status(429, "retry-after-ms: 20", acts=False), fine],
    "answers 429, Retry-After as a date": [
        status(429, "date: Mon, 23 Nov 2026 10:00:00 GMT", "retry-after: Mon, 23 Nov 2026 10:00:00 GMT", acts=False),
        fine,
    ],
    "answers 503 with Retry-After, then is fine": [status(503, "retry-after: 0", acts=False), fine],
    **{f"redirects with {code}": [redirect(code)] for code in (301, 302, 303, 307, 308)},
    "answers 200 with HTML": [body(HTML, "content-type: text/html")],
    "answers 200 with nothing": [body(b"")],
    "answers 200 with a list": [body(b"[]")],
    "answers 204": [status(204)],
    "answers truncated JSON": [truncated_json],
    "answers without benchmark_id": [view(benchmark_id=...)],
    "answers without id": [view(id=...)],
    "answers an unknown state": [view(state="failed", later={"a": [1]})],
    "answers a mistyped member": [view(start_time_ms="now")],
    "says too short a length": [too_short_a_length],
    "answers invalid UTF-8": [invalid_utf8],
    "answers with 20 MB": [giant],
    "answers without end": [endless],
    "answers gzip": [gzipped],
    "answers a gzip bomb": [gzip_bomb],
    "answers broken gzip": [broken_gzip],
    "answers an unknown coding": [unknown_coding],
}
