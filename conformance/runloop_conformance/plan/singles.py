"""Requests about `request.<property>.accepted` and `.optional`: valid, with one property more or less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.contract.operation import Operation, Property, item
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import replaced, value_at
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import twin
from runloop_conformance.plan.writer import Writer


def single_properties(operation: Operation, writer: Writer, minimal: Probe, full: Probe) -> Iterator[Probe]:
    """One optional property more, or one less: a server that rejects it rejects or requires that property.

    They show why a fuller request was rejected, so they are sent as soon as one is.
    """
    optional = [m for m in operation.request if not m.required and m.named and len(m.path) <= 2]
    for prop in optional:
        if value_at(full.content, prop.path) is not NOTHING:
            left_out = replaced(full.content, prop.path, NOTHING)
            clauses = (f"request.{prop.name}.optional",)
            yield _twin(full, f"without {prop.name}", clauses, left_out)
    for prop in optional:
        for state, value in _states(writer, prop):
            kind = "null-accepted" if value is None else "accepted"
            about = (f"request.{prop.name}.{kind}", *(["request.text"] if value == "" else []))
            content = replaced(minimal.content, prop.path, value)
            yield _twin(minimal, f"{state} {prop.name}", about, content)


def single_known(operation: Operation, writer: Writer, minimal: Probe, everything: Probe) -> Iterator[Probe]:
    """The same as `single_properties`, for properties that are known from elsewhere than the page.

    The properties of list items are left out: an item is sent whole.
    """
    for prop in operation.request:
        if prop.level == "must" or prop.required or not prop.named or any(item(step) is not None for step in prop.path):
            continue
        if len(prop.path) > 2:
            content = replaced(minimal.content, prop.path, _sample(writer, prop))
            clauses = (f"request.{prop.name}.accepted",)
            yield _twin(minimal, f"with {prop.name}", clauses, content)
        elif value_at(everything.content, prop.path) is not NOTHING:
            content = replaced(everything.content, prop.path, NOTHING)
            clauses = (f"request.{prop.name}.optional",)
            yield _twin(everything, f"without {prop.name}", clauses, content)


def single_values(operation: Operation, minimal: Probe) -> Iterator[Probe]:
    """Each further value of each optional enum by itself."""
    for prop in operation.request:
        if "enum" in prop.schema and not prop.required and prop.named:
            for value in prop.schema["enum"][1:]:
                content = replaced(minimal.content, prop.path, value)
                clauses = (f"request.{prop.name}.accepted",)
                change = f"with {prop.name} {value}"
                yield _twin(minimal, change, clauses, content)


def _states(writer: Writer, prop: Property) -> Iterator[tuple[str, Any]]:
    yield "with", _sample(writer, prop)
    if prop.level == "must" and "enum" not in prop.schema:
        if "string" in prop.types:
            yield "with an empty", ""
        elif "object" in prop.types:
            yield "with an empty", {}
    if prop.nullable:
        yield "with a null", None


def _sample(writer: Writer, prop: Property) -> Any:
    def wanted(other: Property) -> bool:
        inside = other.path[: len(prop.path)] == prop.path
        return other.path == prop.path[: len(other.path)] or (
            inside and (other.level == "must" or prop.level == "should")
        )

    return value_at(writer.body(wanted), prop.path)


def _twin(control: Probe, change: str, clauses: tuple[str, ...], content: Any) -> Probe:
    return twin(control, change, clauses, intent="accept", content=content, rank="single", priority=Priority.SINGLE)
