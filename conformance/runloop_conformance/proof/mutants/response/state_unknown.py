"""Responses whose state is not one of the enum."""

from runloop_conformance.proof.mutants.changes import (
    RunRequest,
    env_vars,
    every_nth,
    from_nth,
    has_value,
    set_properties,
)
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.response.property_missing import FULL
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_profile
from runloop_conformance.proof.mutants.written_response import LONG

MUTANTS = Mutants(__name__)
STATES = "#/components/schemas/BenchmarkRunState/enum"
for state, summary in {
    "failed": "A new run is in the state `failed`, which came later.",
    "RUNNING": "The state is spelled in capitals.",
    "Running": "The state is spelled with a capital letter.",
    "cancelled": "The state is spelled `cancelled`.",
    "queued": "A new run is in the state `queued`.",
    "": "The state is empty.",
}.items():
    spelling = {"": "empty", "RUNNING": "in-capitals", "Running": "capitalized"}.get(state, state)
    MUTANTS.change_response(f"state-{spelling}", STATES, summary, set_properties(state=state))
MUTANTS.change_response(
    "state-a-number", VIEW + "state", "The state is the index of the enum value.", set_properties(state=0)
)
MUTANTS.change_response(
    "state-an-object", VIEW + "state", "The state is an object.", set_properties(state={"name": "running"})
)
MUTANTS.change_response(
    "state-pending-now-and-then",
    STATES,
    "One run in eight is pending.",
    set_properties(state="pending"),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "state-queued-from-the-fifth",
    STATES,
    "From the fifth run on they are queued.",
    set_properties(state="queued"),
    *repeated(5, start_run()),
    when=from_nth(5),
)


def with_two_profile_members(_count: int, run_request: RunRequest) -> bool:
    return {"purpose", "envVars"} <= set(run_request.get("runProfile", {}))


MUTANTS.change_response(
    "state-initializing-with-two",
    STATES,
    "A run with a purpose and variables is `initializing` first.",
    set_properties(state="initializing"),
    FULL,
    when=with_two_profile_members,
)


def large_environment(_count: int, run_request: RunRequest) -> bool:
    return sum(map(len, env_vars(run_request).values())) > 2000


MUTANTS.change_response(
    "state-failed-with-large-environment",
    STATES,
    "A run with variables of more than 2,000 characters is in the state `failed`.",
    set_properties(state="failed"),
    with_profile(envVars={"A": LONG, "B": LONG, "C": LONG}),
    when=large_environment,
)
MUTANTS.change_response(
    "state-queued-with-launch-parameters",
    STATES,
    "A run that has launchParameters is in the state `queued`.",
    set_properties(state="queued"),
    with_profile(launchParameters={"custom_cpu_cores": 2}),
    when=lambda _, run_request: has_value("runProfile", "launchParameters")(run_request),
)
