"""One run of the suite for a whole session of pytest: the first item sends the requests, the others read the result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.document import ContractError
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.pytest_plugin import options
from runloop_conformance.pytest_plugin.outcome import RUNS, SETTLED, Outcomes, Token, read
from runloop_conformance.pytest_plugin.work import Work

MODULES = pytest.StashKey[dict[str, str]]()
"""The key of the run for each module that has clauses."""

BROKE_OFF = (
    "The item or worker that sent the requests was broken off, so runs may have been started that are not listed."
    " They are not sent again in this session. Fix the cause above and run again."
)


def items(config: pytest.Config) -> list[tuple[str, str]] | str:
    """The name of each item, with its level; or why the contract cannot be used."""
    try:
        contract = load_contract(options.settings(config)["contract_path"])
    except ContractError as error:
        return str(error)
    return [*((clause.id, clause.level) for clause in all_clauses(contract)), (SETTLED, "must")]


def outcomes(request: pytest.FixtureRequest, server: Any, token: Token, factory: pytest.TempPathFactory) -> Outcomes:
    """The outcomes of this server. With pytest-xdist one worker sends the requests, and the others wait for it."""
    runs = request.config.stash[RUNS]
    module = request.node.parent.nodeid
    # Application and URL may be different for each worker, and even for each item: the module stays the same.
    key = request.config.stash.setdefault(MODULES, {}).setdefault(module, server if isinstance(server, str) else module)
    if key not in runs:
        work = Work(request, server, token, len(items(request.config)))
        worker = getattr(request.config, "workerinput", None)
        runs[key] = Outcomes(BROKE_OFF)  # for the next item, if this one is broken off
        if worker is None:
            runs[key] = work.done()
        else:
            name = f"conformance-{worker['testrunuid']}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
            runs[key] = once(factory.getbasetemp().parent / name, work.done)
    if runs[key].interrupted:
        raise KeyboardInterrupt  # its cost is known now, and printed at the end
    return runs[key]


def once(path: Path, work: Callable[[], Outcomes]) -> Outcomes:
    """The outcomes in this file, which the first worker writes. A worker that died has spent the budget too."""
    begun, done = path.with_suffix(".begun"), path.with_suffix(".json")
    with FileLock(path.with_suffix(".lock")):
        if done.exists():
            return read(done.read_text("utf-8"))
        if begun.exists():
            return Outcomes(BROKE_OFF)
        begun.touch()
        run = work()
        done.write_text(run.written(), "utf-8")
        return run
