"""Requests that cannot be accepted and must not make a server fail: deep, huge, odd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.probes import ODD_QUERY, odd_headers, twin

HOSTILE = ("http.no-server-error", "request.invalid")


def hostile(control: Probe) -> Iterator[Probe]:
    """Requests that cannot be accepted and must not make the server fail: deep, huge, odd."""
    yield from hostile_bodies(control)
    yield from _hostile_members(control)
    missing = {name: value for name, value in control.asked.items() if name != "benchmark_id"}
    for framing, change in (("two lengths", "two lengths that differ"), ("both", "a length beside chunks")):
        yield twin(control, f"no benchmark_id, and {change}", HOSTILE[:1], asked=missing, framing=framing)
    for probe in hostile_headers(control):  # beside a missing member they cost nothing
        yield twin(control, f"no benchmark_id, and {probe.change}", HOSTILE[:1], asked=missing, headers=probe.headers)


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


def _hostile_members(control: Probe) -> Iterator[Probe]:
    """The same inside of a request: a value that no machine word holds, and odd things beside a missing member."""
    clause, whole = ("http.no-server-error",), control.asked
    for change, raw in (
        ("benchmark_id is 1,000 nested arrays", b"[" * 1000 + b"]" * 1000),
        ("benchmark_id is a number of 5,000 digits", b"9" * 5000),
        ("benchmark_id is 1e400", b"1e400"),
        ("benchmark_id is -0", b"-0"),
        ("benchmark_id is 1E-400", b"1E-400"),
        ("benchmark_id is 2^63", b"9223372036854775808"),
    ):
        yield twin(control, change, HOSTILE, body=_with_raw(whole, raw))
    missing = {name: value for name, value in whole.items() if name != "benchmark_id"}
    odd: tuple[tuple[str, dict[str, Any]], ...] = (
        ("no benchmark_id, and an odd query", {"query": ODD_QUERY}),
        ("no benchmark_id, and odd headers", {"headers": (*control.headers, *odd_headers())}),
        ("no benchmark_id, and U+0000", {"asked": {**missing, "run_name": "nul \0", "metadata": {"\0": "\0"}}}),
        (
            "no benchmark_id, and a lone surrogate",
            {"asked": {**missing, "run_name": "\ud800", "metadata": {"\udc00": "x"}}},
        ),
        ("no benchmark_id, and 1,000 members", {"asked": {**missing, "metadata": {f"k{n}": "v" for n in range(1000)}}}),
        ("no benchmark_id, and a long text", {"asked": {**missing, "run_name": "x" * 100_000}}),
        ("no benchmark_id, and a huge number", {"asked": {**missing, "x": 10**30}}),
        # Where a server may take it, it may give it back as well, and Infinity is no JSON.
        ("no benchmark_id, and 1e400", {"body": b'{"x":1e400}'}),
        ("no benchmark_id, and nothing but null", {"asked": dict.fromkeys(missing)}),
        *(
            (f"run_name is 123, and benchmark_id is {told}", {"asked": {**whole, "run_name": 123, "benchmark_id": odd}})
            for told, odd in (
                ("empty", ""),
                ("a path", "a/../b"),
                ("not ASCII", "\u00e9\U0001f600"),
                ("long", "b" * 300),
            )
        ),
        ("no benchmark_id, and __proto__", {"asked": {**missing, "__proto__": {"benchmark_id": "bmd_1"}}}),
        (
            "no benchmark_id, and nested 500 deep",
            {"body": dump(missing)[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}"},
        ),
        ("no benchmark_id, and a byte order mark", {"body": b"\xef\xbb\xbf" + dump(missing)}),
    )
    for change, different in odd:
        told = different if {"asked", "body"} & different.keys() else {"asked": missing, **different}
        yield twin(control, change, clause, intent="refuse", **told)


def hostile_headers(control: Probe) -> Iterator[Probe]:
    """Headers that a server may take or refuse, and must survive."""
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


def _with_raw(body: dict[str, Any], raw: bytes) -> bytes:
    return dump({**body, "benchmark_id": "@@raw@@"}).replace(b'"@@raw@@"', raw)
