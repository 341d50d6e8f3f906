"""The result of a run of the suite, in the words of the console: for each item, and for the end of the session."""

from __future__ import annotations

import functools
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Finding
from runloop_conformance.judging.result import Result
from runloop_conformance.judging.terms import Terms
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcome, Outcomes
from runloop_conformance.report import console
from runloop_conformance.report.document import document

UNSETTLED = ("not_tested", "inconclusive")
MOST_NAMED = 8  # clauses that were not settled
MOST_SHOWN = 3  # SHOULDs that are broken, whole
MOST_RAISED = 3  # exceptions of an application

Clean = Callable[[str], str]
Shown = Callable[[Sequence[Finding]], list[str]]


def told(result: Result, redaction: Redaction, raised: Sequence[BaseException]) -> Outcomes:
    """What each item does, and what is said at the end. `raised`: what an application in this process did."""

    def clean(text: str) -> str:
        lines = redaction.text(text).split("\n")
        return "\n".join("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in lines)

    reason = result.reason or ""
    head = [f"{result.verdict}: {result.server}", *([f"  {reason}"] if reason else [])]
    if result.terms.precondition or (result.terms.stopped and result.verdict == "inconclusive"):
        summary = (*head, f"  {result.runs_started} runs started", *_raised(raised))
        return Outcomes(clean(f"{result.verdict}: {reason}"), summary=tuple(map(clean, summary)))
    clauses = {clause["id"]: clause for clause in document(result, redaction)["clauses"]}
    shown = functools.partial(_shown, clauses=clauses)
    summary = (*head, *_counts(result), *_warnings(result, shown), *_raised(raised))
    items = {
        finding.clause.id: _outcome(finding, clauses[finding.clause.id]["counterexample"], result.terms, clean, shown)
        for finding in result.findings
    }
    open_musts = [one for one in result.findings if one.clause.level == "must" and one.status in UNSETTLED]
    items[SETTLED] = _settled(open_musts, clean)
    return Outcomes(items=items, summary=tuple(map(clean, summary)))


def _outcome(
    finding: Finding, counterexample: Mapping[str, Any] | None, terms: Terms, clean: Clean, shown: Shown
) -> Outcome:
    known = terms.known.get(finding.clause.id)
    if finding.status == "pass" and known is not None:
        return Outcome("fail", clean(f"It is kept now: take it out of the known failures, where it stands as: {known}"))
    if finding.status == "pass":
        return Outcome("pass")
    if counterexample is None:
        return Outcome("skip", clean(f"{finding.status.replace('_', ' ')}: {finding.reason}"))
    if known is not None:
        return Outcome("warn", clean(f"a known failure: {known}"))
    if finding.clause.level == "must" or terms.fail_on == "should":
        return Outcome("fail", "\n".join(map(clean, shown([finding]))))
    difference = f"Expected: {counterexample['expected']}. Actual: {counterexample['actual']}"
    return Outcome("warn", clean(f"a SHOULD: {finding.clause.text} {difference}"))


def _shown(findings: Sequence[Finding], clauses: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for finding in findings:
        lines += ["", *console.told(clauses[finding.clause.id])]
    return lines[1:]


def _settled(open_musts: Sequence[Finding], clean: Clean) -> Outcome:
    if not open_musts:
        return Outcome("pass")
    named = [f"  {one.clause.id}: {one.reason}" for one in open_musts[:MOST_NAMED]]
    more = [f"  and {len(open_musts) - MOST_NAMED} more"] if len(open_musts) > MOST_NAMED else []
    head = f"inconclusive: {len(open_musts)} MUST clauses could not be settled"
    return Outcome("fail", "\n".join(map(clean, [head, *named, *more])))


def _counts(result: Result) -> Iterator[str]:
    counted = Counter(finding.status for finding in result.findings)
    unsettled = counted["not_tested"] + counted["inconclusive"]
    yield f"  {counted['pass']} clauses kept, {counted['fail']} broken, {unsettled} not settled"
    yield (
        f"  contract {result.contract.version} · {result.requests} requests · {result.runs_started} runs started of"
        f" {result.run_limit} · {result.duration_s:.1f} s · seed {result.seed}"
    )


def _warnings(result: Result, shown: Shown) -> Iterator[str]:
    """The SHOULDs that do not fail, which pytest itself tells in a line each, and with -rx alone."""
    failed = [finding for finding in result.findings if finding.status == "fail" and finding.clause.level == "should"]
    broken = [one for one in failed if one.clause.id not in result.terms.known and result.terms.fail_on == "must"]
    for line in shown(broken[:MOST_SHOWN]):
        yield f"  {line}"
    if len(broken) > MOST_SHOWN:
        yield f"  and {len(broken) - MOST_SHOWN} more SHOULD clauses: see them with -rx"


def _raised(raised: Sequence[BaseException]) -> Iterator[str]:
    """What the application raised: one defect does so for many requests, and is worth one traceback."""
    places = {repr(traceback.extract_tb(error.__traceback__)[-1:]): error for error in raised}
    if raised:
        yield f"  the application raised {len(raised)} exceptions, at {len(places)} places:"
    for error in list(places.values())[:MOST_RAISED]:
        for line in "".join(traceback.format_exception(error)).rstrip().split("\n"):
            yield f"    {line}"
