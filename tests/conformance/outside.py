"""The command as a stranger runs it: a process of its own, its exit code, what it prints, what it leaves behind."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from attrs import frozen
from runloop_conformance.contract.document import load_contract

CONTRACT = load_contract()
OPERATION = CONTRACT.operation
TOKEN = "Tok-3fA9-of-the-tests-7Zq1"
CONTROL_CHARACTERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")

# The command is started by a process that holds little: Linux hands the size of whoever starts a process on to it.
STARTER = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[2:])
with open(sys.argv[1], "w") as largest:
    largest.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(done.returncode)
"""


@frozen
class Done:
    """What came of a call of the command. `largest_kb`: its resident set at its largest."""

    code: int
    out: str
    err: str
    folder: Path
    largest_kb: int

    @property
    def said(self) -> str:
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


def environment(token: str | None = TOKEN, **more: str) -> dict[str, str]:
    """That of this process, with the token, and nothing that changes how a terminal is taken."""
    unwanted = {"RUNLOOP_API_KEY", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "CI"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | ({"RUNLOOP_API_KEY": token} if token is not None else {}) | more


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "runloop_conformance", *map(str, arguments)]


def conformance(*arguments: object, token: str | None = TOKEN, timeout: float = 90, **environ: str) -> Done:
    """`runloop-conformance run` with a folder for its report."""
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    return call("run", *arguments, "--report-dir", folder, token=token, timeout=timeout, folder=folder, **environ)


def call(
    *arguments: object, token: str | None = TOKEN, timeout: float = 90, folder: Path | None = None, **environ: str
) -> Done:
    """The command with just these arguments."""
    folder = folder or Path(tempfile.mkdtemp(prefix="report-"))
    with tempfile.NamedTemporaryFile("r") as largest:
        done = subprocess.run(
            [sys.executable, "-S", "-c", STARTER, largest.name, *command(*arguments)],
            env=environment(token, **environ),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr, folder, int(largest.read() or 0))


def quick(url: str, *arguments: object, **how: Any) -> Done:
    """The command where few runs are enough."""
    return conformance(url, "--max-runs", 10, "--profile", "quick", *arguments, **how)
