"""Requests without a benchmark_id that are accepted."""

from collections.abc import Callable
from typing import Any

from runloop_conformance.proof.mutants.changes import RunRequest
from runloop_conformance.proof.mutants.coercion import coercing
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import REQUIRED_IN_REQUEST
from runloop_conformance.proof.mutants.tolerant import Tolerant, is_object
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)


def without_id(wanted: Callable[[RunRequest], bool]) -> type[Reference]:
    def coerce(run_request: Any) -> Any:
        lacks = is_object(run_request) and "benchmark_id" not in run_request and wanted(run_request)
        return {**run_request, "benchmark_id": BENCHMARK} if lacks else run_request

    return coercing(coerce)


MISSING: tuple[tuple[str, str, Callable[[RunRequest], bool], RunRequest], ...] = (
    ("missing-id-accepted", "A request without benchmark_id gets a default.", lambda _run_request: True, {}),
    ("empty-object-accepted", "An empty object starts a run of the default.", lambda run_request: not run_request, {}),
    (
        "missing-id-accepted-beside-name",
        "Beside a name benchmark_id may be missing.",
        lambda run_request: "run_name" in run_request,
        {"run_name": "x"},
    ),
    (
        "missing-id-accepted-beside-metadata",
        "Beside metadata benchmark_id may be missing.",
        lambda run_request: "metadata" in run_request,
        {"metadata": {}},
    ),
    (
        "missing-id-accepted-beside-profile",
        "Beside a runProfile benchmark_id may be missing.",
        lambda run_request: "runProfile" in run_request,
        {"runProfile": {}},
    ),
)
for name, summary, wanted, body in MISSING:
    MUTANTS.add(name, REQUIRED_IN_REQUEST, summary, without_id(wanted), with_body(body))


@MUTANTS.mutant(REQUIRED_IN_REQUEST, start_run(), with_body({"run_name": "x"}))
class MissingIdFromTheRequestBefore(Tolerant):
    """A request without benchmark_id runs the benchmark of the request before."""

    before: str | None = None

    def validate(self, run_request: Any) -> None:
        if is_object(run_request) and self.before is not None:
            run_request.setdefault("benchmark_id", self.before)
        super().validate(run_request)
        self.before = run_request["benchmark_id"]
