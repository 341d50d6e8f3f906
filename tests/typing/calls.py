"""Checked by mypy and pyright, never run: what a user of types may write, and what they are told."""

from __future__ import annotations

from typing import assert_type

import httpx
import runloop_benchmarks as rb
from runloop_benchmarks import AsyncRunloop, BenchmarkRunView, Runloop, RunMayHaveStartedError, RunProfile, StringMap


def sync(client: Runloop) -> None:
    run = client.benchmarks.start_run(benchmark_id="b")
    assert_type(run, BenchmarkRunView)
    assert_type(run.id, str)
    assert_type(run.start_time_ms, int)
    assert_type(run.metadata, StringMap)
    client.benchmarks.start_run(
        benchmark_id="b",
        run_name=None,
        metadata={"a": "b"},
        run_profile={"purpose": "p", "env_vars": {"A": "1"}, "mounts": []},
        extra_headers={"a": "b"},
        extra_query={"a": 1},
        extra_body={"a": [1]},
        timeout=httpx.Timeout(5),
        max_retries=0,
        retry_ambiguous=True,
        idempotency_key="k",
    )
    client.benchmarks.start_run(benchmark_id="b", run_profile=RunProfile(purpose="p"), metadata=StringMap())
    raw = client.benchmarks.with_raw_response.start_run(benchmark_id="b", timeout=None)
    assert_type(raw, rb.RawResponse)
    assert_type(raw.parse(), BenchmarkRunView)
    assert_type(raw.status_code, int)
    assert_type(client.with_options(timeout=5), Runloop)
    with Runloop(bearer_token="t", timeout=30, http_client=httpx.Client()) as other:
        assert_type(other, Runloop)


async def asynchronous(client: AsyncRunloop) -> None:
    run = await client.benchmarks.start_run(benchmark_id="b", metadata={"a": "b"}, timeout=5)
    assert_type(run, BenchmarkRunView)
    raw = await client.benchmarks.with_raw_response.start_run(benchmark_id="b")
    assert_type(raw, rb.AsyncRawResponse)
    assert_type(await raw.parse(), BenchmarkRunView)
    async with AsyncRunloop(http_client=rb.DefaultAioHttpClient()) as other:
        assert_type(other, AsyncRunloop)


def errors(client: Runloop) -> str | None:
    try:
        client.benchmarks.start_run(benchmark_id="b")
    except RunMayHaveStartedError as error:
        assert_type(error.idempotency_key, str)
        return error.run_id
    except rb.APIStatusError as error:
        assert_type(error.status_code, int)
        assert_type(error.retry_after, float | None)
        assert_type(error.response, httpx.Response)
    return None


def wrong(client: Runloop, asynchronous: AsyncRunloop) -> None:
    client.benchmarks.start_run()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.benchmarks.start_run("b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.benchmarks.start_run(benchmark_id=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.benchmarks.start_run(benchmark_id="b", metadata={"a": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    client.benchmarks.start_run(benchmark_id="b", nonsense=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.benchmarks.with_raw_response.start_run(benchmark_id=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runloop(http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    asynchronous.with_options(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
