"""Responses that are slow or never complete."""

import asyncio

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.wire_fault import FOREVER_S, INVALID, accepted, every, rejected, wire
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.proof.raw_http import RawResponse

MUTANTS = Mutants(__name__)


async def trickles(response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    for letter in response.whole():
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.5)
    return True


async def trickles_the_body(response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    writer.write(response.head((b"content-length", b"%d" % len(response.body))))
    for letter in response.body:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.5)
    return True


async def stops_in_the_body(response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    writer.write(response.whole()[:-30])
    return False


async def stalls_in_the_body(response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    writer.write(response.whole()[:-30])
    await asyncio.sleep(FOREVER_S)
    return False


async def interim_forever(_response: RawResponse, writer: asyncio.StreamWriter) -> bool:
    while True:
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


wire(MUTANTS, "trickles", "Responses come at two letters a second.", trickles, accepted)
wire(MUTANTS, "trickles-the-body", "The body of a response comes at two letters a second.", trickles_the_body, accepted)
wire(
    MUTANTS,
    "trickles-now-and-then",
    "One response in eight comes at two letters a second.",
    trickles_the_body,
    every(8),
    *repeated(8, start_run()),
)
wire(MUTANTS, "trickles-refusals", "Rejections come at two letters a second.", trickles, rejected, INVALID)
wire(MUTANTS, "stops-in-the-body", "Responses stop 30 bytes before their end.", stops_in_the_body, accepted)
wire(
    MUTANTS,
    "stops-now-and-then",
    "One response in eight stops before its end.",
    stops_in_the_body,
    every(8),
    *repeated(8, start_run()),
)
wire(
    MUTANTS,
    "stalls-in-the-body",
    "Responses stop before their end, and the connection stays.",
    stalls_in_the_body,
    accepted,
)
wire(MUTANTS, "stops-in-refusals", "Rejections stop before their end.", stops_in_the_body, rejected, INVALID)
wire(MUTANTS, "interim-for-ever", "There are interim responses, and never a final one.", interim_forever, accepted)
