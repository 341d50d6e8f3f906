"""Which state of which member may be why a server refused a request: those that no accepted request had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import object_at

State: TypeAlias = tuple[tuple[str, ...], str]
"""A member's path, and `absent`, `null`, `empty`, `filled`, or the value of an enum."""


def states(operation: Operation, asked: Any) -> frozenset[State]:
    """The state of each named member whose place a body has."""
    return frozenset(_states(operation, asked)) if isinstance(asked, dict) else frozenset()


def _states(operation: Operation, asked: dict[str, Any]) -> Iterator[State]:
    for member in operation.request:
        holder = object_at(asked, member.path[:-1])
        if holder is None or not member.named:
            continue
        if member.path[-1] not in holder:
            yield member.path, "absent"
            continue
        value = holder[member.path[-1]]
        yield member.path, "null" if value is None else "empty" if value in ("", {}, []) else "filled"
        if "enum" in member.schema:
            yield member.path, f"value {value}"


def suspects(operation: Operation, refused: Iterable[Probe], accepted: Iterable[Probe]) -> frozenset[State]:
    """The states that refused requests had, and no accepted one."""
    seen = {state for probe in accepted for state in states(operation, probe.asked)}
    return frozenset(state for probe in refused for state in states(operation, probe.asked)) - seen


def tells(operation: Operation, probe: Probe, control: Probe | None, suspected: frozenset[State]) -> bool:
    """Whether a request differs from its control in a state that is suspected, so that its refusal names it."""
    if control is None:
        return False
    return bool((states(operation, probe.asked) - states(operation, control.asked)) & suspected)
