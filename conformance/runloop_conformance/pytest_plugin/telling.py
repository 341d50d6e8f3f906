"""The result of a run of the suite, in the words of the console: for each item, and for the end of the session."""

from __future__ import annotations

import functools
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from runloop_conformance.judge import Finding
from runloop_conformance.operation import Level
from runloop_conformance.pytest_plugin.outcome import SETTLED, Outcome, Outcomes
from runloop_conformance.redaction import Redaction
from runloop_conformance.report import console
from runloop_conformance.report.document import clause_document
from runloop_conformance.suite import Result

OF_THE_COMMAND = re.compile(r"--(?=(?:benchmark-id|timeout|rate|ca-bundle|max-runs|header)\b)")
UNSETTLED = ("not_tested", "inconclusive")
MOST_SHOWN = 8  # clauses; the rest is counted
MOST_RAISED = 3  # exceptions of an application

Clean = Callable[[str], str]
Shown = Callable[[Sequence[Finding]], list[str]]


def told(result: Result, fail_on: Level, redaction: Redaction, raised: Sequence[BaseException]) -> Outcomes:
    """What each item does, and what is said at the end. `raised`: what an application in this process did."""

    def clean(text: str) -> str:
        lines = redaction.text(text).split("\n")
        return "\n".join("".join(c if c.isprintable() else ascii(c)[1:-1] for c in line) for line in lines)

    reason = in_words_of_pytest(result.reason or "")
    head = [f"{result.verdict}: {result.server}", *([f"  {reason}"] if reason else [])]
    if not result.complete and result.verdict in ("inconclusive", "error"):
        summary = (*head, f"  {result.runs_started} runs started", *_raised(raised))
        return Outcomes(clean(f"{result.verdict}: {reason}"), summary=tuple(map(clean, summary)))
    shown = functools.partial(_shown, server=result.server, redaction=redaction)
    summary = (*head, *_counts(result), *_warnings(result, fail_on, shown), *_raised(raised))
    items = {one.clause.id: _outcome(one, fail_on, clean, shown) for one in result.findings}
    open_musts = [one for one in result.findings if one.clause.level == "must" and one.status in UNSETTLED]
    items[SETTLED] = _settled(open_musts, clean)
    return Outcomes(items=items, summary=tuple(map(clean, summary)))


def in_words_of_pytest(reason: str) -> str:
    """A reason with the names that the options have here."""
    return OF_THE_COMMAND.sub("--conformance-", reason.replace(" or --token", ""))


def _outcome(finding: Finding, fail_on: Level, clean: Clean, shown: Shown) -> Outcome:
    seen = finding.counterexample
    if finding.status == "pass":
        return Outcome("pass")
    if seen is None:
        return Outcome("skip", clean(f"{finding.status.replace('_', ' ')}: {finding.reason}"))
    if finding.clause.level == "must" or fail_on == "should":
        return Outcome("fail", "\n".join(map(clean, shown([finding]))))
    return Outcome("warn", clean(f"a SHOULD: {finding.clause.text} Expected: {seen.expected}. Actual: {seen.actual}"))


def _shown(findings: Sequence[Finding], server: str, redaction: Redaction) -> list[str]:
    lines: list[str] = []
    for finding in findings:
        lines += ["", *console.told(clause_document(finding, server, redaction))]
    return lines[1:]


def _settled(open_musts: Sequence[Finding], clean: Clean) -> Outcome:
    if not open_musts:
        return Outcome("pass")
    named = [f"  {one.clause.id}: {one.reason}" for one in open_musts[:MOST_SHOWN]]
    more = [f"  and {len(open_musts) - MOST_SHOWN} more"] if len(open_musts) > MOST_SHOWN else []
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


def _warnings(result: Result, fail_on: Level, shown: Shown) -> Iterator[str]:
    """The SHOULDs that do not fail, which pytest itself tells in a line each, and with -rx alone."""
    broken = [f for f in result.findings if f.status == "fail" and f.clause.level == "should" and fail_on == "must"]
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
