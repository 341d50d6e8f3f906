"""One run of the suite for a whole session of pytest: whoever needs it first sends the requests, the others read."""

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
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcomes, Token, read
from runloop_conformance.pytest_plugin.plugin import RUNS

BROKE_OFF = (
    "Whoever sent the requests ended before all was done, so runs may have been started that nobody knows of:"
    " see why that worker ended, and run it again."
)


def items(config: pytest.Config) -> list[tuple[str, str]] | str:
    """The name of each item, with its level; or why the contract cannot be used."""
    try:
        contract = load_contract(options.given(config)["contract_path"])
    except ContractError as error:
        return str(error)
    return [*((clause.id, clause.level) for clause in all_clauses(contract)), (SETTLED, "must")]


def outcomes(request: pytest.FixtureRequest, server: Any, token: Token, factory: pytest.TempPathFactory) -> Outcomes:
    """Those of this server. With pytest-xdist one worker sends the requests; the others wait for what it says."""
    known = request.config.stash[RUNS]
    # An application is another object in each worker, and may be for each test: it is known by who asks for it.
    key = hashlib.sha256((server if isinstance(server, str) else request.node.parent.nodeid).encode()).hexdigest()[:16]
    if key not in known:
        from runloop_conformance.pytest_plugin.work import Work  # noqa: PLC0415 - the suite, for whoever sends

        work = Work(request, server, token, len(items(request.config)))
        worker = getattr(request.config, "workerinput", None)
        if worker is None:
            known[key] = work.done()
        else:
            known[key] = once(factory.getbasetemp().parent / f"conformance-{worker['testrunuid']}-{key}", work.done)
    if known[key].interrupted:
        raise KeyboardInterrupt  # what it has cost is known now, and said at the end
    return known[key]


def once(path: Path, work: Callable[[], Outcomes]) -> Outcomes:
    """The outcomes in this file; whoever is first makes them. A worker that died has spent the budget all the same."""
    begun, done = path.with_suffix(".begun"), path.with_suffix(".json")
    with FileLock(path.with_suffix(".lock")):
        if done.exists():
            return read(done.read_text("utf-8"))
        if begun.exists():
            return Outcomes(BROKE_OFF)
        begun.touch()
        made = work()
        done.write_text(made.written(), "utf-8")
        return made
