"""Requested properties that the response lacks or replaces."""

from runloop_conformance.proof.mutants.changes import change_property, every_nth, remove_properties, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_profile

MUTANTS = Mutants(__name__)
NAME = VIEW + "name"
PURPOSE = VIEW + "purpose"
METADATA = VIEW + "metadata"
VARIABLES = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"
THREE = {"b": "2", "a": "1", "c": "3"}
FULL = start_run(
    run_name="nightly",
    metadata=THREE,
    runProfile={"purpose": "regression", "envVars": {"A": "1", "B": "2"}, "secrets": {"DB_PASS": "DATABASE_PASSWORD"}},
)
MUTANTS.change_response("name-dropped", NAME, "The name is not in the response.", remove_properties("name"), FULL)
MUTANTS.change_response("name-null", NAME, "The name is null.", set_properties(name=None), FULL)
MUTANTS.change_response(
    "purpose-dropped", PURPOSE, "The purpose is not in the response.", remove_properties("purpose"), FULL
)
MUTANTS.change_response("purpose-null", PURPOSE, "The purpose is null.", set_properties(purpose=None), FULL)
MUTANTS.change_response("metadata-emptied", METADATA, "Metadata is always empty.", set_properties(metadata={}), FULL)
MUTANTS.change_response(
    "variables-dropped",
    VARIABLES,
    "The environment is not in the response.",
    remove_properties("environment_variables"),
    FULL,
)
MUTANTS.change_response(
    "variables-emptied", VARIABLES, "The environment is always empty.", set_properties(environment_variables={}), FULL
)
MUTANTS.change_response(
    "secrets-dropped", SECRETS, "The secrets are not in the response.", remove_properties("secrets_provided"), FULL
)
MUTANTS.change_response(
    "secrets-emptied", SECRETS, "The secrets are always empty.", set_properties(secrets_provided={}), FULL
)
MUTANTS.change_response(
    "empty-name-null",
    NAME,
    "An empty name becomes null.",
    change_property("name", lambda v: v or None),
    start_run(run_name=""),
)
MUTANTS.change_response(
    "empty-purpose-null",
    PURPOSE,
    "An empty purpose becomes null.",
    change_property("purpose", lambda v: v or None),
    with_profile(purpose=""),
)
MUTANTS.change_response(
    "name-the-benchmarks",
    NAME,
    "The name is that of the benchmark.",
    lambda run, _: run | {"name": run["benchmark_id"]},
    FULL,
)
MUTANTS.change_response(
    "name-numbered",
    NAME,
    "A number is put behind a name, so that it is unique.",
    lambda run, _: run | {"name": run["name"] and f"{run['name']} ({int(run['id'][4:10])})"},
    FULL,
)
MUTANTS.change_response(
    "purpose-the-name", PURPOSE, "The purpose is the name.", lambda run, _: run | {"purpose": run["name"]}, FULL
)
MUTANTS.change_response(
    "purpose-a-default", PURPOSE, "The purpose is a default.", set_properties(purpose="benchmark"), FULL
)
MUTANTS.change_response(
    "metadata-lost-now-and-then",
    METADATA,
    "One response in eight has lost its metadata.",
    set_properties(metadata={}),
    *repeated(8, FULL),
    when=every_nth(8),
)
MUTANTS.change_response(
    "variables-lost-now-and-then",
    VARIABLES,
    "One response in eight has lost its variables.",
    set_properties(environment_variables={}),
    *repeated(8, FULL),
    when=every_nth(8),
)
MUTANTS.change_response(
    "secrets-lost-now-and-then",
    SECRETS,
    "One response in eight has lost its secrets.",
    set_properties(secrets_provided={}),
    *repeated(8, FULL),
    when=every_nth(8),
)
