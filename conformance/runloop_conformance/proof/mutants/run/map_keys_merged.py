"""Entries of maps that are lost because their keys or values collide."""

import re
import unicodedata
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import Map, change_property
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import VIEW
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)
METADATA = VIEW + "metadata"
VARIABLES = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"


def merged(folded: Callable[[str], str]) -> Callable[[Map], Map]:
    """Keep the last of the entries whose folded keys are equal."""
    return lambda value: dict({folded(key): (key, text) for key, text in value.items()}.values())


def composed(key: str) -> str:
    return unicodedata.normalize("NFC", key)


def without_accents(key: str) -> str:
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", key))


MERGED: tuple[tuple[str, str, Callable[[str], str], Map], ...] = (
    ("composed", "Keys that are equal in NFC are merged.", composed, {"caf\u00e9": "1", "cafe\u0301": "2"}),
    ("trimmed", "Keys that are equal without the blanks at their ends are merged.", str.strip, {"a": "1", " a ": "2"}),
    ("accents", "A collation without accents merges keys.", without_accents, {"caf\u00e9": "1", "cafe": "2"}),
)
for name, summary, folded, sample in MERGED:
    MUTANTS.change_response(
        f"metadata-{name}-merged",
        METADATA,
        summary,
        change_property("metadata", merged(folded)),
        start_run(metadata=sample),
    )


def distinct(value: Map) -> Map:
    """Keep the last of the entries whose values are equal, as when a map is inverted twice."""
    return {key: text for text, key in {text: key for key, text in value.items()}.items()}


MUTANTS.change_response(
    "variables-equal-values-merged",
    VARIABLES,
    "Of the variables that have the same value only the last is kept.",
    change_property("environment_variables", distinct),
    with_profile(envVars={"A": "1", "B": "1"}),
)
MUTANTS.change_response(
    "variables-lost-when-named-like-metadata",
    VARIABLES,
    "A variable that has the name of a key of metadata is lost.",
    lambda run, run_request: (
        run
        | {
            "environment_variables": {
                key: text
                for key, text in run["environment_variables"].items()
                if key not in run_request.get("metadata", {})
            }
        }
    ),
    start_run(metadata={"A": "1"}, runProfile={"envVars": {"A": "2"}}),
)


def counted(value: Map) -> object:
    """Convert a map whose keys count from 0 to a list."""
    return list(value.values()) if value and list(value) == [str(number) for number in range(len(value))] else value


MUTANTS.change_response(
    "metadata-a-list-when-counted",
    METADATA,
    "Metadata whose keys count from 0 is a list, as in PHP.",
    change_property("metadata", counted),
    start_run(metadata={"0": "a", "1": "b"}),
)
MUTANTS.change_response(
    "secrets-without-a-name-lost",
    SECRETS,
    "A secret whose name is empty is lost.",
    change_property("secrets_provided", lambda value: {key: name for key, name in value.items() if name}),
    with_profile(secrets={"A": ""}),
)
