"""The README's example runs unchanged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference, default_document

from tests.conftest import HANGS_AFTER, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-of-the-tests"
(EXAMPLE,) = re.findall(
    r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def outcome(folder: Path, known: tuple[str, ...]) -> str:
    with running(Reference(default_document(), TOKEN, known)) as url:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", EXAMPLE],
            cwd=folder,
            env=os.environ | {"RUNLOOP_BASE_URL": url, "RUNLOOP_API_KEY": TOKEN},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=HANGS_AFTER,
        )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_example_starts_a_run(tmp_path: Path) -> None:
    assert re.fullmatch(r"\S+ (running|completed|canceled)\n", outcome(tmp_path, ()))


def test_the_example_says_when_there_is_no_such_benchmark(tmp_path: Path) -> None:
    assert outcome(tmp_path, ("bmd_another",)) == "no such benchmark\n"


def test_the_figures_are_those_that_the_benchmarks_wrote() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/tables.py", "--check"], cwd=ROOT, check=False, timeout=HANGS_AFTER
    )
    assert done.returncode == 0


def normalized(text: str) -> str:
    """The output without the parts that differ between runs: the port and the time."""
    return re.sub(r"\d+\.\d s", "N s", re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text))


def test_the_conformant_output_is_what_the_command_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^\$ make conformance\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUNLOOP_")}
    done = subprocess.run(
        [sys.executable, "-m", "runloop_conformance", "run"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert normalized(done.stdout) == normalized(shown)
