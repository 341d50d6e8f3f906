"""Requests about `http.no-server-error` and `request.invalid` that must be rejected and must not make a server fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.probes import odd_headers, odd_query, twin

RAW = "@@raw@@"  # is replaced by bytes that no JSON writer makes
HOSTILE = ("http.no-server-error", "request.invalid")


def hostile(operation: Operation, control: Probe) -> Iterator[Probe]:
    """Whole bodies, then the same inside of a request in which something is missing or wrong."""
    yield from hostile_bodies(control)
    required = operation.required_text
    if required is None:
        return
    yield from _hostile_values(required.name, control)
    yield from _hostile_properties(operation, required.name, control)
    missing, without = replaced(control.content, required.path, NOTHING), f"no {required.name}, and "
    for framing, change in (("two lengths", "two lengths that differ"), ("both", "a length beside chunks")):
        yield twin(control, without + change, HOSTILE[:1], content=missing, framing=framing)
    for probe in hostile_headers(control):  # with a missing property they start no run
        yield twin(control, f"{without}{probe.change}", HOSTILE[:1], content=missing, headers=probe.headers)


def hostile_bodies(control: Probe) -> Iterator[Probe]:
    """Bodies that fit no schema: deep, huge, odd."""
    deep = 100_000
    for change, raw in (
        ("the body is 100,000 nested arrays", b"[" * deep + b"]" * deep),
        ("the body is 100,000 nested objects", b'{"a":' * deep + b"1" + b"}" * deep),
        ("the body is 100,000 open brackets", b"[" * deep),
        ("the body is NUL bytes", b"\0" * 64),
        ("the body is a string of 300,000 characters", b'"' + b"a" * 300_000 + b'"'),
        ("the body is a string of 1,200,000 characters", b'"' + b"a" * 1_200_000 + b'"'),
        ("the body is gzip that nothing announces", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00"),
        ("the body is one __proto__", b'{"__proto__":{"benchmark_id":"bmd_1"}}'),
        ("the body is a constructor", b'{"constructor":{"prototype":{"benchmark_id":"bmd_1"}}}'),
        ("the body is quotes", b"\"'\"'\"'"),
        ("the body is a template", b'"{{7*7}}${7*7}%s%n"'),
        ("the body is a lone surrogate", b'"\\ud800"'),
        ("the body is invalid UTF-8", b'"\xff\xfe\xfd"'),
    ):
        yield twin(control, change, HOSTILE, body=raw)


def _hostile_values(name: str, control: Probe) -> Iterator[Probe]:
    """A required property with a value that no machine word holds, or with an odd one beside another wrong property."""
    marked = dump({**control.content, name: RAW})
    for change, raw in (
        ("1,000 nested arrays", b"[" * 1000 + b"]" * 1000),
        ("a number of 5,000 digits", b"9" * 5000),
        ("1e400", b"1e400"),
        ("-0", b"-0"),
        ("1E-400", b"1E-400"),
        ("2^63", b"9223372036854775808"),
    ):
        yield twin(control, f"{name} is {change}", HOSTILE, body=marked.replace(dump(RAW), raw))


def _hostile_properties(operation: Operation, name: str, control: Probe) -> Iterator[Probe]:
    """Odd things in a request that lacks a required property."""
    missing = {other: value for other, value in control.content.items() if other != name}
    without, text, mapped = f"no {name}, and ", operation.texts[:1], operation.maps[:1]

    def beside(text_value: str | None, map_value: dict[str, str] | None) -> dict[str, Any]:
        """The rest of the request with these values in its first text and its first map."""
        content = missing
        for path, value in ((text, text_value), (mapped, map_value)):
            content = replaced(content, path[0], value) if path and value is not None else content
        return {"content": content}

    odd: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"{without}an odd query", {"query": odd_query(operation)}),
        (f"{without}odd headers", {"headers": (*control.headers, *odd_headers())}),
        (f"{without}U+0000", beside("nul \0", {"\0": "\0"})),
        (f"{without}a lone surrogate", beside("\ud800", {"\udc00": "x"})),
        (f"{without}1,000 properties", beside(None, {f"k{n}": "v" for n in range(1000)})),
        (f"{without}a long text", beside("x" * 100_000, None)),
        (f"{without}a huge number", {"content": {**missing, "x": 10**30}}),
        # A server that accepted it might send it back, and Infinity is not JSON.
        (f"{without}1e400", {"body": b'{"x":1e400}'}),
        (f"{without}nothing but null", {"content": dict.fromkeys(missing)}),
        *_odd_identifiers(operation, name, control),
        (f"{without}__proto__", {"content": {**missing, "__proto__": {name: "bmd_1"}}}),
        (f"{without}nested 500 deep", {"body": dump(missing)[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}"}),
        (f"{without}a byte order mark", {"body": b"\xef\xbb\xbf" + dump(missing)}),
    )
    for change, different in odd:
        whole = different if {"content", "body"} & different.keys() else {"content": missing, **different}
        yield twin(control, change, HOSTILE[:1], intent="refuse", **whole)


def _odd_identifiers(operation: Operation, name: str, control: Probe) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in operation.texts[:1]:
        for change, value in (
            ("empty", ""),
            ("a path", "a/../b"),
            ("not ASCII", "\u00e9\U0001f600"),
            ("long", "b" * 300),
        ):
            content = {**replaced(control.content, path, 123), name: value}
            yield f"{path[-1]} is 123, and {name} is {change}", {"content": content}


def hostile_headers(control: Probe) -> Iterator[Probe]:
    """Headers that a server may accept or reject, and must survive."""
    clause = ("http.no-server-error",)
    for name, header in (
        ("a Content-Type without a subtype", ("Content-Type", "application")),
        ("an empty Content-Type", ("Content-Type", "")),
        ("a Content-Type of 4,000 characters", ("Content-Type", "application/" + "x" * 4000)),
        ("an unknown charset", ("Content-Type", "application/json; charset=no-such")),
        ("an unknown Content-Encoding", ("Content-Encoding", "no-such")),
        ("an Accept that nothing meets", ("Accept", "image/x-no-such")),
        ("an Accept that is none", ("Accept", "nonsense")),
        ("an X-Request-Id that is no UUID", ("X-Request-Id", "not-a-uuid")),
        ("a malformed traceparent", ("traceparent", "00-x-y-zz")),
        ("an Idempotency-Key of blanks and signs", ("Idempotency-Key", "'; \\ %00")),
        ("an X-Forwarded-For that is no address", ("X-Forwarded-For", "nobody, 999.999.999.999")),
        ("a Range", ("Range", "bytes=5-1")),
        ("an If-Match", ("If-Match", "*")),
        ("a header of 9,000 characters", ("X-Long", "x" * 9000)),
        ("a Content-Encoding that is not true", ("Content-Encoding", "gzip")),
    ):
        headers = (*(h for h in control.headers if h[0] != header[0]), header)
        yield twin(control, name, clause, intent="either", headers=headers)
