"""Degenerate servers: none may be called conformant, and with each the suite must reach a verdict."""

import asyncio
import contextlib
import gzip
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import h11
from attrs import field, frozen
from starlette.types import ASGIApp, Receive, Scope, Send

from runloop_conformance.proof.raw_http import read_request
from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Document

FIXED_RUN: dict[str, Any] = {
    "id": "bmr_30xCV5qQ4ZkW1bqNRpBlT",
    "benchmark_id": "bmd_30xCTWqsuNaUXk3uJ0GCo",
    "start_time_ms": 1795428600000,
    "state": "running",
    "metadata": {},
    "name": None,
    "duration_ms": None,
    "score": None,
    "purpose": None,
    "environment_variables": {},
    "secrets_provided": {},
}
Pieces = Callable[[], Iterator[bytes]]
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@frozen
class Degenerate:
    """A server that ignores the request, or that sends no response."""

    name: str
    summary: str
    server: ASGIApp | RawServer = field(repr=False)

    @property
    def needs_socket(self) -> bool:
        return isinstance(self.server, RawServer)

    def build(self, _document: Document, _token: str, _benchmark_ids: Sequence[str]) -> ASGIApp | RawServer:
        return self.server


class Fixed:
    """Sends the same response to every request."""

    def __init__(self, status: int, body: bytes, content_type: bytes = b"application/json") -> None:
        self.status = status
        self.body = body
        self.headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Scripted:
    """Reads a request, writes the given pieces with pauses between them, and closes."""

    def __init__(self, pieces: Pieces, pause_s: float) -> None:
        self.pieces = pieces
        self.pause_s = pause_s

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            if (await read_request(reader, writer, b""))[0] is None:
                return
            for piece in self.pieces():
                writer.write(piece)
                await writer.drain()
                # Yield also without a pause: an endless script must not block the event loop.
                await asyncio.sleep(self.pause_s)


class Silent:
    """Reads everything and sends nothing."""

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG002 - silent
        while await reader.read(65536):
            pass


class HangsUp:
    """Closes before it has read anything."""

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:  # noqa: ARG002 - unread
        writer.transport.abort()


class HangsUpAfterReading:
    """Closes once it has read a request."""

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            await read_request(reader, writer, b"")


def once(*pieces: bytes) -> Pieces:
    return lambda: iter(pieces)


def endless(start: bytes, repeated: bytes) -> Pieces:
    return lambda: itertools.chain([start], itertools.repeat(repeated))


def trickled(text: bytes, at_once: bytes = b"") -> Pieces:
    return lambda: itertools.chain([at_once], (bytes([byte]) for byte in text))


def framed(body: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return JSON_HEAD + lines + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def redirect(status: bytes, location: bytes) -> Pieces:
    return once(b"HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location))


def bomb() -> bytes:
    """Compress 2 GB of blanks twice, to a few KB."""
    member = gzip.compress(b" " * 2**22)
    return gzip.compress(member * 512)


RUN = json.dumps(FIXED_RUN).encode()
WHOLE = framed(RUN)
DEEP = b"[" * 200_000 + b"]" * 200_000
DEEP_RUN = RUN[:-1] + b', "more": ' + DEEP + b"}"
CHUNKED = JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
STATUSES = (400, 401, 403, 404, 405, 408, 418, 422, 429, 500, 501, 502, 503, 504)

FIXED: tuple[tuple[str, str, Fixed], ...] = (
    ("always-the-same-run", "Every request gets 200 and one fixed run.", Fixed(200, RUN)),
    ("always-an-empty-object", "Every request gets 200 and {}.", Fixed(200, b"{}")),
    ("always-200-and-empty", "Every request gets 200 and an empty body.", Fixed(200, b"")),
    ("always-html", "Every request gets 200 and HTML.", Fixed(200, b"<h1>It works!</h1>", b"text/html")),
    *(
        (f"always-{status}", f"Every request gets {status}.", Fixed(status, b'{"message": "No."}'))
        for status in STATUSES
    ),
)
RAW: tuple[tuple[str, str, RawServer], ...] = (
    ("hangs-up", "Every connection is closed at once.", HangsUp()),
    ("hangs-up-after-reading", "Every connection is closed once the request was read.", HangsUpAfterReading()),
    ("silent", "No request gets a response.", Silent()),
)
# A name, a summary, the pieces that are sent, and the seconds between two pieces.
SCRIPTED: tuple[tuple[str, str, Pieces, float], ...] = (
    ("endless-body", "A body without an end, as fast as possible.", endless(JSON_HEAD + b"\r\n", b" " * 65536), 0),
    ("endless-chunks", "Chunks without an end, as fast as possible.",
     endless(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"), 0),
    ("endless-chunk-extension", "A chunk whose extension has no end.", endless(CHUNKED + b"1;", b"x" * 65536), 0),
    ("endless-headers", "Headers without an end.", endless(JSON_HEAD, b"X-More: " + b"x" * 4096 + b"\r\n"), 0),
    ("endless-header", "One header without an end.", endless(JSON_HEAD + b"X-More: ", b"x" * 65536), 0),
    ("endless-status", "A status line without an end.", endless(b"HTTP/1.1 200 ", b"O" * 65536), 0),
    ("endless-interim", "Interim responses, and never a final one.",
     endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), 0.01),
    ("trickled-body", "A response with one byte a second.", trickled(WHOLE), 1),
    ("trickled-body-after-the-head", "A head at once, and then a byte every 200 ms.",
     trickled(RUN, WHOLE[: -len(RUN)]), 0.2),
    ("trickled-headers", "A header every 100 ms, forever.", endless(JSON_HEAD, b"X-More: 1\r\n"), 0.1),
    ("huge-header", "A header of 10 MB.", lambda: iter([framed(RUN, b"X-Huge: " + b"x" * 10_000_000)]), 0),
    ("many-headers", "A hundred thousand headers.", lambda: iter([framed(RUN, *[b"X-Many: 1"] * 100_000)]), 0),
    ("huge-length", "A Content-Length of 10^18, and a short body.",
     once(JSON_HEAD + b"Content-Length: %d\r\n\r\n{" % 10**18), 0),
    ("gzip-bomb", "Two gigabytes of blanks in a few kilobytes.",
     lambda: iter([framed(bomb(), b"Content-Encoding: gzip, gzip")]), 0),
    ("gzip-bomb-once", "A quarter of a gigabyte of blanks, compressed once.",
     lambda: iter([framed(gzip.compress(b" " * 2**22) * 64, b"Content-Encoding: gzip")]), 0),
    ("deep-array", "JSON that is 200,000 levels deep.", once(framed(DEEP)), 0),
    ("deep-member", "A run with a property that is 200,000 levels deep.", once(framed(DEEP_RUN)), 0),
    ("huge-integer", "A run whose start time is a number of a million digits.",
     once(framed(RUN.replace(b"1795428600000", b"9" * 1_000_000))), 0),
    ("redirect-loop", "Every request is redirected to itself.",
     redirect(b"307 Temporary Redirect", b"/v1/benchmarks/start_run"), 0),
    ("redirect-away", "Every request is redirected to a host that does not exist.",
     redirect(b"308 Permanent Redirect", b"http://host.invalid/"), 0),
    ("stops-in-the-middle", "The body stops in the middle.", once(WHOLE[:-40]), 0),
    ("stops-in-the-head", "The response stops in the middle of a header.", once(WHOLE[:30]), 0),
    ("stalls-in-the-middle", "The body stops in the middle, and the connection stays.", endless(WHOLE[:-40], b""), 0.5),
    ("not-http", "The response is not HTTP.", once(b"SSH-2.0-OpenSSH_9.6\r\n"), 0),
    ("http-09", "The response is a body without a head.", once(RUN), 0),
    ("tls", "The response is a TLS alert.", once(b"\x15\x03\x01\x00\x02\x02\x46"), 0),
    ("status-099", "The status is 099.", once(WHOLE.replace(b"200", b"099", 1)), 0),
    ("status-999", "The status is 999.", once(WHOLE.replace(b"200", b"999", 1)), 0),
    ("nul-in-the-head", "A header contains a NUL.", once(framed(RUN, b"X-Nul: \0")), 0),
    ("two-lengths", "There are two lengths that differ.", once(framed(RUN, b"Content-Length: 3")), 0),
)  # fmt: skip

DEGENERATES: tuple[Degenerate, ...] = (
    *(Degenerate(*row) for row in FIXED),
    *(Degenerate(*row) for row in RAW),
    *(Degenerate(name, summary, Scripted(pieces, pause_s)) for name, summary, pieces, pause_s in SCRIPTED),
)
