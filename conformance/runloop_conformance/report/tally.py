"""What the clauses of a report come to: the failures that count, warnings, known failures, and how many of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from runloop_conformance.judging.counted import counted

Report = Mapping[str, Any]
Clause = Mapping[str, Any]
Outcome = Literal["fail", "warning", "known", "inconclusive", "not_tested", "pass"]

OUTCOMES: tuple[Outcome, ...] = ("fail", "warning", "known", "inconclusive", "not_tested", "pass")
"""The worst first. A failure counts, is only a warning, or is known; the others are statuses."""


def counts(clause: Clause, report: Report) -> bool:
    """Whether the verdict depends on a clause: a MUST, or any under `--fail-on should`."""
    return bool(clause["level"] == "must" or report["suite"]["fail_on"] == "should")


def outcome(clause: Clause, report: Report) -> Outcome:
    """The status of a clause, where failures that do not count are told apart."""
    if clause["status"] != "fail":
        status: Outcome = clause["status"]
        return status
    return "known" if clause["known"] else "fail" if counts(clause, report) else "warning"


def with_outcome(report: Report, *outcomes: Outcome) -> list[Clause]:
    """The clauses that came out so, in the order of the report."""
    return [clause for clause in report["clauses"] if outcome(clause, report) in outcomes]


def failing(report: Report) -> list[Clause]:
    """The failed clauses that make the verdict nonconformant."""
    return with_outcome(report, "fail")


def warnings(report: Report) -> list[Clause]:
    """The failed clauses that do not count."""
    return with_outcome(report, "warning")


def known(report: Report) -> list[Clause]:
    """The failed clauses that are known failures."""
    return with_outcome(report, "known")


def stale(report: Report) -> list[str]:
    """The known failures whose clauses pass."""
    return [entry["clause"] for entry in report["known_failures"] if entry["stale"]]


def tally(report: Report) -> dict[str, Counter[str]]:
    """How many clauses of each level have each status."""
    return {
        level: Counter(clause["status"] for clause in report["clauses"] if clause["level"] == level)
        for level in ("must", "should")
    }


def count_line(report: Report) -> str:
    """How many clauses failed, passed, were inconclusive and were not tested; what matters first."""
    number: Counter[str] = Counter()
    for clause in report["clauses"]:
        kind = outcome(clause, report)
        number[f"{clause['level'].upper()} failed" if kind in ("fail", "warning") else kind] += 1
    should = "SHOULD failed" if report["suite"]["fail_on"] == "should" else "SHOULD failed (warning{})"
    parts = [
        (number["MUST failed"], "MUST failed"),
        (number["SHOULD failed"], should.format("" if number["SHOULD failed"] == 1 else "s")),
        (number["known"], f"known failure{'' if number['known'] == 1 else 's'}"),
        (number["inconclusive"], "inconclusive"),
        (number["pass"], "passed"),
        (number["not_tested"], "not tested"),
    ]
    return ", ".join(f"{count} {words}" for count, words in parts if count) or "no clause was judged"


def cost_line(report: Report) -> str:
    """The contract, and what the run has cost."""
    by_mistake = report["runs_by_mistake"]
    mistakes = f" ({by_mistake} of them on requests that must be rejected)" if by_mistake else ""
    return (
        f"contract {report['contract']['version']} · {counted(report['requests'], 'request')} ·"
        f" {report['runs_started']} of {counted(report['run_limit'], 'run')} started{mistakes} ·"
        f" {report['duration_s']:.1f} s · seed {report['suite']['seed']}"
    )
