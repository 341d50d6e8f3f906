"""Requests about `request.accepted`: every optional property absent, empty, null or filled, and every two together."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from attrs import evolve

from runloop_conformance.contract.operation import Operation, Property
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import object_at, replaced
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import ask, twin
from runloop_conformance.plan.texts import Words
from runloop_conformance.plan.writer import Writer, names_are_variables


def rows(operation: Operation, writer: Writer, words: Words) -> list[Probe]:
    """Pairwise presence of the optional properties, each text another one of the vocabulary.

    The rest of the request also differs from row to row, in ways that mean the same.
    """
    made: list[Probe] = []
    bodies = writer.pairwise()
    rows_beside = itertools.chain(ROWS, itertools.repeat(OTHER_ROW))
    mapped = [body for body in bodies if any(object_at(body, path) for path in operation.maps)]
    for number, (body, row) in enumerate(zip(bodies, rows_beside, strict=False)):
        words.put(writer, body)
        if body in mapped[:1]:
            _number_names(writer, body)
        content = _in_latin_1(body) if body in mapped[1:2] else body
        change, priority, different = row
        clauses = ("request.accepted", "request.text")
        probe = ask(operation, f"presence {number + 1}{change}", "accept", clauses, content, priority=priority)
        made.append(evolve(probe, **different(probe)))
    return made


def _in_latin_1(value: Any) -> Any:
    """The value without what ISO 8859-1 lacks: some servers send such a response in ISO 8859-1 by mistake."""
    if isinstance(value, str):
        return value.encode("latin-1", "ignore").decode("latin-1")
    if isinstance(value, dict):
        return {_in_latin_1(name): _in_latin_1(item) for name, item in value.items()}
    return [_in_latin_1(item) for item in value] if isinstance(value, list) else value


def _number_names(writer: Writer, body: dict[str, Any]) -> None:
    """Give maps the names 0, 1, … alone, which some languages take for a list."""
    for path in writer.operation.maps:
        holder = object_at(body, path)
        if holder and not names_are_variables(path):
            values = list(holder.values())
            holder.clear()
            holder.update({str(number): value for number, value in enumerate(values)})


def _with(name: str, *value: str) -> Callable[[Probe], dict[str, Any]]:
    """The headers with another value of one of them, or without it."""

    def different(probe: Probe) -> dict[str, Any]:
        rest = tuple(header for header in probe.headers if header[0] != name)
        return {"headers": (*rest, *((name, text) for text in value))}

    return different


Row: TypeAlias = tuple[str, Priority, Callable[[Probe], dict[str, Any]]]
OTHER_ROW: Row = ("", Priority.OTHER_PRESENCE, lambda _: {})
ROWS: tuple[Row, ...] = (
    ("", Priority.PRESENCE, lambda _: {}),
    # On a connection that is used again, a server may read what a rejected request left unread as the next request.
    (", after a rejected one", Priority.PRESENCE, lambda _: {"framing": "kept"}),
    (", any type accepted", Priority.PRESENCE, _with("Accept", "*/*")),
    (", no Accept", Priority.PRESENCE_WITHOUT_ACCEPT, _with("Accept")),
    OTHER_ROW,
    (", charset=UTF-8", Priority.OTHER_PRESENCE, _with("Content-Type", "application/json; charset=UTF-8")),
    (", a quoted charset", Priority.OTHER_PRESENCE, _with("Content-Type", 'application/json;charset="utf-8"')),
    (", the media type in capitals", Priority.OTHER_PRESENCE, _with("Content-Type", "Application/JSON")),
)
"""When a row of the covering array is sent, and what else is different about it. Further rows are like `OTHER_ROW`."""
EARLY_TURNS = 2  # of those in which each value of each enum is sent


def all_empty(operation: Operation, control: Probe) -> Probe:
    """The control with every optional text and map that a MUST covers, empty."""
    content = control.content
    for prop in operation.request:
        if prop.level == "must" and not prop.required and prop.named and "enum" not in prop.schema:
            empty: Any = "" if "string" in prop.types else {} if "object" in prop.types else NOTHING
            content = content if empty is NOTHING else replaced(content, prop.path, empty)
    return twin(
        control,
        "every optional property empty",
        ("request.accepted",),
        intent="accept",
        content=content,
        priority=Priority.EMPTY,
    )


def all_null(operation: Operation, control: Probe) -> Probe:
    """The control with null for every optional property that may be null."""
    return _null(control, "everything null that may be null", _nullable(operation), Priority.NULL)


def half_null(operation: Operation, control: Probe) -> Iterator[Probe]:
    """The control with null for the objects that may be null, then for the others that may."""
    objects = [prop for prop in _nullable(operation) if "object" in prop.types]
    yield _null(control, "its objects null that may be null", objects, Priority.OTHER_KNOWN_VALUES)
    others = [prop for prop in _nullable(operation) if prop not in objects]
    yield _null(control, "all but its objects null that may be null", others, Priority.OTHER_KNOWN_VALUES)


def _nullable(operation: Operation) -> list[Property]:
    return [m for m in operation.request if m.nullable and not m.required and len(m.path) <= 2 and m.named]


def _null(control: Probe, change: str, props: list[Property], priority: Priority) -> Probe:
    content = control.content
    for prop in props:
        content = replaced(content, prop.path, None)
    return twin(control, change, ("request.known-members",), intent="accept", content=content, priority=priority)


def known_values(operation: Operation, writer: Writer, words: Words) -> Iterator[Probe]:
    """Every known property, with each value of each enum in turn."""
    for turn in range(1, writer.turns()):
        body = words.put(writer, writer.everything(turn))
        yield ask(
            operation, f"everything, turn {turn + 1}", "accept", ("request.known-members",), body,
            priority=Priority.KNOWN_VALUES if turn <= EARLY_TURNS else Priority.OTHER_KNOWN_VALUES,
        )  # fmt: skip
