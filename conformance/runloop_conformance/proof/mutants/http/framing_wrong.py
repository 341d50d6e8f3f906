"""Responses that are not valid HTTP/1.1."""

import asyncio
import gzip
from collections.abc import Callable

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.wire_fault import INVALID, WriteWrongly, accepted, rejected, wire
from runloop_conformance.proof.mutants.witness import start_run
from runloop_conformance.proof.raw_http import RawResponse

MUTANTS = Mutants(__name__)


def writes(change: Callable[[RawResponse], bytes], *, stays: bool = False) -> WriteWrongly:
    async def write_wrongly(response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        writer.write(change(response))
        return stays

    return write_wrongly


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def chunked(change: Callable[[bytes], bytes]) -> WriteWrongly:
    return writes(lambda response: response.head((b"transfer-encoding", b"chunked")) + change(response.body))


wire(
    MUTANTS,
    "length-too-large",
    "The Content-Length is ten bytes too large.",
    writes(lambda response: response.head((b"content-length", b"%d" % (len(response.body) + 10))) + response.body),
    accepted,
)
wire(
    MUTANTS,
    "length-too-small",
    "The Content-Length is ten bytes too small.",
    writes(lambda response: response.head((b"content-length", b"%d" % (len(response.body) - 10))) + response.body),
    accepted,
)
wire(
    MUTANTS,
    "length-in-characters",
    "The Content-Length counts characters.",
    writes(lambda response: response.head((b"content-length", b"%d" % len(response.body.decode()))) + response.body),
    accepted,
    start_run(run_name="日本語"),
)
wire(
    MUTANTS,
    "length-not-a-number",
    "The Content-Length is not a number.",
    writes(lambda response: response.head((b"content-length", b"unknown")) + response.body),
    accepted,
)
wire(
    MUTANTS,
    "lengths-that-differ",
    "There are two lengths that differ.",
    writes(
        lambda response: (
            response.head((b"content-length", b"%d" % len(response.body)), (b"content-length", b"7")) + response.body
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
wire(
    MUTANTS, "chunked-and-not", "A response says that it is chunked, and is not.", chunked(lambda body: body), accepted
)
wire(
    MUTANTS,
    "compressed-and-not",
    "A response says that it is compressed, and is not.",
    writes(
        lambda response: (
            response.head((b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(response.body)))
            + response.body
        )
    ),
    accepted,
)


def compressed(response: RawResponse) -> bytes:
    body = gzip.compress(response.body)[:-12]
    return response.head((b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(body))) + body


wire(MUTANTS, "compressed-in-part", "The compressed body ends too early.", writes(compressed), accepted)
wire(
    MUTANTS,
    "status-line-garbled",
    "The status line is not valid.",
    writes(lambda response: b"OK " + response.whole()),
    accepted,
)
wire(
    MUTANTS,
    "status-not-a-number",
    "The status is a word.",
    writes(lambda response: response.whole().replace(b" 200 ", b" TWO ", 1)),
    accepted,
)
wire(
    MUTANTS,
    "header-without-colon",
    "A header has no colon.",
    writes(lambda response: response.whole().replace(b"\r\n", b"\r\nnot a header\r\n", 1)),
    accepted,
)
wire(
    MUTANTS,
    "header-with-nul",
    "A header holds a NUL.",
    writes(lambda response: response.whole().replace(b"\r\n", b"\r\nx-odd: \0\r\n", 1)),
    accepted,
)
wire(
    MUTANTS,
    "head-without-end",
    "The empty line after the head is missing.",
    writes(lambda response: response.head().removesuffix(b"\r\n") + response.body),
    accepted,
)
wire(MUTANTS, "body-without-head", "The body comes without a head.", writes(lambda response: response.body), accepted)
wire(
    MUTANTS,
    "refusals-without-head",
    "Rejections come without a head.",
    writes(lambda response: response.body),
    rejected,
    INVALID,
)
wire(
    MUTANTS,
    "length-too-large-in-refusals",
    "The Content-Length of rejections is too large.",
    writes(lambda response: response.head((b"content-length", b"%d" % (len(response.body) + 10))) + response.body),
    rejected,
    INVALID,
)
