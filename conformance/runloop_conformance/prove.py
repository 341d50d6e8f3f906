"""Runs the suite against servers whose faults are known, and against servers that have none.

Each fault must be found by a clause about the statement that it breaks; no correct server may be accused.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

from attrs import frozen

from runloop_conformance.clauses import Clause, all_clauses
from runloop_conformance.clock import VirtualClock
from runloop_conformance.contract import Contract, load_contract
from runloop_conformance.in_process import in_process
from runloop_conformance.judge import Verdict
from runloop_conformance.plan import Plan
from runloop_conformance.send import Limits
from runloop_conformance.servers.degenerate import DEGENERATES, Degenerate
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.mutants import MUTANTS, Mutant
from runloop_conformance.servers.variants import VARIANTS, Variant
from runloop_conformance.suite import Options, Suite, plan_for
from runloop_conformance.transport import Transport
from runloop_conformance.wire import address

Kind = Literal["mutant", "variant", "degenerate"]

TOKEN = "Tok-3fA9-proof-of-the-suite-7Zq1"  # noqa: S105 - the servers are started here, and take this one
WORKERS = 2


@frozen
class Case:
    """One server, one seed, one budget."""

    kind: Kind
    name: str
    seed: int
    max_runs: int


@frozen
class Outcome:
    """What the suite said of it. `own`: the failing clauses about the statement that the mutant breaks."""

    case: Case
    verdict: Verdict
    reason: str | None
    musts: tuple[str, ...]
    shoulds: tuple[str, ...]
    own: tuple[str, ...]
    runs_started: int
    duration_s: float

    @property
    def right(self) -> bool:
        """Whether the suite said what it should have said."""
        if self.case.kind == "mutant":
            return bool(self.own)
        if self.case.kind == "variant":
            return self.verdict == "conformant"
        return self.verdict != "conformant"


def cases(seeds: Iterable[int], max_runs: int, names: Sequence[str] = ()) -> Iterator[Case]:
    """Every server, with every seed."""
    servers: list[tuple[Kind, str]] = [("mutant", one.name) for one in MUTANTS]
    servers.extend(("variant", one.name) for one in VARIANTS)
    servers.extend(("degenerate", one.name) for one in DEGENERATES)
    for seed in seeds:
        yield from (Case(kind, name, seed, max_runs) for kind, name in servers if not names or name in names)


def prove(wanted: Iterable[Case]) -> Iterator[Outcome]:
    """Try each case, two at a time; the outcomes come in the order of the cases."""
    with ProcessPoolExecutor(WORKERS) as pool:
        yield from pool.map(attempt, wanted)


def attempt(case: Case) -> Outcome:
    """Start the server of one case, run the suite against it, and compare."""
    contract = _contract()
    every: dict[Kind, Sequence[Mutant | Variant | Degenerate]]
    every = {"mutant": MUTANTS, "variant": VARIANTS, "degenerate": DEGENERATES}
    server = next(one for one in every[case.kind] if one.name == case.name)
    with _reached(server.build(contract.document, TOKEN, ())) as to:
        options = Options(to, TOKEN, (), Limits(case.max_runs, timeout=4.0), seed=case.seed)
        result = Suite(contract, options, _plan(case.seed, case.max_runs)).run()
    failed = [finding.clause for finding in result.findings if finding.status == "fail"]
    breaks = getattr(server, "breaks", None)
    return Outcome(
        case=case,
        verdict=result.verdict,
        reason=result.reason,
        musts=tuple(clause.id for clause in failed if clause.level == "must"),
        shoulds=tuple(clause.id for clause in failed if clause.level == "should"),
        own=tuple(clause.id for clause in failed if breaks and about(clause, breaks)),
        runs_started=result.runs_started,
        duration_s=result.duration_s,
    )


@contextmanager
def _reached(server: Any) -> Generator[Transport]:
    """The server in this process, where nothing then waits; over a socket where its fault lies below HTTP's meaning."""
    if callable(server):
        with in_process(server, clock=VirtualClock()) as transport:
            yield transport
    else:
        with running(server) as url:
            yield address(url)


def about(clause: Clause, pointer: str) -> bool:
    """Whether a clause is about the statement at a pointer: it stands there, inside it, or around it."""
    if pointer in clause.also:
        return True
    if pointer.endswith("/required"):
        return clause.id.endswith(".required") and clause.pointer.startswith(pointer.removesuffix("required"))
    where = clause.pointer.removesuffix("/description")
    return where == pointer or where.startswith(f"{pointer}/") or pointer.startswith(f"{where}/")


@frozen
class Summary:
    """What the outcomes say together."""

    found: int
    faults: int
    accused: tuple[Outcome, ...]
    missed: tuple[Outcome, ...]
    passed: tuple[Outcome, ...]

    @property
    def right(self) -> bool:
        """Whether every fault was found, no correct server accused and no degenerate one passed."""
        return not (self.accused or self.missed or self.passed)


def summarize(outcomes: Sequence[Outcome]) -> Summary:
    """Count them. A fault is found when any clause failed; `missed` has those that their own clause did not find."""
    mutants = [one for one in outcomes if one.case.kind == "mutant"]
    return Summary(
        found=sum(bool(one.musts or one.shoulds) for one in mutants),
        faults=len(mutants),
        missed=tuple(one for one in mutants if not one.right),
        accused=tuple(one for one in outcomes if one.case.kind == "variant" and not one.right),
        passed=tuple(one for one in outcomes if one.case.kind == "degenerate" and not one.right),
    )


def coverage(contract: Contract) -> dict[str, list[str]]:
    """The mutants of each clause, by its id: those that break the statement which it is about."""
    return {c.id: [m.name for m in MUTANTS if about(c, m.breaks)] for c in all_clauses(contract)}


@functools.cache
def _contract() -> Contract:
    return load_contract()


@functools.cache
def _plan(seed: int, max_runs: int) -> Plan:
    options = Options(address("http://127.0.0.1"), TOKEN, (), Limits(max_runs), seed=seed)
    return plan_for(_contract(), options)
