"""An application in this process is seen as it would be behind a server: the same requests, over both, compared."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable
from typing import Any
from wsgiref.validate import validator

import pytest
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.in_process import AsgiTransport, WsgiTransport
from runloop_conformance.sending.socket_transport import LARGEST_BODY, address
from runloop_conformance.servers.hosting import running

START, BODY = "http.response.start", "http.response.body"


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": START, "status": status, "headers": headers}


def body(piece: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": BODY, "body": piece, "more_body": more}


def scripted(*messages: dict[str, Any] | Exception) -> Callable[..., Any]:
    """An application that reads its request and sends these messages; an exception is raised."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        for message in messages:
            if isinstance(message, Exception):
                raise message
            await send(message)

    return app


def length(count: int) -> tuple[bytes, bytes]:
    return (b"content-length", b"%d" % count)


SCRIPTS = {
    "in one piece": scripted(start(200, length(3)), body(b"abc")),
    "in pieces": scripted(start(), body(b"ab", more=True), body(b"", more=True), body(b"c")),
    "without a body": scripted(start(204), body()),
    "a body where none may be": scripted(start(204), body(b"abc")),
    "not modified": scripted(start(304, length(3)), body()),
    "headers twice, and their case": scripted(
        start(200, (b"X-One", b"1"), (b"x-ONE", b"2"), (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2")), body(b"abc")
    ),
    "bytes beyond ASCII in a header": scripted(start(200, (b"x-latin", b"\xfc")), body()),
    "gzip": scripted(start(200, (b"content-encoding", b"gzip")), body(gzip.compress(b"abc"))),
    "gzip that is none": scripted(start(200, (b"content-encoding", b"gzip")), body(b"abc")),
    "a coding that nobody asked for": scripted(start(200, (b"content-encoding", b"br")), body(b"abc")),
    "shorter than announced": scripted(start(200, length(5)), body(b"abc")),
    "longer than announced": scripted(start(200, length(2)), body(b"abc")),
    "longer than announced, in a further piece": scripted(start(200, length(3)), body(b"abc", more=True), body(b"d")),
    "two lengths that differ": scripted(start(200, length(3), length(4)), body(b"abc")),
    "a status that is none": scripted(start(99), body()),
    "a header that cannot be written": scripted(start(200, (b"x-odd", b"a\r\nb: c")), body()),
    "a header without a name": scripted(start(200, (b"", b"a")), body()),
    "raises before it responds": scripted(ValueError("no")),
    "raises between head and body": scripted(start(), ValueError("no")),
    "raises between head and announced body": scripted(start(200, length(3)), ValueError("no")),
    "raises in the body": scripted(start(), body(b"ab", more=True), ValueError("no")),
    "raises when all is said": scripted(start(200, length(3)), body(b"abc", more=True), ValueError("no")),
    "raises after the end": scripted(start(), body(b"abc"), ValueError("no")),
    "says nothing": scripted(),
    "stops after the head": scripted(start()),
    "stops in the body": scripted(start(), body(b"ab", more=True)),
    "begins with the body": scripted(body(b"abc")),
    "begins twice": scripted(start(), start(), body(b"abc")),
    "too much": scripted(start(), *[body(b"x" * 2**20, more=True)] * (LARGEST_BODY // 2**20), body(b"x")),
}
HOP = {"date", "server", "transfer-encoding", "connection"}  # a server's own


def outcome_of(response: Response | Failure) -> Any:
    """The parts of a response that come from the application."""
    if isinstance(response, Failure):
        return response.kind
    return response.status, [pair for pair in response.headers if pair[0].lower() not in HOP], response.body


def ignored(_error: BaseException) -> None:
    """Some of these applications raise on purpose."""


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_response_is_the_same_as_over_a_socket(name: str, method: str) -> None:
    app = SCRIPTS[name]
    with running(app) as url:
        behind = outcome_of(address(url).send(method, "/", [], b"{}", 10.0))
    with AsgiTransport(app, on_error=ignored) as here:
        assert outcome_of(here.send(method, "/", [], b"{}", 10.0)) == behind


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Responds with everything that it received of a request."""
    if scope["type"] != "http":
        return
    received, ended = b"", "whole"
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            ended = "cut"
            break
        received += message["body"]
        if not message["more_body"]:
            break
    request_line = {
        name: scope[name] for name in ("method", "path", "raw_path", "query_string", "http_version", "scheme")
    }
    headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
    await send(start())
    await send(body(repr((request_line, headers, received, ended)).encode()))


REQUESTS: dict[str, tuple[str, str, list[tuple[str, str]], bytes, str]] = {
    "plain": ("POST", "/a/b", [("Content-Type", "application/json")], b"{}", "length"),
    "no body": ("GET", "/", [], b"", "length"),
    "an empty body": ("POST", "/", [], b"", "length"),
    "a query": ("POST", "/a?b=c%20d&e=%C3%A9", [], b"{}", "length"),
    "an encoded path": ("POST", "/a%20b/%C3%A9%2Fc", [], b"{}", "length"),
    "one header twice": ("POST", "/", [("Authorization", "Bearer a"), ("authorization", "Bearer b")], b"", "length"),
    "odd values of headers": (
        "POST",
        "/",
        [("Content-Type", ""), ("X-Latin", "ü"), ("X-Blank", "a  b")],
        b"",
        "length",
    ),
    "a header that cannot be": ("POST", "/", [("X-Odd", "a\0b")], b"{}", "length"),
    "chunked": ("POST", "/", [], b"abcdef", "chunked"),
    "chunked, and empty": ("POST", "/", [], b"", "chunked"),
    "short": ("POST", "/", [], b"abcdef", "short"),
    "an unknown method": ("FROB", "/", [], b"", "length"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_the_same_as_from_a_server(name: str) -> None:
    method, target, headers, sent, framing = REQUESTS[name]
    with running(echo) as url:
        behind = outcome_of(address(f"{url}/prefix").send(method, target, headers, sent, 10.0, framing))
    with AsgiTransport(echo, "http://localhost/prefix") as here:
        assert outcome_of(here.send(method, target, headers, sent, 10.0, framing)) == behind


def wsgi(*pieces: bytes, status: str = "200 OK", headers: tuple[tuple[str, str], ...] = ()) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(status, [("Content-Type", "text/plain"), *headers])
        yield from pieces

    return app


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")  # of the validator, which knows the old ones
@pytest.mark.parametrize("name", REQUESTS)
def test_a_wsgi_application_is_called_as_the_standard_says(name: str) -> None:
    method, target, headers, sent, framing = REQUESTS[name]
    received: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        received.update(environ, body=environ["wsgi.input"].read(1000))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0" if method == "HEAD" else "3")])
        return [b"abc"]

    raised: list[BaseException] = []
    with WsgiTransport(validator(app), "http://localhost:81/prefix", on_error=raised.append) as here:
        response = here.send(method, target, headers, sent, 10.0, framing)
    assert raised == []
    if name == "a header that cannot be":
        assert outcome_of(response)[0] == 400
        return
    assert outcome_of(response) == (200, [("Content-Type", "text/plain"), ("Content-Length", "3")], b"abc")
    assert (received["REQUEST_METHOD"], received["QUERY_STRING"]) == (method, target.partition("?")[2])
    assert received["PATH_INFO"].startswith("/prefix/")
    assert received["body"] == sent
    if name == "an encoded path":
        assert received["PATH_INFO"].encode("latin-1").decode() == "/prefix/a b/é/c"
    if name == "one header twice":
        assert received["HTTP_AUTHORIZATION"] == "Bearer a,Bearer b"
    if framing == "short":
        assert received["CONTENT_LENGTH"] == "7"
    assert received["HTTP_HOST"] == "localhost:81"


def raises_late(_environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield b"ab"
    raise ValueError("no")


def raises_early(_environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    yield b""
    raise ValueError("no")


def handles_its_error(_environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    try:
        int("no")
    except ValueError as error:
        start_response("503 Later", [("Content-Length", "2")], (type(error), error, error.__traceback__))
    return [b"no"]


def writes(_environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [("Content-Length", "4")])
    write(b"ab")
    return [b"cd"]


def forgets_to_start(_environ: Any, _start_response: Any) -> Any:
    return [b"ab"]


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        (wsgi(b"ab", b"", b"c"), (200, b"abc")),
        (wsgi(), (200, b"")),
        (wsgi(b"abc", headers=(("Content-Length", "5"),)), "dropped"),
        (wsgi(b"abc", headers=(("Content-Length", "2"),)), "dropped"),
        (wsgi(b"abc", status="204 No Content"), (204, b"")),
        (wsgi(gzip.compress(b"abc"), headers=(("Content-Encoding", "gzip"),)), (200, b"abc")),
        (wsgi(*[b"x" * 2**20] * 20), "too_large"),
        (raises_early, (500, b"Internal Server Error")),
        (raises_late, "dropped"),
        (handles_its_error, (503, b"no")),
        (writes, (200, b"abcd")),
        (forgets_to_start, (500, b"Internal Server Error")),
    ],
)
def test_what_wsgi_applications_do(app: Any, expected: Any) -> None:
    with WsgiTransport(app, on_error=ignored) as here:
        response = here.send("POST", "/", [], b"{}", 10.0)
        head = here.send("HEAD", "/", [], b"", 10.0)
    assert (response.kind if isinstance(response, Failure) else (response.status, response.body)) == expected
    assert isinstance(head, Failure) or head.body in (b"", b"Internal Server Error")


def test_wsgi_responses_are_closed() -> None:
    closed = threading.Event()

    class Pieces(list[bytes]):
        def close(self) -> None:
            closed.set()

    def app(_environ: Any, start_response: Any) -> Pieces:
        start_response("200 OK", [])
        return Pieces([b"a"])

    with WsgiTransport(app) as here:
        assert outcome_of(here.send("POST", "/", [], b"", 10.0)) == (200, [], b"a")
        assert closed.wait(5)
