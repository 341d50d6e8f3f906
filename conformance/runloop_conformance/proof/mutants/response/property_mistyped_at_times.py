"""Responses in which a property has the wrong type or format in some conditions only."""

from typing import Any

from runloop_conformance.proof.mutants.changes import (
    COMPLETED,
    Run,
    RunRequest,
    change_property,
    every_nth,
    set_properties,
)
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_profile

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
VALUES = "#/components/schemas/StringMap/additionalProperties"
MUTANTS.change_response(
    "start-time-of-a-century",
    f"{VIEW}start_time_ms/format",
    "One start time in six is in a unit that does not fit 64 bits.",
    change_property("start_time_ms", lambda ms: ms * 10**9),
    *repeated(6, start_run()),
    when=every_nth(6),
)
MUTANTS.change_response(
    "duration-unset-is-the-largest",
    f"{VIEW}duration_ms/format",
    "A duration that is not known yet is 2 to the power of 64, where the request has metadata.",
    lambda run, run_request: run | COMPLETED | {"duration_ms": 2**64} if run_request.get("metadata") else run,
    start_run(metadata={"a": "1"}),
)
MUTANTS.change_response(
    "score-of-a-double",
    f"{VIEW}score/format",
    "The score is beyond a float.",
    set_properties(**COMPLETED | {"score": 1e300}),
)
MUTANTS.change_response(
    "score-of-a-double-at-times",
    f"{VIEW}score/format",
    "The score of a named run is beyond a float.",
    lambda run, run_request: run | COMPLETED | {"score": 4e38 if run_request.get("run_name") else 0.5},
    start_run(run_name="nightly"),
)
MUTANTS.change_response(
    "benchmark-id-expanded",
    f"{VIEW}benchmark_id/type",
    "The benchmark is written out where the request has a runProfile.",
    lambda run, run_request: (
        run | {"benchmark_id": {"id": run["benchmark_id"]}} if "runProfile" in run_request else run
    ),
    with_profile(),
)
MUTANTS.change_response(
    "state-a-number-now-and-then",
    f"{VIEW}state",
    "One state in five is the number of the state.",
    set_properties(state=1),
    *repeated(5, start_run()),
    when=every_nth(5),
)
MUTANTS.change_response(
    "duration-told-to-the-nanosecond",
    f"{VIEW}duration_ms/type",
    "A duration has a fraction where the request has metadata.",
    lambda run, run_request: run | COMPLETED | {"duration_ms": 1250.000001 if run_request.get("metadata") else 1250},
    start_run(metadata={"a": "1"}),
)
MUTANTS.change_response(
    "score-in-per-cent-when-named",
    f"{VIEW}score/type",
    "The score of a named run is a text.",
    lambda run, run_request: run | COMPLETED | {"score": "75 %" if run_request.get("run_name") else 0.75},
    start_run(run_name="nightly"),
)


def value(path: tuple[str, ...], wrong: Any) -> Any:
    """Set the last value of a map in the response."""

    def change(run: Run, _run_request: RunRequest) -> Run:
        values = dict(run.get(path[0]) or {})
        if values:
            values[list(values)[-1]] = wrong
        return run | {path[0]: values} if values else run

    return change


for name, witness in (
    ("metadata", start_run(metadata={"a": "1"})),
    ("environment_variables", with_profile(envVars={"A": "1"})),
    ("secrets_provided", with_profile(secrets={"A": "B"})),
):
    for what, wrong in (("a-number", 1), ("a-list", ["1"]), ("null", None)):
        SHOULD.change_response(
            f"{name.replace('_', '-')}-value-{what}",
            VALUES,
            f"The last value of {name} is {what.replace('-', ' ')}.",
            value((name,), wrong),
            witness,
        )
