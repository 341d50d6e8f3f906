"""The suite's wall time against plain `st run` with its defaults, on the same server, in turns, as whole processes.

`make bench` runs it and writes benchmarks/conformance.md.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-of-the-benchmark"
TURNS = 5


def serving() -> tuple[subprocess.Popen[str], str]:
    """The reference server in a process of its own, and its address."""
    command = [sys.executable, "-m", "runloop_conformance", "serve", "--port", "0"]
    server = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    return server, server.stdout.readline().split(" at ")[1].split()[0]


def environment() -> dict[str, str]:
    """The token by environment, and nothing else of the caller's that could matter."""
    return os.environ | {"RUNLOOP_API_KEY": TOKEN, "NO_COLOR": "1"}


def timed(command: list[str], folder: str) -> float:
    """Seconds of one whole process; what it says does not matter, that it ran to its end does."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    return time.perf_counter() - began


def main() -> None:
    """Take turns, and write the table."""
    server, url = serving()
    ours = [sys.executable, "-m", "runloop_conformance", "run", url, "--quiet"]
    header = ["--header", f"Authorization: Bearer {TOKEN}"]
    peers = {
        "st run": [str(Path(sys.executable).with_name("st")), "run", str(ROOT / "openapi.yaml"), "--url", url, *header],
        "standard": ours,
        "quick": [*ours, "--profile", "quick"],
        "--max-runs 25": [*ours, "--max-runs", "25"],
    }
    taken: dict[str, list[float]] = {name: [] for name in peers}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(TURNS):
                for name, command in peers.items():
                    taken[name].append(timed(command, folder))
    finally:
        server.terminate()
        server.wait(timeout=10)
    peer = statistics.median(taken["st run"])
    lines = [
        "# The suite against plain `st run`",
        "",
        f"Written by `make bench`: whole processes, the median of {TURNS} turns, on the server in another one.",
        "",
        "| | median | of `st run` |",
        "|---|---|---|",
    ]
    for name, seconds in taken.items():
        middle = statistics.median(seconds)
        lines.append(f"| {name} | {middle:.1f} s | {middle / peer:.2f} |")
    text = "\n".join(lines) + "\n"
    (ROOT / "benchmarks" / "conformance.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
