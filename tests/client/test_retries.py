"""When a call is tried again, after how long, and when not."""

from __future__ import annotations

import socket
import time

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import EVERY_WAY, Caller
from fault_server import FaultServer, drop_without_response, fine, status
from runloop_benchmarks._call import backoff
from runloop_benchmarks._outcome import retry_after_in

from tests.conftest import free_port, refusing_port


@pytest.mark.usefixtures("_no_backoff")
@pytest.mark.parametrize("how", EVERY_WAY)
def test_a_refused_connection_is_tried_again_and_is_not_ambiguous(how):
    with refusing_port() as port:
        error = Caller(how, f"http://127.0.0.1:{port}", max_retries=2).failure()
    assert type(error) is rb.APIConnectionError
    assert error.attempts == 3
    assert "before the request was sent" in str(error)


@pytest.mark.usefixtures("_no_backoff")
@pytest.mark.parametrize("how", EVERY_WAY)
def test_a_server_that_comes_up_meanwhile_is_reached(how, monkeypatch):
    port = free_port()
    servers = []

    def start_server(_):
        server = FaultServer([fine], port=port)
        servers.append(server)
        return 0.01

    monkeypatch.setattr("runloop_benchmarks._call.backoff", start_server)
    try:
        assert Caller(how, f"http://127.0.0.1:{port}", max_retries=1).start_run().id
        assert servers[0].started() == 1
    finally:
        servers[0].stop()


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize(
    ("header", "least"),
    [("retry-after-ms: 300", 0.3), ("retry-after: 1", 1.0), ("retry-after: Mon, 23 Nov 2026 10:00:01 GMT", 1.0)],
)
@pytest.mark.parametrize("code", [429, 503])
def test_the_server_says_how_long_to_wait(code, header, least, how):
    refusal = status(code, header, "date: Mon, 23 Nov 2026 10:00:00 GMT", acts=False)
    with FaultServer([refusal, fine]) as server:
        start = time.monotonic()
        Caller(how, server.url).start_run()
        assert time.monotonic() - start >= least
        assert [request.key for request in server.requests] == [server.requests[0].key] * 2
        assert server.started() == 1


def test_a_wait_that_outlasts_the_deadline_raises_at_once(call, server):
    server.faults = [status(429, "retry-after: 120", acts=False)]
    start = time.monotonic()
    error = call.failure(timeout=30)
    assert time.monotonic() - start < 10
    assert isinstance(error, rb.RateLimitError)
    assert not isinstance(error, rb.RunMayHaveStartedError)
    assert error.retry_after == 120
    assert "asks to wait 120 s" in str(error)


@pytest.mark.parametrize("timeout", [None, httpx.Timeout(5.0)])
def test_without_a_deadline_a_long_wait_raises_at_once(call, server, timeout):
    server.faults = [status(503, "retry-after: 3600", acts=False)]
    error = call.failure(timeout=timeout)
    assert error.retry_after == 3600
    assert error.attempts == 1


def test_503_without_retry_after_is_not_tried_again(call, server):
    server.faults = [status(503), fine]
    error = call.failure()
    assert isinstance(error, rb.InternalServerError)
    assert isinstance(error, rb.RunMayHaveStartedError)
    assert len(server.requests) == 1


def test_503_with_a_garbled_retry_after_is_not_tried_again(call, server):
    server.faults = [status(503, "retry-after: soon"), fine]
    assert isinstance(call.failure(), rb.RunMayHaveStartedError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_x_should_retry_false_is_honoured(call, server, code):
    server.faults = [status(code, "x-should-retry: false", "retry-after: 0", acts=False), fine]
    error = call.failure()
    assert error.attempts == 1
    assert not isinstance(error, rb.RunMayHaveStartedError)


def test_x_should_retry_true_does_not_make_it_safe(call, server):
    server.faults = [status(500, "x-should-retry: true"), fine]
    assert call.failure().attempts == 1


@pytest.mark.usefixtures("_no_backoff")
@pytest.mark.parametrize(("at", "tries"), [("client", 3), ("with_options", 2), ("call", 1)])
def test_max_retries_at_every_level(server, call, at, tries):
    server.faults = [status(429, acts=False)]
    if at == "client":
        call = Caller(call.how, server.url, max_retries=2)
        assert call.failure().attempts == tries
    elif at == "call":
        assert call.failure(max_retries=0).attempts == tries
    else:
        with pytest.raises(rb.RateLimitError) as caught:
            call.do(lambda client, _: client.with_options(max_retries=1).benchmarks.start_run(benchmark_id="b"))
        assert caught.value.attempts == tries


@pytest.mark.usefixtures("_no_backoff")
def test_five_retries_by_default(call, server):
    server.faults = [status(429, acts=False)]
    assert call.failure().attempts == 1 + rb.DEFAULT_MAX_RETRIES == 6


@pytest.mark.usefixtures("_no_backoff")
@pytest.mark.parametrize("fault", [drop_without_response, status(500), status(408), status(522)])
def test_retry_ambiguous_opts_in_with_one_key(call, server, fault):
    server.faults = [fault, fine]
    run = call.start_run(retry_ambiguous=True, idempotency_key="k-1")
    assert run.id == server.runs["k-1"][-1]
    assert {request.key for request in server.requests} == {"k-1"}
    assert len(server.requests) == 2


@pytest.mark.usefixtures("_no_backoff")
@pytest.mark.parametrize("last", [400, 401, 429])
def test_an_earlier_ambiguous_attempt_is_not_forgotten(call, server, last):
    server.faults = [status(500), status(last, acts=False)]
    error = call.failure(retry_ambiguous=True, max_retries=1)
    assert error.status_code == last
    assert isinstance(error, rb.RunMayHaveStartedError)
    assert error.idempotency_key == next(iter(server.runs))


@pytest.mark.usefixtures("_no_backoff")
def test_retry_ambiguous_of_the_client(call, server):
    server.faults = [status(502), fine]
    assert Caller(call.how, server.url, retry_ambiguous=True).start_run().id


def test_retry_ambiguous_stops_at_x_should_retry_false(call, server):
    server.faults = [status(500, "x-should-retry: false"), fine]
    assert call.failure(retry_ambiguous=True).attempts == 1


def test_an_unreadable_success_is_never_tried_again(call, server):
    server.faults = [lambda exchange: exchange.respond(200, exchange.view(id=...))]
    error = call.failure(retry_ambiguous=True)
    assert isinstance(error, rb.APIResponseValidationError)
    assert server.started() == 1


def test_the_key_is_random_and_on_every_call(call, server):
    def twice(client, _):
        return [client.benchmarks.start_run(benchmark_id="b") for _ in range(2)]

    if call.is_async:
        call.start_run()
        call.start_run()
    else:
        call.do(twice)
    keys = [request.key for request in server.requests]
    assert len(set(keys)) == 2
    assert all(len(key) >= 32 for key in keys)


def test_the_key_may_come_as_a_header(call, server):
    call.start_run(extra_headers={"X-Request-ID": "mine"})
    assert server.requests[0].key == "mine"
    with pytest.raises(ValueError, match="not the same"):
        call.start_run(extra_headers={"X-Request-ID": "mine"}, idempotency_key="other")
    assert len(server.requests) == 1


def test_backoff_grows_and_spreads():
    for attempts, most in [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (50, 8.0)]:
        waits = {backoff(attempts) for _ in range(200)}
        assert len(waits) > 100
        assert all(most * 0.75 <= wait <= most for wait in waits)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"date": "Mon, 23 Nov 2026 10:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"date": "Mon, 23 Nov 2026 10:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 23 Nov 2020 10:00:00 GMT"}, 0.0),
    ],
)
def test_every_form_of_retry_after(headers, expected):
    assert retry_after_in(httpx.Headers(headers)) == expected


@pytest.mark.parametrize("how", ["aiohttp", "aiohttp http_client"])
def test_a_reset_over_aiohttp_is_ambiguous_although_it_is_called_a_connect_timeout(how):
    def reset(exchange):
        exchange.act()
        exchange.reset()

    with FaultServer([reset, fine]) as server:
        error = Caller(how, server.url).failure()
        assert isinstance(error.__cause__, httpx.ConnectTimeout | httpx.ReadError)
        assert isinstance(error, rb.RunMayHaveStartedError)
        assert server.started() == 1


def test_an_error_that_the_caller_is_handling_does_not_make_it_safe(server):
    """The context of our errors is the caller's: a refused connection there says nothing about this call."""
    server.faults = [drop_without_response, fine]
    with (
        httpx.Client() as http_client,
        rb.Runloop(bearer_token="token", base_url=server.url, http_client=http_client) as client,
    ):
        try:
            socket.create_connection(("127.0.0.1", 1))
        except ConnectionRefusedError:
            with pytest.raises(rb.RunMayHaveStartedError):
                client.benchmarks.start_run(benchmark_id="b")
    assert server.started() == 1


def test_a_failed_handshake_is_before_the_request(server):
    """The server speaks no TLS: a failed handshake is an error before the request, and is reported as such."""
    url = server.url.replace("http:", "https:")
    client = rb.Runloop(bearer_token="token", base_url=url, max_retries=0, timeout=0.5)
    with client, pytest.raises(rb.APIConnectionError) as caught:
        client.benchmarks.start_run(benchmark_id="b")
    assert not isinstance(caught.value, rb.RunMayHaveStartedError)
