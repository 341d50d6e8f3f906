"""A counterexample's exchanges as HTML: request beside response, and what sets a twin apart from its control."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve, frozen
from markupsafe import Markup

from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.report.difference import Piece, Pieces, difference, laid_out, lines_apart, worth_laying_out
from runloop_conformance.report.harmless import decoded, shown

LONGEST_BODY = 4_000  # characters of a body that the page shows; report.json has more, recording.jsonl all of it
LONGEST_LINE, MOST_LINES = 600, 60  # of the headers
LONGEST_CURL = 20_000  # characters; a longer command is in report.json alone
MOST = 8  # exchanges of one counterexample


FRAMINGS = {
    "chunked": ("sent in chunks",),
    "short": ("ends before the announced length",),
    "kept": ("on a connection that has just carried a refused request",),
    "two lengths": ("with two lengths that differ",),
    "both": ("sent in chunks, and with a length",),
}


@frozen
class Message:
    """One request or answer. `head`: its first line and its headers; `notes`: what the bytes alone do not show."""

    head: Markup
    body: Markup
    notes: tuple[str, ...]


@frozen
class Shown:
    """One exchange on the page."""

    title: str
    role: str
    number: int
    request: Message
    response: Message
    status: str


@frozen
class _Text:
    """A message before it is HTML."""

    lines: tuple[str, ...]
    body: str
    notes: tuple[str, ...]


def exchanges(
    seen: Sequence[Exchange], told: Sequence[Mapping[str, Any]], server: str
) -> tuple[tuple[Shown, ...], int]:
    """The exchanges that the page shows, and how many there are. `told` is what the report says of each.

    Where the last is a twin, and its control is among them, the difference between the two requests is marked.
    """
    twin = seen[-1]
    control = next((at for at, one in enumerate(seen[:-1]) if one.probe.name == twin.probe.control), None)
    kept = [*range(len(seen))][-MOST:]
    if control is not None and control not in kept:
        kept = [control, *kept[1:]]
    base = urlsplit(server).path.rstrip("/")
    asked = {at: _request(told[at]["request"], base) for at in kept}
    rendered = {at: _plainly(text) for at, text in asked.items()}
    if control is not None:
        rendered[control], rendered[len(seen) - 1] = _beside(asked[control], asked[len(seen) - 1])
    shown_ones = []
    for at in kept:
        role = "control" if at == control else "twin" if at == len(seen) - 1 and control is not None else ""
        answer, status = _response(told[at]["response"])
        name = told[at]["request"]["name"]
        shown_ones.append(Shown(name, role, told[at]["number"], rendered[at], _plainly(answer), status))
    return tuple(shown_ones), len(seen)


def _request(told: Mapping[str, Any], base: str) -> _Text:
    path = base + told["path"]
    query = str(told["query"]).replace("{token", "{$RUNLOOP_API_KEY")  # as in the headers
    target = path + (f"?{query}" if query else "")
    notes = FRAMINGS.get(told["framing"], ())
    text = _text(f"{told['method']} {target}", told)
    return evolve(text, notes=(*notes, *text.notes))


def _response(told: Mapping[str, Any]) -> tuple[_Text, str]:
    if "status" in told:
        status = str(told["status"])
        phrase = HTTPStatus(told["status"]).phrase if told["status"] in list(HTTPStatus) else ""
        took = told["ended_ms"] - told["began_ms"]
        text = _text(f"{status} {phrase}".strip(), told)
        return evolve(text, notes=(f"{took:,} ms", *text.notes)), status
    failure = told.get("failure", {"kind": "no answer", "text": ""})
    return _Text((f"no whole answer: {failure['kind']}", failure["text"]), "", ()), "no answer"


def _text(first: str, told: Mapping[str, Any]) -> _Text:
    headers = [f"{name}: {value}" for name, value in told["headers"]]
    lines = [_cut(line) for line in (first, *headers[:MOST_LINES])]
    if len(headers) > MOST_LINES:
        lines.append(f"… and {len(headers) - MOST_LINES} more headers")
    raw = base64.b64decode(told["body_base64"]) if "body_base64" in told else told["body"].encode()
    size = told.get("body_cut_from", len(raw))
    body = decoded(raw[: 4 * LONGEST_BODY])[:LONGEST_BODY]
    notes = [f"{size:,} byte{'s' * (size != 1)}"]
    if (left := size - len(body.encode("utf-8", "surrogateescape"))) > 0:
        notes.append(f"{left:,} of them not shown here: recording.jsonl has the whole")
    return _Text(tuple(lines), body, tuple(notes))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… ({len(line):,} characters)"


def _plainly(text: _Text) -> Message:
    pieces: Pieces = (Piece(text.body),)
    if worth_laying_out(text.body):
        pieces = laid_out(pieces)
    return Message(_head([(Piece(line),) for line in text.lines]), _marked(pieces, "del"), text.notes)


def _beside(control: _Text, twin: _Text) -> tuple[Message, Message]:
    first = difference(control.lines[0], twin.lines[0])
    old_lines, new_lines = lines_apart(control.lines[1:], twin.lines[1:])
    old_body, new_body = difference(control.body, twin.body)
    if worth_laying_out(control.body) and worth_laying_out(twin.body):
        old_body, new_body = laid_out(old_body), laid_out(new_body)
    return (
        Message(_head([first[0], *old_lines], "del"), _marked(old_body, "del"), control.notes),
        Message(_head([first[1], *new_lines], "ins"), _marked(new_body, "ins"), twin.notes),
    )


def _head(lines: Iterable[Pieces], tag: str = "del") -> Markup:
    """The first line and the headers; the name of a header is set apart from its value."""
    return Markup("\n").join(_marked(pieces, tag) for pieces in lines)


def _marked(pieces: Pieces, tag: str) -> Markup:
    changed = Markup(f"<{tag}>{{}}</{tag}>")  # noqa: S704 - one of two tags
    return Markup().join(changed.format(shown(one.text)) if one.changed else shown(one.text) for one in pieces)
