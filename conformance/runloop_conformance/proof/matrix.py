"""Runs the suite against servers whose faults are known, and against servers that have none.

Each fault must be found by a clause about the statement that it breaks; no correct server must be accused.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Literal

from attrs import frozen
from starlette.types import ASGIApp

from runloop_conformance.clauses import Clause, all_clauses, matches
from runloop_conformance.clock import VirtualClock
from runloop_conformance.contract.document import Contract, load_contract
from runloop_conformance.contract.operation import Level
from runloop_conformance.judging.judge import Verdict
from runloop_conformance.plan import Plan
from runloop_conformance.proof.degenerate import DEGENERATES, Degenerate
from runloop_conformance.proof.mutants import MUTANTS, Mutant
from runloop_conformance.proof.variants import VARIANTS, Variant
from runloop_conformance.sending.in_process.application import LOGGER
from runloop_conformance.sending.in_process.driven import DrivenTransport
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.sending.transport import Transport
from runloop_conformance.servers.hosting import RawServer, running
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.run import Suite

Kind = Literal["mutant", "variant", "degenerate"]
Server = Mutant | Variant | Degenerate

KINDS: Sequence[Kind] = ("mutant", "variant", "degenerate")
TOKEN = "Tok-3fA9-proof-of-the-suite-7Zq1"  # noqa: S105 - the servers are started here, and take this one
AT_ONCE = 6  # servers on a socket
SECONDS = 4.0  # for one answer; only where a socket is needed does it pass


@frozen
class Case:
    """One server, one seed, one budget."""

    kind: Kind
    name: str
    seed: int
    max_runs: int


@frozen
class Failed:
    """A clause that failed: how often of how often, and whether it is about the statement that the server breaks."""

    id: str
    level: Level
    broken: int
    judged: int
    own: bool

    @property
    def always(self) -> bool:
        """Whether everything that could have broken it did."""
        return self.broken == self.judged


@frozen
class Outcome:
    """What the suite said of a server."""

    case: Case
    verdict: Verdict
    reason: str | None
    failed: tuple[Failed, ...]
    runs_started: int

    @property
    def own(self) -> tuple[Failed, ...]:
        """The failed clauses about the statement that the server breaks."""
        return tuple(one for one in self.failed if one.own)

    @property
    def beside(self) -> tuple[Failed, ...]:
        """The failed clauses about other statements."""
        return tuple(one for one in self.failed if not one.own)

    @property
    def right(self) -> bool:
        """Whether the suite said what it should have said."""
        if self.case.kind == "mutant":
            return bool(self.own)
        if self.case.kind == "variant":
            return self.verdict == "conformant"
        return self.verdict != "conformant"


def servers(kind: Kind) -> Sequence[Server]:
    """All of a kind."""
    every: dict[Kind, Sequence[Server]] = {"mutant": MUTANTS, "variant": VARIANTS, "degenerate": DEGENERATES}
    return every[kind]


@functools.cache
def _named(kind: Kind) -> Mapping[str, Server]:
    return {one.name: one for one in servers(kind)}


def _server(case: Case) -> Server:
    return _named(case.kind)[case.name]


def needs_socket(case: Case) -> bool:
    """Whether the server of a case is one below HTTP's meaning, or hangs: such a case waits more than it works."""
    return _server(case).needs_socket


def cases(
    seeds: Iterable[int], max_runs: int, names: Sequence[str] = (), kinds: Sequence[Kind] = KINDS
) -> Iterator[Case]:
    """Every server of these kinds, or the named, with every seed."""
    for seed in seeds:
        for kind in kinds:
            yield from (Case(kind, one.name, seed, max_runs) for one in servers(kind) if not names or one.name in names)


def breaking(selector: str) -> list[str]:
    """The names of the mutants that break what the selected clauses are about."""
    wanted = [clause for clause in all_clauses(_contract()) if matches(clause, selector)]
    return [one.name for one in MUTANTS if any(about(clause, one.breaks) for clause in wanted)]


def prove(wanted: Iterable[Case]) -> Iterator[Outcome]:
    """Try each case, one a core; the outcomes come in the order of the cases.

    Those over a socket are tried beside them, several at once: they hang and trickle, and mostly wait.
    """
    fresh = get_context("spawn")  # a fork would inherit the threads' locks of whoever asks, and not the threads
    with ProcessPoolExecutor(os.cpu_count(), fresh) as busy, ProcessPoolExecutor(AT_ONCE, fresh) as waiting:
        tried = [(waiting if needs_socket(case) else busy).submit(attempt, case) for case in wanted]
        try:
            for one in tried:
                yield one.result()
        finally:
            for one in tried:
                one.cancel()


def attempt(case: Case) -> Outcome:
    """Start the server of one case, run the suite against it, and compare."""
    # What a faulty server raises is the fault at work, and no news.
    LOGGER.setLevel(logging.CRITICAL)
    contract = _contract()
    server = _server(case)
    with _reached(server.build(contract.document, TOKEN, ())) as to:
        options = Options(to, TOKEN, (), Limits(case.max_runs, timeout=SECONDS), seed=case.seed)
        result = Suite(contract, options, _plan(case.seed, case.max_runs)).run()
    breaks = server.breaks if isinstance(server, Mutant) else None
    failed = tuple(
        Failed(
            one.clause.id, one.clause.level, one.broken, one.judged, breaks is not None and about(one.clause, breaks)
        )
        for one in result.findings
        if one.status == "fail"
    )
    return Outcome(case, result.verdict, result.reason, failed, result.runs_started)


@contextmanager
def _reached(server: ASGIApp | RawServer) -> Generator[Transport]:
    """The server in this process, where nothing then waits; over a socket where its fault lies below HTTP's meaning."""
    if isinstance(server, RawServer):
        with running(server) as url:
            yield address(url)
    else:
        with DrivenTransport(server, VirtualClock()) as transport:
            yield transport


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


def summarize(outcomes: Sequence[Outcome]) -> Summary:
    """Count them. A fault is found when any clause failed; `missed` has those that their own clause did not find."""
    mutants = [one for one in outcomes if one.case.kind == "mutant"]
    return Summary(
        found=sum(bool(one.failed) for one in mutants),
        faults=len(mutants),
        missed=tuple(one for one in mutants if not one.right),
        accused=tuple(one for one in outcomes if one.case.kind == "variant" and not one.right),
        passed=tuple(one for one in outcomes if one.case.kind == "degenerate" and not one.right),
    )


@functools.cache
def _contract() -> Contract:
    return load_contract()


@functools.cache
def _plan(seed: int, max_runs: int) -> Plan:
    options = Options(address("http://127.0.0.1"), TOKEN, (), Limits(max_runs), seed=seed)
    return plan_for(_contract(), options)
