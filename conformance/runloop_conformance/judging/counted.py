"""A number with its noun, for messages."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number with its noun in the singular or the plural, such as `1 run` and `1,200 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
