"""Faults below the application: no answer, half an answer, an answer that is not HTTP."""

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Sequence

from runloop_conformance.proof.mutants.fault import RULE, Ask, Chapter, ask, profile, sent, times
from runloop_conformance.proof.raw_http import Answer, Received, Wire
from runloop_conformance.servers.reference import Document, Reference

CHAPTER = Chapter("http")

ANSWERS = RULE + "always-answers"
FOREVER_S = 3600
LAST = ask().body[:-1]
# Writes the answer wrongly, and says whether the connection stays open.
Misspoken = Callable[[Answer, asyncio.StreamWriter], Awaitable[bool]]
Wanted = Callable[[Received, Answer, int], object]


class Faulty(Wire):
    """The reference server over a wire that is at fault for some exchanges."""

    def __init__(self, reference: Reference, wanted: Wanted, misspoken: Misspoken) -> None:
        super().__init__(reference)
        self.wanted = wanted
        self.misspoken = misspoken
        self.accepted = 0

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        self.accepted += answer.status == 200
        if self.wanted(received, answer, self.accepted):
            return await self.misspoken(answer, writer)
        return await super().reply(received, answer, writer)


def wire(name: str, summary: str, misspoken: Misspoken, wanted: Wanted, *witness: Ask) -> None:
    def build(document: Document, token: str, benchmark_ids: Sequence[str]) -> Faulty:
        return Faulty(Reference(document, token, benchmark_ids), wanted, misspoken)

    CHAPTER.add(name, ANSWERS, summary, build, *witness, needs_socket=True)


# --- what goes wrong ---


async def hangs(_answer: Answer, _writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(FOREVER_S)
    return False


async def drops(_answer: Answer, writer: asyncio.StreamWriter) -> bool:
    writer.close()
    return False


async def resets(_answer: Answer, writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


async def trickles(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    for letter in answer.whole():
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.5)
    return True


async def trickles_the_body(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    writer.write(answer.head((b"content-length", b"%d" % len(answer.body))))
    for letter in answer.body:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.5)
    return True


async def stops_in_the_body(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    writer.write(answer.whole()[:-30])
    return False


async def stalls_in_the_body(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    writer.write(answer.whole()[:-30])
    await asyncio.sleep(FOREVER_S)
    return False


async def interim_forever(_answer: Answer, writer: asyncio.StreamWriter) -> bool:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


def writes(change: Callable[[Answer], bytes], *, stays: bool = False) -> Misspoken:
    async def misspoken(answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(change(answer))
        return stays

    return misspoken


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def chunked(change: Callable[[bytes], bytes]) -> Misspoken:
    return writes(lambda answer: answer.head((b"transfer-encoding", b"chunked")) + change(answer.body))


# --- when it goes wrong ---


def accepted(_received: Received, answer: Answer, _count: int) -> bool:
    return answer.status == 200


def refused(_received: Received, answer: Answer, _count: int) -> bool:
    return answer.status != 200


def every(nth: int) -> Wanted:
    return lambda _received, answer, count: answer.status == 200 and count % nth == 0


def body_with(pattern: bytes) -> Wanted:
    return lambda received, _answer, _count: re.search(pattern, received.body, re.DOTALL)


def larger_than(size: int) -> Wanted:
    return lambda received, _answer, _count: len(received.body) > size


def method(name: str) -> Wanted:
    return lambda received, _answer, _count: received.method == name


def empty(received: Received, _answer: Answer, _count: int) -> bool:
    return received.method == "POST" and not received.body


def unlabelled(received: Received, _answer: Answer, _count: int) -> bool:
    return not any(name == b"authorization" for name, _ in received.headers)


INVALID = sent({"benchmark_id": 1})

# --- hangs ---

wire(
    "hangs-at-emoji",
    "Text beyond the BMP is waited at for ever.",
    hangs,
    body_with(rb"\xf0|(?i:\\ud83)"),
    ask(run_name="\U0001f3c3"),
)
wire("hangs-at-empty-body", "An empty body is waited for.", hangs, empty, sent(b""))
wire(
    "hangs-at-truncated-body",
    "The rest of a truncated body is waited for.",
    hangs,
    body_with(rb"[^}\s]\s*\Z"),
    sent(LAST),
)
wire(
    "hangs-at-deep-nesting",
    "Deep nesting is never done with.",
    hangs,
    body_with(rb"(\[\s*){200}|(\{[^{}]*){200}"),
    sent(b"[" * 500),
)
wire("hangs-at-backslashes", "Many backslashes are never done with.", hangs, body_with(rb"\\{4}"), ask(run_name="\\\\"))
wire(
    "hangs-at-large-body",
    "A body of more than 40 KB is never done with.",
    hangs,
    larger_than(40_000),
    ask(metadata={f"{n}": "x" * 1000 for n in range(42)}),
)
wire("hangs-at-get", "GET is waited at for ever.", hangs, method("GET"), sent(b"", method="GET"))
wire(
    "hangs-without-credentials",
    "A request without credentials is held up for ever.",
    hangs,
    unlabelled,
    sent(ask().body, authorization=()),
)
wire("hangs-now-and-then", "One run in eight is never answered.", hangs, every(8), *times(8, ask()))
wire(
    "hangs-at-profile",
    "A runProfile is waited at for ever.",
    hangs,
    body_with(rb'"runProfile"\s*:\s*\{\s*"'),
    profile(purpose="x"),
)
wire(
    "hangs-at-nul",
    "U+0000 ends the reading of a body, and no answer comes.",
    hangs,
    body_with(rb"\\u0000|\0"),
    ask(run_name="a\0b"),
)

# --- drops ---

wire("drops-now-and-then", "One run in eight is answered by closing the connection.", drops, every(8), *times(8, ask()))
wire("resets-now-and-then", "One run in ten is answered by a reset.", resets, every(10), *times(10, ask()))
wire(
    "drops-at-bad-utf-8",
    "A body that is not UTF-8 ends the worker.",
    drops,
    lambda received, _answer, _count: "\ufffd" in received.body.decode("utf-8", "replace"),
    sent(LAST + b', "run_name": "\xff"}'),
)
wire(
    "drops-at-deep-nesting",
    "Deep nesting ends the worker.",
    drops,
    body_with(rb"(\[\s*){200}|(\{[^{}]*){200}"),
    sent(b"[" * 500),
)
wire(
    "drops-at-large-body",
    "A body of more than 50 KB ends the worker.",
    drops,
    larger_than(50_000),
    ask(metadata={f"{n}": "x" * 1000 for n in range(52)}),
)
wire(
    "drops-at-huge-body",
    "A body of more than 512 KB is not read, and the connection reset.",
    resets,
    larger_than(524_288),
    sent(b" " * 600_000),
)
wire("drops-at-invalid", "What is invalid is answered by closing the connection.", drops, refused, INVALID, sent(b"{"))
wire(
    "drops-at-proto",
    "The key `__proto__` ends the worker.",
    drops,
    body_with(b"__proto__"),
    ask(metadata={"__proto__": "x"}),
)
wire(
    "drops-at-lone-surrogate",
    "A lone surrogate ends the worker.",
    drops,
    body_with(rb"(?i)\\ud[89ab]..(?!\\ud[c-f])"),
    ask(run_name="\ud800"),
)
wire(
    "drops-at-other-methods",
    "Another method is answered by closing the connection.",
    drops,
    lambda received, _answer, _count: received.method in {"PUT", "PATCH", "DELETE"},
    sent(b"", method="PUT"),
)

# --- slow, and not to the end ---

wire("trickles", "Answers come at two letters a second.", trickles, accepted)
wire("trickles-the-body", "The body of an answer comes at two letters a second.", trickles_the_body, accepted)
wire(
    "trickles-now-and-then",
    "One answer in eight comes at two letters a second.",
    trickles_the_body,
    every(8),
    *times(8, ask()),
)
wire("trickles-refusals", "Refusals come at two letters a second.", trickles, refused, INVALID)
wire("stops-in-the-body", "Answers stop 30 bytes before their end.", stops_in_the_body, accepted)
wire("stops-now-and-then", "One answer in eight stops before its end.", stops_in_the_body, every(8), *times(8, ask()))
wire("stalls-in-the-body", "Answers stop before their end, and the connection stays.", stalls_in_the_body, accepted)
wire("stops-in-refusals", "Refusals stop before their end.", stops_in_the_body, refused, INVALID)
wire("interim-for-ever", "There are interim answers, and never a final one.", interim_forever, accepted)

# --- not HTTP ---

wire(
    "length-too-large",
    "The Content-Length is ten bytes too large.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) + 10))) + answer.body),
    accepted,
)
wire(
    "length-too-small",
    "The Content-Length is ten bytes too small.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) - 10))) + answer.body),
    accepted,
)
wire(
    "length-in-characters",
    "The Content-Length counts characters.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % len(answer.body.decode()))) + answer.body),
    accepted,
    ask(run_name="日本語"),
)
wire(
    "length-not-a-number",
    "The Content-Length is not a number.",
    writes(lambda answer: answer.head((b"content-length", b"unknown")) + answer.body),
    accepted,
)
wire(
    "lengths-that-differ",
    "There are two lengths that differ.",
    writes(
        lambda answer: (
            answer.head((b"content-length", b"%d" % len(answer.body)), (b"content-length", b"7")) + answer.body
        )
    ),
    accepted,
)
wire("chunks-without-end", "The last chunk is missing.", chunked(chunk), accepted)
wire(
    "chunk-size-wrong",
    "The size of the chunk is wrong.",
    chunked(lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body) + 5, body)),
    accepted,
)
wire(
    "chunk-size-decimal",
    "The size of the chunk is not hexadecimal.",
    chunked(lambda body: b"size=%d\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    accepted,
)
wire("chunked-and-not", "An answer says that it is chunked, and is not.", chunked(lambda body: body), accepted)
wire(
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


wire("compressed-in-part", "The compressed body ends too early.", writes(compressed), accepted)
wire("status-line-garbled", "The status line is not one.", writes(lambda answer: b"OK " + answer.whole()), accepted)
wire(
    "status-not-a-number",
    "The status is a word.",
    writes(lambda answer: answer.whole().replace(b" 200 ", b" TWO ", 1)),
    accepted,
)
wire(
    "header-without-colon",
    "A header has no colon.",
    writes(lambda answer: answer.whole().replace(b"\r\n", b"\r\nnot a header\r\n", 1)),
    accepted,
)
wire(
    "header-with-nul",
    "A header holds a NUL.",
    writes(lambda answer: answer.whole().replace(b"\r\n", b"\r\nx-odd: \0\r\n", 1)),
    accepted,
)
wire(
    "head-without-end",
    "The empty line after the head is missing.",
    writes(lambda answer: answer.head().removesuffix(b"\r\n") + answer.body),
    accepted,
)
wire("body-without-head", "The body comes without a head.", writes(lambda answer: answer.body), accepted)
wire("refusals-without-head", "Refusals come without a head.", writes(lambda answer: answer.body), refused, INVALID)
wire(
    "length-too-large-in-refusals",
    "The Content-Length of refusals is too large.",
    writes(lambda answer: answer.head((b"content-length", b"%d" % (len(answer.body) + 10))) + answer.body),
    refused,
    INVALID,
)
