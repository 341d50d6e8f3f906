"""Responses in which a property has the wrong type or format."""

from datetime import UTC, datetime
from typing import Any

from runloop_conformance.proof.mutants.changes import COMPLETED, change_property, every_nth, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.response.property_missing import FULL
from runloop_conformance.proof.mutants.witness import repeated, start_run

MUTANTS = Mutants(__name__)
ENV = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"
METADATA = VIEW + "metadata"
NAMED = start_run(run_name="nightly", metadata={"team": "agents"})
DIGITS = start_run(run_name="007", metadata={"build": "0042"}, runProfile={"envVars": {"PORT": "8080"}})


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def numbers(value: dict[str, str]) -> dict[str, Any]:
    return {key: int(text) if text.isdecimal() and text.isascii() else text for key, text in value.items()}


def pairs(value: dict[str, str]) -> list[list[str]]:
    return [[key, text] for key, text in value.items()]


MUTANTS.change_response(
    "id-a-number", VIEW + "id", "The id is a number.", change_property("id", lambda text: int(text[4:12], 16))
)
MUTANTS.change_response(
    "id-an-object",
    VIEW + "id",
    "The id is an object, as a document store has it.",
    change_property("id", lambda i: {"$oid": i}),
)
MUTANTS.change_response(
    "id-a-number-now-and-then",
    VIEW + "id",
    "One id in eight is a number.",
    set_properties(id=7),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "benchmark-id-an-object",
    VIEW + "benchmark_id",
    "The benchmark's id is the whole benchmark.",
    change_property("benchmark_id", lambda text: {"id": text}),
)
MUTANTS.change_response(
    "benchmark-id-a-list",
    VIEW + "benchmark_id",
    "The benchmark's id is a list of one.",
    change_property("benchmark_id", lambda text: [text]),
)
MUTANTS.change_response(
    "start-time-a-string",
    VIEW + "start_time_ms",
    "The start time is a string of digits.",
    change_property("start_time_ms", str),
)
MUTANTS.change_response(
    "start-time-iso",
    VIEW + "start_time_ms",
    "The start time is an ISO 8601 date.",
    change_property("start_time_ms", iso),
)
MUTANTS.change_response(
    "start-time-a-fraction",
    VIEW + "start_time_ms",
    "The start time has a fraction of a millisecond.",
    change_property("start_time_ms", lambda ms: ms + 0.25),
)
MUTANTS.change_response(
    "start-time-a-string-when-named",
    VIEW + "start_time_ms",
    "The start time of a run with a name is a string.",
    change_property("start_time_ms", str),
    NAMED,
    when=lambda _, run_request: bool(run_request.get("run_name")),
)
MUTANTS.change_response(
    "start-time-beyond-int64",
    f"{VIEW}start_time_ms/format",
    "The start time does not fit 64 bits.",
    change_property("start_time_ms", lambda ms: ms << 24),
)
MUTANTS.change_response(
    "duration-beyond-int64",
    f"{VIEW}duration_ms/format",
    "The duration is 2 to the power of 63.",
    set_properties(**COMPLETED | {"duration_ms": 2**63}),
)
MUTANTS.change_response(
    "duration-a-string",
    VIEW + "duration_ms",
    "The duration is a string.",
    set_properties(**COMPLETED | {"duration_ms": "1250"}),
)
MUTANTS.change_response(
    "duration-a-fraction",
    VIEW + "duration_ms",
    "The duration is in seconds.",
    set_properties(**COMPLETED | {"duration_ms": 1.25}),
)
MUTANTS.change_response(
    "duration-a-timestamp-text",
    VIEW + "duration_ms",
    "The duration is an ISO 8601 one.",
    set_properties(**COMPLETED | {"duration_ms": "PT1S"}),
)
MUTANTS.change_response(
    "score-a-string", VIEW + "score", "The score is a string.", set_properties(**COMPLETED | {"score": "0.75"})
)
MUTANTS.change_response(
    "score-a-boolean",
    VIEW + "score",
    "The score says whether all passed.",
    set_properties(**COMPLETED | {"score": True}),
)
MUTANTS.change_response(
    "score-an-object",
    VIEW + "score",
    "The score is an object.",
    set_properties(**COMPLETED | {"score": {"sum": 3, "count": 4}}),
)
MUTANTS.change_response(
    "name-a-number",
    VIEW + "name",
    "A name of digits becomes a number.",
    change_property("name", lambda text: int(text) if str(text).isdecimal() else text),
    DIGITS,
)
MUTANTS.change_response(
    "name-an-object",
    VIEW + "name",
    "The name is an object by language.",
    change_property("name", lambda text: {"en": text}),
    NAMED,
)
MUTANTS.change_response(
    "name-false-when-empty",
    VIEW + "name",
    "An empty name is false.",
    change_property("name", lambda text: text or False),
)
MUTANTS.change_response(
    "purpose-a-list",
    VIEW + "purpose",
    "The purpose is a list.",
    change_property("purpose", lambda text: [text] if text else None),
    FULL,
)
MUTANTS.change_response(
    "purpose-empty-object",
    VIEW + "purpose",
    "A purpose that was not given is an empty object.",
    change_property("purpose", lambda text: text or {}),
)
for property_name, pointer, example in (
    ("metadata", METADATA, NAMED),
    ("environment_variables", ENV, FULL),
    ("secrets_provided", SECRETS, FULL),
):
    name = property_name.replace("_", "-")
    MUTANTS.change_response(
        f"{name}-a-list-when-empty",
        pointer,
        f"Empty {property_name} is [], as PHP spells it.",
        change_property(property_name, lambda v: v or []),
    )
    MUTANTS.change_response(
        f"{name}-pairs",
        pointer,
        f"The response's {property_name} is a list of pairs.",
        change_property(property_name, pairs),
        example,
    )
    MUTANTS.change_response(
        f"{name}-text",
        pointer,
        f"The response's {property_name} is a string.",
        change_property(property_name, str),
        example,
    )
MUTANTS.change_response(
    "metadata-of-numbers", METADATA, "Metadata of digits becomes numbers.", change_property("metadata", numbers), DIGITS
)
MUTANTS.change_response(
    "environment-of-numbers",
    ENV,
    "Variables of digits become numbers.",
    change_property("environment_variables", numbers),
    DIGITS,
)
MUTANTS.change_response("environment-null", ENV, "The environment is null.", set_properties(environment_variables=None))
MUTANTS.change_response(
    "environment-null-when-not-given",
    ENV,
    "The environment is null where none was given.",
    lambda run, _: run | {"environment_variables": run["environment_variables"] or None},
)
MUTANTS.change_response(
    "environment-assignments",
    ENV,
    "The environment is a list of assignments.",
    change_property("environment_variables", lambda value: [f"{key}={text}" for key, text in value.items()]),
    FULL,
)
MUTANTS.change_response("secrets-null", SECRETS, "The secrets are null.", set_properties(secrets_provided=None))
MUTANTS.change_response(
    "secrets-null-when-none",
    SECRETS,
    "The secrets are null where none were given.",
    lambda run, _: run | {"secrets_provided": run["secrets_provided"] or None},
)
MUTANTS.change_response(
    "secrets-listed",
    SECRETS,
    "The secrets are a list of names.",
    change_property("secrets_provided", lambda v: [*v.values()]),
    FULL,
)
MUTANTS.change_response(
    "secrets-counted", SECRETS, "The secrets are a number.", change_property("secrets_provided", len), FULL
)
