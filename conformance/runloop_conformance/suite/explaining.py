"""Finds out why a server rejected a valid request: which property, in which state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from attrs import define, field

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Level, Operation
from runloop_conformance.exchanges.exchange import Exchange, Probe
from runloop_conformance.exchanges.json_path import object_at
from runloop_conformance.suite.relevance import clause_ids

State: TypeAlias = tuple[tuple[str, ...], str]
"""A property's path, and `absent`, `null`, `empty`, `filled`, or the value of an enum."""


@define
class Explaining:
    """Brings forward the requests that show why others were rejected. `clauses`: those that are judged."""

    contract: Contract
    operation: Operation
    clauses: Sequence[Clause]
    _rejected: list[tuple[Probe, Level]] = field(factory=list, init=False, repr=False)
    _accepted: dict[str, Probe] = field(factory=dict, init=False, repr=False)
    _explained: int = field(default=0, init=False)

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        probe = exchange.probe
        if probe.intent != "accept":
            return
        if exchange.accepted:
            self._accepted[probe.name] = probe
        about = clause_ids(self.contract, probe)
        levels = {clause.level for clause in self.clauses if clause.id in about}
        if exchange.rejected and levels:
            self._rejected.append((probe, "must" if "must" in levels else "should"))

    def reorder(self, queue: list[tuple[Probe, ...]], *, musts_settled: bool) -> None:
        """Bring forward the requests with one thing in them: they show what was rejected in a fuller one.

        First come those whose one thing no accepted request had. What only a SHOULD forbids waits until the MUSTs are
        settled, since it must not cost a MUST its test.
        """
        must = any(level == "must" for _, level in self._rejected)
        if self._explained == len(self._rejected) or not (must or musts_settled):
            return
        self._explained = len(self._rejected)
        suspected = suspects(self.operation, [probe for probe, _ in self._rejected], self._accepted.values())
        shoulds = {clause.id for clause in self.clauses if clause.level == "should"}

        def rank(group: tuple[Probe, ...]) -> int:
            probe = group[0]
            if probe.rank == "single" and self._names(probe, suspected):
                return 0
            if must and probe.rank == "packed":
                return 1
            return 3 if not must and probe.rank == "single" and shoulds & clause_ids(self.contract, probe) else 4

        queue.sort(key=rank)

    def _names(self, probe: Probe, suspected: frozenset[State]) -> bool:
        """Whether a probe differs from its control in a suspected state, so that its rejection names the state."""
        control = self._accepted.get(probe.control or "")
        if control is None:
            return False
        return bool((states(self.operation, probe.content) - states(self.operation, control.content)) & suspected)


def suspects(operation: Operation, rejected: Iterable[Probe], accepted: Iterable[Probe]) -> frozenset[State]:
    """The states that rejected requests had, and no accepted one."""
    harmless = {state for probe in accepted for state in states(operation, probe.content)}
    return frozenset(state for probe in rejected for state in states(operation, probe.content)) - harmless


def states(operation: Operation, body: Any) -> frozenset[State]:
    """The state of each property of the operation whose place the body has."""
    return frozenset(_states(operation, body)) if isinstance(body, dict) else frozenset()


def _states(operation: Operation, body: dict[str, Any]) -> Iterator[State]:
    for each in operation.request:
        holder = object_at(body, each.path[:-1])
        if holder is None or not each.named:
            continue
        if each.path[-1] not in holder:
            yield each.path, "absent"
            continue
        value = holder[each.path[-1]]
        yield each.path, "null" if value is None else "empty" if value in ("", {}, []) else "filled"
        if "enum" in each.schema:
            yield each.path, f"value {value}"
