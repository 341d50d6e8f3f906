"""Entries of metadata, variables and secrets that are lost or moved."""

from collections.abc import Callable
from typing import Any

from runloop_conformance.proof.mutants.changes import Map, change_property
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import many_entries, start_run, with_profile

MUTANTS = Mutants(__name__)
THREE = {"b": "2", "a": "1", "c": "3"}


def first_only(count: int) -> Callable[[Map], Map]:
    return lambda value: dict(list(value.items())[:count])


def keep(wanted: Callable[[str, str], Any]) -> Callable[[Map], Map]:
    return lambda value: {key: text for key, text in value.items() if wanted(key, text)}


def unnested(value: Map) -> Any:
    nested: dict[str, Any] = {}
    for key, text in value.items():
        first, _, rest = key.partition(".")
        nested[first] = {rest: text} if rest else text
    return nested


def one_case(value: Map) -> Map:
    entries = {key.lower(): (key, text) for key, text in value.items()}
    return dict(entries.values())


def in_map(name: str, place: str, summary: str, change: Callable[[Map], Any], value: Map) -> None:
    inside = {"environment_variables": "envVars", "secrets_provided": "secrets"}
    example = start_run(metadata=value) if place == "metadata" else with_profile(**{inside[place]: value})
    MUTANTS.change_response(name, VIEW + place, summary, change_property(place, change), example)


for limit in (10, 16, 20, 32, 50, 63):
    in_map(
        f"metadata-{limit}-members",
        "metadata",
        f"Only {limit} entries of metadata are kept.",
        first_only(limit),
        many_entries(64),
    )
for limit in (16, 50, 63):
    in_map(
        f"variables-{limit}-members",
        "environment_variables",
        f"Only {limit} variables are kept.",
        first_only(limit),
        many_entries(64),
    )
in_map(
    "secrets-one-member", "secrets_provided", "Only the first secret is kept.", first_only(1), {"A": "ONE", "B": "TWO"}
)
in_map("secrets-15-members", "secrets_provided", "Only 15 secrets are kept.", first_only(15), many_entries(64))
in_map(
    "metadata-last-lost",
    "metadata",
    "The last property of metadata is lost.",
    lambda v: dict(list(v.items())[:-1]),
    THREE,
)
in_map(
    "variables-first-lost",
    "environment_variables",
    "The first variable is lost.",
    lambda v: dict(list(v.items())[1:]),
    THREE,
)
in_map(
    "metadata-empty-values-lost",
    "metadata",
    "Properties of metadata with an empty value are lost.",
    keep(lambda _, v: v),
    {"a": ""},
)
in_map(
    "variables-empty-lost", "environment_variables", "Empty variables are lost.", keep(lambda _, v: v), {"EMPTY": ""}
)
in_map(
    "metadata-empty-key-lost",
    "metadata",
    "The property of metadata with the empty key is lost.",
    keep(lambda k, _: k),
    {"": "x"},
)
in_map(
    "metadata-proto-lost",
    "metadata",
    "`__proto__` is set as a prototype, and lost.",
    keep(lambda k, _: k != "__proto__"),
    {"__proto__": "x"},
)
in_map(
    "metadata-constructor-lost",
    "metadata",
    "`constructor` counts as what every object has.",
    keep(lambda k, _: k not in {"constructor", "toString", "hasOwnProperty"}),
    {"constructor": "x"},
)
in_map(
    "metadata-numeric-keys-lost",
    "metadata",
    "Keys that look like numbers are lost.",
    keep(lambda k, _: not k.isdecimal()),
    {"0": "x"},
)
in_map(
    "metadata-non-ascii-keys-lost",
    "metadata",
    "Keys that are not ASCII are lost.",
    keep(lambda k, _: k.isascii()),
    {"café": "x"},
)
in_map(
    "metadata-long-keys-lost",
    "metadata",
    "Keys of more than 63 characters are lost.",
    keep(lambda k, _: len(k) <= 63),
    {"k" * 64: "x"},
)
in_map(
    "metadata-long-values-lost",
    "metadata",
    "Values of more than 500 characters are lost.",
    keep(lambda _, v: len(v) <= 500),
    {"a": "x" * 501},
)
in_map(
    "metadata-null-words-lost",
    "metadata",
    "Properties whose value is the word null are lost.",
    keep(lambda _, v: v != "null"),
    {"a": "null"},
)
in_map(
    "metadata-private-keys-lost",
    "metadata",
    "Keys that begin with an underscore are lost.",
    keep(lambda k, _: k[:1] != "_"),
    {"_id": "x"},
)
in_map(
    "metadata-id-lost",
    "metadata",
    "A key that is a column of the table is lost.",
    keep(lambda k, _: k not in {"id", "name"}),
    {"id": "x"},
)
in_map(
    "variables-underscore-lost",
    "environment_variables",
    "Variables that begin with an underscore are lost.",
    keep(lambda k, _: k[:1] != "_"),
    {"_PRIVATE": "x"},
)
in_map(
    "variables-path-lost",
    "environment_variables",
    "PATH and HOME are the server's own.",
    keep(lambda k, _: k not in {"PATH", "HOME"}),
    {"PATH": "/x", "HOME": "/y"},
)
in_map(
    "variables-lower-case-lost",
    "environment_variables",
    "Variables whose names are not in capitals are lost.",
    keep(lambda k, _: k == k.upper()),
    {"http_proxy": "x"},
)
in_map("metadata-dots-nested", "metadata", "Dots in keys make nested objects, as in MongoDB.", unnested, {"a.b": "x"})
in_map(
    "metadata-case-merged",
    "metadata",
    "Keys that differ in case alone are merged.",
    one_case,
    {"Team": "1", "team": "2"},
)
in_map(
    "variables-case-merged",
    "environment_variables",
    "Variables that differ in case alone are merged.",
    one_case,
    {"Path": "1", "PATH": "2"},
)
in_map(
    "metadata-null-for-empty",
    "metadata",
    "Empty values become null.",
    lambda v: {k: t or None for k, t in v.items()},
    {"a": ""},
)
in_map(
    "metadata-lists",
    "metadata",
    "Values become lists of one, as in a query.",
    lambda v: {k: [t] for k, t in v.items()},
    {"a": "x"},
)
in_map(
    "metadata-booleans",
    "metadata",
    "The words true and false become booleans.",
    lambda v: {k: {"true": True, "false": False}.get(t, t) for k, t in v.items()},
    {"a": "true"},
)
in_map(
    "variables-floats",
    "environment_variables",
    "Variables that look like numbers become numbers.",
    lambda v: {k: float(t) if t.replace(".", "", 1).isdecimal() and t.isascii() else t for k, t in v.items()},
    {"RATE": "1.50"},
)
in_map(
    "metadata-swapped",
    "metadata",
    "Keys and values of metadata are swapped.",
    lambda v: {t: k for k, t in v.items()},
    {"a": "x"},
)
in_map(
    "metadata-values-rotated",
    "metadata",
    "The values of metadata come in alphabetical order, the keys do not.",
    lambda v: dict(zip(v, sorted(v.values()), strict=True)),
    THREE,
)
in_map(
    "variables-values-of-the-first",
    "environment_variables",
    "Every variable has the first one's value.",
    lambda v: dict.fromkeys(v, next(iter(v.values()), "")),
    {"A": "1", "B": "2"},
)
