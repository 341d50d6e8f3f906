"""Servers that write some responses in their own way."""

from collections.abc import Callable

from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.witness import WitnessRequest
from runloop_conformance.servers.reference import Reference

LONG = "x" * 1000


def rewrite_response(
    mutants: Mutants,
    name: str,
    breaks: str,
    summary: str,
    change: Callable[[Run, bytes], Response],
    *witness: WitnessRequest,
) -> None:
    """Register a server that writes its responses differently."""

    class Answering(Reference):
        def accept(self, run: Run) -> Response:
            return change(run, self.dump(run))

    mutants.add(name, breaks, summary, Answering, *witness)


def json_response(body: bytes, **headers: str) -> Response:
    fields = {"content-type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
    return Response(body, headers=fields)
