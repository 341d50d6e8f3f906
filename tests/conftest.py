"""What the tests of all folders share."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from xdist.workermanage import NodeManager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi.yaml"
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = iter(range(20_000 + 500 * WORKER, 20_500 + 500 * WORKER))
HANGS_AFTER = 600.0
"""Seconds after which a process that a test started hangs. It measures nothing: a busy machine may be that slow."""


def free_port() -> int:
    """A port for a server that takes its port as an argument.

    It lies below the ports that the system gives out by itself, and each worker has its own range, so that nothing
    takes it in between.
    """
    for port in PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


@contextlib.contextmanager
def refusing_port() -> Iterator[int]:
    """A port that refuses connections: nobody listens on it, and nobody else can bind it meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def pytest_configure() -> None:
    """Let Ctrl-C end the workers of pytest-xdist soon: they ignore it, and are given ten seconds by default."""
    NodeManager.EXIT_TIMEOUT = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _installed(path: Path, name: str) -> Path:
    """What is below `node_modules`. Without it the test is skipped with the reason; in CI it fails."""
    if shutil.which("node") is None:
        absent("Node is not installed")
    if not path.exists():
        absent(f"{name} is not installed: run `make node`")
    return path


@pytest.fixture(scope="session")
def node_tool() -> Callable[[str], str]:
    """The path of a command of `package.json`."""
    return lambda name: str(_installed(ROOT / "node_modules" / ".bin" / name, name))


@pytest.fixture(scope="session")
def node_package() -> Callable[[str], Path]:
    """The folder of a package of `package.json`."""
    return lambda name: _installed(ROOT / "node_modules" / name, name)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without it the test is skipped with the reason; in CI it fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or absent("Chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A Chromium, for one module: while Playwright is at work, no other test of the process can start an event loop."""
    from playwright.sync_api import sync_playwright  # only where a browser is asked for

    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to sandbox what root starts
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe, which looks for what keeps people with other senses or hands out."""
    script = ROOT / "node_modules/axe-core/axe.min.js"
    return script.read_text("utf-8") if script.exists() else absent("axe is not installed: run `make node`")


def absent(reason: str) -> NoReturn:
    """What a test needs is not there."""
    if os.environ.get("CI", "").lower() in {"", "0", "false"}:
        pytest.skip(reason)
    pytest.fail(f"{reason}. CI leaves out nothing.")
