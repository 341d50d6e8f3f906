"""Text that is cut off: at a length, at a separator, or at times."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import (
    METADATA,
    METADATA_KEYS,
    NAME,
    PURPOSE,
    SECRETS,
    VARIABLES,
    Place,
    every_nth,
)
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import repeated

MUTANTS = Mutants(__name__)


def cut(length: int) -> Callable[[str], str]:
    return lambda value: value[:length]


def cut_bytes(length: int) -> Callable[[str], str]:
    return lambda value: value.encode()[:length].decode(errors="ignore")


def cut_units(length: int) -> Callable[[str], str]:
    return lambda value: value.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")


for length, place in (
    (20, NAME), (50, PURPOSE), (64, NAME), (100, NAME), (128, PURPOSE), (255, NAME), (256, METADATA), (500, METADATA),
    (255, VARIABLES), (512, VARIABLES), (40, METADATA_KEYS), (64, METADATA_KEYS), (64, SECRETS), (999, NAME),
):  # fmt: skip
    place_name = place.property.replace("_", "-") + "-keys" * place.keys
    MUTANTS.change_texts(
        (
            f"{place_name}-cut-at-{length}",
            place,
            f"Text in {place_name} is cut at {length} characters.",
            cut(length),
            "x" * (length + 1),
        )
    )
MUTANTS.change_texts(
    ("name-cut-at-255-bytes", NAME, "The name is cut at 255 bytes.", cut_bytes(255), "ü" * 128),
    ("purpose-cut-at-1000-bytes", PURPOSE, "The purpose is cut at 1,000 bytes.", cut_bytes(1000), "日" * 400),
    ("metadata-cut-at-255-units", METADATA, "Metadata is cut at 255 UTF-16 units.", cut_units(255), "\U0001f600" * 128),
    (
        "name-ellipsis",
        NAME,
        "A name beyond 80 characters ends in an ellipsis.",
        lambda value: value if len(value) <= 80 else value[:79] + "…",
        "x" * 81,
    ),
    (
        "name-cut-at-emoji",
        NAME,
        "The name ends before its first emoji, as in MySQL's utf8.",
        lambda value: re.split("[\U00010000-\U0010ffff]", value)[0],
        "run \U0001f3c3 fast",
    ),
    (
        "name-cut-at-line-break",
        NAME,
        "Only the first line of the name is kept.",
        lambda value: value.split("\n")[0],
        "one\ntwo",
    ),
    (
        "variables-cut-at-line-break",
        VARIABLES,
        "Only the first line of a variable is kept.",
        lambda value: value.split("\n")[0],
        "one\ntwo",
    ),
    (
        "variables-cut-at-equals",
        VARIABLES,
        "A variable ends before its first equals sign.",
        lambda value: value.partition("=")[0],
        "a=1&b=2",
    ),
    (
        "variables-cut-at-hash",
        VARIABLES,
        "What follows a hash is a comment, as in a .env file.",
        lambda value: value.split("#")[0].rstrip() if "#" in value else value,
        "red #ff0000",
    ),
    (
        "purpose-cut-at-semicolon",
        PURPOSE,
        "The purpose ends at a semicolon.",
        lambda value: value.split(";")[0],
        "a; DROP TABLE runs; --",
    ),
    (
        "metadata-cut-at-comma",
        METADATA,
        "Metadata goes through a list separated by commas.",
        lambda value: value.split(",")[0],
        "a,b",
    ),
)


def emptied(_text: str) -> str:
    return ""


NOW_AND_THEN: tuple[tuple[int, Place, str, Callable[[str], str], str], ...] = (
    (8, NAME, "One name in eight is trimmed.", str.strip, " nightly "),
    (8, PURPOSE, "One purpose in eight is lower-cased.", str.lower, "Regression"),
    (10, METADATA, "One response in ten has its metadata in capitals.", str.upper, "agents"),
    (8, VARIABLES, "One environment in eight has its variables emptied.", emptied, "value"),
)
for nth, place, summary, change, sample in NOW_AND_THEN:
    MUTANTS.change_response(
        f"{place.property.replace('_', '-')}-changed-now-and-then",
        VIEW + place.property,
        summary,
        place.change(change),
        *repeated(nth, place.request(sample)),
        when=every_nth(nth),
    )
