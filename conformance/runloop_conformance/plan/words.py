"""The words of the vocabulary, one by one, as whole texts."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from runloop_conformance.exchanges.json_path import object_at
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.bodies import Writer

WORDS = tuple(word for word in vocabulary.WHOLE if word)
APART = 3  # words, by which members are ahead of each other


@define
class Words:
    """Puts words of the vocabulary in place of texts: another each time, and each member gets those that break most."""

    turn: dict[tuple[str, ...], int] = field(factory=dict)

    def put(self, writer: Writer, body: dict[str, Any]) -> dict[str, Any]:
        """The body, changed."""
        for place, path in enumerate(writer.texts()):
            holder = object_at(body, path[:-1])
            if holder is not None and isinstance(holder.get(path[-1]), str) and holder[path[-1]]:
                turn = self.turn[path] = self.turn.get(path, APART * place - 1) + 1
                holder[path[-1]] = WORDS[turn % len(WORDS)]
        return body
