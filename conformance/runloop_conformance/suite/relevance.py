"""Which requests can still tell something, after what the server accepted, rejected and left without a response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from attrs import define, evolve, field

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.exchange import MOST_TRIES, Exchange, Probe
from runloop_conformance.plan.stages import EVERYTHING

HANGS = 3  # of requests about one clause; then no more of them are sent
MANY_HANGS, MOST_HANGS = 6, 12  # of all requests: then one about each clause is enough, and then none


def clause_ids(contract: Contract, probe: Probe) -> set[str]:
    """The ids of the clauses that a probe is about, as the report has them."""
    prefix = contract.find(probe.operation).prefix
    return {prefix + clause for clause in probe.clauses}


def musts_first(contract: Contract, clauses: Iterable[Clause], probes: Iterable[Probe]) -> list[Probe]:
    """The twins about a MUST first: those about a SHOULD alone may start so many runs that no more twins are sent."""
    musts = {clause.id for clause in clauses if clause.level == "must"}
    return sorted(probes, key=lambda probe: musts.isdisjoint(clause_ids(contract, probe)))


def timed_out(exchange: Exchange) -> bool:
    """Whether no whole response came in time."""
    return exchange.failure is not None and exchange.failure.kind == "timeout"


@define
class Relevance:
    """Decides whether a request is still worth sending.

    selected: the ids of the clauses that are judged. without_controls: no valid request may be sent.
    accepted: the names of the probes that the server has accepted.
    """

    contract: Contract
    selected: Collection[str]
    without_controls: bool = False
    accepted: set[str] = field(factory=set, init=False)
    _failed: set[str] = field(factory=set, init=False)
    _hangs: Counter[str] = field(factory=Counter, init=False)
    _hung: int = field(default=0, init=False)

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        probe, about = exchange.probe, clause_ids(self.contract, exchange.probe)
        if exchange.accepted:
            self.accepted.add(probe.name)
        if probe.intent == "refuse" and exchange.tries > MOST_TRIES:
            self._failed |= about
        elif probe.intent == "refuse" and exchange.accepted and self._starts_runs(probe):
            # It is no server error to accept an invalid request: the clause about those is tested further.
            self._failed |= {clause for clause in about if not clause.endswith("http.no-server-error")}
        if timed_out(exchange):
            self._hung += 1
            self._hangs.update(about)

    def _starts_runs(self, probe: Probe) -> bool:
        return probe.method == self.contract.find(probe.operation).method

    def of_twin(self, probe: Probe) -> bool:
        """Whether the response to a twin can still tell something: its control was accepted, and its clause is open.

        A clause that has failed by starting a run is not tried again, nor is one about which the server hangs often.
        """
        about = clause_ids(self.contract, probe)
        if about.isdisjoint(self.selected) or about & self._failed:
            return False
        enough = HANGS if self._hung < MANY_HANGS else 1 if self._hung < MOST_HANGS else 0
        if any(self._hangs[clause] >= enough for clause in about):
            return False
        return (self.without_controls and not probe.safe) or probe.control in self.accepted

    def of_valid(self, probe: Probe) -> bool:
        """Whether a rejection of a valid request would tell something: its control was accepted, or is a usual one."""
        if probe.control is None or probe.control in self.accepted:
            return True
        return self.contract.find(probe.operation).own_rules and probe.control != EVERYTHING

    def safe_framing(self, probes: Sequence[Probe]) -> Sequence[Probe]:
        """The probes, each on a new connection once the server has started a run that it should not have started.

        The rejected request that goes before on a used connection might start a run as well.
        """
        if not self._failed:
            return probes
        return [evolve(probe, framing="length") if probe.framing == "kept" else probe for probe in probes]
