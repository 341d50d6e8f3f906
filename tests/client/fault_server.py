"""What a server can do wrong, fault by fault, and the scenarios that are made of them."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from counting_server import Exchange, FaultServer

if TYPE_CHECKING:
    from counting_server import Fault

__all__ = ["SCENARIOS", "Exchange", "FaultServer"]


def before_reading(fault: Fault) -> Fault:
    """A fault that strikes before the request is read."""
    fault.before_reading = True
    return fault


# What a server can do. Each acts before it fails, wherever it can: that is the worst case for a client that tries
# again.


def fine(exchange: Exchange) -> None:
    exchange.respond(200, exchange.view(), "content-type: application/json")


@before_reading
def reset_before_reading(exchange: Exchange) -> None:
    exchange.reset()


def reset_after_reading(exchange: Exchange) -> None:
    exchange.act()
    exchange.reset()


def drop_without_response(exchange: Exchange) -> None:
    exchange.act()


def drop_in_headers(exchange: Exchange) -> None:
    exchange.act()
    exchange.send(b"HTTP/1.1 200 OK\r\ncontent-le")


def drop_in_body(exchange: Exchange) -> None:
    body = exchange.view()
    exchange.respond(200, body[: len(body) // 2], length=len(body))


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
    """A response with this status, after acting or not."""

    def fault(exchange: Exchange) -> None:
        if acts:
            exchange.act()
        exchange.respond(code, body or json.dumps({"message": f"number {code}"}).encode(), *headers)

    fault.__name__ = f"status_{code}"
    return fault


def redirect(code: int) -> Fault:
    """Acts, and redirects to an address that has nothing: a client that follows gets a 404 and starts no second run."""

    def fault(exchange: Exchange) -> None:
        if "/elsewhere" in exchange.request.line:
            exchange.respond(404)
            return
        exchange.act()
        exchange.respond(code, b"", "location: /elsewhere")

    return fault


def body(content: bytes, *headers: str) -> Fault:
    """A 200 with this body, after acting."""

    def fault(exchange: Exchange) -> None:
        exchange.act()
        exchange.respond(200, content, *headers)

    return fault


def view(**changes: object) -> Fault:
    """A 200 with some properties changed, or left out (`...`)."""

    def fault(exchange: Exchange) -> None:
        exchange.respond(200, exchange.view(**changes), "content-type: application/json")

    return fault


def truncated_json(exchange: Exchange) -> None:
    content = exchange.view()
    exchange.respond(200, content[: len(content) * 2 // 3])


def too_short_a_length(exchange: Exchange) -> None:
    content = exchange.view()
    exchange.respond(200, content, length=len(content) - 20)


def invalid_utf8(exchange: Exchange) -> None:
    exchange.respond(200, exchange.view(name="X").replace(b'"X"', b'"\xff\xfe"'))


def giant(exchange: Exchange) -> None:
    exchange.respond(200, exchange.view(name="x" * 20_000_000))


def endless(exchange: Exchange) -> None:
    start = exchange.view()[:-1] + b', "more": "'
    exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    exchange.send(b"%x\r\n%b\r\n" % (len(start), start))
    while not exchange.server.stopped.is_set():
        exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def gzipped(exchange: Exchange) -> None:
    exchange.respond(200, _gzip(exchange.view()), "content-encoding: gzip", "content-type: application/json")


def gzip_bomb(exchange: Exchange) -> None:
    packer = zlib.compressobj(9, wbits=31)
    view = exchange.view()[:-1] + b', "more": "'
    content = packer.compress(view) + b"".join(packer.compress(b"x" * 1_000_000) for _ in range(40)) + packer.flush()
    exchange.respond(200, content, "content-encoding: gzip")


def broken_gzip(exchange: Exchange) -> None:
    content = _gzip(exchange.view())
    exchange.respond(200, content[:-12], "content-encoding: gzip")


def unknown_coding(exchange: Exchange) -> None:
    exchange.respond(200, exchange.view(), "content-encoding: br")


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


HTML = b"<!doctype html><title>Welcome to the portal</title>"

NEVER_RESPONDS = {
    "stalls": stall,
    "stalls before reading": stall_before_reading,
    "trickles the body": trickle_body,
    "trickles headers": trickle_headers,
    "trickles 1xx answers": trickle_1xx,
}
"""Faults that only a deadline ends."""

SCENARIOS: dict[str, list[Fault]] = {
    "is fine": [fine],
    "resets before reading": [reset_before_reading],
    "resets after reading": [reset_after_reading],
    "drops without an answer": [drop_without_response],
    "drops in the headers": [drop_in_headers],
    "drops in the body": [drop_in_body],
    "drops between chunks": [drop_in_chunks],
    "speaks no HTTP": [not_http],
    **{name: [fault] for name, fault in NEVER_RESPONDS.items()},
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
