"""Faults in what is refused: members that are missing or mistyped, and are taken all the same."""

import json
from collections.abc import Callable
from typing import Any

from starlette.responses import RedirectResponse, Response

from runloop_conformance.proof.mutants.coercion import (
    NUMBERS,
    Row,
    coercing,
    from_pairs,
    ignored,
    in_member,
    of_type,
    only,
    parsed,
)
from runloop_conformance.proof.mutants.fault import (
    BENCHMARK,
    REQUEST,
    REQUIRED_IN_REQUEST,
    RULE,
    Ask,
    Asked,
    Chapter,
    Tolerant,
    ask,
    is_object,
    sent,
    times,
)
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("request")
fault = CHAPTER.fault

INVALID = RULE + "refuses-invalid"
NOT_OBJECT = RULE + "refuses-not-object"


def benchmark(value: Any) -> Ask:
    return sent({"benchmark_id": value})


# --- what is missing ---


def without_id(wanted: Callable[[Asked], bool]) -> type[Reference]:
    def coerce(asked: Any) -> Any:
        lacks = is_object(asked) and "benchmark_id" not in asked and wanted(asked)
        return {**asked, "benchmark_id": BENCHMARK} if lacks else asked

    return coercing(coerce)


MISSING: tuple[tuple[str, str, Callable[[Asked], bool], Asked], ...] = (
    ("missing-id-accepted", "A request without benchmark_id is given a default.", lambda _asked: True, {}),
    ("empty-object-accepted", "An empty object starts a run of the default.", lambda asked: not asked, {}),
    (
        "missing-id-accepted-beside-name",
        "Beside a name benchmark_id may be missing.",
        lambda asked: "run_name" in asked,
        {"run_name": "x"},
    ),
    (
        "missing-id-accepted-beside-metadata",
        "Beside metadata benchmark_id may be missing.",
        lambda asked: "metadata" in asked,
        {"metadata": {}},
    ),
    (
        "missing-id-accepted-beside-profile",
        "Beside a runProfile benchmark_id may be missing.",
        lambda asked: "runProfile" in asked,
        {"runProfile": {}},
    ),
)
for name, summary, wanted, body in MISSING:
    CHAPTER.add(name, REQUIRED_IN_REQUEST, summary, without_id(wanted), sent(body))


@fault(REQUIRED_IN_REQUEST, ask(), sent({"run_name": "x"}))
class MissingIdFromTheRequestBefore(Tolerant):
    """A request without benchmark_id runs the benchmark of the request before."""

    before: str | None = None

    def validate(self, asked: Any) -> None:
        if is_object(asked) and self.before is not None:
            asked.setdefault("benchmark_id", self.before)
        super().validate(asked)
        self.before = asked["benchmark_id"]


# --- mistyped members, one type of value at a time ---

IDS: tuple[Row, ...] = (
    ("null", "A benchmark_id that is null becomes the text None.", type(None), str, None),
    ("number", "A benchmark_id that is a number becomes text.", NUMBERS, str, 42),
    ("boolean", "A benchmark_id that is a boolean becomes text.", bool, str, True),
    (
        "array-of-one",
        "A benchmark_id that is an array of one is taken out of it.",
        list,
        only,
        [BENCHMARK],
    ),
    ("array", "A benchmark_id that is an array becomes text.", list, json.dumps, []),
    ("object", "A benchmark_id that is an object becomes text.", dict, json.dumps, {}),
    (
        "object-with-id",
        "A benchmark_id that is an object with an id is taken out of it.",
        dict,
        lambda v: v.get("id", v),
        {"id": BENCHMARK},
    ),
)
for name, summary, kind, made, value in IDS:
    CHAPTER.add(
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
    CHAPTER.add(
        f"name-{name}-accepted",
        REQUEST + "run_name",
        summary,
        in_member("run_name", coerce=of_type(kind, made)),
        ask(run_name=value),
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
        "A {} in an array of one is taken out of it.",
        list,
        only,
        [{}],
    ),
)
for member in ("metadata", "runProfile"):
    for name, summary, kind, made, value in OBJECTS:
        CHAPTER.add(
            f"{member.lower().replace('run', '')}-{name}-accepted",
            REQUEST + member,
            summary.format(member),
            in_member(member, coerce=of_type(kind, made)),
            ask(**{member: value}),
        )
CHAPTER.add(
    "metadata-pairs-accepted",
    REQUEST + "metadata",
    "Metadata that is an array of pairs is taken.",
    in_member(
        "metadata",
        coerce=of_type(list, from_pairs),
    ),
    ask(metadata=[["a", "1"]]),
)
CHAPTER.add(
    "mistyped-name-ignored",
    REQUEST + "run_name",
    "Every mistyped run_name is taken for none.",
    in_member("run_name", coerce=lambda v: v if isinstance(v, str) else None),
    ask(run_name=1),
    ask(run_name={}),
)
CHAPTER.loosen(
    "mistyped-id-accepted",
    REQUEST + "benchmark_id",
    "The benchmark_id may be anything.",
    benchmark(1),
    benchmark([]),
)
CHAPTER.loosen("mistyped-name-accepted", REQUEST + "run_name", "Run names may be anything.", ask(run_name=1))
CHAPTER.loosen(
    "mistyped-metadata-accepted", REQUEST + "metadata", "Metadata may be anything.", ask(metadata="x"), ask(metadata=1)
)
CHAPTER.loosen(
    "mistyped-profile-accepted",
    REQUEST + "runProfile",
    "The runProfile may be anything.",
    ask(runProfile=1),
    ask(runProfile="x"),
)


class OnlyMinimal(Tolerant):
    """Validates only bodies of one member."""

    def validate(self, asked: Any) -> None:
        if not is_object(asked) or len(asked) < 2:
            super().validate(asked)
        elif "benchmark_id" not in asked:
            raise RefusalError(422, "benchmark_id is missing.")


CHAPTER.add(
    "mistyped-accepted-in-larger-bodies",
    INVALID,
    "Only bodies of one member are looked at closely.",
    OnlyMinimal,
    ask(run_name=1),
)


@fault(INVALID, *times(8, ask(run_name=1)))
class EighthInvalidAccepted(Tolerant):
    """Every eighth invalid request is taken."""

    invalid = 0

    def validate(self, asked: Any) -> None:
        try:
            super().validate(asked)
        except RefusalError:
            self.invalid += 1
            if self.invalid % 8 or not is_object(asked):
                raise


# --- a body that is no object ---


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
        "Of a body with many requests the first is taken.",
        list,
        lambda v: v[0] if v else v,
        [DEFAULT, DEFAULT],
    ),
    ("text", "A body that is a string is taken for the benchmark's id.", str, lambda v: {"benchmark_id": v}, BENCHMARK),
    ("json-text", "A body that is JSON in a string is read twice.", str, parsed, json.dumps(DEFAULT)),
    (
        "number",
        "A body that is a number is taken for the benchmark's id.",
        NUMBERS,
        lambda v: {"benchmark_id": str(v)},
        42,
    ),
    ("null", "A body that is null starts a default run.", type(None), lambda _: DEFAULT, None),
    ("boolean", "A body that is true starts a default run.", bool, lambda _: DEFAULT, True),
    (
        "pairs",
        "A body that is an array of pairs is taken for an object.",
        list,
        from_pairs,
        [["benchmark_id", BENCHMARK]],
    ),
)
for name, summary, kind, made, body in BODIES:
    CHAPTER.add(f"body-{name}-accepted", NOT_OBJECT, summary, coercing(of_type(kind, made)), sent(body))

# --- with which status ---


class Status(Reference):
    """Refuses what is invalid with a status that says something else."""

    status = 200

    def validate(self, asked: Any) -> None:
        try:
            super().validate(asked)
        except RefusalError as refusal:
            raise RefusalError(self.status, refusal.message) from None


INVALID_ASKS = (sent({}), ask(run_name=1), sent([]))


@fault(INVALID, *INVALID_ASKS)
class InvalidIs200(Status):
    """What is invalid is answered with 200 and an error in the body."""


@fault(INVALID, *INVALID_ASKS)
class InvalidIs408(Status):
    """What is invalid is answered with 408, so clients try again."""

    status = 408


@fault(INVALID, *INVALID_ASKS)
class InvalidIs429(Status):
    """What is invalid is answered with 429, so clients try again."""

    status = 429


@fault(INVALID, *INVALID_ASKS)
class InvalidIsRedirected(Status):
    """What is invalid is redirected to the documentation."""

    def refuse(self, refusal: RefusalError) -> Response:
        return RedirectResponse("https://docs.example.org", 302) if refusal.status == 200 else super().refuse(refusal)


@fault(INVALID, *INVALID_ASKS)
class InvalidIs202(Status):
    """What is invalid is accepted for later, with 202."""

    status = 202
