"""Sends a recorded counterexample again, byte for byte, and judges the responses by its clauses."""

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

LONGEST_PAUSE_MS = 2000  # between two requests; enough to see that a clock stands still

Status = Literal["still fails", "passes now", "inconclusive"]


@frozen
class Counterexample:
    """Exchanges of a recording, the decisive one last, and the ids of the clauses that fail on them.

    masked: a request held a secret, which is not in the recording.
    """

    clauses: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    masked: bool

    @property
    def runs(self) -> int:
        """The most runs that a correct server starts for it."""
        return sum(costs(exchange.probe) for exchange in self.exchanges)

    @property
    def mistakes(self) -> int:
        """The most runs that a faulty server starts in addition."""
        return sum(exchange.probe.intent == "refuse" for exchange in self.exchanges)


@frozen
class Again:
    """The outcome for one clause."""

    clause: str
    status: Status
    expected: Message = ""
    actual: Message = ""
    reason: str = ""


def counterexamples(stored: Stored, only: str | None) -> list[Counterexample]:
    """The counterexamples of a report, or of one of its clauses. One that several clauses share comes once.

    Raises:
        UnreadableReportError: the recording cannot be read.
    """
    numbered = {exchange.number: exchange for exchange in stored.exchanges}
    clauses: dict[tuple[int, ...], list[str]] = {}
    for clause in stored.report["clauses"]:
        if clause["counterexample"] and only in (None, clause["id"]):
            numbers = tuple(exchange["number"] for exchange in clause["counterexample"]["exchanges"])
            clauses.setdefault(numbers, []).append(clause["id"])
    return [
        Counterexample(tuple(ids), tuple(map(numbered.__getitem__, numbers)), not stored.masked.isdisjoint(numbers))
        for numbers, ids in clauses.items()
    ]


def replay(
    counterexample: Counterexample,
    sender: Sender,
    contract: Contract,
    clauses: Mapping[str, Clause],
    recorded: Sequence[Exchange],
) -> Iterator[Again]:
    """Send it again, once. Yields the outcome for each of its clauses.

    recorded: the exchanges of the recorded run. If the new ones alone are not enough, they are judged in their place.

    Raises:
        BudgetSpentError: the sender's budget is less than the counterexample needs.
    """
    known = [name for name in counterexample.clauses if name in clauses]
    for name in counterexample.clauses:
        if counterexample.masked:
            yield Again(name, "inconclusive", reason="its request held a secret, which is not in the recording")
        elif name not in known:
            yield Again(name, "inconclusive", reason="this suite has no such clause with this contract")
    if counterexample.masked or not known:
        return
    sent = _sent(counterexample.exchanges, sender)
    new = {old.number: exchange for old, exchange in zip(counterexample.exchanges, sent, strict=True)}
    beside = [new.get(exchange.number, exchange) for exchange in recorded]
    for name in known:
        yield _judged(clauses[name], sent, contract, beside, (sender.token,))


def _sent(exchanges: Sequence[Exchange], sender: Sender) -> list[Exchange]:
    done: list[Exchange] = []
    before: Exchange | None = None
    for _, group in itertools.groupby(exchanges, key=lambda exchange: exchange.probe.together or exchange.number):
        members = list(group)
        if before is not None and before.probe.name != members[0].probe.control:
            pause = min(members[0].began_ms - before.ended_ms, LONGEST_PAUSE_MS)
            sender.to.clock.sleep(max(0, pause) / 1000)
        done += sender.send_together([exchange.probe for exchange in members])
        before = members[-1]
    return done


def _judged(
    clause: Clause, sent: Sequence[Exchange], contract: Contract, beside: Sequence[Exchange], secrets: tuple[str, ...]
) -> Again:
    alone = list(clause.observe(Recording(contract, sent, secrets)))
    failure = next((observation for observation in alone if observation.passed is False), None)
    if failure is not None:
        return Again(clause.id, "still fails", failure.expected, failure.actual)
    if _passed(alone, sent[-1]):
        return Again(clause.id, "passes now")
    together = [each for each in clause.observe(Recording(contract, beside, secrets)) if sent[-1] in each.exchanges]
    if _passed(together, sent[-1]) and all(observation.passed is not False for observation in together):
        return Again(clause.id, "passes now")
    return Again(clause.id, "inconclusive", reason=_why(sent, alone))


def _passed(observations: Sequence[Observation], decisive: Exchange) -> bool:
    """Whether the clause passed on the decisive exchange, rather than on its control alone."""
    return any(each.passed is True and decisive in each.exchanges for each in observations)


def _why(sent: Sequence[Exchange], observations: Sequence[Observation]) -> str:
    failure = sent[-1].failure
    if failure is not None:
        return f"no response: {failure.text}"
    control = sent[0]
    if len(sent) > 1 and not control.accepted and control.probe.intent != "refuse":
        return f"its control was not accepted: {control.failure.text if control.failure else control.status}"
    if observations:
        return undecided(observations[-1])
    return f"after the response {sent[-1].status} it neither passes nor fails"


def probes(counterexamples: Sequence[Counterexample]) -> list[Probe]:
    """The requests that are sent, in their order."""
    return [exchange.probe for each in counterexamples if not each.masked for exchange in each.exchanges]
