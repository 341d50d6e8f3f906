"""Starts servers that nobody wrote for these tests, each in a process group of its own, and stops them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conformance.outside import TOKEN
from tests.conftest import HANGS_AFTER, ROOT

EXAMPLES = ROOT / "examples" / "servers"
SECONDS_TO_STOP = 10  # then the server is killed


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[str]:
    """The base URL of a server that `command` starts on a port. It gets the token and the port by environment."""
    environment = os.environ | {"RUNLOOP_API_KEY": TOKEN, "PORT": str(port)}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )

        def said() -> str:
            log.seek(0)
            return log.read().decode(errors="replace")

        try:
            deadline = time.monotonic() + HANGS_AFTER
            while not listens(port):
                assert server.poll() is None, said()
                assert time.monotonic() < deadline, said()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(timeout=SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait(timeout=HANGS_AFTER)


def command_of(example: Path, port: int) -> list[str]:
    """How the folder's README says that this one is run."""
    if example.suffix == ".mjs":
        return ["node", str(example)]
    if example.stem.startswith("django"):
        folder, application = str(example.parent), f"{example.stem}:app"
        if "naive" in example.parts:
            served = ["gunicorn", "--chdir", folder, "--threads", "8", "--bind", f"127.0.0.1:{port}", application]
        else:
            served = ["uvicorn", "--app-dir", folder, "--port", str(port), application]
        return [sys.executable, "-m", *served]
    return [sys.executable, str(example)]
