"""What a response says about the run just started: what was sent, the id, the time, the state, no other data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.clauses.clause import (
    ECHO,
    Clause,
    Observation,
    as_json,
    by_rule,
    each_run,
    echo,
    failed,
    is_odd,
    passed,
)
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import NOTHING
from runloop_conformance.exchanges.json_path import value_at
from runloop_conformance.exchanges.recording import Recording, Run, marks_in

SKEW_MS = 5 * 60 * 1000
COARSE_MS = 10_000
STANDING_MS = 1500  # two runs that far apart do not start in the same millisecond


def clauses(_: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses; those about properties that the contract lacks are left out."""
    rules = operation.rules
    for name, sent in ECHO.items():
        prop = operation.response_property(name)
        if "answers-about-this-run" in rules and prop is not None and operation.request_property(*sent) is not None:
            text = f"`{name}` holds what was sent as `{'.'.join(sent)}`. {prop.description}"
            about_this_run = rules["answers-about-this-run"].pointer
            observe = each_run(echo(name, sent))
            yield Clause(f"run.{name}.echo", "must", f"{prop.pointer}/description", text, observe, (about_this_run,))
    yield from by_rule("run.isolation", rules.get("answers-about-this-run"), _isolation)
    if operation.response_property("id"):
        yield from by_rule("run.id.new", rules.get("new-run"), _new)
    if operation.response_property("start_time_ms"):
        yield from by_rule("run.start_time_ms.now", rules.get("starts-now"), _now)
    if operation.response_property("duration_ms"):
        yield from by_rule("run.duration_ms.not-negative", rules.get("duration-not-negative"), each_run(_not_negative))
        yield from by_rule(
            "run.duration_ms.while-running", rules.get("duration-while-running"), each_run(_while_running)
        )
    if operation.response_property("score"):
        yield from by_rule("run.score.once-completed", rules.get("score-once-completed"), each_run(_score))
    if operation.response_property("secrets_provided"):
        yield from by_rule("run.secrets_provided.names", rules.get("secret-names"), each_run(_secret_names))
    yield from by_rule("run.only-what-was-asked", rules.get("only-what-was-asked"), each_run(_only_what_was_sent))


def _isolation(recording: Recording) -> Iterator[Observation]:
    """No response holds a text of another request, accepted or rejected: each request has its own marks."""
    owner: dict[str, Any] = {}
    for exchange in recording.exchanges:
        for mark in recording.marks[exchange.probe.name]:
            owner.setdefault(mark, exchange)
    first: Any = None
    for run in recording.runs:
        response = run.exchange.response
        assert response is not None
        foreign = [
            m for m in marks_in(response.body) if m in owner and m not in recording.marks[run.exchange.probe.name]
        ]
        if foreign:
            other = owner[foreign[0]]
            yield failed(
                "nothing of another request", f"{foreign[0]}, which request {other.number} sent", other, run.exchange
            )
        elif first is not None:
            yield passed(first, run.exchange)
        first = first or run.exchange


def _new(recording: Recording) -> Iterator[Observation]:
    """No id is empty or returned twice, also for equal and simultaneous requests."""
    first_with: dict[str, Run] = {}
    equal = simultaneous = False
    observed: list[Observation] = []
    for run in recording.runs:
        identifier = run.fields.get("id")
        if not isinstance(identifier, str):
            continue
        if not identifier.strip():
            yield failed("an id that is not empty", as_json(identifier), run.exchange)
        elif identifier in first_with:
            yield failed(
                "a new id",
                (as_json(identifier), " again"),
                first_with[identifier].exchange,
                run.exchange,
            )
        else:
            equal = equal or any(run.exchange.probe.body == other.exchange.probe.body for other in first_with.values())
            simultaneous = simultaneous or bool(run.exchange.probe.together)
            if first_with:
                observed.append(passed(next(iter(first_with.values())).exchange, run.exchange))
            first_with[identifier] = run
    if equal and simultaneous:  # only then could an id have been first_with twice
        yield from observed


def _now(recording: Recording) -> Iterator[Observation]:
    earlier: Run | None = None
    for run in recording.runs:
        start = run.fields.get("start_time_ms")
        if isinstance(start, bool) or not isinstance(start, int | float):
            continue
        low, high = run.exchange.began_ms - SKEW_MS, run.exchange.ended_ms + SKEW_MS
        if not low <= start <= high:
            away = abs(start - run.exchange.began_ms) / 1000
            yield failed(f"between {low} and {high}", f"{start:.0f}, {away:,.0f} s away from now", run.exchange)
        elif (
            earlier
            and earlier.fields["start_time_ms"] == start
            and start % COARSE_MS  # a clock that goes by the minute is within the five minutes
            and run.exchange.began_ms - earlier.exchange.ended_ms >= STANDING_MS
        ):
            apart = (run.exchange.began_ms - earlier.exchange.ended_ms) / 1000
            yield failed(
                f"a later time than {start:.0f}, {apart:.1f} s later",
                f"{start:.0f} again",
                earlier.exchange,
                run.exchange,
            )
        else:
            yield passed(run.exchange)
        earlier = earlier or run


def _not_negative(run: Run) -> Observation | None:
    duration = run.fields.get("duration_ms")
    if isinstance(duration, int | float) and not isinstance(duration, bool) and duration < 0:
        return failed("duration_ms: 0 or extra", f"{duration}", run.exchange)
    return passed(run.exchange) if isinstance(run.received, dict) else None


def _while_running(run: Run) -> Observation | None:
    if run.fields.get("state") != "running":
        return None
    if run.fields.get("duration_ms") is None:
        return passed(run.exchange)
    return failed("no duration_ms while the state is running", as_json(run.fields["duration_ms"]), run.exchange)


def _score(run: Run) -> Observation | None:
    state, score = run.fields.get("state"), run.fields.get("score")
    number = isinstance(score, int | float) and not isinstance(score, bool)
    if state == "completed" and not number:
        return failed(
            "score: a number, as the state is completed",
            ("score: ", as_json(run.fields.get("score", NOTHING))),
            run.exchange,
        )
    if state in ("running", "canceled") and score is not None:
        return failed(f"score: absent or null, as the state is {state}", ("score: ", as_json(score)), run.exchange)
    return passed(run.exchange) if isinstance(run.received, dict) else None


def _secret_names(run: Run) -> Observation | None:
    sent = value_at(run.sent, ECHO["secrets_provided"])
    received = run.fields.get("secrets_provided")
    if not isinstance(run.received, dict) or is_odd(sent if isinstance(sent, dict) else {}):
        return None
    if isinstance(sent, dict) and isinstance(received, dict):
        for key, name in sent.items():
            if key in received and received[key] != name:
                return failed(
                    (as_json(key), ": the secret's name, ", as_json(name)), as_json(received[key]), run.exchange
                )
    return passed(run.exchange)


def _only_what_was_sent(run: Run) -> Observation | None:
    if not isinstance(run.received, dict) or run.exchange.probe.content is NOTHING:
        return None
    for name in ("metadata", "secrets_provided"):
        sent, received = value_at(run.sent, ECHO[name]), run.fields.get(name)
        if is_odd(sent if isinstance(sent, dict) else {}):
            return None
        extra = set(received) - set(sent if isinstance(sent, dict) else ()) if isinstance(received, dict) else set()
        if extra:
            return failed(
                f"{name}: nothing that was not sent",
                (f"{name}: ", as_json(sorted(extra)), " also"),
                run.exchange,
            )
    return passed(run.exchange)
