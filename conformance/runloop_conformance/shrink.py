"""Makes a counterexample small: less and less of the body is sent, as long as the clause is still broken by it.

Each try is a valid request and counts against the budget like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from runloop_conformance.clauses import Clause
from runloop_conformance.exchange import Exchange, Probe
from runloop_conformance.plan.bodies import replaced
from runloop_conformance.recording import Recording
from runloop_conformance.send import BudgetSpentError, Sender
from runloop_conformance.strict_json import dump

SMALL = 160  # bytes; a body of that size is read at a glance
MOST_TRIES = 24  # for one clause
SHORT = 8  # characters


def worth_it(clause: Clause, exchange: Exchange) -> bool:
    """Whether the body of a counterexample is a valid one that could be smaller."""
    probe = exchange.probe
    plain = isinstance(probe.asked, dict) and probe.body == dump(probe.asked) and not probe.together
    return probe.intent != "refuse" and plain and len(probe.body) > SMALL and not clause.id.startswith("response.json")


def shrink(
    exchange: Exchange,
    sender: Sender,
    still_broken: Callable[[Exchange], bool],
    valid: Callable[[Any], bool],
    keep: int,
) -> int:
    """Send smaller and smaller bodies while the clause is broken by them; the tries stand among the sender's exchanges.

    valid: whether a smaller body still fits the contract. keep: how many runs of the budget to leave.
    Returns how many requests were sent.
    """
    smallest, tries = exchange.probe, 0
    progress = True
    while progress and tries < MOST_TRIES and len(smallest.body) > SMALL:
        progress = False
        for candidate in filter(valid, smaller(smallest.asked)):
            if tries >= MOST_TRIES or sender.budget.left <= keep:
                return tries
            probe = _probe(exchange.probe, candidate, tries + 1)
            tries += 1
            try:
                sent = sender.send(probe)
            except BudgetSpentError:
                return tries
            if still_broken(sent):
                smallest, progress = probe, True
                break
    return tries


def breaks(clause: Clause, recording: Recording) -> Callable[[Exchange], bool]:
    """A judge of one more exchange: whether the clause is broken by it, beside what was recorded before."""
    accepted = [e for e in recording.exchanges if e.accepted][:1]

    def still(exchange: Exchange) -> bool:
        beside = [*accepted, exchange]
        found = clause.look(Recording(recording.contract, beside, recording.secrets))
        return any(one.kept is False and one.exchanges[-1] is exchange for one in found)

    return still


def _probe(original: Probe, asked: dict[str, Any], number: int) -> Probe:
    name = f"{original.name}, smaller ({number})"
    return attrs.evolve(original, name=name, asked=asked, body=dump(asked), control=None, change=None)


def smaller(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Bodies with less in them, those with the least first: one member alone, half of a map, half of a text."""
    seen = {json.dumps(body, sort_keys=True)}
    for candidate in _smaller(body):
        told = json.dumps(candidate, sort_keys=True)
        if told not in seen:
            seen.add(told)
            yield candidate


def _smaller(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    required = {"benchmark_id": body["benchmark_id"]} if "benchmark_id" in body else {}
    optional = [name for name in body if name not in required]
    if len(optional) > 1:
        yield from ({**required, name: body[name]} for name in optional)
        yield from ({name: value for name, value in body.items() if name != left_out} for left_out in optional)
    for path, value in _below({name: body[name] for name in optional}):
        for less in _less(value):
            yield replaced(body, path, less)


def _below(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _below(item, (*path, name))


def _less(value: Any) -> Sequence[Any]:
    if isinstance(value, dict) and len(value) > 1:
        items = list(value.items())
        half = len(items) // 2
        return [dict(items[:half]), dict(items[half:])]
    if isinstance(value, str) and len(value) > SHORT:
        half = len(value) // 2
        return [value[:half], value[half:]]
    return []
