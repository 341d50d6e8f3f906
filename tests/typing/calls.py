"""Checked by mypy and pyright, never run: what a caller may write, and what type checkers say about it."""

from __future__ import annotations

from typing import Any, assert_type

import httpx
import runloop_benchmarks as rb
from runloop_benchmarks import (
    AsyncRunloop,
    BenchmarkRunState,
    BenchmarkRunView,
    Runloop,
    RunMayHaveStartedError,
    RunProfile,
    RunProfileDict,
    StringMap,
)


def sync(client: Runloop) -> None:
    run = client.benchmarks.start_run(benchmark_id="b")
    assert_type(run, BenchmarkRunView)
    assert_type(run.id, str)
    assert_type(run.start_time_ms, int)
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


def maps(run: BenchmarkRunView, client: Runloop) -> None:
    assert_type(run.metadata, StringMap)
    assert_type(dict(run.metadata), dict[str, str])
    assert_type(list(run.metadata), list[str])
    assert_type(run.metadata.get("a"), str | None)
    print("a" in run.metadata, run.metadata == {"a": "b"}, len(run.metadata))
    client.benchmarks.start_run(benchmark_id="b", metadata=run.metadata)
    made = BenchmarkRunView(id="r", benchmark_id="b", start_time_ms=1, state="running", metadata={"a": "b"})
    assert_type(made.metadata, StringMap)


def states(run: BenchmarkRunView) -> str:
    assert_type(run.state, BenchmarkRunState | str)
    match run.state:
        case "running" | "failed":
            return "one that the contract has, and a later one"
        case other:
            return other


def profiles(client: Runloop, loaded: Any) -> None:
    client.benchmarks.start_run(benchmark_id="b", run_profile=RunProfile(env_vars={"A": "b"}), metadata=StringMap())
    client.benchmarks.start_run(benchmark_id="b", run_profile={"envVars": {"A": "b"}, "secrets": None})
    client.benchmarks.start_run(benchmark_id="b", run_profile=loaded)
    client.benchmarks.start_run(benchmark_id="b", run_profile=RunProfile.from_dict(loaded))
    launch = rb.LaunchParameters(resource_size_request="SMALL", available_ports=[80])
    profile: RunProfileDict = {"launch_parameters": launch}
    client.benchmarks.start_run(benchmark_id="b", run_profile=profile)
    file: rb.FileMountDict = {"type": "file_mount", "target": "/t", "content": ""}
    client.benchmarks.start_run(
        benchmark_id="b",
        run_profile={
            "launch_parameters": {
                "architecture": "arm64",
                "launch_commands": ["a"],
                "after_idle": {"idle_time_seconds": 1, "on_idle": "suspend"},
            },
            "mounts": [
                file,
                rb.FileMount("file_mount", "/t", ""),
                {"type": "agent_mount", "agent_id": None, "agent_name": "a"},
            ],
        },
    )


def names_of_the_official_sdk(client: Runloop) -> None:
    client.benchmarks.start_run(benchmark_id="b", run_name=rb.omit, metadata=rb.NOT_GIVEN, run_profile=rb.not_given)
    Runloop(http_client=rb.DefaultHttpxClient())
    AsyncRunloop(http_client=rb.DefaultAsyncHttpxClient())
    assert_type(rb.NOT_GIVEN, rb.NotGiven)


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
    start_run = client.benchmarks.start_run
    start_run()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    start_run("b")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    start_run(benchmark_id=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", metadata={"a": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", nonsense=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    start_run(benchmark_id="b", run_profile={"env_var": {"A": "b"}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", run_profile={"env_vars": {"A": 1}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", run_profile={"launch_parameters": {"architecture": "vax"}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", run_profile={"mounts": [{"type": "file_mount"}]})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start_run(benchmark_id="b", run_profile={"launch_parameters": {"launch_commands": "ls"}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    RunProfile(env_vars={"A": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    client.benchmarks.with_raw_response.start_run(benchmark_id=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runloop(http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    asynchronous.with_options(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    print(rb.nonsense)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
