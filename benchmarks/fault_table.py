"""How many runs one call starts, scenario by scenario: this client and the official SDK, and the tests' own server."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "client"))

import runloop_api_client as official
import runloop_api_client._base_client as official_base
import runloop_benchmarks as ours
from fault_server import SCENARIOS, FaultServer

TIMEOUT = 0.5
ENDLESS = "answers without end"
"""Not tried on the official SDK: it has no limit to what it reads."""


def runs_started(package: Any, scenario: str, *, is_async: bool) -> tuple[int, str]:
    """Runs that one call starts, and what it tells the caller."""
    with FaultServer(list(SCENARIOS[scenario])) as server:
        options: dict[str, Any] = {"bearer_token": "token", "base_url": server.url, "timeout": TIMEOUT}
        told = "a run"
        try:
            if is_async:
                asyncio.run(_call_async(package, options))
            else:
                with package.Runloop(**options) as client:
                    _check(client.benchmarks.start_run(benchmark_id="b"))
        except Exception as error:  # noqa: BLE001 - which it is, is what the table says
            told = type(error).__name__
        return server.started(), told


async def _call_async(package: Any, options: dict[str, Any]) -> None:
    async with package.AsyncRunloop(**options) as client:
        _check(await client.benchmarks.start_run(benchmark_id="b"))


def _check(run: Any) -> None:
    if not getattr(run, "id", None):
        raise _NoRunError


class _NoRunError(Exception):
    """The call returned something that is no run."""


def fault_table() -> list[str]:
    """The lines of the table."""
    # The official waits 1 to 16 s between its six attempts: only how often it tries is of interest here.
    with suppress(AttributeError):
        official_base.BaseClient._calculate_retry_timeout = lambda *_, **__: 0.01  # noqa: SLF001
    lines = ["| the server … | ours | ours, async | official | official, async |", "|---|---|---|---|---|"]
    most: Counter[str] = Counter()
    for scenario in SCENARIOS:
        cells: list[str] = []
        for package in (ours, official):
            for is_async in (False, True):
                if package is official and scenario == ENDLESS:
                    cells.append("(reads until memory is full)")
                    continue
                runs, told = runs_started(package, scenario, is_async=is_async)
                most[package.__name__] = max(most[package.__name__], runs)
                cells.append(f"**{runs}** {told}" if runs > 1 else f"{runs} {told}")
        lines.append(f"| {scenario} | {' | '.join(cells)} |")
    lines += ["", *(f"Most runs started by one call of `{name}`: {runs}." for name, runs in most.items())]
    return lines
