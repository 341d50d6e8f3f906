"""Judges a recorded run again, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runloop_conformance.clauses import all_clauses, selected
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.redaction import TOKEN_MARK
from runloop_conformance.judging.judge import Terms, settle
from runloop_conformance.judging.result import Result, RunInfo
from runloop_conformance.report.stored import Stored


def recheck(stored: Stored, contract: Contract) -> Result:
    """The result of a stored recording with this suite and this contract, on the terms of its run.

    The token is not needed: if it leaked, the recording has a mark in its place.

    Raises:
        UnreadableReportError: the recording cannot be read.
        NoSuchClauseError: the run selected a clause that does not exist any more.
    """
    report, exchanges = stored.report, stored.exchanges
    terms = _terms(report)
    clauses = selected(all_clauses(contract), terms.select, terms.deselect)
    judgement = settle(clauses, Recording(contract, exchanges, (TOKEN_MARK,)), terms)
    return Result.of(_info(report), contract, exchanges, terms, judgement)


def _info(report: Mapping[str, Any]) -> RunInfo:
    suite = report["suite"]
    return RunInfo(
        server=report["server"],
        seed=suite["seed"],
        profile=suite["profile"],
        run_limit=report["run_limit"],
        runs_started=report["runs_started"],
        runs_by_mistake=report["runs_by_mistake"],
        duration_s=report["duration_s"],
        began_ms=int(datetime.fromisoformat(report["started_at"]).timestamp() * 1000),
        benchmark_ids=tuple(suite["benchmark_ids"]),
        header_names=tuple(suite["headers"]),
    )


def _terms(report: Mapping[str, Any]) -> Terms:
    suite = report["suite"]
    return Terms(
        fail_on=suite["fail_on"],
        select=tuple(suite["select"]),
        deselect=tuple(suite["deselect"]),
        known={entry["clause"]: entry["reason"] for entry in report["known_failures"]},
        precondition=report["precondition"],
        stopped=report["stopped"],
        judged_until=report["judged_until"],
    )
