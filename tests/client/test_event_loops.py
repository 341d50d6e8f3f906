"""Event loops of other kinds, many of them, and what stays open when calls are over."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
import runloop_benchmarks as rb
import uvloop
from conftest import TOKEN
from fault_server import FaultServer, drop_without_response, stall


def client_of(server, **options):
    return rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, **options)


async def start(client, number=1):
    return await asyncio.gather(*[client.benchmarks.start_run(benchmark_id="b") for _ in range(number)])


def eager_loop():
    loop = asyncio.new_event_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    return loop


LOOPS = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
    "eager tasks": pytest.param(
        eager_loop, marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
    ),
}
every_loop = pytest.mark.parametrize("make_loop", LOOPS.values(), ids=LOOPS)


@every_loop
def test_calls_on_every_kind_of_loop(make_loop, server):
    async def main():
        async with client_of(server) as client:
            runs = await start(client, 60)
            runs += await start(client, 60)
            assert len({run.id for run in runs}) == 120

    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(main())
    assert server.connections <= 60


@every_loop
def test_faults_on_every_kind_of_loop(make_loop):
    async def main(server):
        async with client_of(server, timeout=0.5) as client:
            with pytest.raises(rb.AmbiguousAPIConnectionError):
                await client.benchmarks.start_run(benchmark_id="b")
            with pytest.raises(rb.AmbiguousAPITimeoutError):
                await client.benchmarks.start_run(benchmark_id="b")

    with FaultServer([drop_without_response, stall]) as server, asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(main(server))
    assert server.started() == 2


def test_closed_loops_are_released(server):
    """As a task queue does: one client, `asyncio.run` for each task."""
    client = client_of(server)
    loops = []

    async def once():
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await start(client)

    for _ in range(20):
        asyncio.run(once())
    gc.collect()
    assert sum(loop() is not None for loop in loops) <= 1
    client_connections = [len(client._connection._by_loop)]  # noqa: SLF001 - what the leak was made of
    assert client_connections == [0]


# The loop is closed without a chance to close its connections: the warnings are about that.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_loops_that_are_closed_the_hard_way_are_released(server):
    client = client_of(server)
    loops = []
    for _ in range(10):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(start(client))
        loop.close()
        loops.append(weakref.ref(loop))
        del loop
    gc.collect()
    assert sum(loop() is not None for loop in loops) <= 2
    del client
    gc.collect()


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
@every_loop
def test_a_burst_opens_a_limited_number_of_connections_which_expire(make_loop, server, monkeypatch):
    monkeypatch.setattr("runloop_benchmarks._network.KEEPALIVE_EXPIRY", 0.2)

    async def main():
        async with client_of(server) as client:
            await start(client)
            before = descriptors()
            await start(client, 400)
            assert server.connections <= 101
            for _ in range(200):  # at most 20 s
                # Both ends are in this process.
                if descriptors() <= before:
                    return
                await asyncio.sleep(0.1)
            pytest.fail(f"{descriptors() - before} descriptors stay open although no call is running")

    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(main())
    assert server.started() == 401


def test_a_wait_for_a_connection_is_before_the_request(monkeypatch):
    monkeypatch.setattr("runloop_benchmarks._network.MAX_CONNECTIONS", 1)
    monkeypatch.setattr("runloop_benchmarks._call.backoff", lambda attempts: 0.01)

    async def main(server):
        async with client_of(server) as client:
            first = asyncio.create_task(client.benchmarks.start_run(benchmark_id="b", timeout=5))
            while not server.started():  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.01)
            with pytest.raises(rb.APITimeoutError) as caught:
                await client.benchmarks.start_run(benchmark_id="b", timeout=0.3)
            server.stopped.set()
            with pytest.raises(rb.RunMayHaveStartedError):
                await first
            return caught.value

    with FaultServer([stall]) as server:
        error = asyncio.run(main(server))
    assert type(error) is rb.APITimeoutError
    assert server.started() == 1


def test_reading_a_response_imports_nothing():
    """A process that has used up its file descriptors cannot import: the runs would be lost."""
    program = f"""
import asyncio, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fault_server import FaultServer, Exchange
import runloop_benchmarks as rb

class Recording(Exchange): pass
at_request = set()

def fault(exchange):
    at_request.update(sys.modules)
    exchange.respond(*RESPONSES.pop(0)(exchange))

RESPONSES = [
    lambda e: (200, e.view(), "content-type: application/json; charset=iso-8859-15"),
    lambda e: (500, b'{{"message": "\\xc3\\xa9"}}', "content-type: application/json; charset=utf-16", "retry-after: x"),
    lambda e: (404, b"<html>", "content-type: text/html; charset=koi8-r"),
]
kind = sys.argv[1]

def call(client):
    result = client.benchmarks.start_run(benchmark_id="b")
    return asyncio.run(result) if kind == "async" else result

with FaultServer([fault]) as server:
    for _ in range(3):
        client = (rb.Runloop if kind == "sync" else rb.AsyncRunloop)(bearer_token="t", base_url=server.url)
        try:
            call(client)
        except rb.APIError as error:
            str(error), error.body, error.response.text
print(sorted(set(sys.modules) - at_request))
"""
    for kind in ("sync", "async"):
        done = subprocess.run(
            [sys.executable, "-c", program, kind], capture_output=True, text=True, check=True, env=os.environ
        )
        assert done.stdout == "[]\n", kind


def test_a_burst_on_trio(server):
    import trio

    async def main():
        async with client_of(server) as client:
            async with trio.open_nursery() as nursery:
                for _ in range(150):
                    nursery.start_soon(lambda: client.benchmarks.start_run(benchmark_id="b"))
            return await client.benchmarks.start_run(benchmark_id="b")

    assert trio.run(main).id
    assert server.started() == 151
    assert server.connections <= 100
