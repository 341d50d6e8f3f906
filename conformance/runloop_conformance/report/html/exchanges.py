"""A counterexample's exchanges as HTML: request beside response, and what sets a twin apart from its control."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve, frozen
from markupsafe import Markup

from runloop_conformance.report.html.difference import (
    Piece,
    Pieces,
    difference,
    laid_out,
    lines_apart,
    worth_laying_out,
)
from runloop_conformance.report.visible import decoded, shown

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
    """One request or response. `head`: its first line and its headers; `notes`: what the bytes alone do not show."""

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


def exchanges(counterexample: Mapping[str, Any], server: str) -> tuple[tuple[Shown, ...], int]:
    """The exchanges that the page shows, and how many it leaves out.

    Where the last is a twin, and its control is among them, the difference between the two requests is marked.
    """
    every = counterexample["exchanges"]
    last = len(every) - 1
    control = next((at for at, exchange in enumerate(every) if exchange["number"] == counterexample["control"]), None)
    places = [*range(len(every))][-MOST:]
    if control is not None and control not in places:
        places = [control, *places[1:]]
    base = urlsplit(server).path.rstrip("/")
    texts = {at: _request(every[at]["request"], base) for at in places}
    requests = {at: _plainly(text) for at, text in texts.items()}
    if control is not None:
        requests[control], requests[last] = _beside(texts[control], texts[last])
    shown_exchanges = []
    for at in places:
        role = "control" if at == control else "twin" if at == last and control is not None else ""
        response, status = _response(every[at]["response"])
        name, number = every[at]["request"]["name"], every[at]["number"]
        shown_exchanges.append(Shown(name, role, number, requests[at], _plainly(response), status))
    return tuple(shown_exchanges), len(every) - len(places)


def _request(document: Mapping[str, Any], base: str) -> _Text:
    path = base + document["path"]
    query = str(document["query"]).replace("{token", "{$RUNLOOP_API_KEY")  # as in the headers
    target = path + (f"?{query}" if query else "")
    notes = FRAMINGS.get(document["framing"], ())
    text = _text(f"{document['method']} {target}", document)
    return evolve(text, notes=(*notes, *text.notes))


def _response(document: Mapping[str, Any]) -> tuple[_Text, str]:
    if "status" in document:
        status = str(document["status"])
        phrase = HTTPStatus(document["status"]).phrase if document["status"] in list(HTTPStatus) else ""
        took = document["ended_ms"] - document["began_ms"]
        text = _text(f"{status} {phrase}".strip(), document)
        return evolve(text, notes=(f"{took:,} ms", *text.notes)), status
    failure = document.get("failure", {"kind": "no response", "text": ""})
    return _Text((f"no complete response: {failure['kind']}", failure["text"]), "", ()), "no response"


def _text(first: str, document: Mapping[str, Any]) -> _Text:
    headers = [f"{name}: {value}" for name, value in document["headers"]]
    lines = [_cut(line) for line in (first, *headers[:MOST_LINES])]
    if len(headers) > MOST_LINES:
        lines.append(f"… and {len(headers) - MOST_LINES} more headers")
    raw = base64.b64decode(document["body_base64"]) if "body_base64" in document else document["body"].encode()
    size = document.get("body_cut_from", len(raw))
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
    return Markup().join(changed.format(shown(piece.text)) if piece.changed else shown(piece.text) for piece in pieces)
