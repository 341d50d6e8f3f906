"""Whole programs in their own processes, as people run the client: a web server, a task queue, a notebook."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import TOKEN
from fault_server import FaultServer, fine, stall

WEB = """
import contextlib, socket
import uvicorn
from runloop_benchmarks import AsyncRunloop, RunMayHaveStartedError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

client = AsyncRunloop(max_retries=0, timeout=5)

async def start(request):
    try:
        run = await client.benchmarks.start_run(benchmark_id=request.path_params["benchmark"])
    except RunMayHaveStartedError as error:
        return JSONResponse({"key": error.idempotency_key}, 502)
    return JSONResponse({"id": run.id})

@contextlib.asynccontextmanager
async def lifespan(app):
    async with client:
        yield

app = Starlette(routes=[Route("/{benchmark}", start, methods=["POST"])], lifespan=lifespan)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", log_level="error"))
server.run(sockets=[listener])
"""

QUEUE = """
import asyncio, gc, signal, sys
from runloop_benchmarks import AsyncRunloop, RunloopError

class SoftTimeLimitExceeded(Exception):
    pass

def limit(signum, frame):
    raise SoftTimeLimitExceeded

client = AsyncRunloop()
signal.signal(signal.SIGALRM, limit)

async def task(benchmark):
    return (await client.benchmarks.start_run(benchmark_id=benchmark)).id

for number in range(50):
    print(asyncio.run(task(f"b{number}")))
gc.collect()
loops = sum(isinstance(item, asyncio.BaseEventLoop) for item in gc.get_objects())
print("loops", loops, file=sys.stderr)

from runloop_benchmarks import Runloop
with Runloop() as blocking:
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        blocking.benchmarks.start_run(benchmark_id="slow", idempotency_key="task-51")
    except SoftTimeLimitExceeded as error:
        print("limit", *error.__notes__)
"""

NOTEBOOK = """
import ast, asyncio, inspect, sys, types
from runloop_benchmarks import AsyncRunloop

CELLS = [
    "from runloop_benchmarks import AsyncRunloop, Runloop; client = AsyncRunloop(); blocking = Runloop()",
    "run = await client.benchmarks.start_run(benchmark_id='a'); print(run.id)",
    "runs = await asyncio.gather(*[client.benchmarks.start_run(benchmark_id=str(n)) for n in range(10)])",
    "print(len(runs))",
    "print(blocking.benchmarks.start_run(benchmark_id='c').id)",
    "run",
    "await client.close(); blocking.close()",
]

async def main():
    names = {"asyncio": asyncio}
    for cell in CELLS:  # as IPython does it: one loop that runs all the time, and top-level await
        code = compile(cell, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)
        if inspect.isawaitable(value):
            await value

asyncio.run(main())
"""


def environment(server):
    return os.environ | {"RUNLOOP_API_KEY": TOKEN, "RUNLOOP_BASE_URL": server.url}


def run(program, server, **options):
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(
        command, env=environment(server), capture_output=True, text=True, check=True, timeout=120, **options
    )


def test_a_web_server_on_uvloop(server):
    command = [sys.executable, "-c", WEB]
    with subprocess.Popen(command, env=environment(server), stdout=subprocess.PIPE, text=True) as process:
        try:
            url = f"http://127.0.0.1:{int(process.stdout.readline())}"
            with httpx.Client(timeout=60, limits=httpx.Limits()) as browser, ThreadPoolExecutor(20) as threads:
                responses = list(threads.map(lambda n: browser.post(f"{url}/b{n}"), range(100)))
                assert {response.status_code for response in responses} == {200}
                assert len({response.json()["id"] for response in responses}) == 100
                server.faults = [lambda exchange: exchange.act() and exchange.reset()]
                failed = browser.post(f"{url}/broken")
        finally:
            process.terminate()
    assert failed.status_code == 502
    assert failed.json()["key"] in server.runs
    assert server.started() == 101
    assert server.connections <= 101


def test_a_task_queue_with_a_loop_and_a_time_limit_for_each_task():
    def slow_at_the_end(exchange):
        (stall if exchange.request.json()["benchmark_id"] == "slow" else fine)(exchange)

    with FaultServer([slow_at_the_end]) as server:
        done = run(QUEUE, server)
        *ids, last = done.stdout.splitlines()
        assert len(set(ids)) == 50
        assert last.startswith("limit start_run was interrupted, and a run may have started")
        assert "idempotency_key='task-51'" in last
        assert "loops 0" in done.stderr
        assert server.started() == 51


def test_a_notebook_whose_loop_runs_all_the_time(server):
    done = run(NOTEBOOK, server)
    first, number, last = done.stdout.splitlines()
    assert (number, len({first, last})) == ("10", 2)
    assert done.stderr == ""
    assert server.started() == 12


BURST = """
import asyncio
from runloop_benchmarks import APIConnectionError, AsyncRunloop, RunMayHaveStartedError

async def main():
    async with AsyncRunloop(max_retries=0, timeout=60) as client:
        calls = [client.benchmarks.start_run(benchmark_id="b") for _ in range(400)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, APIConnectionError) and not isinstance(outcome, RunMayHaveStartedError):
            print("unsent")
        elif isinstance(outcome, BaseException):
            print("lost", repr(outcome))
        else:
            print(outcome.id)

asyncio.run(main())
"""


@pytest.mark.parametrize("descriptors", [40, 200])
def test_a_cold_process_that_runs_out_of_file_descriptors_loses_no_run(server, descriptors):
    """What cannot be opened was not sent, and each run that was started is returned."""

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    done = run(BURST, server, preexec_fn=limit)
    lines = done.stdout.splitlines()
    assert len(lines) == 400
    assert [line for line in lines if line.startswith("lost")] == []
    ids = {line for line in lines if line != "unsent"}
    assert len(ids) == server.started()
    assert json.dumps(sorted(ids)) == json.dumps(sorted(run for runs in server.runs.values() for run in runs))
    assert (len(ids) == 400) == (descriptors == 200)
