"""Requested properties that are lost or replaced when another one is present."""

from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import Run, RunRequest, has_value, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.run.property_lost import FULL
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_profile

MUTANTS = Mutants(__name__)
NAME = VIEW + "name"
PURPOSE = VIEW + "purpose"
METADATA = VIEW + "metadata"
VARIABLES = VIEW + "environment_variables"


def both(first: str, second: str) -> Callable[[int, RunRequest], bool]:
    def together(_count: int, run_request: RunRequest) -> bool:
        return {first, second} <= {*run_request, *run_request.get("runProfile", {})}

    return together


MUTANTS.change_response(
    "name-lost-beside-metadata",
    NAME,
    "Beside metadata the name is lost.",
    set_properties(name=None),
    FULL,
    when=both("run_name", "metadata"),
)
MUTANTS.change_response(
    "metadata-lost-beside-profile",
    METADATA,
    "Beside a runProfile the metadata is lost.",
    set_properties(metadata={}),
    FULL,
    when=both("metadata", "runProfile"),
)
MUTANTS.change_response(
    "purpose-lost-beside-variables",
    PURPOSE,
    "Beside variables the purpose is lost.",
    set_properties(purpose=None),
    FULL,
    when=both("purpose", "envVars"),
)
MUTANTS.change_response(
    "variables-lost-beside-purpose",
    VARIABLES,
    "Beside a purpose the variables are lost.",
    set_properties(environment_variables={}),
    FULL,
    when=both("purpose", "envVars"),
)
MUTANTS.change_response(
    "variables-lost-beside-secrets",
    VARIABLES,
    "Beside secrets the variables are lost.",
    set_properties(environment_variables={}),
    FULL,
    when=both("secrets", "envVars"),
)
MUTANTS.change_response(
    "purpose-the-name-beside-a-name",
    PURPOSE,
    "Beside a name the purpose is the name.",
    lambda run, run_request: run | {"purpose": run_request["run_name"]},
    FULL,
    when=both("run_name", "purpose"),
)
MUTANTS.change_response(
    "metadata-as-variables-beside-profile",
    VARIABLES,
    "Metadata overwrites variables of the same name.",
    lambda run, run_request: (
        run
        | {
            "environment_variables": {
                k: run_request["metadata"].get(k, v) for k, v in run["environment_variables"].items()
            }
        }
    ),
    start_run(metadata={"A": "9"}, runProfile={"envVars": {"A": "1"}}),
    when=both("metadata", "envVars"),
)
MUTANTS.change_response(
    "name-lost-beside-launch-parameters",
    NAME,
    "Beside launchParameters the name is lost.",
    set_properties(name=None),
    start_run(run_name="x", runProfile={"launchParameters": {"custom_cpu_cores": 2}}),
    when=both("run_name", "launchParameters"),
)


def beside(*path: str) -> Callable[[int, RunRequest], bool]:
    there = has_value(*path)
    return lambda _count, run_request: there(run_request)


LAUNCHED: WitnessRequest = with_profile(purpose="regression", launchParameters={"custom_cpu_cores": 2})
MOUNTED: WitnessRequest = start_run(
    metadata={"team": "agents"}, runProfile={"mounts": [{"type": "file_mount", "target": "/a", "content": ""}]}
)
MUTANTS.change_response(
    "purpose-lost-beside-launch-parameters",
    PURPOSE,
    "Beside launchParameters the purpose is lost.",
    set_properties(purpose=None),
    LAUNCHED,
    when=beside("runProfile", "launchParameters"),
)
MUTANTS.change_response(
    "metadata-lost-beside-mounts",
    METADATA,
    "Beside mounts the metadata is lost.",
    set_properties(metadata={}),
    MOUNTED,
    when=beside("runProfile", "mounts"),
)
MUTANTS.change_response(
    "variables-lost-without-purpose",
    VARIABLES,
    "Without a purpose the variables are lost.",
    set_properties(environment_variables={}),
    with_profile(envVars={"A": "1"}),
    when=lambda _, run_request: not run_request.get("runProfile", {}).get("purpose"),
)


def named_by_metadata(run: Run, run_request: RunRequest) -> Run:
    return run | {"name": run_request.get("metadata", {}).get("name", run["name"])}


MUTANTS.change_response(
    "name-from-the-metadata",
    NAME,
    "A name in the metadata is put in place of run_name.",
    named_by_metadata,
    start_run(run_name="nightly", metadata={"name": "weekly"}),
    when=beside("run_name"),
)
