"""An application in this process is seen as it would be behind a server: the same requests, over both, compared."""

from __future__ import annotations

import asyncio
import functools
import gzip
import threading
import time
from collections.abc import Callable
from typing import Any
from wsgiref.validate import validator

import pytest
from runloop_conformance.clock import VirtualClock, now_ms
from runloop_conformance.contract import load_contract
from runloop_conformance.exchange import Failure, Response
from runloop_conformance.in_process import AppCannotStartError, AsgiTransport, NotAnAppError, WsgiTransport, in_process
from runloop_conformance.plan import Plan
from runloop_conformance.prove import TOKEN
from runloop_conformance.send import Limits
from runloop_conformance.servers.degenerate import DEGENERATES
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.mutants import MUTANTS
from runloop_conformance.servers.reference import Reference
from runloop_conformance.servers.variants import VARIANTS
from runloop_conformance.suite import Options, Result, Suite, plan_for
from runloop_conformance.transport import Transport
from runloop_conformance.wire import LARGEST_BODY, address

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
    "raises before it answers": scripted(ValueError("no")),
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


def told(got: Response | Failure) -> Any:
    """What of an answer is the application's."""
    if isinstance(got, Failure):
        return got.kind
    return got.status, [pair for pair in got.headers if pair[0].lower() not in HOP], got.body


def ignored(_error: BaseException) -> None:
    """Some of these applications raise on purpose."""


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_an_answer_is_what_a_client_would_have_seen(name: str, method: str) -> None:
    app = SCRIPTS[name]
    with running(app) as url:
        behind = told(address(url).send(method, "/", [], b"{}", 10.0))
    with AsgiTransport(app, on_error=ignored) as here:
        assert told(here.send(method, "/", [], b"{}", 10.0)) == behind


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with all that there is to know about a request."""
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
    seen = {name: scope[name] for name in ("method", "path", "raw_path", "query_string", "http_version", "scheme")}
    headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
    await send(start())
    await send(body(repr((seen, headers, received, ended)).encode()))


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
def test_a_request_is_what_a_server_would_hand_on(name: str) -> None:
    method, target, headers, sent, framing = REQUESTS[name]
    with running(echo) as url:
        behind = told(address(f"{url}/prefix").send(method, target, headers, sent, 10.0, framing))
    with AsgiTransport(echo, "http://localhost/prefix") as here:
        assert told(here.send(method, target, headers, sent, 10.0, framing)) == behind


def wsgi(*pieces: bytes, status: str = "200 OK", headers: tuple[tuple[str, str], ...] = ()) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(status, [("Content-Type", "text/plain"), *headers])
        yield from pieces

    return app


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")  # of the validator, which knows the old ones
@pytest.mark.parametrize("name", REQUESTS)
def test_a_wsgi_application_is_asked_by_the_book(name: str) -> None:
    method, target, headers, sent, framing = REQUESTS[name]
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read(1000))
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0" if method == "HEAD" else "3")])
        return [b"abc"]

    raised: list[BaseException] = []
    with WsgiTransport(validator(app), "http://localhost:81/prefix", on_error=raised.append) as here:
        got = here.send(method, target, headers, sent, 10.0, framing)
    assert raised == []
    if name == "a header that cannot be":
        assert told(got)[0] == 400
        return
    assert told(got) == (200, [("Content-Type", "text/plain"), ("Content-Length", "3")], b"abc")
    assert (seen["REQUEST_METHOD"], seen["QUERY_STRING"]) == (method, target.partition("?")[2])
    assert seen["PATH_INFO"].startswith("/prefix/")
    assert seen["body"] == sent
    if name == "an encoded path":
        assert seen["PATH_INFO"].encode("latin-1").decode() == "/prefix/a b/é/c"
    if name == "one header twice":
        assert seen["HTTP_AUTHORIZATION"] == "Bearer a,Bearer b"
    if framing == "short":
        assert seen["CONTENT_LENGTH"] == "7"
    assert seen["HTTP_HOST"] == "localhost:81"


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
        got = here.send("POST", "/", [], b"{}", 10.0)
        head = here.send("HEAD", "/", [], b"", 10.0)
    assert (got.kind if isinstance(got, Failure) else (got.status, got.body)) == expected
    assert isinstance(head, Failure) or head.body in (b"", b"Internal Server Error")


def test_wsgi_answers_are_closed() -> None:
    closed = threading.Event()

    class Pieces(list[bytes]):
        def close(self) -> None:
            closed.set()

    def app(_environ: Any, start_response: Any) -> Pieces:
        start_response("200 OK", [])
        return Pieces([b"a"])

    with WsgiTransport(app) as here:
        assert told(here.send("POST", "/", [], b"", 10.0)) == (200, [], b"a")
        assert closed.wait(5)


async def sleeper(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await asyncio.sleep(0.4)
        await send(start())
        await send(body(b"late"))


def blocker(_environ: Any, start_response: Any) -> list[bytes]:
    time.sleep(0.4)
    start_response("200 OK", [])
    return [b"late"]


async def blocking_sleeper(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        time.sleep(0.4)  # noqa: ASYNC251 - a fault that applications have
        await send(start())
        await send(body(b"late"))


@pytest.mark.parametrize("app", [sleeper, blocker, blocking_sleeper])
def test_a_late_answer_is_not_waited_for(app: Any) -> None:
    with in_process(app) as here:
        began = time.monotonic()
        assert here.send("POST", "/", [], b"", 0.1) == Failure("timeout", "no whole answer within 0.1 s")
        assert time.monotonic() - began < 0.35
        assert told(here.send("POST", "/", [], b"", 10.0)) == (200, [], b"late")


@pytest.mark.parametrize("app", [sleeper, blocker])
def test_simultaneous_requests_are_simultaneous(app: Any) -> None:
    answers: list[Any] = []
    with in_process(app) as here:
        asking = [
            threading.Thread(target=lambda: answers.append(told(here.send("POST", "/", [], b"", 10.0)))) for _ in "1234"
        ]
        began = time.monotonic()
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert answers == [(200, [], b"late")] * 4
    assert time.monotonic() - began < 1.2


def test_virtual_time_costs_nothing_and_is_the_same_for_both_ends() -> None:
    seen: list[int] = []

    async def slow(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            seen.append(now_ms())
            await asyncio.sleep(3600 if scope["path"] == "/hang" else 5)
            seen.append(now_ms())
            await send(start())
            await send(body())

    clock, began = VirtualClock(), time.monotonic()
    with AsgiTransport(slow, clock=clock) as here:
        before = clock.now_ms()
        assert told(here.send("POST", "/", [], b"", 10.0)) == (200, [], b"")
        assert seen == [before, before + 5000]
        assert here.send("POST", "/hang", [], b"", 10.0) == Failure("timeout", "no whole answer within 10 s")
        time.sleep(0.05)  # nobody asks any more, so the hour of the one that hangs must not pass
        assert clock.now_ms() == before + 15_000
    assert time.monotonic() - began < 5


def test_requests_that_are_announced_are_together_in_virtual_time() -> None:
    at_once: list[int] = []
    inside = 0

    async def counting(scope: Any, _receive: Any, send: Any) -> None:
        nonlocal inside
        if scope["type"] == "http":
            inside += 1
            await asyncio.sleep(0.02)
            at_once.append(inside)
            inside -= 1
            await send(start())
            await send(body())

    with AsgiTransport(counting, clock=VirtualClock()) as here:
        here.expect(3)
        asking = [threading.Thread(target=here.send, args=("POST", "/", [], b"", 10.0)) for _ in "123"]
        for thread in asking:
            thread.start()
            time.sleep(0.01)
        for thread in asking:
            thread.join()
    assert at_once == [3, 2, 1]


class Living:
    """An application with a lifespan, and what happened in it."""

    def __init__(self, at_start: str) -> None:
        self.at_start = at_start
        self.happened: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            if self.at_start == "raises":
                raise OSError("no database")
            if self.at_start == "fails":
                await send({"type": "lifespan.startup.failed", "message": "no database"})
                return
            scope["state"]["pool"] = "open"
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            self.happened.append("stopped")
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.happened.append(scope["state"]["pool"])
        await send(start())
        await send(body())


@pytest.mark.parametrize("clock", [None, VirtualClock()])
def test_an_application_lives_for_as_long_as_the_block(clock: VirtualClock | None) -> None:
    app = Living("works")
    with in_process(app, **({"clock": clock} if clock else {})) as here:
        assert told(here.send("POST", "/", [], b"", 10.0)) == (200, [], b"")
        assert app.happened == ["open"]
    assert app.happened == ["open", "stopped"]
    assert "ASGI application" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("how", ["raises", "fails"])
def test_an_application_that_cannot_start_says_why(how: str) -> None:
    with pytest.raises(AppCannotStartError, match=r"cannot start: .*no database"), in_process(Living(how)):
        pass


@pytest.mark.parametrize("app", [None, 3, lambda: None, lambda _one: None, dict])
def test_what_is_no_application_is_told_so(app: Any) -> None:
    with pytest.raises(NotAnAppError, match=r"serve it and pass its URL|ASGI or a WSGI"), in_process(app):
        pass


def verdicts(to: Transport) -> dict[str, Any]:
    """What the suite found and saw. Of requests that are sent at once, any may be the first."""
    options = Options(to, TOKEN, (), Limits(100, timeout=4.0))
    result: Result = Suite(load_contract(), options, planned()).run()
    seen = [(e.probe.name, e.status, e.failure and e.failure.kind, e.tries) for e in result.exchanges]
    return {
        "verdict": result.verdict,
        "clauses": {finding.clause.id: finding.status for finding in result.findings},
        "one by one": [one for one in seen if "at once" not in one[0]],
        "at once": sorted(str(one[1:]) for one in seen if "at once" in one[0]),
    }


@functools.cache
def planned() -> Plan:
    return plan_for(load_contract(), Options(address("http://localhost"), TOKEN, (), Limits(100)))


def built(name: str) -> Any:
    if name == "reference":
        return Reference(load_contract().document, TOKEN)
    server = next(one for one in (*MUTANTS, *VARIANTS, *DEGENERATES) if one.name == name)
    assert not server.needs_socket
    return server.build(load_contract().document, TOKEN, ())


@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "global-request",
        "id-array-of-one-accepted",
        "start-time-zero-from-the-fifth",
        "refuses-secrets",
        "always-200-and-empty",
    ],
)
def test_the_suite_says_the_same_of_a_server_in_process_and_behind_a_socket(name: str) -> None:
    with running(built(name)) as url:
        behind = verdicts(address(url))
    with AsgiTransport(built(name), clock=VirtualClock()) as here:
        began = time.process_time()
        assert verdicts(here) == behind
        assert time.process_time() - began < 10  # and not the seconds that are waited for
