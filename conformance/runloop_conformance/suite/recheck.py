"""Judges a recording again, with no network: what would this suite have said of what was sent and answered then?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runloop_conformance.clauses import all_clauses, selected
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.redaction import TOKEN_MARK
from runloop_conformance.judging.result import Result, RunInfo
from runloop_conformance.judging.terms import Terms, settle
from runloop_conformance.report.stored import Stored


def recheck(stored: Stored, contract: Contract) -> Result:
    """The result that this suite and this contract make of a stored recording, on the terms of its run.

    The token is not needed: where it leaked, its mark stands in the recording.

    Raises:
        UnreadableReportError: the recording is not there, or is none.
        NoSuchClauseError: the run selected a clause that there is not any more.
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
