"""The command as a stranger runs it: its arguments and environment, its exit code, what it prints and
what it writes.

`call` runs it in the process of the tests, which saves a second of imports each time. What depends on the process
itself (signals, terminals, encodings, memory) starts one: `started` and `command`.
"""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.contract.reading import load_contract

CONTRACT = load_contract()
OPERATION = CONTRACT.operation
TOKEN = "Tok-3fA9-of-the-tests-7Zq1"
UNWANTED = ("RUNLOOP_API_KEY", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI")
CONTROL_CHARACTERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")


@frozen
class Invocation:
    """The outcome of one command invocation."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def output(self) -> str:
        return self.out + self.err

    @functools.cached_property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return found

    @functools.cached_property
    def recording(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "recording.jsonl").read_text("utf-8").splitlines()]

    @property
    def clauses(self) -> dict[str, dict[str, Any]]:
        return {clause["id"]: clause for clause in self.report["clauses"]}

    def failed(self, *levels: str) -> set[str]:
        wanted = levels or ("must", "should")
        return {c["id"] for c in self.report["clauses"] if c["status"] == "fail" and c["level"] in wanted}

    def artefacts(self) -> dict[str, bytes]:
        """All that the command wrote, by where it wrote it."""
        files = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        return {"stdout": self.out.encode(), "stderr": self.err.encode(), **files}


def environment(token: str | None = TOKEN, **variables: str) -> dict[str, str]:
    """The environment of this process with the token, and without what changes how a terminal is treated."""
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return kept | ({"RUNLOOP_API_KEY": token} if token is not None else {}) | variables


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "runloop_conformance", *map(str, arguments)]


def started(*arguments: object) -> subprocess.Popen[str]:
    """The command in a process of its own, which Ctrl-C reaches."""
    with ctrl_c_arrives():
        return subprocess.Popen(
            command(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )


@contextmanager
def ctrl_c_arrives() -> Iterator[None]:
    """Processes started inside heed SIGINT. `nohup` and a job in the background ignore it, and hand that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def conformance(*arguments: object, token: str | None = TOKEN, **variables: str) -> Invocation:
    """`runloop-conformance run` with a folder for its report."""
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    return call("run", *arguments, "--report-dir", folder, token=token, folder=folder, **variables)


def call(*arguments: object, token: str | None = TOKEN, folder: Path | None = None, **variables: str) -> Invocation:
    """The command with just these arguments.

    Raises:
        Exception: the command failed with it; a user would see a traceback.
    """
    folder = folder or Path(tempfile.mkdtemp(prefix="report-"))
    environ = dict.fromkeys(UNWANTED) | {"RUNLOOP_API_KEY": token} | variables
    result = CliRunner().invoke(main, [*map(str, arguments)], prog_name="runloop-conformance", env=environ)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Invocation(result.exit_code, result.stdout, result.stderr, folder)


def quick(url: str, *arguments: object, **variables: Any) -> Invocation:
    """The command where few runs are enough."""
    return conformance(url, "--max-runs", 10, "--profile", "quick", *arguments, **variables)
