"""Degenerate servers: none may be called conformant, and with each the suite must reach a verdict."""

import asyncio
import contextlib
import gzip
import itertools
import json
import re
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
Build = Callable[[Document, str, Sequence[str]], ASGIApp | RawServer]
JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@frozen
class Degenerate:
    """A server that ignores the request, or that sends no response."""

    name: str
    summary: str
    build: Build = field(repr=False)
    needs_socket: bool = False


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

    def __init__(self, pieces: Callable[[], Iterator[bytes]], pause_s: float = 0.0) -> None:
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


def written(*pieces: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter(pieces)


def endless(start: bytes, again: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: itertools.chain([start], itertools.repeat(again))


def letter_by_letter(text: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: (bytes([letter]) for letter in text)


def framed(body: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return JSON_HEAD + lines + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def redirect(status: bytes, location: bytes) -> Callable[[], Iterator[bytes]]:
    return written(b"HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, location))


def bomb() -> bytes:
    """Compress 2 GB of blanks twice, to a few KB."""
    member = gzip.compress(b" " * 2**22)
    return gzip.compress(member * 512)


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()


RUN = _dump(FIXED_RUN)
WHOLE = framed(RUN)
DEEP = b"[" * 200_000 + b"]" * 200_000
DEEP_MEMBER = RUN[:-1] + b', "more": ' + DEEP + b"}"


def _same(server: RawServer) -> Build:
    def build(_document: Document, _token: str, _benchmark_ids: Sequence[str]) -> RawServer:
        return server

    return build


def _fixed(status: int, body: bytes, content_type: bytes = b"application/json") -> Build:
    def build(_document: Document, _token: str, _benchmark_ids: Sequence[str]) -> ASGIApp:
        return Fixed(status, body, content_type)

    return build


def _scripted(pieces: Callable[[], Iterator[bytes]], pause_s: float = 0.0) -> Build:
    return _same(Scripted(pieces, pause_s))


DEGENERATES: tuple[Degenerate, ...] = (
    Degenerate("always-the-same-run", "Every request gets 200 and one fixed run.", _fixed(200, RUN)),
    Degenerate("always-an-empty-object", "Every request gets 200 and {}.", _fixed(200, b"{}")),
    Degenerate("always-200-and-empty", "Every request gets 200 and an empty body.", _fixed(200, b"")),
    Degenerate("always-html", "Every request gets 200 and HTML.", _fixed(200, b"<h1>It works!</h1>", b"text/html")),
    *(
        Degenerate(f"always-{status}", f"Every request gets {status}.", _fixed(status, _dump({"message": "No."})))
        for status in (400, 401, 403, 404, 405, 408, 418, 422, 429, 500, 501, 502, 503, 504)
    ),
    Degenerate("hangs-up", "Every connection is closed at once.", _same(HangsUp()), needs_socket=True),
    Degenerate(
        "hangs-up-after-reading",
        "Every connection is closed once the request was read.",
        _same(HangsUpAfterReading()),
        needs_socket=True,
    ),
    Degenerate("silent", "No request gets a response.", _same(Silent()), needs_socket=True),
    *(
        Degenerate(re.sub(" ", "-", name), summary, build, needs_socket=True)
        for name, summary, build in (
            (
                "endless body",
                "A body without an end, as fast as possible.",
                _scripted(endless(JSON_HEAD + b"\r\n", b" " * 65536)),
            ),
            (
                "endless chunks",
                "Chunks without an end, as fast as possible.",
                _scripted(
                    endless(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n")
                ),
            ),
            (
                "endless chunk extension",
                "A chunk whose extension has no end.",
                _scripted(endless(JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 65536)),
            ),
            (
                "endless headers",
                "Headers without an end.",
                _scripted(endless(JSON_HEAD, b"X-More: " + b"x" * 4096 + b"\r\n")),
            ),
            ("endless header", "One header without an end.", _scripted(endless(JSON_HEAD + b"X-More: ", b"x" * 65536))),
            ("endless status", "A status line without an end.", _scripted(endless(b"HTTP/1.1 200 ", b"O" * 65536))),
            (
                "endless interim",
                "Interim responses, and never a final one.",
                _scripted(endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), 0.01),
            ),
            ("trickled body", "A body that comes a letter a second.", _scripted(letter_by_letter(WHOLE), 1.0)),
            (
                "trickled body after the head",
                "A head at once, and then a letter every 200 ms.",
                _scripted(lambda: itertools.chain([WHOLE[: -len(RUN)]], letter_by_letter(RUN)()), 0.2),
            ),
            (
                "trickled headers",
                "A header every 100 ms, forever.",
                _scripted(endless(JSON_HEAD, b"X-More: 1\r\n"), 0.1),
            ),
            (
                "huge header",
                "A header of 10 MB.",
                _scripted(lambda: iter([framed(RUN, b"X-Huge: " + b"x" * 10_000_000)])),
            ),
            (
                "many headers",
                "A hundred thousand headers.",
                _scripted(lambda: iter([framed(RUN, *[b"X-Many: 1"] * 100_000)])),
            ),
            (
                "huge length",
                "A Content-Length of 10^18, and a short body.",
                _scripted(written(JSON_HEAD + b"Content-Length: %d\r\n\r\n{" % 10**18)),
            ),
            (
                "gzip bomb",
                "Two gigabytes of blanks in a few kilobytes.",
                _scripted(lambda: iter([framed(bomb(), b"Content-Encoding: gzip, gzip")])),
            ),
            (
                "gzip bomb once",
                "A quarter of a gigabyte of blanks, compressed once.",
                _scripted(lambda: iter([framed(gzip.compress(b" " * 2**22) * 64, b"Content-Encoding: gzip")])),
            ),
            ("deep array", "JSON that is 200,000 levels deep.", _scripted(written(framed(DEEP)))),
            (
                "deep member",
                "A run with a property that is 200,000 levels deep.",
                _scripted(written(framed(DEEP_MEMBER))),
            ),
            (
                "huge integer",
                "A run whose start is a number of a million digits.",
                _scripted(written(framed(RUN.replace(b"1795428600000", b"9" * 1_000_000)))),
            ),
            (
                "redirect loop",
                "Every request is redirected to itself.",
                _scripted(redirect(b"307 Temporary Redirect", b"/v1/benchmarks/start_run")),
            ),
            (
                "redirect away",
                "Every request is redirected to a host that does not exist.",
                _scripted(redirect(b"308 Permanent Redirect", b"http://host.invalid/")),
            ),
            ("stops in the middle", "The body stops in the middle.", _scripted(written(WHOLE[:-40]))),
            ("stops in the head", "The response stops in the middle of a header.", _scripted(written(WHOLE[:30]))),
            (
                "stalls in the middle",
                "The body stops in the middle, and the connection stays.",
                _scripted(lambda: itertools.chain([WHOLE[:-40]], itertools.repeat(b"")), 0.5),
            ),
            ("not http", "The response is not HTTP.", _scripted(written(b"SSH-2.0-OpenSSH_9.6\r\n"))),
            ("http 09", "The response is a body without a head.", _scripted(written(RUN))),
            ("tls", "The response is a TLS alert.", _scripted(written(b"\x15\x03\x01\x00\x02\x02\x46"))),
            ("status 099", "The status is 099.", _scripted(written(WHOLE.replace(b"200", b"099", 1)))),
            ("status 999", "The status is 999.", _scripted(written(WHOLE.replace(b"200", b"999", 1)))),
            ("nul in the head", "A header holds a NUL.", _scripted(written(framed(RUN, b"X-Nul: \0")))),
            (
                "two lengths",
                "There are two lengths that differ.",
                _scripted(written(framed(RUN, b"Content-Length: 3"))),
            ),
        )
    ),
)
