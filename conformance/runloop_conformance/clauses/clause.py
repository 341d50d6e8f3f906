"""What a clause is, what judging it yields, and the judges that several chapters share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import frozen

from runloop_conformance.contract.operation import Level, Rule
from runloop_conformance.exchanges.excerpt import Difference, Excerpt, Message
from runloop_conformance.exchanges.exchange import NOTHING, Exchange
from runloop_conformance.exchanges.json_path import value_at
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


ECHO = {
    "benchmark_id": ("benchmark_id",),
    "metadata": ("metadata",),
    "name": ("run_name",),
    "purpose": ("runProfile", "purpose"),
    "environment_variables": ("runProfile", "envVars"),
    "secrets_provided": ("runProfile", "secrets"),
}
"""Properties of the response, and the path of the request whose value each repeats."""


def is_odd(value: object) -> bool:
    """Whether a text holds what a server may change or reject: U+0000, lone surrogates."""
    text = json.dumps(value)
    return "\\u0000" in text or (any(f"\\ud{digit}" in text for digit in "89abcdef") and not _encodable(value))


def _encodable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def echo(name: str, path: tuple[str, ...]) -> Callable[[Run], Observation | None]:
    """Judges whether a property of the response holds what was sent at a path of the request."""

    def observe(run: Run) -> Observation | None:
        sent = value_at(run.sent, path)
        if not isinstance(run.received, dict) or (sent is NOTHING and run.exchange.probe.content is NOTHING):
            return None
        if sent is NOTHING or sent is None or sent == {}:
            return passed(run.exchange)  # nothing was sent: other clauses judge what may be here
        if is_odd(sent):
            return None
        received = run.fields.get(name, NOTHING)
        if isinstance(sent, dict):
            return _map_echo(name, sent, received, run)
        if received == sent and type(received) is type(sent):
            return passed(run.exchange)
        return failed((f"{name}: ", as_json(sent)), (f"{name}: ", _difference(sent, received)), run.exchange)

    return observe


def _map_echo(name: str, sent: dict[str, Any], received: Any, run: Run) -> Observation:
    if not isinstance(received, dict):
        return failed((f"{name}: ", as_json(sent)), (f"{name}: ", as_json(received)), run.exchange)
    for key, value in sent.items():
        if key not in received:
            return failed(
                (f"{name}: a property ", as_json(key), ": ", as_json(value)),
                ("none; it has ", as_json(list(received))),
                run.exchange,
            )
        if received[key] != value or type(received[key]) is not type(value):
            difference = _difference(value, received[key])
            return failed(
                (f"{name}, property ", as_json(key), ": ", as_json(value)),
                (as_json(key), ": ", difference),
                run.exchange,
            )
    return passed(run.exchange)


def _difference(sent: Any, received: Any) -> Excerpt | Difference | str:
    """The response's value; of a long text, where it first differs."""
    texts = isinstance(sent, str) and isinstance(received, str)
    return Difference(sent, received) if texts else as_json(received)
