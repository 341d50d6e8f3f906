"""A response is not trusted: with any content, the call ends in time, in the documented errors, with the run's id
where it can be found."""

from __future__ import annotations

import json
import pickle
import threading
import time
import tracemalloc
import zlib

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import TOKEN, Caller
from fault_server import FaultServer, body, view
from hypothesis import HealthCheck, example, given, settings, strategies as st
from runloop_benchmarks._outcome import MAX_RESPONSE_BYTES, Received, run_id_in

BOTH = pytest.mark.parametrize("how", ["sync", "async"])
VIEW = {"id": "bmr_1", "benchmark_id": "b", "start_time_ms": 1, "state": "running", "metadata": {}}


def raw(status, headers, content):
    """A fault that sends these bytes, after acting."""

    def fault(exchange):
        exchange.act()
        lines = [b"HTTP/1.1 %d X" % status, b"content-length: %d" % len(content), *headers]
        exchange.send(b"\r\n".join([*lines, b"", b""]) + content)

    return fault


@BOTH
@pytest.mark.parametrize("header", [b"x-reason: d\xe9j\xe0 pris", b"x-reason: \xff\xfe", "x-reason: déjà".encode()])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_headers_that_are_not_ascii(how, header, status):
    with FaultServer([raw(status, [header, b"x-echo: Bearer " + TOKEN.encode()], b'{"id": "bmr_1"}')]) as server:
        error = Caller(how, server.url).failure()
    assert error.status_code == status
    assert error.run_id == ("bmr_1" if status == 200 else None)
    assert error.headers["x-reason"]
    assert TOKEN not in str(error.headers.raw)


CHARSETS = ["idna", "undefined", "punycode", "zlib_codec", "bz2", "rot13", "utf-7", "unicode_escape", "no-such", "\x80"]


@BOTH
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("status", [200, 400])
def test_charsets_that_are_codecs_of_python(how, charset, status):
    header = f"content-type: text/html; charset={charset}".encode("latin-1")
    with FaultServer([raw(status, [header], b"\xff <p>xn--0-0.." + b"a." * 50_000)]) as server:
        error, took = timed(lambda: Caller(how, server.url).failure())
    assert error.status_code == status
    assert "<p>" in error.response.text
    assert took < 10


def timed(call):
    start = time.monotonic()
    result = call()
    return result, time.monotonic() - start


@BOTH
@pytest.mark.parametrize("depth", [250, 600, 900, 100_000])
def test_nesting(how, depth):
    """What is nested too deeply for Python's reader is an unreadable response, which still names the run."""
    nested = "[" * depth + "]" * depth
    content = json.dumps(VIEW)[:-1] + f', "later": {nested}}}'
    with FaultServer([body(content.encode())]) as server:
        try:
            run = Caller(how, server.url).start_run()
        except rb.APIResponseValidationError as error:
            assert error.run_id == "bmr_1"  # noqa: PT017 - it may also be read
            assert depth > 250
        else:
            assert run.id == "bmr_1"


@BOTH
@pytest.mark.parametrize("error", [RecursionError, MemoryError, RuntimeError, OSError])
def test_every_error_while_reading_names_the_run(how, error, server, monkeypatch):
    def view_from(_):
        raise error("no")

    monkeypatch.setattr("runloop_benchmarks._outcome.view_from", view_from)
    caught = Caller(how, server.url).failure()
    assert type(caught) is rb.APIResponseValidationError
    assert caught.run_id in next(iter(server.runs.values()))


@BOTH
def test_bytes_after_the_end_of_a_gzip_stream(how):
    def endless(exchange):
        packer = zlib.compressobj(wbits=31)
        content = packer.compress(exchange.view()) + packer.flush()
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n")
        exchange.send(b"%x\r\n%b\r\n" % (len(content), content))
        while not exchange.server.stopped.is_set():
            exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    with FaultServer([endless]) as server:
        error = Caller(how, server.url).failure()
    assert type(error) is rb.APIResponseValidationError
    assert error.run_id
    assert len(error.response.content) < 1000


def test_a_few_bytes_after_the_end_of_a_gzip_stream_do_not_lose_the_run(call, server):
    def padded(exchange):
        packer = zlib.compressobj(wbits=31)
        content = packer.compress(exchange.view()) + packer.flush() + b"\0" * 100
        exchange.respond(200, content, "content-encoding: gzip")

    server.faults = [padded]
    assert call.start_run().id


UNFINISHED = {
    "a string without end": '{"a": "' + '\\"' * 1_000_000,
    "many strings without end": '{"a": "' + '\\" "' * 1_000_000,
    "backslashes": '{"a": "' + "\\" * 1_000_000,
    "spaces after the id": '{"id"' + " " * 1_000_000,
    "an id without end": '{"id": "' + "\\\\" * 1_000_000,
    "brackets": '{"a": ' + "[" * 1_000_000,
    "many ids": '{"id": 1, ' * 100_000,
}


@pytest.mark.parametrize("text", UNFINISHED.values(), ids=UNFINISHED)
def test_looking_for_the_id_takes_linear_time(text):
    """Four times the text takes about four times as long, and not sixteen."""

    def seconds(content):
        received = Received(200, httpx.Headers(), content.encode())
        return min(timed(lambda: run_id_in(received))[1] for _ in range(3))

    assert seconds(text) < 12 * seconds(text[: len(text) // 4]) + 0.2


def test_a_redirect_error_names_the_location(call, server):
    for status in (301, 308):
        server.faults = [raw(status, [b"location: https://new.example/v1?key=" + TOKEN.encode()], b"")]
        error = call.failure()
        assert "a redirect to https://new.example/v1?key=***, which is not followed: check base_url" in str(error)


def test_control_characters_do_not_reach_a_terminal(call, server):
    for fault in (
        raw(400, [], b'{"message": "\\u001b[2Jgone\\u202e\\n::error::x"}'),
        raw(400, [], b"\x1b[2J\r\n::error::x"),
        view(id="\x1b[2J", metadata=5),
    ):
        server.faults = [fault]
        error = call.failure()
        assert str(error).isprintable()
        assert "[2J" in str(error)
        pickle.loads(pickle.dumps(error))


def test_cookies_of_a_server_are_neither_sent_back_nor_stored(server):
    """A server could fill the memory with them."""

    def fine_with_cookie(exchange):
        exchange.respond(200, exchange.view(), f"set-cookie: c{len(server.requests)}=b; Path=/")

    server.faults = [fine_with_cookie]
    with rb.Runloop(bearer_token=TOKEN, base_url=server.url) as client:
        for _ in range(3):
            client.benchmarks.start_run(benchmark_id="b")
        assert len(client._connection._client.cookies.jar) == 0  # noqa: SLF001
    assert all("cookie" not in request.headers for request in server.requests)


# Anything that a server may send, mostly close to a correct response.
names = st.sampled_from([b"content-type", b"content-encoding", b"retry-after", b"retry-after-ms", b"date", b"location"])
values = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"gzip", b"deflate", b"br", b"1", b"99999999999999999999", b"\xff", b"Mon, 99 Nov 9999 99:99:99 GMT"]
    ),
).map(lambda value: value.translate(None, b"\r\n\0").strip())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
views = st.builds(
    lambda changes, junk: json.dumps(VIEW | changes).encode() + junk,
    st.dictionaries(st.sampled_from([*VIEW, "name", "score", "later"]), json_values, max_size=3),
    st.just(b"") | st.binary(max_size=8),
)
nested = st.builds(
    lambda depth, open_, close: open_ * depth + close * depth,
    st.integers(1, 3000),
    st.sampled_from([b"[", b'{"id":', b'{"later":[']),
    st.sampled_from([b"", b"]", b"}"]),
)
contents = st.one_of(views, views.map(lambda content: content[: len(content) // 2]), nested, st.binary(max_size=200))
encoders = st.sampled_from([lambda data: data, zlib.compress, lambda data: zlib.compress(data, wbits=31) + b"junk"])


@pytest.fixture(scope="module")
def hostile():
    """A server whose next response the test sets, and a client for it."""
    replies = []

    def reply(exchange):
        status, headers, content = replies.pop()
        lines = [b"HTTP/1.1 %d \xe9" % status, *(b"%b: %b" % header for header in headers)]
        exchange.send(b"\r\n".join([*lines, b"content-length: %d" % len(content), b"", b""]) + content)

    with (
        FaultServer([reply]) as server,
        rb.Runloop(bearer_token=TOKEN, base_url=server.url, timeout=20, max_retries=0) as client,
    ):
        yield client, replies, threading.Lock()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    status=st.integers(200, 599),
    headers=st.lists(st.tuples(names, values), max_size=4),
    content=contents,
    encode=encoders,
)
@example(status=200, headers=[], content=b'{"id": "bmr_1", "later": ' + b"[" * 600 + b"]" * 600, encode=lambda x: x)
@example(status=500, headers=[(b"content-type", b"text/html; charset=idna")], content=b"\xff..", encode=lambda x: x)
def test_any_response_at_all(hostile, status, headers, content, encode):
    client, replies, _ = hostile
    replies.append((status, headers, encode(content)))
    tracemalloc.start()
    try:
        outcome, took = timed(lambda: outcome_of(client))
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if isinstance(outcome, rb.APIError):
        assert str(outcome).isprintable()
        assert str(pickle.loads(pickle.dumps(outcome))) == str(outcome)
    else:
        assert outcome.to_dict()["benchmark_id"]
    if isinstance(outcome, rb.APIStatusError | rb.APIResponseValidationError):
        assert outcome.status_code == status
        assert isinstance(outcome.response.text, str)
        assert isinstance(outcome.response.headers.get("location", ""), str)
    assert took < 10
    assert peak < 20 * MAX_RESPONSE_BYTES


def outcome_of(client):
    try:
        return client.benchmarks.start_run(benchmark_id="b")
    except rb.APIError as error:
        return error


@pytest.mark.parametrize("piece", [b"[],", b'{"":[]},'])
def test_a_response_of_the_largest_size_takes_bounded_time_and_memory(piece, call, server):
    start = json.dumps(VIEW)[:-1].encode() + b', "later": ['
    content = start + piece * ((MAX_RESPONSE_BYTES - len(start) - 10) // len(piece)) + b"0]}"
    server.faults = [body(content)]
    tracemalloc.start()
    try:
        run, took = timed(call.start_run)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert run.id == "bmr_1"
    assert peak < 200 * MAX_RESPONSE_BYTES
    assert took < 20  # tracemalloc makes it some times slower
