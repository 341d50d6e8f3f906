"""Requests about `run.id.new` and `run.isolation`: equal and different ones, at the same time and after each other."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import replaced, value_at
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import ask
from runloop_conformance.plan.texts import Words
from runloop_conformance.plan.writer import Writer

ACCEPTED = ("request.accepted",)


def together(operation: Operation, writer: Writer, size: int, words: Words) -> Iterator[Probe]:
    """Equal requests and different requests at the same time, and an equal one after them."""
    same = words.put(writer, writer.full())
    other = writer.again(same)
    for path in operation.texts[:1]:  # of the same length, for a server that compares only lengths
        other = replaced(other, path, value_at(other, path)[::-1])
    equal = {"together": "equal", "priority": Priority.EQUAL_AT_ONCE}
    for number in range(1, size + 1):
        yield ask(operation, f"equal, at once ({number})", "accept", ACCEPTED, same, **equal)
    yield ask(operation, "another beside them", "accept", ACCEPTED, other, **equal)
    yield ask(operation, "equal, afterwards (1)", "accept", ACCEPTED, same, priority=Priority.EQUAL_AFTERWARDS)
    different = {"together": "different", "priority": Priority.DIFFERENT_AT_ONCE}
    for number in range(1, size + 1):
        body = words.put(writer, writer.full())
        yield ask(operation, f"different, at once ({number})", "accept", ACCEPTED, body, **different)
