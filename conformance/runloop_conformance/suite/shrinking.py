"""Makes a counterexample small: less and less of the request is sent, as long as the clause is still broken by it.

Each try is a valid request and counts against the budget like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from runloop_conformance.clauses import Clause
from runloop_conformance.exchanges.exchange import Exchange, Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.sending.sender import BudgetSpentError, Sender

SMALL = 160  # bytes; a body of that size is read at a glance
USUAL = 3  # headers of an ordinary request
MOST_TRIES = 24  # for one clause
SHORT = 8  # characters


def worth_it(clause: Clause, exchange: Exchange) -> bool:
    """Whether a counterexample is a valid request that could be smaller: in its body, its headers or its query."""
    probe = exchange.probe
    plain = isinstance(probe.asked, dict) and probe.body == dump(probe.asked) and not probe.together
    return probe.intent != "refuse" and plain and _large(probe) and not clause.id.startswith("response.json")


def _large(probe: Probe) -> bool:
    return len(probe.body) > SMALL or bool(probe.query) or len(probe.headers) > USUAL or probe.framing == "kept"


def shrink(
    exchange: Exchange,
    sender: Sender,
    still_broken: Callable[[Exchange], bool],
    valid: Callable[[Any], bool],
    keep: int,
) -> int:
    """Send smaller and smaller requests while the clause is broken by them; they stand among the sender's exchanges.

    valid: whether a smaller body still fits the contract. keep: how many runs of the budget to leave.
    Returns how many requests were sent.
    """
    smallest, tries = exchange.probe, 0
    progress = True
    while progress and tries < MOST_TRIES and _large(smallest):
        progress = False
        for candidate in _candidates(smallest, valid):
            if tries >= MOST_TRIES or sender.budget.left <= keep:
                return tries
            tries += 1
            name = f"{exchange.probe.name}, smaller ({tries})"
            probe = attrs.evolve(candidate, name=name, control=None, change=None)
            try:
                sent = sender.send(probe)
            except BudgetSpentError:
                return tries
            if still_broken(sent):
                smallest, progress = probe, True
                break
    return tries


def _candidates(probe: Probe, valid: Callable[[Any], bool]) -> Iterator[Probe]:
    """The request with less beside its body, then with less in it."""
    if len(probe.headers) > USUAL:
        usual = tuple(header for header in probe.headers if header[0] in ("Authorization", "Content-Type", "Accept"))
        yield attrs.evolve(probe, headers=usual)
    if probe.query:
        yield attrs.evolve(probe, query="")
        first, _, rest = probe.query.partition("&")
        yield from (attrs.evolve(probe, query=part) for part in (first, rest) if part != probe.query and part)
    if probe.framing == "kept":
        yield attrs.evolve(probe, framing="length")
    if len(probe.body) > SMALL:
        for asked in filter(valid, smaller(probe.asked)):
            yield attrs.evolve(probe, asked=asked, body=dump(asked))


def breaks(clause: Clause, recording: Recording) -> Callable[[Exchange], bool]:
    """A judge of one more exchange: whether the clause is broken by it, beside what was recorded before."""
    accepted = [e for e in recording.exchanges if e.accepted][:1]

    def still(exchange: Exchange) -> bool:
        beside = [*accepted, exchange]
        found = clause.look(Recording(recording.contract, beside, recording.secrets))
        return any(one.kept is False and one.exchanges[-1] is exchange for one in found)

    return still


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
