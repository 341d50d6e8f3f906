"""Faults in what is refused: shapes of other APIs, and of other parsers, that are taken for the page's."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from runloop_conformance.proof.mutants.coercion import Coerce, coercing, in_member, of_type
from runloop_conformance.proof.mutants.fault import (
    BENCHMARK,
    PROFILE,
    REQUEST,
    REQUIRED_IN_REQUEST,
    Ask,
    Chapter,
    as_object,
    as_text,
    ask,
    is_object,
    profile,
    sent,
)
from runloop_conformance.proof.mutants.grammar import NOT_JSON, mending

CHAPTER = Chapter("request")
SHOULD = CHAPTER.should()

VALUES = "#/components/schemas/StringMap/additionalProperties"

# --- the benchmark's id ---


def under(named: Callable[[str], bool]) -> Coerce:
    """Take the benchmark's id from under another key, where it is not under its own."""

    def coerce(asked: Any) -> Any:
        found = [value for key, value in as_object(asked).items() if named(key)]
        return {**asked, "benchmark_id": found[0]} if found and "benchmark_id" not in asked else asked

    return coerce


CHAPTER.add(
    "id-in-camel-case-accepted",
    REQUIRED_IN_REQUEST,
    "The benchmark's id is also taken from benchmarkId.",
    coercing(under(lambda key: key == "benchmarkId")),
    sent({"benchmarkId": BENCHMARK}),
)
CHAPTER.add(
    "id-in-any-case-accepted",
    REQUIRED_IN_REQUEST,
    "Keys are matched without regard to case, as Go does.",
    coercing(under(lambda key: key.lower() == "benchmark_id")),
    sent({"BENCHMARK_ID": BENCHMARK}),
)
CHAPTER.add(
    "id-positive-number-accepted",
    REQUEST + "benchmark_id",
    "A benchmark_id that is a positive integer becomes text.",
    in_member("benchmark_id", coerce=of_type(int, lambda value: str(value) if value > 0 else value)),
    sent({"benchmark_id": 42}),
)

# --- the name ---

CHAPTER.add(
    "name-fraction-accepted",
    REQUEST + "run_name",
    "A run_name that is a number with a fraction becomes text.",
    in_member("run_name", coerce=of_type(float, str)),
    ask(run_name=1.5),
)
CHAPTER.add(
    "name-large-number-accepted",
    REQUEST + "run_name",
    "A run_name that is an integer beyond 32 bits becomes text.",
    in_member("run_name", coerce=of_type(int, lambda value: str(value) if value > 2**31 else value)),
    ask(run_name=2**40),
)
CHAPTER.add(
    "name-filled-array-accepted",
    REQUEST + "run_name",
    "A run_name that is an array is joined, unless it is empty.",
    in_member("run_name", coerce=of_type(list, lambda value: ",".join(map(str, value)) if value else value)),
    ask(run_name=["a", "b"]),
)

# --- metadata and the profile ---


def indexed(value: list[Any]) -> dict[str, Any]:
    return {f"{number}": as_text(item) for number, item in enumerate(value)}


def from_tags(value: list[Any]) -> Any:
    """Make an object of tags as AWS spells them."""
    if not value or not all(is_object(tag) and {"key", "value"} <= {name.lower() for name in tag} for tag in value):
        return value
    tags = [{name.lower(): held for name, held in tag.items()} for tag in value]
    return {as_text(tag["key"]): tag["value"] for tag in tags}


def from_query(value: str) -> Any:
    return dict(parse_qsl(value, keep_blank_values=True)) or value


def from_assignments(value: list[Any]) -> Any:
    """Make an object of assignments as Docker Compose spells them."""
    if not value or not all(isinstance(each, str) and "=" in each for each in value):
        return value
    return dict(each.split("=", 1) for each in value)


CHAPTER.add(
    "metadata-array-indexed",
    REQUEST + "metadata",
    "Metadata that is an array gets its indices for keys.",
    in_member("metadata", coerce=of_type(list, indexed)),
    ask(metadata=["a", "b"]),
)
CHAPTER.add(
    "metadata-tags-accepted",
    REQUEST + "metadata",
    "Metadata that is an array of keys and values is taken, as AWS takes tags.",
    in_member("metadata", coerce=of_type(list, from_tags)),
    ask(metadata=[{"key": "team", "value": "agents"}]),
)
CHAPTER.add(
    "metadata-query-accepted",
    REQUEST + "metadata",
    "Metadata that is a query is read.",
    in_member("metadata", coerce=of_type(str, from_query)),
    ask(metadata="team=agents&tier=1"),
)
CHAPTER.add(
    "profile-by-name-accepted",
    REQUEST + "runProfile",
    "A runProfile that is text is the name of one that was stored, or of none.",
    in_member("runProfile", coerce=of_type(str, lambda value: value if value in {"", "null"} else {})),
    ask(runProfile="default"),
)
SHOULD.add(
    "variables-assignments-accepted",
    PROFILE + "envVars",
    "Variables in an array of assignments are taken, as by Docker Compose.",
    in_member("runProfile", "envVars", coerce=of_type(list, from_assignments)),
    profile(envVars=["A=1"]),
)


def first_checked(value: dict[str, Any]) -> dict[str, Any]:
    return {key: as_text(held) if number else held for number, (key, held) in enumerate(value.items())}


SHOULD.add(
    "first-value-checked-alone",
    VALUES,
    "Of the values of metadata only the first has to be text.",
    in_member("metadata", coerce=of_type(dict, first_checked)),
    ask(metadata={"a": "1", "b": 2}),
)

# --- JSON ---


def cut_back(given: bytes) -> bytes | None:
    """Leave out the last member, which is not complete."""
    return given[: given.rfind(b",")] + b"}" if b"," in given else None


JSON: tuple[tuple[str, str, Callable[[bytes], bytes | None], Ask], ...] = (
    (
        "braces-left-out-accepted",
        "The braces of the body may be left out.",
        lambda given: b"{" + given + b"}",
        sent(b'"benchmark_id":"%s"' % BENCHMARK.encode()),
    ),
    (
        "truncated-body-cut-back",
        "A truncated body is cut back to its last complete member.",
        cut_back,
        sent(ask(run_name="nightly").body[:-4]),
    ),
)
for name, summary, mend, witness in JSON:
    mending(CHAPTER, name, NOT_JSON, summary, mend, witness)
