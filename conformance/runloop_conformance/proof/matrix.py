"""Runs the suite against mutants, correct variants and degenerate servers.

Each mutant must fail a clause about the statement that it breaks, and each variant must be conformant.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from starlette.types import ASGIApp

from runloop_conformance.clauses import all_clauses, matches
from runloop_conformance.clauses.clause import Clause
from runloop_conformance.clock import VirtualClock
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.plan.stages import Plan
from runloop_conformance.proof.degenerate import DEGENERATES, Degenerate
from runloop_conformance.proof.mutants import MUTANTS, Mutant
from runloop_conformance.proof.outcome import Case, FailedClause, Kind, Outcome
from runloop_conformance.proof.recorded import BUDGETS, CONFORMANT_FROM, SEEDS
from runloop_conformance.proof.variants import VARIANTS, Variant
from runloop_conformance.sending.in_process.application import LOGGER
from runloop_conformance.sending.in_process.driven import DrivenTransport
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.sending.transport import Transport
from runloop_conformance.servers.hosting import RawServer, running
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.run import Suite

Server = Mutant | Variant | Degenerate

KINDS: Sequence[Kind] = ("mutant", "variant", "degenerate")
TOKEN = "Tok-3fA9-proof-of-the-suite-7Zq1"  # noqa: S105 - the servers are started here, and take this one
ON_SOCKETS = 6  # processes for servers on a socket, which wait more than they compute
TIMEOUT_S = 4.0  # of one response; time passes only for servers on a socket


def servers(kind: Kind) -> Sequence[Server]:
    """All servers of a kind."""
    by_kind: dict[Kind, Sequence[Server]] = {"mutant": MUTANTS, "variant": VARIANTS, "degenerate": DEGENERATES}
    return by_kind[kind]


@functools.cache
def _by_name(kind: Kind) -> Mapping[str, Server]:
    return {server.name: server for server in servers(kind)}


def needs_socket(case: Case) -> bool:
    """Whether the server of a case works below ASGI, or hangs: such a case waits more than it computes."""
    return _by_name(case.kind)[case.name].needs_socket


def cases(
    seeds: Iterable[int], max_runs: int, names: Collection[str] = (), kinds: Sequence[Kind] = KINDS
) -> Iterator[Case]:
    """Every server of these kinds, or only those with these names, with every seed."""
    for seed in seeds:
        for kind in kinds:
            for server in servers(kind):
                if not names or server.name in names:
                    yield Case(kind, server.name, seed, max_runs)


def whole() -> Iterator[Case]:
    """Every case of the proof. The slowest cases come last, so that no core is idle at the end."""
    for budget in BUDGETS:
        yield from cases((0,), budget, kinds=("mutant",))
    yield from cases(range(SEEDS), BUDGETS[-1], kinds=("variant",))
    yield from cases((0,), CONFORMANT_FROM, kinds=("variant",))
    yield from cases((0,), BUDGETS[-1], kinds=("degenerate",))


def mutants_of(selector: str) -> list[str]:
    """The names of the mutants that break a statement of the selected clauses."""
    clauses = [clause for clause in all_clauses(_contract()) if matches(clause, selector)]
    return [mutant.name for mutant in MUTANTS if any(is_about(clause, mutant.breaks) for clause in clauses)]


def prove(cases: Iterable[Case]) -> Iterator[Outcome]:
    """Run each case, one process a core. The outcomes come in the order of the cases.

    Cases on a socket run beside them, several at once: their servers hang and trickle, and mostly wait.
    """
    spawn = get_context("spawn")  # a forked child would inherit the locks of the caller's threads without the threads
    with ProcessPoolExecutor(os.cpu_count(), spawn) as computing, ProcessPoolExecutor(ON_SOCKETS, spawn) as waiting:
        futures = [(waiting if needs_socket(case) else computing).submit(attempt, case) for case in cases]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def attempt(case: Case) -> Outcome:
    """Start the server of a case, run the suite against it, and return the outcome."""
    # An exception in a faulty server is its fault at work, and not worth a log line.
    LOGGER.setLevel(logging.CRITICAL)
    contract = _contract()
    server = _by_name(case.kind)[case.name]
    with _transport_to(server.build(contract.document, TOKEN, ())) as transport:
        options = Options(transport, TOKEN, (), Limits(case.max_runs, timeout=TIMEOUT_S), seed=case.seed)
        result = Suite(contract, options, _plan(case.seed, case.max_runs)).run()
    breaks = server.breaks if isinstance(server, Mutant) else None
    failed = tuple(
        FailedClause(
            finding.clause.id,
            finding.clause.level,
            finding.failed,
            finding.judged,
            breaks is not None and is_about(finding.clause, breaks),
        )
        for finding in result.findings
        if finding.status == "fail"
    )
    return Outcome(case, result.verdict, result.reason, failed, result.runs_started)


@contextmanager
def _transport_to(server: ASGIApp | RawServer) -> Generator[Transport]:
    """Connect to an application in this process, on a virtual clock, and to a raw server over a socket."""
    if isinstance(server, RawServer):
        with running(server) as url:
            yield address(url)
    else:
        with DrivenTransport(server, VirtualClock()) as transport:
            yield transport


def is_about(clause: Clause, pointer: str) -> bool:
    """Whether a clause is about the statement at a pointer: its own pointer is the same, inside it, or around it."""
    if pointer in clause.also:
        return True
    if pointer.endswith("/required"):
        return clause.id.endswith(".required") and clause.pointer.startswith(pointer.removesuffix("required"))
    own = clause.pointer.removesuffix("/description")
    return own == pointer or own.startswith(f"{pointer}/") or pointer.startswith(f"{own}/")


@functools.cache
def _contract() -> Contract:
    return load_contract()


@functools.cache
def _plan(seed: int, max_runs: int) -> Plan:
    options = Options(address("http://127.0.0.1"), TOKEN, (), Limits(max_runs), seed=seed)
    return plan_for(_contract(), options)
