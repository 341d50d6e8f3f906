"""Requests in the shape of other APIs and parsers that are accepted."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from runloop_conformance.proof.mutants.coercion import Coerce, coercing, in_member, of_type
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import PROFILE, REQUEST, REQUIRED_IN_REQUEST
from runloop_conformance.proof.mutants.tolerant import as_object, as_text, is_object
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body, with_profile

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
VALUES = "#/components/schemas/StringMap/additionalProperties"


def under(named: Callable[[str], bool]) -> Coerce:
    """Read the benchmark's id from another key if benchmark_id is absent."""

    def coerce(run_request: Any) -> Any:
        ids = [value for key, value in as_object(run_request).items() if named(key)]
        return {**run_request, "benchmark_id": ids[0]} if ids and "benchmark_id" not in run_request else run_request

    return coerce


MUTANTS.add(
    "id-in-camel-case-accepted",
    REQUIRED_IN_REQUEST,
    "The benchmark's id is also accepted as benchmarkId.",
    coercing(under(lambda key: key == "benchmarkId")),
    with_body({"benchmarkId": BENCHMARK}),
)
MUTANTS.add(
    "id-in-any-case-accepted",
    REQUIRED_IN_REQUEST,
    "Keys are matched without regard to case, as Go does.",
    coercing(under(lambda key: key.lower() == "benchmark_id")),
    with_body({"BENCHMARK_ID": BENCHMARK}),
)
MUTANTS.add(
    "id-positive-number-accepted",
    REQUEST + "benchmark_id",
    "A benchmark_id that is a positive integer becomes text.",
    in_member("benchmark_id", coerce=of_type(int, lambda value: str(value) if value > 0 else value)),
    with_body({"benchmark_id": 42}),
)
MUTANTS.add(
    "name-fraction-accepted",
    REQUEST + "run_name",
    "A run_name that is a number with a fraction becomes text.",
    in_member("run_name", coerce=of_type(float, str)),
    start_run(run_name=1.5),
)
MUTANTS.add(
    "name-large-number-accepted",
    REQUEST + "run_name",
    "A run_name that is an integer beyond 32 bits becomes text.",
    in_member("run_name", coerce=of_type(int, lambda value: str(value) if value > 2**31 else value)),
    start_run(run_name=2**40),
)
MUTANTS.add(
    "name-filled-array-accepted",
    REQUEST + "run_name",
    "A run_name that is an array is joined, unless it is empty.",
    in_member("run_name", coerce=of_type(list, lambda value: ",".join(map(str, value)) if value else value)),
    start_run(run_name=["a", "b"]),
)


def indexed(value: list[Any]) -> dict[str, Any]:
    return {f"{number}": as_text(item) for number, item in enumerate(value)}


def from_tags(value: list[Any]) -> Any:
    """Convert tags in the form of AWS to an object."""
    if not value or not all(is_object(tag) and {"key", "value"} <= {name.lower() for name in tag} for tag in value):
        return value
    tags = [{name.lower(): inner for name, inner in tag.items()} for tag in value]
    return {as_text(tag["key"]): tag["value"] for tag in tags}


def from_query(value: str) -> Any:
    return dict(parse_qsl(value, keep_blank_values=True)) or value


def from_assignments(value: list[Any]) -> Any:
    """Convert assignments in the form of Docker Compose to an object."""
    if not value or not all(isinstance(item, str) and "=" in item for item in value):
        return value
    return dict(item.split("=", 1) for item in value)


MUTANTS.add(
    "metadata-array-indexed",
    REQUEST + "metadata",
    "Metadata that is an array gets its indices for keys.",
    in_member("metadata", coerce=of_type(list, indexed)),
    start_run(metadata=["a", "b"]),
)
MUTANTS.add(
    "metadata-tags-accepted",
    REQUEST + "metadata",
    "Metadata that is an array of keys and values is accepted, as AWS takes tags.",
    in_member("metadata", coerce=of_type(list, from_tags)),
    start_run(metadata=[{"key": "team", "value": "agents"}]),
)
MUTANTS.add(
    "metadata-query-accepted",
    REQUEST + "metadata",
    "Metadata that is a query is read.",
    in_member("metadata", coerce=of_type(str, from_query)),
    start_run(metadata="team=agents&tier=1"),
)
MUTANTS.add(
    "profile-by-name-accepted",
    REQUEST + "runProfile",
    "A runProfile that is text is the name of one that was stored, or of none.",
    in_member("runProfile", coerce=of_type(str, lambda value: value if value in {"", "null"} else {})),
    start_run(runProfile="default"),
)
SHOULD.add(
    "variables-assignments-accepted",
    PROFILE + "envVars",
    "Variables in an array of assignments are accepted, as by Docker Compose.",
    in_member("runProfile", "envVars", coerce=of_type(list, from_assignments)),
    with_profile(envVars=["A=1"]),
)


def first_checked(value: dict[str, Any]) -> dict[str, Any]:
    return {key: as_text(inner) if number else inner for number, (key, inner) in enumerate(value.items())}


SHOULD.add(
    "first-value-checked-alone",
    VALUES,
    "Of the values of metadata only the first has to be text.",
    in_member("metadata", coerce=of_type(dict, first_checked)),
    start_run(metadata={"a": "1", "b": 2}),
)
