"""Any text as HTML that does nothing: markup is escaped, and what cannot be seen becomes the escape it has in code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

STACKED = 4  # combining marks on one character; more of them climb over the lines around
CARRIED_BYTES = range(0xDC80, 0xDD00)  # how `surrogateescape` carries the bytes that are no UTF-8


def shown(text: str) -> Markup:
    """The text for an HTML page. A line break stays one; controls, bidi marks and the like become visible escapes."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return escape(text)
    return Markup().join(
        Markup('<span class="esc">{}</span>').format(piece) if strange else escape(piece)
        for strange, piece in _runs(text)
    )


def plain(text: str) -> str:
    """The same for an attribute or a title, where there is no markup; on one line."""
    return "".join(
        piece if not strange else f"⟨{piece}⟩" for strange, piece in _runs(" ".join(text.splitlines() or [""]))
    )


def decoded(raw: bytes) -> str:
    """Bytes as text for `shown`: those that are no UTF-8 come out as `\\xff`."""
    return raw.decode("utf-8", "surrogateescape")


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """The text in runs of what can be shown as it is (False) and of escapes (True)."""
    run: list[str] = []
    run_is_strange = False
    stacked = 0
    for char in text:
        stacked = stacked + 1 if unicodedata.combining(char) else 0
        strange = char != "\n" and (not char.isprintable() or stacked > STACKED)
        if strange != run_is_strange and run:
            yield run_is_strange, "".join(run)
            run = []
        run_is_strange = strange
        run.append(_escape(char) if strange else char)
    if run:
        yield run_is_strange, "".join(run)


def _escape(char: str) -> str:
    if ord(char) in CARRIED_BYTES:
        return f"\\x{ord(char) - 0xDC00:02x}"
    if 0x80 <= ord(char) <= 0xFF:  # `\xa0` would be the byte
        return f"\\u{ord(char):04x}"
    return char.encode("unicode_escape").decode("ascii")
