"""Servers whose HTTP is wrong below the application: each fault has a way to respond wrongly, and a condition."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, with_body
from runloop_conformance.proof.raw_http import RawRequest, RawResponse, Wire
from runloop_conformance.servers.reference import Document, Reference

ALWAYS_RESPONDS = RULE + "always-answers"
FOREVER_S = 3600
# Writes the response wrongly, and returns whether the connection stays open.
WriteWrongly = Callable[[RawResponse, asyncio.StreamWriter], Awaitable[bool]]
Wanted = Callable[[RawRequest, RawResponse, int], object]


class FaultyWire(Wire):
    """The reference server behind HTTP that is wrong in some exchanges."""

    def __init__(self, reference: Reference, wanted: Wanted, write_wrongly: WriteWrongly) -> None:
        super().__init__(reference)
        self.wanted = wanted
        self.write_wrongly = write_wrongly
        self.accepted = 0

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        self.accepted += response.status == 200
        if self.wanted(received, response, self.accepted):
            return await self.write_wrongly(response, writer)
        return await super().reply(received, response, writer)


def wire(
    mutants: Mutants, name: str, summary: str, write_wrongly: WriteWrongly, wanted: Wanted, *witness: WitnessRequest
) -> None:
    def build(document: Document, token: str, benchmark_ids: Sequence[str]) -> FaultyWire:
        return FaultyWire(Reference(document, token, benchmark_ids), wanted, write_wrongly)

    mutants.add(name, ALWAYS_RESPONDS, summary, build, *witness, needs_socket=True)


def accepted(_received: RawRequest, response: RawResponse, _count: int) -> bool:
    return response.status == 200


def rejected(_received: RawRequest, response: RawResponse, _count: int) -> bool:
    return response.status != 200


def every(nth: int) -> Wanted:
    return lambda _received, response, count: response.status == 200 and count % nth == 0


INVALID = with_body({"benchmark_id": 1})
