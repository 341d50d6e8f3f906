"""Requests about `request.spelling`: order, white space, escapes, charset and chunks change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import JSON, twin

CAPITALS = 'Application/JSON;Charset="UTF-8"'


def spellings(control: Probe) -> Iterator[Probe]:
    """The same request in other bytes: two that change several things at once, then each thing by itself."""
    content = control.content
    typed = tuple(header for header in control.headers if header[0] != "Content-Type")
    capitals = (*((name.upper(), value) for name, value in typed), ("CONTENT-TYPE", CAPITALS))
    with_charset = (*typed, ("Content-Type", f"{JSON[1]}; charset=utf-8"))
    reordered = _escaped(_reordered(content)).replace(b',"', b' ,\r\n\t"').replace(b'":', b'" \t:\r\n')
    spaced = json.dumps(content, ensure_ascii=False, indent="\t", separators=(" ,\r\n", " : ")).encode()
    slashes = control.body.replace(b"/", b"\\/")
    change = "another order, white space, escapes and charset"
    different: dict[str, Any] = {"body": b" \r\n\t" + reordered + b" \r\n", "headers": with_charset}
    yield _twin(control, change, different, "packed", Priority.SPELLING_OF_EVERYTHING)
    change = "slashes escaped, a quoted charset without a blank, capitals, in chunks"
    different = {"body": slashes, "headers": capitals, "framing": "chunked"}
    yield _twin(control, change, different, "packed", Priority.CHUNKED_SPELLING)
    singles: tuple[tuple[str, dict[str, Any]], ...] = (
        ("every letter of a string escaped", {"body": _escaped(content)}),
        ("charset=utf-8", {"headers": with_charset}),
        ("white space between everything", {"body": b"\n " + spaced + b"\n"}),
        ("properties in another order", {"body": dump(_reordered(content))}),
        ("slashes escaped", {"body": slashes}),
        ("in chunks", {"framing": "chunked"}),
        ("charset without a blank", {"headers": (*typed, ("Content-Type", f"{JSON[1]};charset=utf-8"))}),
        ("header names and media type in capitals", {"headers": capitals}),
    )
    for change, different in singles:
        yield _twin(control, change, different, "single", Priority.SINGLE_SPELLING)


def _twin(
    control: Probe, change: str, different: dict[str, Any], rank: Literal["packed", "single"], priority: Priority
) -> Probe:
    return twin(
        control, change, ("request.spelling",), intent="accept", content=control.content, rank=rank, priority=priority,
        **different,
    )  # fmt: skip


def _escaped(value: Any) -> bytes:
    """JSON in which each letter of each string is an escape, those beyond the first plane as two."""
    if isinstance(value, dict):
        return b"{" + b",".join(_escaped(name) + b":" + _escaped(item) for name, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(_escaped(item) for item in value) + b"]"
    if isinstance(value, str):
        return b'"' + b"".join(_escape(char) for char in value) + b'"'
    return dump(value)


def _escape(char: str) -> bytes:
    if char == "/":
        return b"\\/"
    if char.isascii() and not char.isalpha():
        return json.dumps(char)[1:-1].encode()
    units = char.encode("utf-16-be")
    return b"".join(b"\\u%04X" % int.from_bytes(units[n : n + 2]) for n in range(0, len(units), 2))


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reordered(value[name]) for name in reversed(value)}
    return value
