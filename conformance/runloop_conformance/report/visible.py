"""Foreign text made visible: what a terminal, a log, XML or a page must not act on becomes the escape it has in code.

Everything that a server, a contract or a report wrote is printed through this module.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

STACKED = 4  # combining marks on one character; more of them cover the lines above and below
CARRIED_BYTES = range(0xDC80, 0xDD00)  # how `surrogateescape` carries the bytes that are not UTF-8


def visible(text: str, keep: str = "") -> str:
    """The text with every character that is not printable as an escape, such as `\\x1b`, but for those in `keep`."""
    return "".join(piece for _, piece in _runs(text, keep))


def shown(text: str) -> Markup:
    """The text for an HTML page. A line break stays one; controls, bidi marks and the like become visible escapes."""
    return Markup().join(
        Markup('<span class="esc">{}</span>').format(piece) if escaped else escape(piece)
        for escaped, piece in _runs(text, "\n", STACKED)
    )


def plain(text: str) -> str:
    """The same for an attribute or a title, where there is no markup; on one line."""
    line = " ".join(text.splitlines() or [""])
    return "".join(f"⟨{piece}⟩" if escaped else piece for escaped, piece in _runs(line, stack=STACKED))


def shortened(text: str, longest: int, where: str = "report.json") -> str:
    """The text, cut where it is longer than so many characters, with a note on where the whole is."""
    return text if len(text) <= longest else f"{text[:longest]}… (whole in {where})"


def decoded(raw: bytes) -> str:
    """Bytes as text for this module: those that are not UTF-8 are shown as `\\xff`."""
    return raw.decode("utf-8", "surrogateescape")


def _runs(text: str, keep: str = "", stack: float = float("inf")) -> Iterator[tuple[bool, str]]:
    """The text in runs of what is shown as it is (False) and of escapes (True)."""
    if text.isascii() and (text.replace(keep, "") if keep else text).isprintable():
        yield False, text
        return
    run: list[str] = []
    run_is_escaped = False
    stacked = 0
    for char in text:
        stacked = stacked + 1 if unicodedata.combining(char) else 0
        escaped = char not in keep and (not char.isprintable() or stacked > stack)
        if escaped != run_is_escaped and run:
            yield run_is_escaped, "".join(run)
            run = []
        run_is_escaped = escaped
        run.append(_escape(char) if escaped else char)
    if run:
        yield run_is_escaped, "".join(run)


def _escape(char: str) -> str:
    if ord(char) in CARRIED_BYTES:
        return f"\\x{ord(char) - 0xDC00:02x}"
    if 0x80 <= ord(char) <= 0xFF:  # `\xa0` would be the byte
        return f"\\u{ord(char):04x}"
    return char.encode("unicode_escape").decode("ascii")
