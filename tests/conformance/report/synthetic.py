"""Results made of real clauses, with the exchanges that a test of the page needs. No request is sent."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import attrs
from runloop_conformance import __version__
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.clause import Clause, Observation
from runloop_conformance.exchanges.exchange import Exchange, Probe, Response
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Finding
from runloop_conformance.judging.result import Result
from runloop_conformance.plan.probes import ask, twin
from runloop_conformance.report.document import document
from runloop_conformance.report.html import page as html

from tests.conformance.outside import CONTRACT, OPERATION, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

CLAUSES = all_clauses(CONTRACT)
JSON = (("Content-Type", "application/json"),)
ASKED = {"benchmark_id": "bmd_30xCTWqsuNaUXk3uJ0GCo", "run_name": "nightly", "metadata": {"team": "agents"}}
CONTROL = ask(OPERATION, "full", "accept", (), ASKED)
BEGAN_MS = 1_795_441_300_000


def responded(probe: Probe, status: int = 200, body: bytes = b"{}", headers: Any = JSON, number: int = 1) -> Exchange:
    response = Response(status, tuple(headers), body)
    return Exchange(number, probe, response, None, BEGAN_MS + number, BEGAN_MS + number + 7)


def accepted_twin(change: str = "benchmark_id is a number", **different: Any) -> tuple[Exchange, Exchange]:
    """A control, and a twin that the server accepted although it must reject it."""
    different = different or {"content": ASKED | {"benchmark_id": 30}}
    wrong = twin(CONTROL, change, ("request.benchmark_id.type",), **different)
    return responded(CONTROL, body=b'{"id":"bmr_1"}'), responded(wrong, body=b'{"id":"bmr_2"}', number=2)


def violation(
    *exchanges: Exchange, expected: str = "refused with a 4xx", actual: str = "200: it was accepted"
) -> Observation:
    return Observation(passed=False, exchanges=exchanges or accepted_twin(), expected=expected, actual=actual)


def finding(clause: Clause, status: Any = "pass", observation: Observation | None = None) -> Finding:
    reason = {"pass": None, "fail": "failed 3 of 4 times", "inconclusive": "no response: timed out"}.get(
        status, "no request was accepted"
    )
    return Finding(clause, status, reason, 0 if status == "not_tested" else 4, observation, 3 if observation else 0)


def clauses(number: int) -> list[Clause]:
    """This number of clauses: the real ones, then copies under other ids."""
    rounds = itertools.count(1)
    clauses_made: list[Clause] = []
    while len(clauses_made) < number:
        again = next(rounds)
        clauses_made += [
            attrs.evolve(clause, id=clause.id if again == 1 else f"{clause.id}.again-{again}") for clause in CLAUSES
        ]
    # Spread over the chapters also where there are few.
    return (
        [clauses_made[at * len(clauses_made) // number] for at in range(number)]
        if number < len(clauses_made)
        else clauses_made
    )


def mixed(number: int) -> list[Finding]:
    """This number of findings, with every status in both levels."""
    kinds = itertools.cycle(["fail", "pass", "pass", "not_tested", "pass", "inconclusive", "pass"])
    return [
        finding(clause, status, violation() if status == "fail" else None)
        for clause, status in zip(clauses(number), kinds, strict=False)
    ]


def result(findings: Sequence[Finding], **different: Any) -> Result:
    """A result with these findings."""
    exchanges = [
        exchange for finding in findings if finding.counterexample for exchange in finding.counterexample.exchanges
    ]
    failed = any(finding.status == "fail" and finding.clause.level == "must" for finding in findings)
    values: dict[str, Any] = {
        "verdict": "nonconformant" if failed else "conformant",
        "reason": None,
        "complete": True,
        "server": "https://mock.example:8443/prefix",
        "contract": CONTRACT,
        "suite_version": __version__,
        "seed": 0,
        "profile": "standard",
        "requests": 793,
        "runs_started": 25,
        "runs_by_mistake": 0,
        "run_limit": 25,
        "run_ids": tuple(f"bmr_30xCV5qQ4ZkW1bqNRpB{n:02}" for n in range(25)),
        "duration_s": 2.41,
        "findings": tuple(findings),
        "exchanges": tuple(exchanges),
    }
    return Result(**(values | different))


def page(made: Result, *secrets: str) -> str:
    """What report.html would hold."""
    return html.page(
        document(made, Redaction((TOKEN, *secrets))), made.contract, [judged.clause for judged in made.findings]
    )
