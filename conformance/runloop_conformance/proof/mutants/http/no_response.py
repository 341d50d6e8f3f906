"""Requests without a response: the server hangs, or drops the connection."""

import asyncio
import re

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.wire_fault import FOREVER_S, INVALID, Wanted, every, rejected, wire
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_body, with_profile
from runloop_conformance.proof.raw_http import RawRequest, RawResponse

MUTANTS = Mutants(__name__)
LAST = start_run().body[:-1]


async def hangs(_response: RawResponse, _writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(FOREVER_S)
    return False


async def drops(_response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    writer.close()
    return False


async def resets(_response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


def body_with(pattern: bytes) -> Wanted:
    return lambda received, _response, _count: re.search(pattern, received.body, re.DOTALL)


def larger_than(size: int) -> Wanted:
    return lambda received, _response, _count: len(received.body) > size


def method(name: str) -> Wanted:
    return lambda received, _response, _count: received.method == name


def empty(received: RawRequest, _response: RawResponse, _count: int) -> bool:
    return received.method == "POST" and not received.body


def unlabelled(received: RawRequest, _response: RawResponse, _count: int) -> bool:
    return not any(name == b"authorization" for name, _ in received.headers)


wire(
    MUTANTS,
    "hangs-at-emoji",
    "Text beyond the BMP gets no response.",
    hangs,
    body_with(rb"\xf0|(?i:\\ud83)"),
    start_run(run_name="\U0001f3c3"),
)
wire(MUTANTS, "hangs-at-empty-body", "An empty body gets no response.", hangs, empty, with_body(b""))
wire(
    MUTANTS,
    "hangs-at-truncated-body",
    "A truncated body gets no response.",
    hangs,
    body_with(rb"[^}\s]\s*\Z"),
    with_body(LAST),
)
wire(
    MUTANTS,
    "hangs-at-deep-nesting",
    "Deep nesting is never done with.",
    hangs,
    body_with(rb"(\[\s*){200}|(\{[^{}]*){200}"),
    with_body(b"[" * 500),
)
wire(
    MUTANTS,
    "hangs-at-backslashes",
    "Many backslashes are never done with.",
    hangs,
    body_with(rb"\\{4}"),
    start_run(run_name="\\\\"),
)
wire(
    MUTANTS,
    "hangs-at-large-body",
    "A body of more than 40 KB is never done with.",
    hangs,
    larger_than(40_000),
    start_run(metadata={f"{n}": "x" * 1000 for n in range(42)}),
)
wire(MUTANTS, "hangs-at-get", "GET gets no response.", hangs, method("GET"), with_body(b"", method="GET"))
wire(
    MUTANTS,
    "hangs-without-credentials",
    "A request without credentials is held up forever.",
    hangs,
    unlabelled,
    with_body(start_run().body, authorization=()),
)
wire(MUTANTS, "hangs-now-and-then", "One run in eight gets no response.", hangs, every(8), *repeated(8, start_run()))
wire(
    MUTANTS,
    "hangs-at-profile",
    "A request with a runProfile gets no response.",
    hangs,
    body_with(rb'"runProfile"\s*:\s*\{\s*"'),
    with_profile(purpose="x"),
)
wire(
    MUTANTS,
    "hangs-at-nul",
    "U+0000 ends the reading of a body, and no response comes.",
    hangs,
    body_with(rb"\\u0000|\0"),
    start_run(run_name="a\0b"),
)
wire(
    MUTANTS,
    "drops-now-and-then",
    "One run in eight gets a closed connection.",
    drops,
    every(8),
    *repeated(8, start_run()),
)
wire(
    MUTANTS,
    "resets-now-and-then",
    "One run in ten gets a reset connection.",
    resets,
    every(10),
    *repeated(10, start_run()),
)
wire(
    MUTANTS,
    "drops-at-bad-utf-8",
    "A body that is not UTF-8 ends the worker.",
    drops,
    lambda received, _response, _count: "\ufffd" in received.body.decode("utf-8", "replace"),
    with_body(LAST + b', "run_name": "\xff"}'),
)
wire(
    MUTANTS,
    "drops-at-deep-nesting",
    "Deep nesting ends the worker.",
    drops,
    body_with(rb"(\[\s*){200}|(\{[^{}]*){200}"),
    with_body(b"[" * 500),
)
wire(
    MUTANTS,
    "drops-at-large-body",
    "A body of more than 50 KB ends the worker.",
    drops,
    larger_than(50_000),
    start_run(metadata={f"{n}": "x" * 1000 for n in range(52)}),
)
wire(
    MUTANTS,
    "drops-at-huge-body",
    "A body of more than 512 KB is not read, and the connection reset.",
    resets,
    larger_than(524_288),
    with_body(b" " * 600_000),
)
wire(
    MUTANTS,
    "drops-at-invalid",
    "An invalid request gets a closed connection.",
    drops,
    rejected,
    INVALID,
    with_body(b"{"),
)
wire(
    MUTANTS,
    "drops-at-proto",
    "The key `__proto__` ends the worker.",
    drops,
    body_with(b"__proto__"),
    start_run(metadata={"__proto__": "x"}),
)
wire(
    MUTANTS,
    "drops-at-lone-surrogate",
    "A lone surrogate ends the worker.",
    drops,
    body_with(rb"(?i)\\ud[89ab]..(?!\\ud[c-f])"),
    start_run(run_name="\ud800"),
)
wire(
    MUTANTS,
    "drops-at-other-methods",
    "Another method gets a closed connection.",
    drops,
    lambda received, _response, _count: received.method in {"PUT", "PATCH", "DELETE"},
    with_body(b"", method="PUT"),
)
