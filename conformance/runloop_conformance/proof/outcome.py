"""One case of the matrix, and its outcome."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from runloop_conformance.contract.operation import Level
from runloop_conformance.judging.judge import Verdict
from runloop_conformance.proof.recorded import CONFORMANT_FROM

Kind = Literal["mutant", "variant", "degenerate"]


@frozen
class Case:
    """One server, one seed, one budget."""

    kind: Kind
    name: str
    seed: int
    max_runs: int


@frozen
class FailedClause:
    """A clause that failed, with its counts. `own`: it is about the statement that the mutant breaks."""

    id: str
    level: Level
    broken: int
    judged: int
    own: bool

    @property
    def always(self) -> bool:
        """Whether everything that was judged failed."""
        return self.broken == self.judged


@frozen
class Outcome:
    """The suite's verdict on the server of a case, and the clauses that failed."""

    case: Case
    verdict: Verdict
    reason: str | None
    failed: tuple[FailedClause, ...]
    runs_started: int

    @property
    def own(self) -> tuple[FailedClause, ...]:
        """The failed clauses about the statement that the mutant breaks."""
        return tuple(clause for clause in self.failed if clause.own)

    @property
    def beside(self) -> tuple[FailedClause, ...]:
        """The failed clauses about other statements."""
        return tuple(clause for clause in self.failed if not clause.own)

    @property
    def correct(self) -> bool:
        """Whether the suite is right about the server."""
        if self.case.kind == "mutant":
            return bool(self.own)
        if self.case.kind == "degenerate":
            return self.verdict != "conformant"
        enough = self.case.max_runs >= CONFORMANT_FROM
        return self.verdict == "conformant" or (self.verdict == "inconclusive" and not enough)
