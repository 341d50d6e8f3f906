"""Text of requests and responses inside of a message. It is redacted whole and shortened afterwards.

A message that is shortened first can end in half a secret, which no redaction finds. So judging hands the whole text
on, in parts that cannot be printed; `message_text` makes a string of them.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.exchanges.strict_json import dump

SHOWN = 120  # characters of an excerpt
SHORT_ENOUGH = 40  # characters of two texts that are compared at a glance
BEFORE, AFTER = 8, 24  # characters shown before and after the first difference of two longer ones


@frozen(repr=False)
class Excerpt:
    """The beginning of a text, or its end. Bytes are text in UTF-8; each character comes out printable."""

    whole: str | bytes
    longest: int = SHOWN
    end: bool = False

    def text(self, redaction: Redaction) -> str:
        """What is shown of it."""
        whole = self.whole if isinstance(self.whole, str) else self.whole.decode("utf-8", "backslashreplace")
        text = redaction.text(whole)
        text = text[-self.longest - 1 :] if self.end else text[: self.longest + 1]
        text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
        if len(text) <= self.longest:
            return text
        return text[-self.longest :] if self.end else text[: self.longest - 1] + "…"


@frozen(repr=False)
class Difference:
    """Two texts that should be equal, of a request and of its response."""

    sent: str
    received: str

    def text(self, redaction: Redaction) -> str:
        """The text of the response; of a long one, the part where the two differ first."""
        sent, received = redaction.text(self.sent), redaction.text(self.received)
        if max(len(sent), len(received)) < SHORT_ENOUGH:
            return Excerpt(dump(self.received)).text(redaction)
        pairs = enumerate(zip(sent, received, strict=False))
        at = next((n for n, (a, b) in pairs if a != b), min(len(sent), len(received)))
        part = Excerpt(dump(received[max(0, at - BEFORE) : at + AFTER])).text(redaction)
        return f"{len(received)} characters for {len(sent)}, different from character {at} on: {part}"


Message: TypeAlias = "str | Excerpt | Difference | tuple[Message, ...]"
"""A message, or its parts in order."""


def message_text(message: Message, redaction: Redaction) -> str:
    """The message as a string that can be shown."""
    if isinstance(message, tuple):
        return "".join(message_text(part, redaction) for part in message)
    return redaction.text(message) if isinstance(message, str) else message.text(redaction)
