"""Valid requests that are rejected for their size, within the sizes that must be accepted."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import RunRequest, any_text, env_vars, maps_in
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import many_entries, start_run, with_profile
from runloop_conformance.servers.reference import Reference, texts_in

MUTANTS = Mutants(__name__)
SIZES = RULE + "accepts-sizes"


def members(count: int) -> dict[str, str]:
    return {f"KEY_{number}": "x" for number in range(count)}


def name_beyond(length: int) -> Callable[[RunRequest], bool]:
    return lambda run_request: len(run_request.get("run_name") or "") > length


def metadata_beyond(limit: int) -> Callable[[RunRequest], bool]:
    return lambda run_request: len(run_request.get("metadata", {})) > limit


for length in (32, 64, 100, 255, 500, 999):
    MUTANTS.reject(
        f"name-beyond-{length}-refused",
        SIZES,
        f"A name of more than {length} characters is rejected.",
        name_beyond(length),
        start_run(run_name="x" * (length + 1)),
        status=422,
    )
for limit in (16, 50, 63):
    MUTANTS.reject(
        f"metadata-beyond-{limit}-refused",
        SIZES,
        f"More than {limit} entries of metadata are rejected.",
        metadata_beyond(limit),
        start_run(metadata=members(64)),
        status=422,
    )
MUTANTS.reject(
    "variables-beyond-32-refused",
    SIZES,
    "More than 32 variables are rejected.",
    lambda run_request: len(env_vars(run_request)) > 32,
    with_profile(envVars=members(64)),
)
MUTANTS.reject(
    "purpose-beyond-128-refused",
    SIZES,
    "A purpose of more than 128 characters is rejected.",
    lambda run_request: len(run_request.get("runProfile", {}).get("purpose") or "") > 128,
    with_profile(purpose="x" * 129),
)
MUTANTS.reject(
    "value-beyond-500-refused",
    SIZES,
    "A value of more than 500 characters is rejected.",
    lambda run_request: any(len(value) > 500 for value in run_request.get("metadata", {}).values()),
    start_run(metadata={"a": "x" * 501}),
)
MUTANTS.reject(
    "key-beyond-40-refused",
    SIZES,
    "A key of more than 40 characters is rejected.",
    lambda run_request: any(len(key) > 40 for key in run_request.get("metadata", {})),
    start_run(metadata={"k" * 41: "x"}),
)
MUTANTS.reject(
    "key-beyond-255-refused",
    SIZES,
    "A key of more than 255 characters is rejected.",
    lambda run_request: any(len(key) > 255 for entries in maps_in(run_request) for key in entries),
    start_run(metadata={"k" * 256: "x"}),
)
MUTANTS.reject(
    "variable-beyond-255-refused",
    SIZES,
    "A variable of more than 255 characters is rejected.",
    lambda run_request: any(len(value) > 255 for value in env_vars(run_request).values()),
    with_profile(envVars={"A": "x" * 256}),
)
MUTANTS.reject(
    "beyond-1000-bytes-refused",
    SIZES,
    "Text of more than 1,000 bytes is rejected.",
    any_text(lambda text: len(text.encode()) > 1000),
    start_run(run_name="ü" * 600),
)
MUTANTS.reject(
    "beyond-1000-units-refused",
    SIZES,
    "Text of more than 1,000 UTF-16 units is rejected.",
    any_text(lambda text: len(text.encode("utf-16-le")) > 2000),
    start_run(run_name="\U0001f600" * 600),
)
MUTANTS.reject(
    "beyond-20000-characters-refused",
    SIZES,
    "More than 20,000 characters in all are rejected.",
    lambda run_request: sum(map(len, texts_in(run_request))) > 20_000,
    start_run(metadata={f"{n}": "x" * 1000 for n in range(30)}),
    status=413,
)
for size in (4096, 16384, 32768):
    MUTANTS.add(
        f"body-beyond-{size}-refused",
        SIZES,
        f"A body of more than {size} bytes is rejected.",
        type("SmallBodies", (Reference,), {"max_body": size}),
        start_run(metadata={f"{n}": "x" * 1000 for n in range(size // 1000 + 1)}),
    )
MUTANTS.reject(
    "long-word-refused",
    SIZES,
    "A word of more than 500 letters is rejected.",
    any_text(re.compile(r"\S{501}").search),
    start_run(run_name="x" * 501),
    status=422,
)
MUTANTS.reject(
    "variables-beyond-8192-refused",
    SIZES,
    "Variables of more than 8,192 characters in all are rejected.",
    lambda run_request: sum(len(key) + len(value) for key, value in env_vars(run_request).items()) > 8192,
    with_profile(envVars={f"KEY_{number}": "x" * 1000 for number in range(9)}),
    status=422,
)
MUTANTS.reject(
    "members-beyond-100-refused",
    SIZES,
    "More than 100 entries of metadata and variables together are rejected.",
    lambda run_request: len(run_request.get("metadata", {})) + len(env_vars(run_request)) > 100,
    start_run(metadata=many_entries(60), runProfile={"envVars": many_entries(60)}),
    status=422,
)
