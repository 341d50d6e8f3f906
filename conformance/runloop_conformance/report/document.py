"""`report.json`. Others script against it: `report.schema.json` says what it holds."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from runloop_conformance.exchanges.curl import curl
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Finding
from runloop_conformance.judging.terms import Terms, stale
from runloop_conformance.suite.run import Result

LONGEST_BODY = 8 * 1024  # bytes of a body in the report; the recording has the whole


def schema() -> dict[str, Any]:
    """The JSON Schema of `report.json`."""
    found: dict[str, Any] = json.loads(
        files("runloop_conformance").joinpath("report", "report.schema.json").read_text("utf-8")
    )
    return found


def document(result: Result, redaction: Redaction) -> dict[str, Any]:
    """The report, as design.md has it."""
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
        "stopped": redaction.text(terms.stopped) if terms.stopped else None,
        "requests": result.requests,
        "runs_started": result.runs_started,
        "run_limit": result.run_limit,
        "runs_by_mistake": result.runs_by_mistake,
        "run_ids": [redaction.text(_writable(run_id)) for run_id in result.run_ids],
        "duration_s": result.duration_s,
        "known_failures": _known_failures(result, redaction),
        "clauses": [
            clause_document(finding, result.server, redaction) | _known(finding, terms, redaction)
            for finding in result.findings
        ],
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


def _known(finding: Finding, terms: Terms, redaction: Redaction) -> dict[str, Any]:
    counts = finding.status == "fail" and finding.clause.id in terms.known
    return {"known": redaction.text(terms.known[finding.clause.id]) if counts else None}


def clause_document(finding: Finding, server: str, redaction: Redaction) -> dict[str, Any]:
    """What is said of one clause, without secrets."""
    clause, seen = finding.clause, finding.counterexample
    return {
        "id": clause.id,
        "level": clause.level,
        "status": finding.status,
        "reason": redaction.text(finding.reason) if finding.reason else None,
        "pointer": clause.pointer,
        "text": clause.text,
        "judged": finding.judged,
        "counterexample": None
        if seen is None
        else {
            "expected": redaction.text(_writable(seen.expected)),
            "actual": redaction.text(_writable(seen.actual)),
            "curl": redaction.text(curl(seen.exchanges[-1].probe, server)),
            "change": seen.exchanges[-1].probe.change,
            "exchanges": [exchange_document(one, redaction, LONGEST_BODY) for one in seen.exchanges],
        },
    }


def exchange_document(exchange: Exchange, redaction: Redaction, longest: int | None = None) -> dict[str, Any]:
    """One exchange, without secrets. A body longer than `longest` bytes is cut, and says so."""
    probe, response = exchange.probe, exchange.response
    request: dict[str, Any] = {
        "name": probe.name,
        "intent": probe.intent,
        "method": probe.method,
        "path": probe.path,
        "query": probe.query,
        "headers": [[name, _named(value)] for name, value in probe.headers],
        "framing": probe.framing,
        **_body(probe.body, redaction, longest),
    }
    answer: dict[str, Any] = {}
    if response is not None:
        headers = [[redaction.text(name), redaction.text(value)] for name, value in response.headers]
        answer = {"status": response.status, "headers": headers, **_body(response.body, redaction, longest)}
    elif exchange.failure is not None:
        answer = {"failure": {"kind": exchange.failure.kind, "text": redaction.text(exchange.failure.text)}}
    answer |= {"began_ms": exchange.began_ms, "ended_ms": exchange.ended_ms}
    return {"number": exchange.number, "request": request, "response": answer}


def _named(template: str) -> str:
    """The token's placeholder under the name that a reader knows."""
    return template.replace("{token", "{$RUNLOOP_API_KEY")


def _body(raw: bytes, redaction: Redaction, longest: int | None) -> dict[str, Any]:
    raw = redaction.raw(raw)
    note: dict[str, Any] = {}
    if longest is not None and len(raw) > longest:
        note = {"body_cut_from": len(raw)}
        raw = raw[:longest]
        while raw and (raw[-1] & 0xC0) == 0x80:  # not in the middle of a character
            raw = raw[:-1]
        raw = raw[:-1] if raw and raw[-1] >= 0xC0 else raw
    try:
        return {"body": raw.decode("utf-8"), **note}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(raw).decode("ascii"), **note}


def _writable(text: str) -> str:
    """Text that can be written as UTF-8: a lone surrogate becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
