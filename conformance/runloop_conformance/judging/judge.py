"""Exchanges and clauses in, findings and a verdict out. Pure: the same recording always gives the same verdict."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Literal

from attrs import frozen

from runloop_conformance.clauses import Clause, Observation
from runloop_conformance.contract.operation import Level
from runloop_conformance.exchanges.recording import Recording

Status = Literal["pass", "fail", "inconclusive", "not_tested"]
Verdict = Literal["conformant", "nonconformant", "inconclusive", "error"]


@frozen
class Finding:
    """What the recording says about one clause. `counterexample` is the smallest observation that breaks it.

    judged: how often it was kept or broken; broken: how often it was broken.
    """

    clause: Clause
    status: Status
    reason: str | None
    judged: int
    counterexample: Observation | None
    broken: int = 0


def judge(clauses: Sequence[Clause], recording: Recording) -> tuple[Finding, ...]:
    """One finding a clause, in the order of the clauses."""
    return tuple(_find(clause, recording) for clause in clauses)


def _find(clause: Clause, recording: Recording) -> Finding:
    observations = list(clause.look(recording))
    broken = [one for one in observations if one.kept is False]
    kept = sum(one.kept is True for one in observations)
    if broken:
        of = len(broken) + kept
        times = f"failed {len(broken)} of {of} time{'' if of == 1 else 's'}"
        return Finding(clause, "fail", times, of, min(broken, key=_size), len(broken))
    if kept:
        return Finding(clause, "pass", None, kept, None)
    if observations:
        return Finding(clause, "inconclusive", undecided(observations[-1]), len(observations), None)
    return Finding(clause, "not_tested", _untested(clause, recording), 0, None)


def _size(observation: Observation) -> tuple[int, int, int]:
    """Few exchanges before many, small bodies before large ones, early ones before late ones."""
    last = observation.exchanges[-1]
    return len(observation.exchanges) > 2, len(last.probe.body), last.number


def undecided(observation: Observation) -> str:
    """Why nothing follows from an observation that neither keeps nor breaks its clause."""
    last = observation.exchanges[-1]
    if last.failure:
        return f"no answer: {last.failure.text}"
    if last.put_off:
        return f"the server put it off with {last.status}"
    return "refused, but no accepted request stands beside it to show that the refusal was for this"


def _untested(clause: Clause, recording: Recording) -> str:
    recording = recording.of(clause.operation)
    if not recording.runs:
        refused = next((one for one in recording.exchanges if one.probe.intent == "accept" and one.response), None)
        told = f": {refused.status} to {refused.probe.method} {refused.probe.path}" if refused else ""
        return f"no request was accepted{told}"
    if clause.id.removeprefix(clause.prefix) in recording.by_clause:
        return "what was sent could not have broken it"
    return "nothing was sent that could have broken it: no budget left, its control refused, or too many hangs"


def verdict(
    findings: Sequence[Finding], fail_on: Level, failed_precondition: str | None, known: Container[str] = ()
) -> tuple[Verdict, str | None]:
    """The verdict over the selected clauses, and its reason where it is not plain from the findings.

    known: clauses whose failure does not count, since somebody has written down that they are broken.
    Precedence: failed precondition > nonconformant > inconclusive > conformant (design: What a verdict means).
    """
    if failed_precondition:
        return "inconclusive", failed_precondition
    counted = [finding for finding in findings if finding.clause.level == "must" or fail_on == "should"]
    if any(finding.status == "fail" and finding.clause.id not in known for finding in counted):
        return "nonconformant", None
    open_musts = [
        f.clause.id for f in findings if f.clause.level == "must" and f.status in ("not_tested", "inconclusive")
    ]
    if open_musts:
        few = ", ".join(open_musts[:3]) + (f" and {len(open_musts) - 3} more" if len(open_musts) > 3 else "")
        clauses = "MUST clause" if len(open_musts) == 1 else "MUST clauses"
        return "inconclusive", f"{len(open_musts)} {clauses} could not be tested: {few}"
    if not findings:
        return "inconclusive", "no clause was selected"
    return "conformant", None
