"""Responses that are not valid HTTP/1.1."""

import asyncio
import gzip
from collections.abc import Callable

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.wire_fault import INVALID, Misspoken, accepted, refused, wire
from runloop_conformance.proof.mutants.witness import start_run
from runloop_conformance.proof.raw_http import Answer

MUTANTS = Mutants(__name__)


def writes(change: Callable[[Answer], bytes], *, stays: bool = False) -> Misspoken:
    async def misspoken(answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(change(answer))
        return stays

    return misspoken


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def chunked(change: Callable[[bytes], bytes]) -> Misspoken:
    return writes(lambda answer: answer.head((b"transfer-encoding", b"chunked")) + change(answer.body))


wire(
    MUTANTS,
    "length-too-large",
    "The Content-Length is ten bytes too large.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) + 10))) + answer.body),
    accepted,
)
wire(
    MUTANTS,
    "length-too-small",
    "The Content-Length is ten bytes too small.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) - 10))) + answer.body),
    accepted,
)
wire(
    MUTANTS,
    "length-in-characters",
    "The Content-Length counts characters.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % len(answer.body.decode()))) + answer.body),
    accepted,
    start_run(run_name="日本語"),
)
wire(
    MUTANTS,
    "length-not-a-number",
    "The Content-Length is not a number.",
    writes(lambda answer: answer.head((b"content-length", b"unknown")) + answer.body),
    accepted,
)
wire(
    MUTANTS,
    "lengths-that-differ",
    "There are two lengths that differ.",
    writes(
        lambda answer: (
            answer.head((b"content-length", b"%d" % len(answer.body)), (b"content-length", b"7")) + answer.body
        )
    ),
    accepted,
)
wire(MUTANTS, "chunks-without-end", "The last chunk is missing.", chunked(chunk), accepted)
wire(
    MUTANTS,
    "chunk-size-wrong",
    "The size of the chunk is wrong.",
    chunked(lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body) + 5, body)),
    accepted,
)
wire(
    MUTANTS,
    "chunk-size-decimal",
    "The size of the chunk is not hexadecimal.",
    chunked(lambda body: b"size=%d\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    accepted,
)
wire(MUTANTS, "chunked-and-not", "An answer says that it is chunked, and is not.", chunked(lambda body: body), accepted)
wire(
    MUTANTS,
    "compressed-and-not",
    "An answer says that it is compressed, and is not.",
    writes(
        lambda answer: (
            answer.head((b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(answer.body))) + answer.body
        )
    ),
    accepted,
)


def compressed(answer: Answer) -> bytes:
    body = gzip.compress(answer.body)[:-12]
    return answer.head((b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(body))) + body


wire(MUTANTS, "compressed-in-part", "The compressed body ends too early.", writes(compressed), accepted)
wire(
    MUTANTS,
    "status-line-garbled",
    "The status line is not one.",
    writes(lambda answer: b"OK " + answer.whole()),
    accepted,
)
wire(
    MUTANTS,
    "status-not-a-number",
    "The status is a word.",
    writes(lambda answer: answer.whole().replace(b" 200 ", b" TWO ", 1)),
    accepted,
)
wire(
    MUTANTS,
    "header-without-colon",
    "A header has no colon.",
    writes(lambda answer: answer.whole().replace(b"\r\n", b"\r\nnot a header\r\n", 1)),
    accepted,
)
wire(
    MUTANTS,
    "header-with-nul",
    "A header holds a NUL.",
    writes(lambda answer: answer.whole().replace(b"\r\n", b"\r\nx-odd: \0\r\n", 1)),
    accepted,
)
wire(
    MUTANTS,
    "head-without-end",
    "The empty line after the head is missing.",
    writes(lambda answer: answer.head().removesuffix(b"\r\n") + answer.body),
    accepted,
)
wire(MUTANTS, "body-without-head", "The body comes without a head.", writes(lambda answer: answer.body), accepted)
wire(
    MUTANTS,
    "refusals-without-head",
    "Refusals come without a head.",
    writes(lambda answer: answer.body),
    refused,
    INVALID,
)
wire(
    MUTANTS,
    "length-too-large-in-refusals",
    "The Content-Length of refusals is too large.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) + 10))) + answer.body),
    refused,
    INVALID,
)
