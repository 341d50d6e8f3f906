"""Text in which nothing is hidden: what a terminal, a log or XML cannot carry becomes the escape it has in code."""

from __future__ import annotations


def visible(text: str, keep: str = "") -> str:
    """The text with every character that is not printable as an escape, such as `\\x1b`, but for those in `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else ascii(char)[1:-1] for char in text)


def shortened(text: str, longest: int, where: str = "report.json") -> str:
    """The text, cut where it is longer than so many characters, with a word on where the whole is."""
    return text if len(text) <= longest else f"{text[:longest]}… (whole in {where})"
