"""`report.json`. Others script against it: `report.schema.json` says what it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from runloop_conformance.clauses.clause import Observation
from runloop_conformance.exchanges.curl import curl
from runloop_conformance.exchanges.document import exchange_document
from runloop_conformance.exchanges.excerpt import message_text
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Finding, stale
from runloop_conformance.judging.result import Result

LONGEST_BODY = 8 * 1024  # bytes of a body in the report; the recording has the whole


def schema() -> dict[str, Any]:
    """The JSON Schema of `report.json`."""
    loaded: dict[str, Any] = json.loads(
        files("runloop_conformance").joinpath("report", "report.schema.json").read_text("utf-8")
    )
    return loaded


def document(result: Result, redaction: Redaction) -> dict[str, Any]:
    """The report as `report.schema.json` describes it."""
    terms = result.terms
    return {
        "verdict": result.verdict,
        "reason": redaction.text(result.reason) if result.reason else None,
        "complete": result.complete,
        "server": redaction.text(result.server),
        "contract": {"version": result.contract.version, "sha256": result.contract.sha256},
        "suite": _suite(result, redaction),
        "started_at": datetime.fromtimestamp(result.began_ms / 1000, UTC).isoformat(timespec="seconds"),
        "precondition": redaction.text(terms.precondition) if terms.precondition else None,
        "judged_until": terms.judged_until,
        "stopped": redaction.text(terms.stopped) if terms.stopped else None,
        "requests": result.requests,
        "runs_started": result.runs_started,
        "run_limit": result.run_limit,
        "runs_by_mistake": result.runs_by_mistake,
        "run_ids": [redaction.text(_writable(run_id)) for run_id in result.run_ids],
        "duration_s": result.duration_s,
        "known_failures": _known_failures(result, redaction),
        "clauses": [_clause(finding, result, redaction) for finding in result.findings],
    }


def _suite(result: Result, redaction: Redaction) -> dict[str, Any]:
    """The suite and how it was called: what is needed to judge the recording again, or to run the same once more."""
    terms = result.terms
    return {
        "version": result.suite_version,
        "seed": result.seed,
        "profile": result.profile,
        "fail_on": terms.fail_on,
        "select": list(terms.select),
        "deselect": list(terms.deselect),
        "benchmark_ids": [redaction.text(one) for one in result.benchmark_ids],
        "headers": list(result.header_names),
    }


def _known_failures(result: Result, redaction: Redaction) -> list[dict[str, Any]]:
    outdated = stale(result.findings, result.terms)
    return [
        {"clause": clause, "reason": redaction.text(reason), "stale": clause in outdated}
        for clause, reason in result.terms.known.items()
    ]


def _clause(finding: Finding, result: Result, redaction: Redaction) -> dict[str, Any]:
    clause, failure = finding.clause, finding.counterexample
    known = result.terms.known.get(clause.id) if finding.status == "fail" else None
    return {
        "id": clause.id,
        "level": clause.level,
        "status": finding.status,
        "reason": redaction.text(finding.reason) if finding.reason else None,
        "pointer": clause.pointer,
        "text": clause.text,
        "judged": finding.judged,
        "failed": finding.failed,
        "counterexample": None if failure is None else _counterexample(failure, result.server, redaction),
        "known": redaction.text(known) if known else None,
    }


def _counterexample(failure: Observation, server: str, redaction: Redaction) -> dict[str, Any]:
    *before, decisive = failure.exchanges
    probe = decisive.probe
    controls = (exchange.number for exchange in before if exchange.probe.name == probe.control and exchange.accepted)
    return {
        "expected": _writable(message_text(failure.expected, redaction)),
        "actual": _writable(message_text(failure.actual, redaction)),
        "curl": redaction.text(curl(probe, server)),
        "change": probe.change,
        "control": next(controls, None),
        "exchanges": [exchange_document(exchange, redaction, LONGEST_BODY) for exchange in failure.exchanges],
    }


def _writable(text: str) -> str:
    """Text that can be written as UTF-8: a lone surrogate becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
