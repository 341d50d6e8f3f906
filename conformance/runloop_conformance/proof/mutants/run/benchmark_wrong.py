"""Responses about another benchmark, or about one that is spelled differently."""

from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import change_property
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.run.start_time_wrong import FULL

MUTANTS = Mutants(__name__)
SPELLINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "benchmark-id-lower-cased": ("The benchmark's id is lower-cased.", str.lower),
    "benchmark-id-upper-cased": ("The benchmark's id is upper-cased.", str.upper),
    "benchmark-id-without-prefix": (
        "The benchmark's id has lost its prefix.",
        lambda text: text.partition("_")[2] or text,
    ),
    "benchmark-id-as-a-path": ("The benchmark's id is a path.", lambda text: f"/v1/benchmarks/{text}"),
    "benchmark-id-cut": ("The benchmark's id is cut at 20 characters.", lambda text: text[:20]),
    "benchmark-id-empty": ("The benchmark's id is empty.", lambda text: text[:0]),
    "benchmark-id-of-the-example": ("The benchmark's id is the one of an example.", lambda text: text[:0] + "<string>"),
}
for name, (summary, spelling) in SPELLINGS.items():
    MUTANTS.change_response(name, VIEW + "benchmark_id", summary, change_property("benchmark_id", spelling))
MUTANTS.change_response(
    "benchmark-id-the-runs",
    VIEW + "benchmark_id",
    "The benchmark's id is the run's.",
    lambda run, _: run | {"benchmark_id": run["id"]},
)
MUTANTS.change_response(
    "benchmark-id-lower-cased-with-profile",
    VIEW + "benchmark_id",
    "With a runProfile the benchmark's id is lower-cased.",
    change_property("benchmark_id", str.lower),
    FULL,
    when=lambda _, run_request: "runProfile" in run_request,
)
