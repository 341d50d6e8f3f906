"""Servers whose HTTP is wrong below the application: each fault has a way to respond wrongly, and a condition."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, with_body
from runloop_conformance.proof.raw_http import Answer, Received, Wire
from runloop_conformance.servers.reference import Document, Reference

ANSWERS = RULE + "always-answers"
FOREVER_S = 3600
# Writes the answer wrongly, and says whether the connection stays open.
Misspoken = Callable[[Answer, asyncio.StreamWriter], Awaitable[bool]]
Wanted = Callable[[Received, Answer, int], object]


class FaultyWire(Wire):
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


def wire(
    mutants: Mutants, name: str, summary: str, misspoken: Misspoken, wanted: Wanted, *witness: WitnessRequest
) -> None:
    def build(document: Document, token: str, benchmark_ids: Sequence[str]) -> FaultyWire:
        return FaultyWire(Reference(document, token, benchmark_ids), wanted, misspoken)

    mutants.add(name, ANSWERS, summary, build, *witness, needs_socket=True)


def accepted(_received: Received, answer: Answer, _count: int) -> bool:
    return answer.status == 200


def refused(_received: Received, answer: Answer, _count: int) -> bool:
    return answer.status != 200


def every(nth: int) -> Wanted:
    return lambda _received, answer, count: answer.status == 200 and count % nth == 0


INVALID = with_body({"benchmark_id": 1})
