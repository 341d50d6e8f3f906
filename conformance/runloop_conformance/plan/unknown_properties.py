"""Requests about `request.unknown-members`: properties that the contract does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import object_at, replaced
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import twin


def unknown_properties(operation: Operation, control: Probe, fits: Callable[[Any], bool]) -> Probe:
    """Properties that no version of the contract names, in every object of the control that may have them.

    fits: whether a body with them still fits the contract, which may have closed an object.
    """
    content = {
        **control.content,
        "x_unknown": {"a": [1, None, "b"]},
        "unknown": "value",
        **response_only_properties(operation),
    }
    for path in dict.fromkeys(m.path[:-1] for m in operation.request if m.named and len(m.path) > 1):
        if object_at(content, path) is not None:
            extended = replaced(content, (*path, "x_unknown"), new=True)
            content = extended if fits(extended) else content
    return twin(
        control,
        "with properties that the contract does not name",
        ("request.unknown-members",),
        intent="accept",
        priority=Priority.UNKNOWN_PROPERTIES,
        content=content,
    )


def response_only_properties(operation: Operation) -> dict[str, Any]:
    """Properties that only the response has: a server that copies all of the request would send them back."""
    values: dict[str, Any] = {
        "object": {"FROM": "the request"},
        "integer": 1,
        "number": 1,
        "array": [],
        "boolean": True,
    }
    kinds = {
        m.path[0]: next(iter(sorted(m.types - {"null"})), "string") for m in operation.response if len(m.path) == 1
    }
    content = {m.path[0] for m in operation.request}
    return {name: values.get(kind, "from the request") for name, kind in kinds.items() if name not in content}
