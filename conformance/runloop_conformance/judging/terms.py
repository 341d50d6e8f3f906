"""The terms on which a recording is judged: everything beside the exchanges that decides a verdict.

A run of the suite and a recheck of its recording both come through `settle`, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.operation import Level
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.judging.judge import Finding, Verdict, counted, judge, verdict


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
    if finding.status != "fail":
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
