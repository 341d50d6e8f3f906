"""The official SDK, at its last version whose shape is the page's, against the embedded server.

Nobody here wrote that client, so it tells whether the server keeps the wire, and not only our reading of it.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from runloop_api_client import APIStatusError, AsyncRunloop, AuthenticationError, NotFoundError, Runloop

from tests.conftest import HANGS_AFTER, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a-token-of-the-tests"
KNOWN = "bmd_known"
READY = re.compile(r"Serving the contract \d+\.\d+\.\d+ at (?P<url>http://127\.0\.0\.1:\d+)\b")

# Every argument that the SDK has. The members of `run_profile` are snake_case here and camelCase on the wire.
PROFILE: dict[str, Any] = {
    "env_vars": {"LOG_LEVEL": "debug", "EMPTY": ""},
    "secrets": {"DB_PASS": "DATABASE_PASSWORD"},
    "purpose": "regression",
    "launch_parameters": {
        "after_idle": {"idle_time_seconds": 600, "on_idle": "shutdown"},
        "architecture": "arm64",
        "available_ports": [80, 8080],
        "custom_cpu_cores": 2,
        "custom_disk_size": 8,
        "custom_gb_memory": 4,
        "keep_alive_time_seconds": 172800,
        "launch_commands": ["true"],
        "required_services": ["postgres"],
        "resource_size_request": "CUSTOM_SIZE",
        "user_parameters": {"uid": 1000, "username": "agent"},
    },
    "mounts": [
        {"type": "object_mount", "object_id": "obj_1", "object_path": "/home/user/object.txt"},
        {"type": "agent_mount", "agent_id": None, "agent_name": "agent", "agent_path": "/agent", "auth_token": "t"},
        {"type": "code_mount", "repo_name": "r", "repo_owner": "o", "token": "t", "install_command": "make"},
        {"type": "file_mount", "target": "/home/user/file", "content": "text"},
    ],
}
ARGUMENTS: dict[str, Any] = {
    "benchmark_id": KNOWN,
    "run_name": "nightly: Ünïcödé",
    "metadata": {"team": "agents", "": "empty key"},
    "run_profile": PROFILE,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The base URL of `runloop-conformance serve`, the command itself, on a port that is free."""
    command = [sys.executable, "-m", "runloop_conformance", "serve", "--port", "0", "--benchmark-id", KNOWN]
    environment = os.environ | {"RUNLOOP_API_KEY": TOKEN, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            ready = READY.match(line)
            assert ready, f"`runloop-conformance serve` began with {line!r}"
            yield ready["url"]
        finally:
            server.terminate()
            server.wait(timeout=HANGS_AFTER)
    assert server.returncode == 0


@pytest.fixture
def environment(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the SDK is told, it is told by its environment variables."""
    monkeypatch.setenv("RUNLOOP_BASE_URL", address)
    monkeypatch.setenv("RUNLOOP_API_KEY", TOKEN)


def check(run: Any) -> None:
    assert run.id
    assert run.benchmark_id == KNOWN
    assert run.name == ARGUMENTS["run_name"]
    assert run.metadata == ARGUMENTS["metadata"]
    assert run.purpose == "regression"
    assert run.environment_variables == PROFILE["env_vars"]
    assert run.secrets_provided == PROFILE["secrets"]
    assert run.state in {"running", "canceled", "completed"}
    assert abs(run.start_time_ms - time.time() * 1000) < 300_000
    assert run.duration_ms is None or run.duration_ms >= 0


def test_it_is_the_version_whose_shape_is_the_pages() -> None:
    assert version("runloop_api_client") == "1.2.0"


def test_it_starts_a_run_with_every_argument(environment: None) -> None:
    with Runloop(max_retries=0) as client:
        check(client.benchmarks.start_run(**ARGUMENTS))


async def _start() -> Any:
    async with AsyncRunloop(max_retries=0) as client:
        return await client.benchmarks.start_run(**ARGUMENTS)


def test_it_starts_a_run_asynchronously(environment: None) -> None:
    check(asyncio.run(_start()))


def test_it_starts_a_run_with_one_argument_and_with_nulls(environment: None) -> None:
    with Runloop(max_retries=0) as client:
        first = client.benchmarks.start_run(benchmark_id=KNOWN)
        second = client.benchmarks.start_run(benchmark_id=KNOWN, run_name=None, run_profile={"env_vars": None})
    assert first.id != second.id
    assert first.metadata == second.metadata == {}


def test_it_raises_what_it_raises_for_the_service(environment: None) -> None:
    with Runloop(max_retries=0) as client, pytest.raises(NotFoundError):
        client.benchmarks.start_run(benchmark_id="bmd_unknown")
    with Runloop(max_retries=0, bearer_token="another") as client, pytest.raises(AuthenticationError):
        client.benchmarks.start_run(benchmark_id=KNOWN)
    with Runloop(max_retries=0) as client, pytest.raises(APIStatusError) as refused:
        client.benchmarks.start_run(benchmark_id=3)  # type: ignore[arg-type]
    assert refused.value.status_code in {400, 422}
