"""The command against Prism, a server that nobody here wrote, serving this contract from its examples."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import CONTRACT, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.node, pytest.mark.slow, pytest.mark.xdist_group("prism")]

TOKEN = "a-token-for-prism"
SECONDS_TO_START = 60

# Prism answers every request that it likes with the same example, so it knows nothing of the request …
NOT_ABOUT_THIS_RUN = {
    "run.benchmark_id.echo",
    "run.metadata.echo",
    "run.name.echo",
    "run.purpose.echo",
    "run.environment_variables.echo",
    "run.secrets_provided.echo",
    "run.id.new",
    "run.start_time_ms.now",
}
# … it takes any bearer token, so a wrong one, one in quotes, and a second one too …
ANY_TOKEN = {"authorization.token", "authorization.form", "authorization.once"}
# … and it fails or never answers where it cannot parse a body.
UNREADABLE_BODIES = {"request.invalid", "http.no-server-error", "http.always-answers"}

BROKEN_MUSTS = NOT_ABOUT_THIS_RUN | ANY_TOKEN | UNREADABLE_BODIES
BROKEN_SHOULDS = {
    "authorization.doubled",
    "authorization.challenge",
    "authorization.scheme-case",
    "http.method-not-allowed",
    "request.json-extensions",
    "request.media-types",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:  # a 404: it is there
        return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def prism(node_tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of `prism mock openapi.yaml`, which runs in a process group of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [node_tool("prism"), "mock", str(CONTRACT), "--port", str(port), "--host", "127.0.0.1"]
    log = tmp_path_factory.mktemp("prism") / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not answers(url):
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.2)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=10)


@pytest.fixture(scope="module")
def report(prism: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any], Path]:
    """The exit code of `runloop-conformance run`, what it reported, and where."""
    folder = tmp_path_factory.mktemp("report")
    command = [sys.executable, "-m", "runloop_conformance", "run", prism, "--report-dir", str(folder), "--quiet"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"RUNLOOP_API_KEY": TOKEN},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert (folder / "report.json").exists(), done.stderr
    return done.returncode, json.loads((folder / "report.json").read_text(encoding="utf-8")), folder


def failed(report: dict[str, Any], level: str) -> set[str]:
    return {clause["id"] for clause in report["clauses"] if (clause["level"], clause["status"]) == (level, "fail")}


def test_prism_does_not_conform(report: tuple[int, dict[str, Any], Path]) -> None:
    code, said, _ = report
    assert (code, said["verdict"], said["complete"]) == (1, "nonconformant", True)


def test_the_failing_clauses_are_the_ones_that_prism_breaks(report: tuple[int, dict[str, Any], Path]) -> None:
    _, said, _ = report
    assert failed(said, "must") == BROKEN_MUSTS
    assert failed(said, "should") == BROKEN_SHOULDS


def test_each_failure_has_a_curl_that_names_the_server(report: tuple[int, dict[str, Any], Path], prism: str) -> None:
    _, said, _ = report
    for clause in said["clauses"]:
        if clause["status"] == "fail":
            counterexample = clause["counterexample"]
            assert "curl " in counterexample["curl"], clause["id"]
            assert prism in counterexample["curl"], clause["id"]
            assert counterexample["expected"] != counterexample["actual"], clause["id"]
            assert counterexample["exchanges"], clause["id"]


def test_the_token_is_in_no_report(report: tuple[int, dict[str, Any], Path]) -> None:
    _, _, folder = report
    files = [path for path in folder.iterdir() if path.is_file()]
    assert files
    assert [path.name for path in files if TOKEN.encode() in path.read_bytes()] == []
