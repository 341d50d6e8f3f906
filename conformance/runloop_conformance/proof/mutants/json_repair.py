"""Servers that repair a body that is not JSON, and parse it again."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

DEFAULT = json.dumps({"benchmark_id": BENCHMARK})
LAST = DEFAULT[:-1]
Repair: TypeAlias = Callable[[bytes], bytes | None]


def body(text: str | bytes) -> WitnessRequest:
    return with_body(text if isinstance(text, bytes) else text.encode())


def default_of(server: Reference) -> dict[str, Any]:
    """Make a request for a benchmark that the server knows."""
    return {"benchmark_id": min(server.benchmark_ids, default=BENCHMARK)}


class SecondTry(Reference):
    """Repairs a body that is not JSON, and reads it again."""

    def parse(self, body: bytes) -> Any:
        try:
            return super().parse(body)
        except RejectionError:
            repaired = self.repair(body)
            if repaired is None:
                raise
            return default_of(self) if repaired == DEFAULT.encode() else super().parse(repaired)

    def repair(self, body: bytes) -> bytes | None:
        raise NotImplementedError


def add_repairing(
    mutants: Mutants, name: str, breaks: str, summary: str, repair: Repair, *witness: WitnessRequest
) -> None:
    class Repairing(SecondTry):
        def repair(self, body: bytes) -> bytes | None:
            return repair(body)

    mutants.add(name, breaks, summary, Repairing, *witness)


def form(raw: bytes) -> bytes | None:
    fields = dict(parse_qsl(raw.decode("utf-8", "replace")))
    return json.dumps(fields).encode() if "benchmark_id" in fields else None
