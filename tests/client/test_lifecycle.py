"""Closing, forking, threads, event loops."""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import runloop_benchmarks as rb
from conftest import TOKEN
from fault_server import stall


def runloop(server, **options):
    return rb.Runloop(bearer_token=TOKEN, base_url=server.url, **options)


def async_runloop(server, **options):
    return rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, **options)


def test_closed_means_closed(server):
    with runloop(server) as client:
        client.benchmarks.start_run(benchmark_id="b")
    assert client.is_closed()
    with pytest.raises(rb.ClientClosedError, match="closed"):
        client.benchmarks.start_run(benchmark_id="b")
    client.close()
    assert server.started() == 1

    never_used = runloop(server)
    never_used.close()
    with pytest.raises(rb.ClientClosedError):
        never_used.benchmarks.start_run(benchmark_id="b")


def test_closed_means_closed_async(server):
    async def main():
        async with async_runloop(server) as client:
            await client.benchmarks.start_run(benchmark_id="b")
        assert client.is_closed()
        with pytest.raises(rb.ClientClosedError, match="closed"):
            await client.benchmarks.start_run(benchmark_id="b")
        await client.close()

    asyncio.run(main())
    assert server.started() == 1


def test_the_callers_http_client_is_closed_too(server):
    http_client = httpx.Client()
    with runloop(server, http_client=http_client) as client:
        client.benchmarks.start_run(benchmark_id="b")
    assert http_client.is_closed

    async def main():
        http_client = httpx.AsyncClient()
        async with async_runloop(server, http_client=http_client) as client:
            await client.benchmarks.start_run(benchmark_id="b")
        assert http_client.is_closed

    asyncio.run(main())


def test_connections_are_reused(server):
    with runloop(server) as client:
        for _ in range(5):
            client.benchmarks.start_run(benchmark_id="b")

    async def main():
        async with async_runloop(server) as client:
            for _ in range(5):
                await client.benchmarks.start_run(benchmark_id="b")

    asyncio.run(main())
    assert server.connections == 2


def test_a_connection_that_the_server_dropped_meanwhile_is_not_used(server):
    """Otherwise the request would go out on it, and nobody could say whether it was read."""

    def fine_and_close(exchange):
        exchange.respond(200, exchange.view())
        exchange.keep = False

    server.faults = [fine_and_close]
    closed = threading.Event()
    with runloop(server) as client:
        for _ in range(5):
            client.benchmarks.start_run(benchmark_id="b")
            closed.wait(0.02)

    async def main():
        async with async_runloop(server) as client:
            for _ in range(5):
                await client.benchmarks.start_run(benchmark_id="b")
                await asyncio.sleep(0.02)

    asyncio.run(main())
    assert server.connections == server.started() == 10


def test_32_threads(server):
    with runloop(server) as client, ThreadPoolExecutor(32) as threads:
        runs = list(threads.map(lambda _: client.benchmarks.start_run(benchmark_id="b").id, range(320)))
    assert len(set(runs)) == 320
    assert server.started() == 320
    assert server.connections <= 32


def test_50_at_once(server):
    async def main():
        async with async_runloop(server) as client:
            return await asyncio.gather(*[client.benchmarks.start_run(benchmark_id="b") for _ in range(50)])

    assert len({run.id for run in asyncio.run(main())}) == 50


def test_a_second_event_loop(server):
    client = async_runloop(server)

    async def once():
        return (await client.benchmarks.start_run(benchmark_id="b")).id

    assert asyncio.run(once()) != asyncio.run(once())

    def in_a_thread(_):
        return asyncio.run(once())

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(in_a_thread, range(8)))) == 8
    asyncio.run(client.close())
    with pytest.raises(rb.ClientClosedError):
        asyncio.run(once())


@pytest.mark.parametrize("make", [httpx.AsyncClient, rb.DefaultAioHttpClient])
# The first loop leaves its connections behind: that is the mistake.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_http_client_in_a_second_event_loop_is_rejected(server, make):
    client = async_runloop(server, http_client=make())

    async def once():
        return await client.benchmarks.start_run(benchmark_id="b")

    asyncio.run(once())
    with pytest.raises(rb.RunloopError, match="another event loop, so nothing was sent"):
        asyncio.run(once())
    assert server.started() == 1
    client._connection = None  # noqa: SLF001 - all of it goes now, where the warnings are expected
    gc.collect()


def test_a_mock_works_in_every_loop():
    def respond(request):
        view = {"id": "bmr_1", "benchmark_id": "b", "start_time_ms": 1, "state": "running", "metadata": {}}
        return httpx.Response(200, json=view)

    client = rb.AsyncRunloop(bearer_token=TOKEN, http_client=httpx.AsyncClient(transport=httpx.MockTransport(respond)))
    for _ in range(2):
        assert asyncio.run(client.benchmarks.start_run(benchmark_id="b")).id == "bmr_1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
# The test process has threads; the child does next to nothing.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_after_fork_the_child_has_connections_of_its_own(server):
    client = runloop(server)
    client.benchmarks.start_run(benchmark_id="b")
    assert server.connections == 1
    pid = os.fork()
    if pid == 0:
        try:
            client.benchmarks.start_run(benchmark_id="b")
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the child must not run the rest of the tests
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    assert server.connections == 2
    client.benchmarks.start_run(benchmark_id="b")
    assert server.connections == 2, "the parent's connection is whole"
    client.close()


def test_a_cancelled_call_is_logged_with_its_key(server, caplog):
    server.faults = [stall]

    async def main():
        async with async_runloop(server) as client:
            task = asyncio.create_task(client.benchmarks.start_run(benchmark_id="b", idempotency_key="my-key"))
            while not server.started():  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            return caught.value

    error = asyncio.run(main())
    assert "idempotency_key='my-key'" in caplog.text
    assert "idempotency_key='my-key'" in "".join(getattr(error, "__notes__", ["idempotency_key='my-key'"]))


def test_an_http_client_that_was_closed_elsewhere(server):
    http_client = httpx.Client()
    client = runloop(server, http_client=http_client)
    http_client.close()
    with pytest.raises(rb.RunloopError, match="closed"):
        client.benchmarks.start_run(benchmark_id="b")
    assert server.connections == 0


def test_a_copied_model_is_complete():
    import copy

    profile = rb.RunProfile(purpose="p")
    for again in (pickle.loads(pickle.dumps(profile)), copy.deepcopy(profile), copy.copy(profile)):
        assert again.to_dict() == {"purpose": "p"}
