"""Responses that lack a property, or have null in its place."""

from runloop_conformance.proof.mutants.changes import every_nth, from_nth, remove_properties, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import REQUIRED_IN_VIEW, VIEW
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_profile

MUTANTS = Mutants(__name__)
METADATA = VIEW + "metadata"
FULL = with_profile(purpose="regression", envVars={"A": "1", "B": "2"}, secrets={"DB_PASS": "DATABASE_PASSWORD"})
for property_name in ("id", "benchmark_id", "start_time_ms", "state", "metadata"):
    name = property_name.replace("_", "-")
    MUTANTS.change_response(
        f"{name}-missing", REQUIRED_IN_VIEW, f"The response has no {property_name}.", remove_properties(property_name)
    )
    MUTANTS.change_response(
        f"{name}-null",
        VIEW + property_name,
        f"The response's {property_name} is null.",
        set_properties(**{property_name: None}),
    )
MUTANTS.change_response(
    "metadata-omitted-when-empty",
    REQUIRED_IN_VIEW,
    "Empty metadata is left out of the response.",
    lambda run, run_request: run if run["metadata"] else remove_properties("metadata")(run, run_request),
)
MUTANTS.change_response(
    "metadata-null-when-not-given",
    METADATA,
    "Metadata is null where none was given.",
    lambda run, run_request: run if "metadata" in run_request else run | {"metadata": None},
)
MUTANTS.change_response(
    "benchmark-id-missing-now-and-then",
    REQUIRED_IN_VIEW,
    "One response in eight has no benchmark_id.",
    remove_properties("benchmark_id"),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "state-missing-from-the-fifth",
    REQUIRED_IN_VIEW,
    "From the fifth run on the response has no state.",
    remove_properties("state"),
    *repeated(5, start_run()),
    when=from_nth(5),
)
MUTANTS.change_response(
    "start-time-missing-with-profile",
    REQUIRED_IN_VIEW,
    "A run with a runProfile has no start_time_ms yet.",
    remove_properties("start_time_ms"),
    FULL,
    when=lambda _, run_request: "runProfile" in run_request,
)
MUTANTS.change_response(
    "members-in-camel-case",
    REQUIRED_IN_VIEW,
    "The response spells its properties in camel case.",
    lambda run, _: {camel(name): value for name, value in run.items()},
)


def camel(text: str) -> str:
    first, *rest = text.split("_")
    return first + "".join(map(str.capitalize, rest))


for property_name, nth in (("id", 8), ("benchmark_id", 6), ("start_time_ms", 7), ("state", 5)):
    MUTANTS.change_response(
        f"{property_name.replace('_', '-')}-null-now-and-then",
        VIEW + property_name,
        f"One {property_name} in {nth} is null.",
        set_properties(**{property_name: None}),
        *repeated(nth, start_run()),
        when=every_nth(nth),
    )
MUTANTS.change_response(
    "id-missing-now-and-then",
    f"{VIEW}id",
    "One response in eight is without its id.",
    remove_properties("id"),
    *repeated(8, start_run()),
    when=every_nth(8),
)
