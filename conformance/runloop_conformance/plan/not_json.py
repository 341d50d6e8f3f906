"""Requests about `request.json` and `request.json-extensions`: bodies that are not JSON, or almost JSON."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.probes import top_level_texts, twin
from runloop_conformance.plan.writer import FIRST_KEY, MADE_UP_ID


def not_json(operation: Operation, control: Probe) -> Iterator[Probe]:
    """Empty, truncated, or nothing like JSON."""
    body = control.body
    text = next((path[-1] for path in operation.texts), "text")
    name = operation.required_text.name if operation.required_text else "name"
    for change, raw in (
        ("the body is empty", b""),
        ("the body is white space", b" \r\n\t "),
        ("the last byte is missing", body[:-1]),
        ("the second half is missing", body[: len(body) // 2]),
        ("only the first byte is there", body[:1]),
        ("the first byte is missing", body[1:]),
        ("the braces are missing", body[1:-1]),
        ("the last two bytes are missing", body[:-2]),
        ("the last quarter is missing", body[: len(body) * 3 // 4]),
        ("the body is a form", f"{name}={MADE_UP_ID}&{text}=x".encode()),
        ("the body is XML", f"<request><{name}>{MADE_UP_ID}</{name}></request>".encode()),
        ("the body is YAML", f"{name}: {MADE_UP_ID}\n".encode()),
        ("the body is words", b"start the run"),
        ("the body is binary", bytes(range(128, 160))),
    ):
        yield twin(control, change, ("request.json",), body=raw)
    yield twin(
        control,
        "the body is empty, its properties in the query",
        ("request.json",),
        body=b"",
        query=urlencode(top_level_texts(control)),
    )
    change = "the stream ends one byte before the announced length"
    yield twin(control, change, ("request.json",), body=body[:-1], framing="short")


def json_extensions(operation: Operation, control: Probe) -> Iterator[Probe]:
    """What some parsers accept, though RFC 8259 does not allow it."""
    body, clause = control.body, ("request.json-extensions",)
    first = dump(next(iter(control.content)))
    inside = body[1:-1]
    for change, raw in (
        ("with invalid UTF-8", body[:-1] + b',"x":"\xff\xfe"}'),
        ("with a name twice", body[:-1] + b"," + first + b':"bmd_other"}'),
        ("with a name twice, the same value", body[:-1] + b"," + inside + b"}"),
        ("followed by text", body + b" x"),
        ("followed by a hash comment", body + b" # note"),
        ("in UTF-16", body.decode().encode("utf-16")),
        ("followed by another value", body + b"{}"),
        ("followed by a closing brace", body + b"}"),
        ("with a trailing comma", body[:-1] + b",}"),
        ("with a block comment", b"{/* note */" + inside + b"}"),
        ("with a line comment", b"{// note\n" + inside + b"}"),
        ("with a hash comment", b"{# note\n" + inside + b"}"),
        ("in single quotes", body.replace(b'"', b"'")),
        ("with unquoted names", body.replace(first, first[1:-1], 1)),
        ("with NaN", body[:-1] + b',"x":NaN}'),
        ("followed by U+0000", body + b"\0"),
        ("with a sign before a number", body[:-1] + b',"x":+1}'),
        ("with undefined", body[:-1] + b',"x":undefined}'),
        ("with a name twice, inside", body[:-1] + b',"x":{"a":"1","a":"2"}}'),
        *_twice_in_a_map(operation, body),
        ("with an empty property", body[:-1] + b",,}"),
        ("with a number without a digit behind its point", body[:-1] + b',"x":1.}'),
        ("with a control character in a string", body[:-1] + b',"x":"\x01"}'),
        ("with Infinity", body[:-1] + b',"x":-Infinity}'),
        ("with a leading zero", body[:-1] + b',"x":01}'),
        ("with a hexadecimal number", body[:-1] + b',"x":0x1F}'),
        ("with a raw line break in a string", body[:-1] + b',"x":"a\nb"}'),
        ("with an unknown escape", body[:-1] + b',"x":"\\q"}'),
        ("with Python's None", body[:-1] + b',"x":None}'),
        ("with a surrogate in UTF-8", body[:-1] + b',"x":"\xed\xa0\x80"}'),
        ("with an overlong form in UTF-8", body[:-1] + b',"x":"\xc0\xaf"}'),
        ("in a call", b"callback(" + body + b")"),
    ):  # fmt: skip
        if raw != body:
            yield twin(control, change, clause, body=raw)


def _twice_in_a_map(operation: Operation, body: bytes) -> Iterator[tuple[str, bytes]]:
    for path in operation.maps[:1]:
        start = dump(path[-1]) + b":{"
        yield f"with a name twice in the {path[-1]}", body.replace(start, start + dump(FIRST_KEY) + b':"other",')
