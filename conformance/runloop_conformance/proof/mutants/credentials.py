"""Witness requests with other credentials."""

from typing import Any

from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, with_body

MINIMAL = {"benchmark_id": BENCHMARK}
WRONG = "Bearer wr0ng-{token}"


def with_credentials(*authorization: str, body: Any = MINIMAL, query: str = "") -> WitnessRequest:
    return with_body(body, authorization=authorization, query=query)
