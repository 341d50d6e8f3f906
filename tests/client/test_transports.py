"""Proxies, a caller's own http_client, instrumentation, aiohttp, logs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import threading

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import EVERY_WAY, TOKEN, Caller
from fault_server import FaultServer, drop_without_response, fine


@pytest.mark.parametrize("how", ["sync", "async", "sync http_client", "async http_client", "aiohttp"])
def test_the_proxy_of_the_environment(how, monkeypatch, server):
    with FaultServer([fine]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert Caller(how, "http://bench.example", allow_cleartext=True).start_run().id
        assert proxy.requests[0].line.startswith("POST http://bench.example/v1/benchmarks/start_run ")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert Caller(how, server.url).start_run().id
        assert (len(proxy.requests), len(server.requests)) == (1, 1)


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_proxy_that_rejects_the_tunnel_fails_before_the_request(how, monkeypatch):
    def reject_tunnel(exchange):
        exchange.respond(407)

    with FaultServer([reject_tunnel]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = Caller(how, "https://bench.example", max_retries=0).failure()
        assert proxy.requests[0].line.startswith("CONNECT bench.example:443 ")
        assert TOKEN not in str(proxy.requests[0].headers)
    assert type(error) is rb.APIConnectionError


@pytest.mark.parametrize("how", ["sync", "async"])
def test_a_tunnel_that_stalls_is_before_the_request(how, monkeypatch):
    def swallow(exchange):
        exchange.server.stopped.wait(10)

    with FaultServer([swallow]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = Caller(how, "https://bench.example", max_retries=0, timeout=0.4).failure()
    assert type(error) is rb.APITimeoutError


def test_hooks_of_a_callers_http_client_are_called(server):
    messages = []
    http_client = httpx.Client(
        event_hooks={"request": [messages.append], "response": [messages.append]},
        headers={"X-Mine": "1"},
        params={"p": "1"},
    )
    with rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=http_client) as client:
        client.benchmarks.start_run(benchmark_id="b")
    assert [type(item) for item in messages] == [httpx.Request, httpx.Response]
    assert server.requests[0].headers["x-mine"] == "1"
    assert "p=1" in server.requests[0].line


def test_a_hook_that_raises_after_the_response_does_not_lose_the_run(server):
    def hook(response):
        raise RuntimeError("no")

    http_client = httpx.Client(event_hooks={"response": [hook]})
    client = rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=http_client)
    with client, pytest.raises(rb.RunMayHaveStartedError) as caught:
        client.benchmarks.start_run(benchmark_id="b")
    assert caught.value.idempotency_key in server.runs
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert server.started() == 1


def test_a_hook_that_reads_the_response(server):
    http_client = httpx.Client(event_hooks={"response": [lambda response: response.read()]})
    with rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=http_client) as client:
        assert client.benchmarks.start_run(benchmark_id="b").id


def test_a_callers_http_client_follows_no_redirect():
    def redirect(exchange):
        exchange.respond(307, b"", "location: /elsewhere")

    with FaultServer([redirect]) as server:
        http_client = httpx.Client(follow_redirects=True)
        client = rb.Runloop(bearer_token=TOKEN, base_url=server.url, http_client=http_client)
        with client, pytest.raises(rb.APIStatusError):
            client.benchmarks.start_run(benchmark_id="b")
        assert len(server.requests) == 1


@pytest.mark.parametrize("how", EVERY_WAY)
def test_gzip_is_read_in_every_way(how):
    from fault_server import gzipped

    with FaultServer([gzipped]) as server:
        assert Caller(how, server.url).start_run().id


def test_aiohttp_is_called_directly_only_while_nothing_is_missed(server):
    plain = rb.DefaultAioHttpClient()
    assert plain.transport_if_plain() is not None
    plain.event_hooks = {"request": [print]}
    assert plain.transport_if_plain() is None
    for options in ({"headers": {"a": "b"}}, {"params": {"a": "b"}}, {"auth": ("a", "b")}, {"cookies": {"a": "b"}}):
        assert rb.DefaultAioHttpClient(**options).transport_if_plain() is None


def test_a_hook_added_later_is_called_over_aiohttp(server):
    requests = []

    async def hook(request):
        requests.append(request)

    async def main():
        http_client = rb.DefaultAioHttpClient()
        async with rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, http_client=http_client) as client:
            await client.benchmarks.start_run(benchmark_id="b")
            http_client.event_hooks = {"request": [hook]}
            await client.benchmarks.start_run(benchmark_id="b")

    asyncio.run(main())
    assert len(requests) == 1


@pytest.mark.parametrize("how", ["sync", "async"])
def test_opentelemetry_sees_the_calls(how, server):
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        Caller(how, server.url).start_run()
    finally:
        instrumentor.uninstrument()
    (span,) = exporter.get_finished_spans()
    assert "/v1/benchmarks/start_run" in json.dumps(dict(span.attributes))
    assert TOKEN not in span.to_json()
    assert "traceparent" in server.requests[0].headers


def test_the_log(call, server, caplog):
    caplog.set_level(logging.DEBUG, "runloop_benchmarks")
    server.faults = [drop_without_response, fine]
    call.failure(idempotency_key="k-1")
    call.start_run(idempotency_key="k-2")
    own = [record.getMessage() for record in caplog.records if record.name == "runloop_benchmarks"]
    assert any("k-1" in line and "attempt 1" in line for line in own)
    assert any("k-2" in line and "200" in line for line in own)


@pytest.mark.parametrize(("level", "lines"), [("info", True), ("DEBUG", True), ("", False), ("nonsense", False)])
def test_runloop_log(server, level, lines):
    code = "from runloop_benchmarks import Runloop; Runloop().benchmarks.start_run(benchmark_id='b')"
    environment = {**os.environ, "RUNLOOP_LOG": level, "RUNLOOP_API_KEY": TOKEN, "RUNLOOP_BASE_URL": server.url}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ("start_run: 200" in done.stderr) == lines
    assert TOKEN not in done.stderr


def test_unix_name_lookup_failures_are_before_the_request(monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("runloop_benchmarks._network.socket.getaddrinfo", fail)
    client = rb.Runloop(bearer_token=TOKEN, base_url="https://nowhere.example", max_retries=0)
    with client, pytest.raises(rb.APIConnectionError) as caught:
        client.benchmarks.start_run(benchmark_id="b")
    assert type(caught.value) is rb.APIConnectionError


def test_no_thread_is_left_behind(server):
    before = threading.active_count()
    with rb.Runloop(bearer_token=TOKEN, base_url=server.url) as client:
        client.benchmarks.start_run(benchmark_id="b")
        assert threading.active_count() <= before + 1  # the server's own
