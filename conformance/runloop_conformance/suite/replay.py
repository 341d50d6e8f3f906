"""Sends a recorded counterexample again, byte for byte, and asks the clause's own judge about what comes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from runloop_conformance.clauses.clause import Clause, Observation
from runloop_conformance.contract.document import Contract
from runloop_conformance.exchanges.excerpt import Message
from runloop_conformance.exchanges.exchange import Exchange, Probe, costs
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.judging.judge import undecided
from runloop_conformance.report.stored import Stored
from runloop_conformance.sending.sender import Sender

LONGEST_PAUSE_MS = 2000  # between two requests that lay apart then: a clock that stands still shows by then

Status = Literal["still fails", "passes now", "inconclusive"]


@frozen
class Counterexample:
    """Exchanges of a recording, the decisive one last, and the ids of the clauses that they break."""

    clauses: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    masked: bool

    @property
    def runs(self) -> int:
        """The most runs that a correct server starts for it."""
        return sum(costs(exchange.probe) for exchange in self.exchanges)

    @property
    def mistakes(self) -> int:
        """The most runs that a faulty one starts beside them."""
        return sum(exchange.probe.intent == "refuse" for exchange in self.exchanges)


@frozen
class Again:
    """What became of one clause."""

    clause: str
    status: Status
    expected: Message = ""
    actual: Message = ""
    reason: str = ""


def counterexamples(stored: Stored, only: str | None) -> list[Counterexample]:
    """Those of a report, or of one clause of it; one that breaks several clauses comes once.

    Raises:
        UnreadableReportError: the recording is not there, or is none.
    """
    numbered = {exchange.number: exchange for exchange in stored.exchanges}
    broken: dict[tuple[int, ...], list[str]] = {}
    for clause in stored.report["clauses"]:
        if clause["counterexample"] and only in (None, clause["id"]):
            numbers = tuple(one["number"] for one in clause["counterexample"]["exchanges"])
            broken.setdefault(numbers, []).append(clause["id"])
    return [
        Counterexample(tuple(ids), tuple(numbered[one] for one in numbers), not stored.masked.isdisjoint(numbers))
        for numbers, ids in broken.items()
    ]


def replay(
    given: Counterexample,
    sender: Sender,
    contract: Contract,
    clauses: Mapping[str, Clause],
    recorded: Sequence[Exchange],
) -> Iterator[Again]:
    """Send it again, once, and say of each of its clauses what became of it.

    recorded: the exchanges of then. Where those of now say nothing by themselves, they are judged in their place.

    Raises:
        BudgetSpentError: the sender's budget is less than the counterexample needs.
    """
    known = [name for name in given.clauses if name in clauses]
    for name in given.clauses:
        if given.masked:
            yield Again(name, "inconclusive", reason="its request held a secret, which is not in the recording")
        elif name not in known:
            yield Again(name, "inconclusive", reason="this suite has no such clause with this contract")
    if given.masked or not known:
        return
    sent = _sent(given.exchanges, sender)
    places = {then.number: now for then, now in zip(given.exchanges, sent, strict=True)}
    beside = [places.get(exchange.number, exchange) for exchange in recorded]
    for name in known:
        yield _judged(clauses[name], sent, contract, beside, (sender.token,))


def _sent(exchanges: Sequence[Exchange], sender: Sender) -> list[Exchange]:
    done: list[Exchange] = []
    before: Exchange | None = None
    for _, group in itertools.groupby(exchanges, key=lambda one: one.probe.together or one.number):
        members = list(group)
        if before is not None and before.probe.name != members[0].probe.control:
            pause = min(members[0].began_ms - before.ended_ms, LONGEST_PAUSE_MS)
            sender.to.clock.sleep(max(0, pause) / 1000)
        done += sender.send_together([one.probe for one in members])
        before = members[-1]
    return done


def _judged(
    clause: Clause, sent: Sequence[Exchange], contract: Contract, beside: Sequence[Exchange], secrets: tuple[str, ...]
) -> Again:
    now = list(clause.observe(Recording(contract, sent, secrets)))
    broken = next((one for one in now if one.passed is False), None)
    if broken is not None:
        return Again(clause.id, "still fails", broken.expected, broken.actual)
    if _kept(now, sent[-1]):
        return Again(clause.id, "passes now")
    among = [one for one in clause.observe(Recording(contract, beside, secrets)) if sent[-1] in one.exchanges]
    if _kept(among, sent[-1]) and all(one.passed is not False for one in among):
        return Again(clause.id, "passes now")
    return Again(clause.id, "inconclusive", reason=_why(sent, now))


def _kept(observations: Sequence[Observation], decisive: Exchange) -> bool:
    """Whether the decisive exchange was seen to keep it, rather than its control alone."""
    return any(one.passed is True and decisive in one.exchanges for one in observations)


def _why(sent: Sequence[Exchange], observations: Sequence[Observation]) -> str:
    failure = sent[-1].failure
    if failure is not None:
        return f"no answer: {failure.text}"
    control = sent[0]
    if len(sent) > 1 and not control.accepted and control.probe.intent != "refuse":
        return f"its control was not accepted: {control.failure.text if control.failure else control.status}"
    if observations:
        return undecided(observations[-1])
    return f"the answer {sent[-1].status} neither keeps nor breaks it"


def probes(given: Sequence[Counterexample]) -> list[Probe]:
    """The requests that are sent, in their order."""
    return [exchange.probe for one in given if not one.masked for exchange in one.exchanges]
