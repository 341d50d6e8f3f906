"""JSON bodies that are not an object, and are accepted."""

import json

from runloop_conformance.proof.mutants.coercion import NUMBERS, Row, coercing, from_pairs, of_type, only, parsed
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK, with_body

MUTANTS = Mutants(__name__)
NOT_OBJECT = RULE + "refuses-not-object"
DEFAULT = {"benchmark_id": BENCHMARK}
BODIES: tuple[Row, ...] = (
    ("array", "A body that is an array starts a default run.", list, lambda _: DEFAULT, []),
    (
        "array-of-one",
        "A body that is an array of one request starts a run.",
        list,
        only,
        [DEFAULT],
    ),
    (
        "array-of-many",
        "Of a body with many requests the first is accepted.",
        list,
        lambda v: v[0] if v else v,
        [DEFAULT, DEFAULT],
    ),
    ("text", "A body that is a string counts as the benchmark's id.", str, lambda v: {"benchmark_id": v}, BENCHMARK),
    ("json-text", "A body that is JSON in a string is read twice.", str, parsed, json.dumps(DEFAULT)),
    (
        "number",
        "A body that is a number counts as the benchmark's id.",
        NUMBERS,
        lambda v: {"benchmark_id": str(v)},
        42,
    ),
    ("null", "A body that is null starts a default run.", type(None), lambda _: DEFAULT, None),
    ("boolean", "A body that is true starts a default run.", bool, lambda _: DEFAULT, True),
    (
        "pairs",
        "A body that is an array of pairs counts as an object.",
        list,
        from_pairs,
        [["benchmark_id", BENCHMARK]],
    ),
)
for name, summary, kind, made, body in BODIES:
    MUTANTS.add(f"body-{name}-accepted", NOT_OBJECT, summary, coercing(of_type(kind, made)), with_body(body))
