"""Makes a counterexample small: less and less of the request is sent, as long as the clause fails on it.

Each try is a valid request and counts against the budget like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.exchanges.exchange import Exchange, Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.judging.judge import judge

MOST_SHRUNK = 4  # counterexamples
SMALL = 160  # bytes; a body of that size is read at a glance
USUAL = 3  # headers of an ordinary request
MOST_TRIES = 24  # for one clause
SHORT = 8  # characters


@frozen
class Shrinking:
    """A counterexample that could be smaller. `valid`: whether a smaller body still fits the contract."""

    clause: Clause
    exchange: Exchange
    recording: Recording
    valid: Callable[[Any], bool]

    def probes(self) -> Generator[Probe, Exchange, None]:
        """Smaller and smaller requests. Each expects its exchange to be sent back, which decides what comes next."""
        smallest, tries = self.exchange.probe, 0
        progress = True
        while progress and _large(smallest):
            progress = False
            for candidate in _candidates(smallest, self.valid):
                if tries >= MOST_TRIES:
                    return
                tries += 1
                name = f"{self.exchange.probe.name}, smaller ({tries})"
                probe = evolve(candidate, name=name, control=None, change=None)
                if self._fails((yield probe)):
                    smallest, progress = probe, True
                    break

    def _fails(self, exchange: Exchange) -> bool:
        """Whether the clause fails on an exchange, beside an accepted one that was recorded before."""
        accepted = [e for e in self.recording.exchanges if e.accepted][:1]
        recording = Recording(self.recording.contract, [*accepted, exchange], self.recording.secrets)
        return any(one.passed is False and one.exchanges[-1] is exchange for one in self.clause.observe(recording))


def shrinkable(clauses: Sequence[Clause], recording: Recording) -> list[Shrinking]:
    """The counterexamples in the recording of one operation that could be smaller; a few."""
    contract = recording.contract
    # Only what fails on valid requests can be made small, and they are few beside all others.
    valid = [one for one in recording.exchanges if one.probe.intent != "refuse"]
    some = Recording(contract, valid, recording.secrets)
    failed = [clause for clause in clauses if any(one.passed is False for one in clause.observe(some))]
    large: list[Shrinking] = []
    for finding in judge(failed, recording):
        exchange = finding.counterexample.exchanges[-1] if finding.counterexample else None
        if exchange is not None and _worth_it(finding.clause, exchange):
            schema = contract.find(exchange.probe.operation).request_schema
            large.append(Shrinking(finding.clause, exchange, recording, contract.validator(schema).is_valid))
    return large[:MOST_SHRUNK]


def _worth_it(clause: Clause, exchange: Exchange) -> bool:
    """Whether a counterexample is a valid request that could be smaller: in its body, its headers or its query."""
    probe = exchange.probe
    plain = isinstance(probe.content, dict) and probe.body == dump(probe.content) and not probe.together
    return probe.intent != "refuse" and plain and _large(probe) and not clause.id.startswith("response.json")


def _large(probe: Probe) -> bool:
    return len(probe.body) > SMALL or bool(probe.query) or len(probe.headers) > USUAL or probe.framing == "kept"


def _candidates(probe: Probe, valid: Callable[[Any], bool]) -> Iterator[Probe]:
    """The request with less beside its body, then with less in it."""
    if len(probe.headers) > USUAL:
        usual = tuple(header for header in probe.headers if header[0] in ("Authorization", "Content-Type", "Accept"))
        yield evolve(probe, headers=usual)
    if probe.query:
        yield evolve(probe, query="")
        first, _, rest = probe.query.partition("&")
        yield from (evolve(probe, query=part) for part in (first, rest) if part != probe.query and part)
    if probe.framing == "kept":
        yield evolve(probe, framing="length")
    if len(probe.body) > SMALL:
        for content in filter(valid, smaller(probe.content)):
            yield evolve(probe, content=content, body=dump(content))


def smaller(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Bodies with less in them, those with the least first: one member alone, half of a map, half of a text."""
    tried = {json.dumps(body, sort_keys=True)}
    for candidate in _smaller(body):
        text = json.dumps(candidate, sort_keys=True)
        if text not in tried:
            tried.add(text)
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
