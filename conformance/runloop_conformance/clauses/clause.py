"""What a clause is, and what judging it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

from runloop_conformance.contract.operation import Level, Rule
from runloop_conformance.exchanges.excerpt import Excerpt, Message
from runloop_conformance.exchanges.exchange import NOTHING, Exchange
from runloop_conformance.exchanges.recording import Recording, Run
from runloop_conformance.exchanges.strict_json import dump


@frozen
class Observation:
    """The outcome of one clause on one request: passed, or failed with what was expected and what was received.

    passed: None if nothing follows from the response. exchanges: all that are needed to see the outcome, the decisive
        one last.
    """

    passed: bool | None
    exchanges: tuple[Exchange, ...]
    expected: Message = ""
    actual: Message = ""


Judge = Callable[[Recording], Iterable[Observation]]


@frozen
class Clause:
    """A normative statement, and the function that judges a recording by it.

    pointer: where the statement is in the contract. text: the sentence itself, quoted. also: the pointers of other
    statements that it covers. operation: the id of the operation that it is about. prefix: what the ids of the
    operation's clauses begin with, if it is not the main operation.
    """

    id: str
    level: Level
    pointer: str
    text: str
    judge: Judge
    also: tuple[str, ...] = ()
    operation: str = ""
    prefix: str = ""

    @property
    def chapter(self) -> str:
        """The part of the id before the first dot, without the operation."""
        return self.id.removeprefix(self.prefix).split(".", 1)[0]

    def observe(self, recording: Recording) -> Iterable[Observation]:
        """Judge what the recording holds of this clause's operation."""
        return self.judge(recording.of(self.operation))


def by_rule(identifier: str, rule: Rule | None, judge: Judge, tested: str = "") -> Iterator[Clause]:
    """The clause of an entry of `x-rules`, if there is one: level, pointer and sentence are the rule's.

    tested: what the clause tests of the rule, if other clauses test the rest.
    """
    if rule is not None:
        yield Clause(identifier, rule.level, rule.pointer, f"{rule.text} {tested}".rstrip(), judge)


def each_run(observe: Callable[[Run], Observation | None]) -> Judge:
    """Judge every accepted request by itself."""

    def judge(recording: Recording) -> Iterator[Observation]:
        for run in recording.runs:
            observation = observe(run)
            if observation is not None:
                yield observation

    return judge


def passed(*exchanges: Exchange) -> Observation:
    """The clause passed here."""
    return Observation(passed=True, exchanges=exchanges)


def failed(expected: Message, actual: Message, *exchanges: Exchange) -> Observation:
    """The clause failed here."""
    return Observation(passed=False, exchanges=exchanges, expected=expected, actual=actual)


def rejection(clause: str, statuses: frozenset[int] | None = None) -> Judge:
    """Judge the requests that must be rejected: with a 4xx other than 408 and 429, or with one of `statuses`.

    A rejection counts only if its control was accepted; an accepted request fails the clause either way.
    """
    expected = f"{', '.join(map(str, sorted(statuses)))}" if statuses else "a 4xx other than 408 and 429"

    def judge(recording: Recording) -> Iterator[Observation]:
        for exchange in recording.by_clause.get(clause, ()):
            if exchange.probe.intent != "refuse":
                continue
            control = recording.control(exchange)
            exchanges = (control, exchange) if control else (exchange,)
            if exchange.accepted:
                yield failed(f"rejected with {expected}", f"{exchange.status}: it was accepted", *exchanges)
            elif exchange.response is None or (exchange.postponed and exchange.status != 503) or not control:
                yield Observation(None, exchanges)
            elif exchange.rejected and (statuses is None or exchange.status in statuses):
                yield passed(*exchanges)
            else:
                yield failed(f"rejected with {expected}", f"{exchange.status}", *exchanges)

    return judge


def acceptance(clause: str) -> Judge:
    """Judge the requests that must be accepted."""

    def judge(recording: Recording) -> Iterator[Observation]:
        for exchange in recording.by_clause.get(clause, ()):
            if exchange.probe.intent != "accept":
                continue
            control = recording.control(exchange)
            exchanges = (control, exchange) if control else (exchange,)
            if exchange.accepted:
                yield passed(exchange)
            elif exchange.response is None or (exchange.postponed and (exchange.status != 503 or not recording.runs)):
                yield Observation(None, exchanges)
            elif exchange.rejected and exchange.probe.control in recording.rejected_names:
                yield Observation(None, exchanges)  # rejected for the same reason as its control
            else:
                yield failed(
                    f"accepted with {recording.operation.status}",
                    (f"{exchange.status}: ", body_of(exchange)),
                    *exchanges,
                )

    return judge


def body_of(exchange: Exchange) -> Excerpt | str:
    """The beginning of a response's body, for a message."""
    if exchange.response is None:
        return Excerpt(exchange.failure.text) if exchange.failure else "no response"
    return Excerpt(exchange.response.body) if exchange.response.body else "an empty body"


def as_json(value: object) -> Excerpt | str:
    """A JSON value, for a message."""
    return "absent" if value is NOTHING else Excerpt(dump(value))
