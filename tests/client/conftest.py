"""One way to call all clients, so that sync and async are tested by the same words."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for fault_server, which benchmarks/ uses too

import runloop_benchmarks as rb
from fault_server import FaultServer

TOKEN = "canary-token-5f1e9b"
BENCHMARK = "bmd_1"


class Caller:
    """A client of some kind, called in some way. `how` names both."""

    def __init__(self, how: str, url: str, **options) -> None:
        self.how = how
        self.is_async = how not in {"sync", "sync http_client"}
        self._options = {"bearer_token": TOKEN, "base_url": url, **options}

    def __repr__(self) -> str:
        return f"<Caller {self.how}>"

    def _client(self):
        http_client_option = {}
        if self.how == "sync http_client":
            http_client_option["http_client"] = httpx.Client()
        elif self.how == "async http_client":
            http_client_option["http_client"] = httpx.AsyncClient()
        elif self.how == "aiohttp":
            http_client_option["http_client"] = rb.DefaultAioHttpClient()
        elif self.how == "aiohttp http_client":
            # A hook, so that calls take the long way through httpx.AsyncClient.
            async def hook(_: object) -> None:
                pass

            http_client_option["http_client"] = rb.DefaultAioHttpClient(event_hooks={"request": [hook]})
        return (rb.AsyncRunloop if self.is_async else rb.Runloop)(**self._options, **http_client_option)

    def do(self, work):
        """`work(client, finish)`, where `finish` awaits what a call gives, if it has to be."""
        if not self.is_async:
            with self._client() as client:
                return work(client, lambda value: value)
        results = []

        async def main() -> None:
            async with self._client() as client:
                results.append(await work(client, None))

        if self.how == "trio":
            import trio

            trio.run(main)
        else:
            asyncio.run(main())
        return results[0]

    def start_run(self, **arguments):
        arguments = {"benchmark_id": BENCHMARK, **arguments}
        return self.do(lambda client, _: client.benchmarks.start_run(**arguments))

    def raw(self, **arguments):
        arguments = {"benchmark_id": BENCHMARK, **arguments}
        return self.do(lambda client, _: client.benchmarks.with_raw_response.start_run(**arguments))

    def failure(self, **arguments):
        """The error that the call raises."""
        with pytest.raises(rb.RunloopError) as caught:
            self.start_run(**arguments)
        return caught.value


EVERY_WAY = ["sync", "async", "trio", "aiohttp", "sync http_client", "async http_client", "aiohttp http_client"]
OWN_WAYS = ["sync", "async", "trio"]


@pytest.fixture
def server():
    """A server; `server.faults` may be set before the call."""
    from fault_server import fine

    with FaultServer([fine]) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def call(request, server):
    """Both clients, each called in its way."""
    return Caller(request.param, server.url)


@pytest.fixture
def _no_backoff(monkeypatch):
    """Retries at once, where the waits are not what is tested."""
    monkeypatch.setattr("runloop_benchmarks._call.backoff", lambda attempts: 0.01)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in ("RUNLOOP_API_KEY", "RUNLOOP_BASE_URL", "RUNLOOP_CUSTOM_HEADERS", "RUNLOOP_LOG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
