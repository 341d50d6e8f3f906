"""Requests about `request.<property>.*`, `request.object` and `request.invalid`: one thing in each is not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from runloop_conformance.contract.forbidden import wrong_values
from runloop_conformance.contract.operation import Operation, Property
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import can_hold, object_at, replaced, value_at
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import twin

FEW_OF_A_KIND, MOST_OF_A_KIND = 2, 50  # wrong values for one keyword of a property

SHOWN = 24  # characters of a wrong value in the name of a change


def wrong_types(props: Sequence[Property], controls: Sequence[Probe], *, all_types: bool) -> Iterator[Probe]:
    """Each property left out where it is required, and of each wrong type, in each control that can hold it.

    all_types: whether what is known from elsewhere than the page gets every wrong value, too.
    """
    for prop in props:
        for control in controls:
            if not can_hold(control.content, prop.path, add=not prop.required):
                continue
            if prop.required and prop.named and value_at(control.content, prop.path) is not NOTHING:
                yield twin(
                    control, f"without {prop.name}", (f"request.{prop.name}.required",),
                    content=replaced(control.content, prop.path, NOTHING),
                )  # fmt: skip
            yield from _last_of_a_map(control, prop)
            tried: dict[str, int] = {}
            for clause, value in (*wrong_values(prop), *_disguised(prop, control.content)):
                tried[clause] = tried.get(clause, 0) + 1
                if tried[clause] > (MOST_OF_A_KIND if prop.from_page or all_types else FEW_OF_A_KIND):
                    continue
                yield twin(
                    control, f"{prop.name} is {_shown(value)}", (f"request.{prop.name}.{clause}",),
                    content=replaced(control.content, prop.path, value),
                )  # fmt: skip


def before_another(operation: Operation, control: Probe) -> Iterator[Probe]:
    """A full request that must be rejected, sent right before one with little in it: none of it may be left over."""
    required = operation.required_text
    if required is not None:
        content = replaced(control.content, required.path, 5)
        change, clause = f"{required.name} is 5, before another", f"request.{required.name}.type"
        yield twin(control, change, (clause,), content=content, priority=Priority.WRONG_TYPE_BEFORE)


def _last_of_a_map(control: Probe, prop: Property) -> Iterator[Probe]:
    """A map in which only the last value is of the wrong type, for a server that checks only the first."""
    holder = object_at(control.content, prop.path[:-1]) if prop.path[-1] == "*" else None
    if holder and len(holder) > 1 and list(prop.types) == ["string"]:
        path = (*prop.path[:-1], list(holder)[-1])
        change, clause = f"the last of {prop.name} is 123", f"request.{prop.name}.type"
        yield twin(control, change, (clause,), content=replaced(control.content, path, 123))


def _disguised(prop: Property, body: Any) -> Iterator[tuple[str, Any]]:
    """The right value inside of another, which a lenient server takes out again."""
    body = value_at(body, prop.path)
    if isinstance(body, str) and "enum" not in prop.schema and "const" not in prop.schema:
        for value in ([body], {"id": body}, {"value": body}, {"$oid": body}, {prop.path[-1]: body}):
            yield "type", value
    elif isinstance(body, dict) and "object" in prop.types:
        pairs: list[Any] = [[name, value] for name, value in body.items()]
        yield from (("type", value) for value in (dump(body).decode(), [body], pairs, list(body)))
    elif isinstance(body, int) and "integer" in prop.types:
        yield "type", str(body)


def aliases(operation: Operation, controls: Sequence[Probe]) -> Iterator[Probe]:
    """The required properties under other spellings of their names: the property itself is missing."""
    for prop in operation.request:
        if not prop.required or len(prop.path) > 1:
            continue
        name = next(iter(prop.path))
        words = name.split("_")
        camel = words[0] + "".join(word.capitalize() for word in words[1:])
        for other in dict.fromkeys((camel, name.upper(), name.capitalize(), f" {name}", f"{name} ", words[-1])):
            if other in (name, ""):
                continue
            for control in controls:
                content = {(other if key == name else key): value for key, value in control.content.items()}
                yield twin(control, f"{name} is spelled {other!r}", (f"request.{name}.required",), content=content)


def not_objects(control: Probe) -> Iterator[Probe]:
    """JSON that is not an object."""
    whole = control.content
    for shown, value in (
        ("an empty array", []),
        ("an array of the request", [whole]),
        ("an array of the request, twice", [whole, whole]),
        ("an array of pairs", [[name, value] for name, value in whole.items()]),
        ("an array of named values", [{"name": name, "value": value} for name, value in whole.items()]),
        ("an array of names", list(whole)),
        ("the request in a string", dump(whole).decode()),
        ("null", None),
        ("true", True),
        ("1", 1),
        ("0.5", 0.5),
        ("a string", "text"),
        ("an empty string", ""),
    ):
        yield twin(control, f"the body is {shown}", ("request.object",), content=value)


def wrapped(control: Probe) -> Iterator[Probe]:
    """The right request inside another object: its properties are missing at the top."""
    for name in ("body", "data", "params", "request", "benchmark"):
        yield twin(control, f"wrapped in {name}", ("request.invalid",), content={name: control.content})


def _shown(value: Any) -> str:
    text = dump(value).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
