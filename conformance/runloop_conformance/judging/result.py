"""The result of a run, which every report is made of."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import asdict, field, frozen

from runloop_conformance import __version__
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.exchange import Exchange, started
from runloop_conformance.exchanges.recording import run_id
from runloop_conformance.judging.judge import Finding, Judgement, Terms, Verdict


@frozen(kw_only=True)
class RunInfo:
    """How a run was configured, and what it cost. None of it changes a finding.

    run_limit: valid requests that it was allowed. runs_by_mistake: runs started by requests that must be rejected.
    """

    server: str
    seed: int
    profile: str
    run_limit: int
    runs_started: int
    runs_by_mistake: int
    duration_s: float
    began_ms: int = 0
    benchmark_ids: tuple[str, ...] = ()
    header_names: tuple[str, ...] = ()


@frozen(kw_only=True)
class Result(RunInfo):
    """Everything that a reporter needs. `Result.of` makes it."""

    verdict: Verdict
    reason: str | None
    complete: bool
    findings: tuple[Finding, ...]
    contract: Contract
    exchanges: tuple[Exchange, ...] = field(repr=False)
    requests: int
    run_ids: tuple[str, ...]
    terms: Terms = field(factory=Terms)
    suite_version: str = __version__

    @classmethod
    def of(
        cls, info: RunInfo, contract: Contract, exchanges: Sequence[Exchange], terms: Terms, judgement: Judgement
    ) -> Result:
        """The result of these exchanges, as they were judged on these terms."""
        ids = (run_id(exchange) for exchange in exchanges if started(exchange))
        return cls(
            **asdict(info, recurse=False),
            **asdict(judgement, recurse=False),
            contract=contract,
            exchanges=tuple(exchanges),
            requests=len(exchanges),
            run_ids=tuple(one for one in ids if one is not None),
            terms=terms,
        )
