"""The exit code and the files are those of the verdict, whatever happens to what the command prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Always
from tests.conformance.outside import TOKEN, command, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "report.json",
    "report.html",
    "recording.jsonl",
    "junit.xml",
    "badge.svg",
    "badge.json",
    "statement.md",
    "run_ids.txt",
}
ENCODINGS = ("ascii", "cp1252", "cp932", "latin-1", "utf-8")
LIGHT = ("--select", "run.id.new", "--max-runs", "12")


@pytest.fixture(scope="module")
def wrong() -> Iterator[str]:
    with running(Always(200, body='{"id": "·…“日本\u202e"}'.encode())) as url:
        yield url


def run(
    folder: Path, *arguments: str, stdout: Any = subprocess.PIPE, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command("run", *arguments, *LIGHT, "--report-dir", folder), env=environment(TOKEN, **environ),
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, timeout=90, check=False,
    )  # fmt: skip


def unexpected(stderr: bytes) -> bytes:
    """What was printed beside the line that says the cost."""
    return re.sub(rb"^http://\S+: at most \d+ runs will be started by .*\n", b"", stderr)


def assert_reported(folder: Path, verdict: str) -> None:
    assert {path.name for path in folder.iterdir()} == FILES
    assert json.loads((folder / "report.json").read_text("utf-8"))["verdict"] == verdict


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_that_lacks_characters(encoding: str, tmp_path: Path, wrong: str) -> None:
    done = run(tmp_path, wrong, PYTHONIOENCODING=encoding)
    assert (done.returncode, unexpected(done.stderr)) == (1, b"")
    assert "nonconformant: " in done.stdout.decode(encoding)
    assert_reported(tmp_path, "nonconformant")
    for again in (("recheck", tmp_path), ("diff", tmp_path, tmp_path)):
        code = 1 if again[0] == "recheck" else 0
        other = subprocess.run(
            command(*again), env=environment(PYTHONIOENCODING=encoding), capture_output=True, timeout=60, check=False
        )
        assert (other.returncode, other.stderr) == (code, b""), again[0]


@pytest.mark.parametrize("code", [0, 1])
def test_a_pipe_that_nobody_reads(code: int, tmp_path: Path, wrong: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run(tmp_path, *((wrong,) if code else ()), stdout=writing)
    os.close(writing)
    assert (done.returncode, unexpected(done.stderr)) == (code, b"")
    assert_reported(tmp_path, "nonconformant" if code else "conformant")


def test_a_full_disk(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(tmp_path, stdout=full)
    assert (done.returncode, unexpected(done.stderr)) == (0, b"")
    assert_reported(tmp_path, "conformant")


def test_no_standard_output(tmp_path: Path) -> None:
    script = 'exec "$@" >&-'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command("run", *LIGHT, "--report-dir", tmp_path)], env=environment(),
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=90, check=False,
    )  # fmt: skip
    assert (done.returncode, unexpected(done.stderr)) == (0, b"")
    assert_reported(tmp_path, "conformant")


@pytest.mark.parametrize("environ", [{"COLUMNS": "30"}, {"TERM": "dumb"}, {"COLUMNS": "1", "TERM": "dumb"}], ids=str)
def test_a_narrow_or_dumb_terminal(environ: dict[str, str], tmp_path: Path, wrong: str) -> None:
    done = run(tmp_path, wrong, **environ)
    assert (done.returncode, unexpected(done.stderr)) == (1, b"")
    assert b"\x1b" not in done.stdout
    assert_reported(tmp_path, "nonconformant")
