"""The report of a run in pytest: what each item does, and the lines at the end of the session, as on the console."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence

from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.counted import counted
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcome, Outcomes
from runloop_conformance.report.console import described
from runloop_conformance.report.tally import Clause, Report, cost_line, count_line, outcome, stale, warnings
from runloop_conformance.report.visible import visible

MOST_NAMED = 8  # clauses that were not tested
MOST_SHOWN = 3  # SHOULDs that failed, in full
MOST_RAISED = 3  # exceptions of an application


def outcomes(report: Report, redaction: Redaction, raised: Sequence[BaseException]) -> Outcomes:
    """What each item does, and the lines at the end. `raised`: the exceptions of an application in this process."""
    reason = report["reason"] or ""
    head = [f"{report['verdict']}: {report['server']}", *([f"  {reason}"] if reason else [])]
    exceptions = [redaction.text(line) for line in _raised(raised)]
    if report["precondition"] or (report["stopped"] and report["verdict"] == "inconclusive"):
        lines = [*head, f"  {counted(report['runs_started'], 'run')} started", *exceptions]
        return Outcomes(_printable(f"{report['verdict']}: {reason}"), summary=tuple(map(_printable, lines)))
    lines = [*head, f"  {count_line(report)}", f"  {cost_line(report)}", *_warnings(report), *exceptions]
    items = {clause["id"]: _outcome(clause, report) for clause in report["clauses"]}
    items[SETTLED] = _settled(report)
    return Outcomes(items=items, summary=tuple(map(_printable, lines)))


def _printable(text: str) -> str:
    return visible(text, keep="\n")


def _outcome(clause: Clause, report: Report) -> Outcome:
    failure, reason = clause["counterexample"], clause["reason"]
    match outcome(clause, report):
        case "pass" if clause["id"] in stale(report):
            known = next(entry["reason"] for entry in report["known_failures"] if entry["clause"] == clause["id"])
            how, text = "fail", f"The clause passes: remove it from the known failures, where its reason is: {known}"
        case "pass":
            how, text = "pass", ""
        case "fail":
            how, text = "fail", "\n".join(described(clause))
        case "warning":
            how, text = (
                "warn", f"SHOULD failed: {clause['text']} Expected: {failure['expected']}. Actual: {failure['actual']}"
            )  # fmt: skip
        case "known":
            how, text = "warn", f"known failure: {clause['known']}"
        case "inconclusive":
            how, text = "skip", f"inconclusive: {reason}"
        case "not_tested":
            how, text = "skip", f"not tested: {reason}"
    return Outcome(how, _printable(text))


def _settled(report: Report) -> Outcome:
    """The outcome of the item beside the clauses."""
    left = [
        clause
        for clause in report["clauses"]
        if clause["level"] == "must" and clause["status"] in ("inconclusive", "not_tested")
    ]
    if not left:
        return Outcome("pass")
    named = [f"  {clause['id']}: {clause['reason']}" for clause in left[:MOST_NAMED]]
    rest = [f"  and {len(left) - MOST_NAMED} more"] if len(left) > MOST_NAMED else []
    head = f"inconclusive: {counted(len(left), 'MUST clause')} could not be tested"
    return Outcome("fail", _printable("\n".join([head, *named, *rest])))


def _warnings(report: Report) -> Iterator[str]:
    """The SHOULDs that fail nothing: pytest itself shows each in a line, and only with -rx."""
    failed = warnings(report)
    for clause in failed[:MOST_SHOWN]:
        yield from (f"  {line}" for line in described(clause))
        yield ""
    if len(failed) > MOST_SHOWN:
        yield f"  {counted(len(failed) - MOST_SHOWN, 'more warning')}: see them with -rx"


def _raised(raised: Sequence[BaseException]) -> Iterator[str]:
    """What the application raised: a defect raises for many requests at one place, and is shown once."""
    places = {repr(traceback.extract_tb(error.__traceback__)[-1:]): error for error in raised}
    if raised:
        yield f"  the application raised {counted(len(raised), 'exception')}, at {counted(len(places), 'place')}:"
    for error in list(places.values())[:MOST_RAISED]:
        for line in "".join(traceback.format_exception(error)).rstrip().split("\n"):
            yield f"    {line}"
