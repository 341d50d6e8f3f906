"""`timeout=` limits the call. The bounds are generous: the tests distinguish seconds from no end at all."""

from __future__ import annotations

import time

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import OWN_WAYS, Caller
from fault_server import NEVER_RESPONDS, FaultServer, fine, stall, stall_before_reading, status, trickle_body

# httpx's own streams, left before their end: trio minds, and nothing stays open.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Exception ignored in.*async_generator:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning"),
]

ALLOWED, AT_MOST = 0.4, 2.5
"""Seconds. A trickle goes on for 3 s, a stall for 20."""


def timed_failure(call, **arguments):
    start = time.monotonic()
    error = call.failure(**arguments)
    return error, time.monotonic() - start


@pytest.mark.parametrize("how", [*OWN_WAYS, "aiohttp", "async http_client"])
@pytest.mark.parametrize("fault", NEVER_RESPONDS)
def test_nothing_outlasts_the_deadline(fault, how):
    with FaultServer([NEVER_RESPONDS[fault]]) as server:
        error, took = timed_failure(Caller(how, server.url), timeout=ALLOWED)
    assert isinstance(error, rb.APITimeoutError)
    assert isinstance(error, rb.RunMayHaveStartedError)
    assert ALLOWED * 0.9 <= took < AT_MOST


@pytest.mark.parametrize("how", [*OWN_WAYS, "aiohttp"])
def test_retries_and_waits_are_in_it(how):
    """A hundred retries would take 30 s. Whether the last of them gets a response depends on the machine."""
    with FaultServer([status(429, "retry-after-ms: 300", acts=False)]) as server:
        error, took = timed_failure(Caller(how, server.url, max_retries=100), timeout=1.5)
        assert 1 <= len(server.requests) <= 6
    assert isinstance(error, rb.RateLimitError | rb.APITimeoutError)
    assert took < 1.5 + AT_MOST


@pytest.mark.parametrize("how", OWN_WAYS)
def test_connecting_is_in_it(how, monkeypatch):
    """An address that does not respond, because its backlog is full."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)  # noqa: FBT003 - its only form
            filler.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        error, took = timed_failure(Caller(how, f"http://127.0.0.1:{port}"), timeout=ALLOWED)
        for filler in fillers:
            filler.close()
    assert type(error) is rb.APITimeoutError, "nothing was sent, so nothing is ambiguous"
    assert took < AT_MOST


def test_several_addresses_share_the_time(monkeypatch):
    """socket.create_connection would give each of them all of it."""
    import socket

    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 1)) for n in range(2, 8)]
    monkeypatch.setattr("runloop_benchmarks._network.socket.getaddrinfo", lambda *_, **__: addresses)

    def slow(self, host, port, timeout, *_):
        time.sleep(min(timeout, 0.3))
        import httpcore

        raise httpcore.ConnectTimeout("timed out")

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", slow)
    client = rb.Runloop(bearer_token="token", base_url="http://localhost:1", max_retries=0, timeout=ALLOWED)
    start = time.monotonic()
    with client, pytest.raises(rb.APITimeoutError):
        client.benchmarks.start_run(benchmark_id="b")
    assert time.monotonic() - start < 1.2


def test_a_rejection_whose_body_trickles_is_still_a_rejection(call, server):
    def trickling_401(exchange):
        exchange.send(b"HTTP/1.1 401 No\r\ncontent-length: 1000\r\n\r\n")
        exchange.trickle(b"x" for _ in range(1000))

    server.faults = [trickling_401]
    error, took = timed_failure(call, timeout=ALLOWED)
    assert type(error) is rb.AuthenticationError
    assert took < AT_MOST


def test_httpx_timeout_keeps_its_meaning(call, server):
    """It is for single reads: a trickle passes it, a stall does not."""
    body_takes = 0.6

    def slowly(exchange):
        body = exchange.view()
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
        step = len(body) // 6 + 1
        exchange.trickle(body[i : i + step] for i in range(0, len(body), step))

    server.faults = [slowly, stall]
    start = time.monotonic()
    assert call.start_run(timeout=httpx.Timeout(5.0, read=0.45)).id
    assert time.monotonic() - start >= body_takes * 0.8
    error, took = timed_failure(call, timeout=httpx.Timeout(5.0, read=0.3))
    assert isinstance(error, rb.APITimeoutError)
    assert isinstance(error, rb.RunMayHaveStartedError)
    assert took < AT_MOST


@pytest.mark.parametrize("level", ["client", "with_options", "call"])
def test_timeout_at_every_level(call, server, level):
    server.faults = [stall]
    if level == "client":
        _, took = timed_failure(Caller(call.how, server.url, timeout=ALLOWED))
    elif level == "call":
        _, took = timed_failure(call, timeout=ALLOWED)
    else:
        start = time.monotonic()
        with pytest.raises(rb.APITimeoutError):
            call.do(lambda client, _: client.with_options(timeout=ALLOWED).benchmarks.start_run(benchmark_id="b"))
        took = time.monotonic() - start
    assert took < AT_MOST


def test_no_limit_is_no_limit(call, server):
    assert call.start_run(timeout=None).id


def test_the_default_is_a_minute():
    assert rb.DEFAULT_TIMEOUT == rb.Runloop(bearer_token="t0").timeout == 60.0


def test_the_callers_http_client_keeps_its_time_out(server):
    with rb.Runloop(bearer_token="t0", base_url=server.url, http_client=httpx.Client(timeout=7)) as client:
        assert client.timeout == httpx.Timeout(7)
    with rb.Runloop(bearer_token="t0", base_url=server.url, http_client=httpx.Client()) as client:
        assert client.timeout == rb.DEFAULT_TIMEOUT
    with rb.Runloop(bearer_token="t0", base_url=server.url, http_client=httpx.Client(timeout=7), timeout=3) as client:
        assert client.timeout == 3


def test_a_callers_http_client_is_ended_between_pieces(server):
    server.faults = [trickle_body]
    error, took = timed_failure(Caller("sync http_client", server.url), timeout=ALLOWED)
    assert isinstance(error, rb.APITimeoutError)
    assert took < AT_MOST


@pytest.mark.parametrize("how", OWN_WAYS)
def test_a_large_request_to_a_server_that_does_not_read(how):
    with FaultServer([stall_before_reading]) as server:
        error, took = timed_failure(Caller(how, server.url), timeout=ALLOWED, extra_body={"filling": "x" * 30_000_000})
    assert isinstance(error, rb.APITimeoutError)
    assert took < AT_MOST + 2  # making the body takes its time too


def test_the_next_call_is_not_hurt(call, server):
    server.faults = [stall, fine]

    if call.is_async:

        async def work(client, _):
            with pytest.raises(rb.APITimeoutError):
                await client.benchmarks.start_run(benchmark_id="b", timeout=ALLOWED)
            return await client.benchmarks.start_run(benchmark_id="b")
    else:

        def work(client, _):
            with pytest.raises(rb.APITimeoutError):
                client.benchmarks.start_run(benchmark_id="b", timeout=ALLOWED)
            return client.benchmarks.start_run(benchmark_id="b")

    assert call.do(work).id
