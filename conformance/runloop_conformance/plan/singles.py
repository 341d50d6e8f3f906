"""Valid requests with one thing in them, or one thing less: they say what it is that a server does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.contract.operation import Member, Operation, item
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import replaced, value_at
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import twin
from runloop_conformance.plan.writer import Writer


def single_members(operation: Operation, writer: Writer, minimal: Probe, full: Probe) -> Iterator[Probe]:
    """One optional member more, or one less: who refuses it refuses that member, or asks for it.

    They say what is wrong where a fuller request was refused, so they are sent as soon as one is.
    """
    optional = [m for m in operation.request if not m.required and m.named and len(m.path) <= 2]
    for member in optional:
        if value_at(full.asked, member.path) is not NOTHING:
            left_out = replaced(full.asked, member.path, NOTHING)
            clauses = (f"request.{member.name}.optional",)
            yield _twin(full, f"without {member.name}", clauses, left_out)
    for member in optional:
        for state, value in _states(writer, member):
            kind = "null-accepted" if value is None else "accepted"
            about = (f"request.{member.name}.{kind}", *(["request.text"] if value == "" else []))
            asked = replaced(minimal.asked, member.path, value)
            yield _twin(minimal, f"{state} {member.name}", about, asked)


def single_known(operation: Operation, writer: Writer, minimal: Probe, everything: Probe) -> Iterator[Probe]:
    """One member more or less of those that are known from elsewhere than the page, as `single_members` has the others.

    What stands in the items of a list is left out: an item is sent whole.
    """
    for member in operation.request:
        if (
            member.level == "must"
            or member.required
            or not member.named
            or any(item(step) is not None for step in member.path)
        ):
            continue
        if len(member.path) > 2:
            asked = replaced(minimal.asked, member.path, _sample(writer, member))
            clauses = (f"request.{member.name}.accepted",)
            yield _twin(minimal, f"with {member.name}", clauses, asked)
        elif value_at(everything.asked, member.path) is not NOTHING:
            asked = replaced(everything.asked, member.path, NOTHING)
            clauses = (f"request.{member.name}.optional",)
            yield _twin(everything, f"without {member.name}", clauses, asked)


def single_values(operation: Operation, minimal: Probe) -> Iterator[Probe]:
    """Each further value of each optional enum by itself."""
    for member in operation.request:
        if "enum" in member.schema and not member.required and member.named:
            for value in member.schema["enum"][1:]:
                asked = replaced(minimal.asked, member.path, value)
                clauses = (f"request.{member.name}.accepted",)
                change = f"with {member.name} {value}"
                yield _twin(minimal, change, clauses, asked)


def _states(writer: Writer, member: Member) -> Iterator[tuple[str, Any]]:
    yield "with", _sample(writer, member)
    if member.level == "must" and "enum" not in member.schema:
        if "string" in member.types:
            yield "with an empty", ""
        elif "object" in member.types:
            yield "with an empty", {}
    if member.nullable:
        yield "with a null", None


def _sample(writer: Writer, member: Member) -> Any:
    def wanted(other: Member) -> bool:
        inside = other.path[: len(member.path)] == member.path
        return other.path == member.path[: len(other.path)] or (
            inside and (other.level == "must" or member.level == "should")
        )

    return value_at(writer.body(wanted), member.path)


def _twin(control: Probe, change: str, clauses: tuple[str, ...], asked: Any) -> Probe:
    return twin(control, change, clauses, intent="accept", asked=asked, rank="single", priority=Priority.SINGLE)
