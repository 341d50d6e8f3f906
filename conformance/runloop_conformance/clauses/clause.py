"""What a clause is, and what judging one yields."""

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
    """One look at one clause: `kept`, or broken with what was expected and what came.

    exchanges: all that are needed to see it, the decisive one last. `kept` is None where the server could not say.
    """

    passed: bool | None
    exchanges: tuple[Exchange, ...]
    expected: Message = ""
    actual: Message = ""


Judge = Callable[[Recording], Iterable[Observation]]


@frozen
class Clause:
    """One normative statement and the function that says, of a recording, where it was kept and where not.

    pointer: where the statement stands in the contract; text: the sentence itself, quoted. `also` are the pointers of
    other statements that it speaks for as well. operation: the id of the operation that it is about; `prefix`, what
    the operation's clauses begin with, if it is not the main one.
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


def by_rule(identifier: str, rule: Rule | None, judge: Judge) -> Iterator[Clause]:
    """The clause of an entry of `x-rules`: level, pointer and sentence are the rule's. None where there is no entry."""
    if rule is not None:
        yield Clause(identifier, rule.level, rule.pointer, rule.text, judge)


def each_run(observe: Callable[[Run], Observation | None]) -> Judge:
    """Judge every accepted request by itself."""

    def judge(recording: Recording) -> Iterator[Observation]:
        for run in recording.runs:
            seen = observe(run)
            if seen is not None:
                yield seen

    return judge


def passed(*exchanges: Exchange) -> Observation:
    """It was kept here."""
    return Observation(passed=True, exchanges=exchanges)


def failed(expected: Message, actual: Message, *exchanges: Exchange) -> Observation:
    """It was broken here."""
    return Observation(passed=False, exchanges=exchanges, expected=expected, actual=actual)


def rejection(clause: str, statuses: frozenset[int] | None = None) -> Judge:
    """Judge the requests that must be refused: a 4xx other than 408 and 429, or one of `statuses`.

    A refusal counts only beside its accepted control; an acceptance is a fault with or without one.
    """
    wanted = f"{', '.join(map(str, sorted(statuses)))}" if statuses else "a 4xx other than 408 and 429"

    def judge(recording: Recording) -> Iterator[Observation]:
        for exchange in recording.by_clause.get(clause, ()):
            if exchange.probe.intent != "refuse":
                continue
            control = recording.control(exchange)
            seen = (control, exchange) if control else (exchange,)
            if exchange.accepted:
                yield failed(f"refused with {wanted}", f"{exchange.status}: it was accepted", *seen)
            elif exchange.response is None or (exchange.postponed and exchange.status != 503) or not control:
                yield Observation(None, seen)
            elif exchange.rejected and (statuses is None or exchange.status in statuses):
                yield passed(*seen)
            else:
                yield failed(f"refused with {wanted}", f"{exchange.status}", *seen)

    return judge


def acceptance(clause: str) -> Judge:
    """Judge the requests that must be accepted."""

    def judge(recording: Recording) -> Iterator[Observation]:
        for exchange in recording.by_clause.get(clause, ()):
            if exchange.probe.intent != "accept":
                continue
            control = recording.control(exchange)
            seen = (control, exchange) if control else (exchange,)
            if exchange.accepted:
                yield passed(exchange)
            elif exchange.response is None or (exchange.postponed and (exchange.status != 503 or not recording.runs)):
                yield Observation(None, seen)
            elif exchange.rejected and exchange.probe.control in recording.rejected_names:
                yield Observation(None, seen)  # refused for what its control was refused for
            else:
                yield failed(
                    f"accepted with {recording.operation.status}", (f"{exchange.status}: ", body_of(exchange)), *seen
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
