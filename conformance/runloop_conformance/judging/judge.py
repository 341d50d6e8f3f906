"""Exchanges and clauses in, findings and a verdict out. Pure: the same recording always gives the same verdict.

A run of the suite and a recheck of its recording both go through `settle`, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Literal

from attrs import evolve, field, frozen

from runloop_conformance.clauses.clause import Clause, Observation
from runloop_conformance.contract.operation import Level
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.judging.counted import counted

Status = Literal["pass", "fail", "inconclusive", "not_tested"]
Verdict = Literal["conformant", "nonconformant", "inconclusive", "error"]


@frozen
class Finding:
    """What the recording says about one clause. `counterexample` is the smallest observation on which it fails.

    judged: how often it passed or failed; failed: how often it failed.
    """

    clause: Clause
    status: Status
    reason: str | None
    judged: int
    counterexample: Observation | None
    failed: int = 0


def judge(clauses: Sequence[Clause], recording: Recording) -> tuple[Finding, ...]:
    """One finding a clause, in the order of the clauses."""
    return tuple(_find(clause, recording) for clause in clauses)


def _find(clause: Clause, recording: Recording) -> Finding:
    observations = list(clause.observe(recording))
    failures = [observation for observation in observations if observation.passed is False]
    passes = sum(observation.passed is True for observation in observations)
    if failures:
        judged = len(failures) + passes
        times = f"failed {len(failures)} of {counted(judged, 'time')}"
        return Finding(clause, "fail", times, judged, min(failures, key=_size), len(failures))
    if passes:
        return Finding(clause, "pass", None, passes, None)
    if observations:
        return Finding(clause, "inconclusive", undecided(observations[-1]), len(observations), None)
    return Finding(clause, "not_tested", _untested(clause, recording), 0, None)


def _size(observation: Observation) -> tuple[int, int, int]:
    """Few exchanges before many, small bodies before large ones, early ones before late ones."""
    last = observation.exchanges[-1]
    return len(observation.exchanges) > 2, len(last.probe.body), last.number


def undecided(observation: Observation) -> str:
    """Why an observation is neither a pass nor a failure."""
    last = observation.exchanges[-1]
    if last.failure:
        return f"no response: {last.failure.text}"
    if last.postponed:
        return f"the server put it off with {last.status}"
    return "rejected, but no accepted request beside it shows that this was the reason"


def _untested(clause: Clause, recording: Recording) -> str:
    recording = recording.of(clause.operation)
    if not recording.runs:
        valid = next((one for one in recording.exchanges if one.probe.intent == "accept" and one.response), None)
        response = f": {valid.status} to {valid.probe.method} {valid.probe.path}" if valid else ""
        return f"no request was accepted{response}"
    if clause.id.removeprefix(clause.prefix) in recording.by_clause:
        return "no request was sent on which it could have failed"
    return "nothing was sent that could have made it fail: no budget left, its control rejected, or too many hangs"


def verdict(
    findings: Sequence[Finding], fail_on: Level, failed_precondition: str | None, known: Container[str] = ()
) -> tuple[Verdict, str | None]:
    """The verdict over the selected clauses, and its reason where it is not plain from the findings.

    known: clauses whose failure does not count, since it is in the list of known failures.
    Precedence: failed precondition > nonconformant > inconclusive > conformant.
    """
    if failed_precondition:
        return "inconclusive", failed_precondition
    decisive = [finding for finding in findings if finding.clause.level == "must" or fail_on == "should"]
    if any(finding.status == "fail" and finding.clause.id not in known for finding in decisive):
        return "nonconformant", None
    open_musts = [
        f.clause.id for f in findings if f.clause.level == "must" and f.status in ("not_tested", "inconclusive")
    ]
    if open_musts:
        few = ", ".join(open_musts[:3]) + (f" and {len(open_musts) - 3} more" if len(open_musts) > 3 else "")
        return "inconclusive", f"{counted(len(open_musts), 'MUST clause')} could not be tested: {few}"
    if not findings:
        return "inconclusive", "no clause was selected"
    return "conformant", None


@frozen
class Terms:
    """What the user chose, and how the sending ended.

    known: clauses that are known to fail, each with the reason; they do not count for the verdict.
    precondition: why nothing can be said about the server. stopped: why not everything was sent.
    judged_until: the number of the first exchange that is not judged, since the token had expired by then.
    """

    fail_on: Level = "must"
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    known: Mapping[str, str] = field(factory=dict)
    precondition: str | None = None
    stopped: str | None = None
    judged_until: int | None = None


@frozen
class Judgement:
    """The verdict, its reason where it is not plain from the findings, and the findings."""

    verdict: Verdict
    reason: str | None
    complete: bool
    findings: tuple[Finding, ...]


def settle(clauses: Sequence[Clause], recording: Recording, terms: Terms) -> Judgement:
    """Judge a recording. Pure: the same recording on the same terms gives the same judgement."""
    if terms.judged_until is not None:
        judged = [exchange for exchange in recording.exchanges if exchange.number < terms.judged_until]
        recording = Recording(recording.contract, judged, recording.secrets)
    findings = judge(clauses, recording)
    if terms.precondition and terms.judged_until is None:  # no request was accepted: nothing says why one was rejected
        findings = tuple(_without_verdict(finding) for finding in findings)
    outcome, reason = verdict(findings, terms.fail_on, terms.precondition, terms.known)
    if terms.stopped and outcome == "conformant":
        outcome = "inconclusive"
    if terms.stopped:
        reason = f"not everything was sent: {terms.stopped}"
    if reason is None and outcome == "conformant":
        reason = _left_out(findings, terms)
    return Judgement(outcome, reason, not terms.stopped and not terms.precondition, findings)


def _without_verdict(finding: Finding) -> Finding:
    """Take back a failure whose cause may be the precondition. A response that never arrives whole fails by itself."""
    if finding.counterexample is None or finding.counterexample.exchanges[-1].failure:
        return finding
    reason = "no request was accepted, so the cause of the failure is unknown"
    return evolve(finding, status="inconclusive", reason=reason, counterexample=None, failed=0)


def _left_out(findings: Sequence[Finding], terms: Terms) -> str | None:
    known = [f.clause.id for f in findings if f.status == "fail" and f.clause.id in terms.known]
    if not known:
        return None
    return f"{counted(len(known), 'known failure')} {'does' if len(known) == 1 else 'do'} not count: {', '.join(known)}"


def stale(findings: Sequence[Finding], terms: Terms) -> tuple[str, ...]:
    """The known failures that are outdated: their clauses were tested, and passed."""
    return tuple(f.clause.id for f in findings if f.status == "pass" and f.clause.id in terms.known)
