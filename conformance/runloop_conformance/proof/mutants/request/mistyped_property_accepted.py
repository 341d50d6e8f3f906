"""Requests with a property of the wrong type that are accepted, one type of value at a time."""

import json
from typing import Any

from runloop_conformance.proof.mutants.coercion import (
    NUMBERS,
    Row,
    from_pairs,
    ignored,
    in_member,
    of_type,
    only,
    parsed,
)
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import REQUEST, RULE
from runloop_conformance.proof.mutants.tolerant import Tolerant, is_object
from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, repeated, start_run, with_body
from runloop_conformance.servers.reference import RejectionError

MUTANTS = Mutants(__name__)
INVALID = RULE + "refuses-invalid"


def benchmark(value: Any) -> WitnessRequest:
    return with_body({"benchmark_id": value})


IDS: tuple[Row, ...] = (
    ("null", "A benchmark_id that is null becomes the text None.", type(None), str, None),
    ("number", "A benchmark_id that is a number becomes text.", NUMBERS, str, 42),
    ("boolean", "A benchmark_id that is a boolean becomes text.", bool, str, True),
    (
        "array-of-one",
        "A benchmark_id that is an array of one is unwrapped.",
        list,
        only,
        [BENCHMARK],
    ),
    ("array", "A benchmark_id that is an array becomes text.", list, json.dumps, []),
    ("object", "A benchmark_id that is an object becomes text.", dict, json.dumps, {}),
    (
        "object-with-id",
        "A benchmark_id that is an object with an id is unwrapped.",
        dict,
        lambda v: v.get("id", v),
        {"id": BENCHMARK},
    ),
)
for name, summary, kind, made, value in IDS:
    MUTANTS.add(
        f"id-{name}-accepted",
        REQUEST + "benchmark_id",
        summary,
        in_member("benchmark_id", coerce=of_type(kind, made)),
        benchmark(value),
    )
NAMES: tuple[Row, ...] = (
    ("number", "A run_name that is a number becomes text.", NUMBERS, str, 42),
    ("false", "A run_name that is false is none.", bool, lambda v: None if v is False else v, False),
    ("boolean", "A run_name that is a boolean becomes text.", bool, lambda v: str(v).lower(), True),
    ("array", "A run_name that is an array is joined.", list, lambda v: " ".join(map(str, v)), ["a", "b"]),
    ("empty-array", "A run_name that is an empty array is none.", list, lambda v: v or None, []),
    ("object", "A run_name that is an object becomes text.", dict, json.dumps, {"en": "x"}),
)
for name, summary, kind, made, value in NAMES:
    MUTANTS.add(
        f"name-{name}-accepted",
        REQUEST + "run_name",
        summary,
        in_member("run_name", coerce=of_type(kind, made)),
        start_run(run_name=value),
    )
OBJECTS: tuple[Row, ...] = (
    ("text", "A {} that is any text is ignored.", str, ignored, "x"),
    ("empty-text", "A {} that is the empty text is ignored.", str, lambda v: v or {}, ""),
    ("json-text", "A {} that is JSON in a string is read.", str, parsed, '{"purpose":"x"}'),
    ("number", "A {} that is a number is ignored.", NUMBERS, ignored, 1),
    ("boolean", "A {} that is a boolean is ignored.", bool, ignored, False),
    (
        "empty-array",
        "A {} that is an empty array is an empty object, as in PHP.",
        list,
        lambda v: v or {},
        [],
    ),
    ("array", "A {} that is an array is ignored.", list, ignored, ["a"]),
    (
        "array-of-one",
        "A {} in an array of one is unwrapped.",
        list,
        only,
        [{}],
    ),
)
for property_name in ("metadata", "runProfile"):
    for name, summary, kind, made, value in OBJECTS:
        MUTANTS.add(
            f"{property_name.lower().replace('run', '')}-{name}-accepted",
            REQUEST + property_name,
            summary.format(property_name),
            in_member(property_name, coerce=of_type(kind, made)),
            start_run(**{property_name: value}),
        )
MUTANTS.add(
    "metadata-pairs-accepted",
    REQUEST + "metadata",
    "Metadata that is an array of pairs is accepted.",
    in_member(
        "metadata",
        coerce=of_type(list, from_pairs),
    ),
    start_run(metadata=[["a", "1"]]),
)
MUTANTS.add(
    "mistyped-name-ignored",
    REQUEST + "run_name",
    "A mistyped run_name is ignored.",
    in_member("run_name", coerce=lambda v: v if isinstance(v, str) else None),
    start_run(run_name=1),
    start_run(run_name={}),
)
MUTANTS.ignore_schema(
    "mistyped-id-accepted",
    REQUEST + "benchmark_id",
    "The benchmark_id may be anything.",
    benchmark(1),
    benchmark([]),
)
MUTANTS.ignore_schema(
    "mistyped-name-accepted", REQUEST + "run_name", "Run names may be anything.", start_run(run_name=1)
)
MUTANTS.ignore_schema(
    "mistyped-metadata-accepted",
    REQUEST + "metadata",
    "Metadata may be anything.",
    start_run(metadata="x"),
    start_run(metadata=1),
)
MUTANTS.ignore_schema(
    "mistyped-profile-accepted",
    REQUEST + "runProfile",
    "The runProfile may be anything.",
    start_run(runProfile=1),
    start_run(runProfile="x"),
)


class OnlyMinimal(Tolerant):
    """Validates only bodies of one property."""

    def validate(self, run_request: Any) -> None:
        if not is_object(run_request) or len(run_request) < 2:
            super().validate(run_request)
        elif "benchmark_id" not in run_request:
            raise RejectionError(422, "benchmark_id is missing.")


MUTANTS.add(
    "mistyped-accepted-in-larger-bodies",
    INVALID,
    "Only bodies of one property are validated.",
    OnlyMinimal,
    start_run(run_name=1),
)


@MUTANTS.mutant(INVALID, *repeated(8, start_run(run_name=1)))
class EighthInvalidAccepted(Tolerant):
    """Every eighth invalid request is accepted."""

    invalid = 0

    def validate(self, run_request: Any) -> None:
        try:
            super().validate(run_request)
        except RejectionError:
            self.invalid += 1
            if self.invalid % 8 or not is_object(run_request):
                raise
