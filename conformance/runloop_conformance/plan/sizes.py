"""Requests about `request.sizes`: 1,000 characters, 64 properties and 64 KB are accepted."""

from __future__ import annotations

from typing import Any

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import object_at
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import ask
from runloop_conformance.plan.writer import MOST_PROPERTIES, Writer, names_are_variables

MOST_BYTES = 64_000
LONG = 768  # characters


def largest_sizes(operation: Operation, writer: Writer) -> Probe:
    """A request that is as large as must be accepted."""
    return ask(
        operation, "largest sizes", "accept", ("request.sizes",), largest(writer, "ascii"),
        rank="packed", priority=Priority.LARGEST_SIZES,
    )  # fmt: skip


def largest_in_other_scripts(operation: Operation, writer: Writer) -> Probe:
    """The same in characters of two to four bytes."""
    return ask(
        operation, "largest sizes, other scripts", "accept", ("request.sizes",), largest(writer, "other"),
        priority=Priority.OTHER_LARGEST_SIZES,
    )  # fmt: skip


def largest(writer: Writer, script: str) -> dict[str, Any]:
    """The full body at the sizes that must be accepted: 1,000 characters, 64 properties, 64 KB.

    One map is as large as there is room for, another one with each script; the others hold each length once.
    """
    body = writer.full()
    mark = writer.mark()
    for path in writer.operation.texts:
        if (holder := object_at(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.of_length(1000, mark, "ascii" if script == "ascii" else "astral")
    for path in writer.operation.known_maps if script == "ascii" else ():
        if (holder := object_at(body, path)) is not None:
            room = range(MOST_PROPERTIES - len(holder))
            holder.update({f"SECRET_{n}": f"NAME_OF_SECRET_{n}_{'x' * (8 * n % 200)}" for n in room})
    maps = [(path, holder) for path in writer.operation.maps if (holder := object_at(body, path)) is not None]
    lengths = vocabulary.LENGTHS
    for path, holder in maps:
        name = "K" * 100 if names_are_variables(path) else vocabulary.of_length(1000, mark, "astral")
        holder.clear()
        holder.update({f"K{n:02d}" if n else name: f"{n} {mark}" for n in range(MOST_PROPERTIES)})
        for key, length in zip(holder, reversed(lengths), strict=False):
            holder[key] = vocabulary.of_length(length, mark, script if length >= LONG else "ascii")
    if maps:
        _fill(body, maps[-1 if script == "ascii" else 0][1], mark, script)
    return body


def _fill(body: dict[str, Any], holder: dict[str, Any], mark: str, script: str) -> None:
    """Make the values of a map as long as they may be, until the body is as large as must be accepted."""
    lengths = vocabulary.LENGTHS
    for n, (key, before) in enumerate(holder.items()):
        # Each length in the script, then as many characters as there is room for.
        holder[key] = vocabulary.of_length(
            lengths[-1 - n % len(lengths)], mark, script if n < len(lengths) else "ascii"
        )
        if len(dump(body)) > MOST_BYTES:
            holder[key] = before
    for key, text in holder.items():
        room = min(1000 - len(text), MOST_BYTES - len(dump(body)))
        if room > 0:
            holder[key] = text + "." * (room - 1) + "$"
