"""Requests about `request.text`: any Unicode text is accepted, and comes back unchanged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from attrs import define, field

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import object_at
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import ask
from runloop_conformance.plan.writer import MOST_PROPERTIES, Writer, names_are_variables

WORDS = tuple(word for word in vocabulary.WHOLE if word)
APART = 3  # words between the first words of two properties


@define
class Words:
    """Replaces texts by words of the vocabulary: another word each time, so that each property gets many."""

    turn: dict[tuple[str, ...], int] = field(factory=dict)

    def put(self, writer: Writer, body: dict[str, Any]) -> dict[str, Any]:
        """The body, changed."""
        for place, path in enumerate(writer.operation.texts):
            holder = object_at(body, path[:-1])
            if holder is not None and isinstance(holder.get(path[-1]), str) and holder[path[-1]]:
                turn = self.turn[path] = self.turn.get(path, APART * place - 1) + 1
                holder[path[-1]] = WORDS[turn % len(WORDS)]
        return body


def telling(operation: Operation, writer: Writer) -> Probe:
    """A full request in whose texts almost every change of a character shows."""
    return ask(
        operation, "telling texts", "accept", ("request.accepted", "request.text"), writer.full(),
        priority=Priority.TELLING_TEXTS,
    )  # fmt: skip


def awkward_texts(operation: Operation, writer: Writer) -> Probe:
    """A request full of awkward texts: a server that loses characters loses some of them."""
    return ask(
        operation, "awkward texts", "accept", ("request.accepted", "request.text"), awkward(writer, 0),
        rank="packed", priority=Priority.AWKWARD_TEXTS,
    )  # fmt: skip


def other_awkward_texts(operation: Operation, writer: Writer) -> Probe:
    """The same with the other half of the vocabulary."""
    return ask(
        operation, "awkward texts, others", "accept", ("request.text",), awkward(writer, 1),
        priority=Priority.OTHER_AWKWARD_TEXTS,
    )  # fmt: skip


def awkward(writer: Writer, half: int) -> dict[str, Any]:
    """The full body with half of the vocabulary in it, as names where a map takes any name, and as values."""
    body = writer.full()
    mark = writer.mark()
    values = vocabulary.WHOLE
    room = MOST_PROPERTIES - 2
    words = dict.fromkeys([*vocabulary.KEYS, *values] if not half else reversed(values))
    for path in writer.operation.texts:
        if (holder := object_at(body, path[:-1])) is not None:
            holder[path[-1]] = vocabulary.joined(half=half)
    for path in writer.operation.maps:
        if (holder := object_at(body, path)) is None:
            continue
        names = list(words)[:room]
        if names_are_variables(path):
            names = list(vocabulary.ENVIRONMENT_NAMES)
            names += [f"V{n}" for n in range(room - len(names))]
        holder.clear()
        start = half * room
        holder.update({name: values[(start + n) % len(values)] for n, name in enumerate(names)})
        holder["mark"] = mark
        if not half:
            holder["same"] = "same"
    return body


def random_words(writer: Writer, operation: Operation, count: int, words: Words) -> Iterator[Probe]:
    """Full bodies whose texts are drawn from the vocabulary, joined at random."""
    source = random.Random(writer.seed ^ 0x5EED)  # noqa: S311 - repeatable
    for number in range(count):
        body = words.put(writer, writer.body(lambda m: writer.usual(m) and source.random() < 0.85, telling=True))
        for path in writer.operation.texts:
            holder = object_at(body, path[:-1])
            if holder is not None and path[-1] in holder and source.random() < 0.5:
                holder[path[-1]] = "".join(source.sample(vocabulary.WHOLE, source.randint(1, 4)))[:1000]
        for path in writer.operation.maps:
            holder = object_at(body, path)
            if holder is not None and not names_are_variables(path):
                for _ in range(source.randint(0, 5)):
                    holder[source.choice(vocabulary.WHOLE) + source.choice(vocabulary.KEYS)] = source.choice(
                        vocabulary.WHOLE
                    )
        yield ask(
            operation, f"words {number + 1}", "accept", ("request.accepted", "request.text"), body,
            priority=Priority.RANDOM,
        )  # fmt: skip
