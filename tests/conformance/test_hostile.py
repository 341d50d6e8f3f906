"""Servers about which nothing is right: bounded time, bounded memory, a report, and never `conformant`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.servers.hosting import running

from tests.conformance.outside import CONTRACT, TOKEN, Invocation, command, environment
from tests.conftest import HANGS_AFTER

pytestmark = pytest.mark.slow

MOST_KB = 200 * 1024
# The command is started by a small process: Linux hands the peak memory of the starting process on to the started one.
STARTER = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""

CHOSEN = [
    "always-the-same-run", "hangs-up", "silent", "endless-body", "endless-headers",
    "trickled-body-after-the-head",  "huge-length", "gzip-bomb", "deep-member", "huge-integer",
    "redirect-loop", "stops-in-the-middle", "not-http",
]  # fmt: skip
ANSWERED_WHOLE = {"always-the-same-run", "deep-member", "huge-integer"}
NEEDS_AN_ACCEPTED_REQUEST = ("run.", "response.", "request.", "authorization.", "http.")


@pytest.mark.parametrize("name", CHOSEN)
def test_it_ends_with_a_report_and_without_praise(name: str, tmp_path: Path) -> None:
    degenerate = next(one for one in DEGENERATES if one.name == name)
    with running(degenerate.build(CONTRACT.document, TOKEN, ())) as url:
        arguments = command("run", url, "--timeout", 1, "--max-runs", 25, "--report-dir", tmp_path)
        process = subprocess.run(
            [sys.executable, "-S", "-c", STARTER, *arguments],
            env=environment(), capture_output=True, encoding="utf-8", timeout=HANGS_AFTER, check=False,
        )  # fmt: skip
    done = Invocation(process.returncode, "", process.stderr, tmp_path)
    assert done.code in (1, 3), done.output
    assert done.report["verdict"] in ("nonconformant", "inconclusive")
    assert done.report["requests"] == len(done.recording) > 0
    assert int(process.stdout) < MOST_KB
    if name not in ANSWERED_WHOLE:
        passed = [clause["id"] for clause in done.report["clauses"] if clause["status"] == "pass"]
        assert [one for one in passed if one.startswith(NEEDS_AN_ACCEPTED_REQUEST)] == []
