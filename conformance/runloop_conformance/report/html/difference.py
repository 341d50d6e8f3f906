"""Two texts beside each other: which parts of the one are not in the other, and how JSON is laid out to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from attrs import frozen

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
MOST_WORK = 250_000  # comparisons of words; texts that would need more are marked as a whole
ALIKE = 0.25  # of the words; texts that share fewer have their marks all over, which shows nothing
WORTH_LAYING_OUT = 48  # characters; shorter JSON is read on one line
MOST_LINES = 150  # about; JSON of more is shorter as it came
DEEPEST = 12  # levels that are indented; deeper ones would run off to the right


@frozen
class Piece:
    """A part of a text. `changed`: it stands in this text, and not in the one beside it."""

    text: str
    changed: bool = False


Pieces = tuple[Piece, ...]


def difference(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces. Joined again, the pieces of each are that text."""
    left, right = WORDS.findall(one), WORDS.findall(other)
    start = _shared(left, right)
    end = _shared(left[start:][::-1], right[start:][::-1])
    matched = [
        ("".join(left[:start]), "".join(right[:start]), True),
        *_matched(left[start : len(left) - end], right[start : len(right) - end]),
        ("".join(left[len(left) - end :]), "".join(right[len(right) - end :]), True),
    ]
    return (
        _joined((text, equal) for text, _, equal in matched),
        _joined((text, equal) for _, text, equal in matched),
    )


def lines_apart(one: Sequence[str], other: Sequence[str]) -> tuple[list[Pieces], list[Pieces]]:
    """Two lists of lines, each line in pieces. A line in the place of another is compared with it word by word."""
    left: list[Pieces] = []
    right: list[Pieces] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            pairs = [difference(*pair) for pair in zip(one[a:b], other[c:d], strict=True)]
            left += [pair[0] for pair in pairs]
            right += [pair[1] for pair in pairs]
        else:
            left += [(Piece(line, changed=kind != "equal"),) for line in one[a:b]]
            right += [(Piece(line, changed=kind != "equal"),) for line in other[c:d]]
    return left, right


def laid_out(pieces: Pieces) -> Pieces:
    """JSON on as many lines as it has members, each token as it was. White space is kept where it is the difference."""
    out: list[tuple[str, bool]] = []
    chars = [(char, piece.changed) for piece in pieces for char in piece.text]
    depth, in_text, escaped = 0, False, False
    for at, (char, changed) in enumerate(chars):
        if in_text:
            out.append((char, changed))
            in_text = escaped or char != '"'
            escaped = char == "\\" and not escaped
            continue
        if char.isspace() and not changed:
            continue
        before, after = _neighbour(chars, at, -1), _neighbour(chars, at, 1)
        if char in "}]":
            depth -= 1
            if before not in ("{", "["):
                out.append((_break(depth), False))
        out.append((char, changed))
        in_text = char == '"'
        depth += char in "{["
        if (char in "{[" and after not in ("}", "]")) or char == ",":
            out.append((_break(depth), False))
        elif char == ":":
            out.append((" ", False))
    return tuple(Piece("".join(char for char, _ in run), changed) for changed, run in groupby(out, lambda one: one[1]))


def worth_laying_out(text: str) -> bool:
    """Whether a text is JSON, and of a length that is read more easily on several lines."""
    if len(text) < WORTH_LAYING_OUT or text[:1] not in ("{", "[") or sum(map(text.count, "{[,")) > MOST_LINES:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _matched(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """Parts of the one and of the other that stand for each other, and whether they are equal."""
    if len(left) * len(right) > MOST_WORK:
        yield "".join(left), "".join(right), False
        return
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        yield "".join(left), "".join(right), False
        return
    for kind, a, b, c, d in matcher.get_opcodes():
        yield "".join(left[a:b]), "".join(right[c:d]), kind == "equal"


def _joined(parts: Iterator[tuple[str, bool]]) -> Pieces:
    return tuple(Piece(text, changed=not equal) for text, equal in parts if text)


def _neighbour(chars: Sequence[tuple[str, bool]], at: int, step: int) -> str:
    """The nearest character before or after that is no white space."""
    at += step
    while 0 <= at < len(chars) and chars[at][0].isspace():
        at += step
    return chars[at][0] if 0 <= at < len(chars) else ""


def _break(depth: int) -> str:
    return "\n" + "  " * min(depth, DEEPEST)
