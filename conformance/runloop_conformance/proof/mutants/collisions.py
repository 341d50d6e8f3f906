"""Faults in maps whose keys or values collide, and in members that are lost beside others."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from runloop_conformance.proof.mutants.fault import (
    RULE,
    VIEW,
    Ask,
    Asked,
    Chapter,
    Run,
    ask,
    has,
    profile,
    put,
    turn,
)
from runloop_conformance.servers.reference import Reference

CHAPTER = Chapter("run")
fault, edit = CHAPTER.fault, CHAPTER.edit

METADATA = VIEW + "metadata"
VARIABLES = VIEW + "environment_variables"
SECRETS = VIEW + "secrets_provided"
NAME = VIEW + "name"
PURPOSE = VIEW + "purpose"
THIS = RULE + "answers-about-this-run"

Map = dict[str, str]

# --- keys that are taken for one ---


def merged(folded: Callable[[str], str]) -> Callable[[Map], Map]:
    """Keep the last of the members whose keys are the same when folded."""
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
    edit(f"metadata-{name}-merged", METADATA, summary, turn("metadata", merged(folded)), ask(metadata=sample))


def distinct(value: Map) -> Map:
    """Keep the last of the members whose values are equal, as when a map is turned around and back."""
    return {key: text for text, key in {text: key for key, text in value.items()}.items()}


edit(
    "variables-equal-values-merged",
    VARIABLES,
    "Of the variables that have the same value only the last is kept.",
    turn("environment_variables", distinct),
    profile(envVars={"A": "1", "B": "1"}),
)
edit(
    "variables-lost-when-named-like-metadata",
    VARIABLES,
    "A variable that has the name of a key of metadata is lost.",
    lambda run, asked: (
        run
        | {
            "environment_variables": {
                key: text for key, text in run["environment_variables"].items() if key not in asked.get("metadata", {})
            }
        }
    ),
    ask(metadata={"A": "1"}, runProfile={"envVars": {"A": "2"}}),
)


def counted(value: Map) -> object:
    """Make a list of a map whose keys count from 0."""
    return list(value.values()) if value and list(value) == [str(number) for number in range(len(value))] else value


edit(
    "metadata-a-list-when-counted",
    METADATA,
    "Metadata whose keys count from 0 is a list, as in PHP.",
    turn("metadata", counted),
    ask(metadata={"0": "a", "1": "b"}),
)
edit(
    "secrets-without-a-name-lost",
    SECRETS,
    "A secret whose name is empty is lost.",
    turn("secrets_provided", lambda value: {key: name for key, name in value.items() if name}),
    profile(secrets={"A": ""}),
)

# --- members that are lost, or replaced, beside others ---


def beside(*path: str) -> Callable[[int, Asked], bool]:
    there = has(*path)
    return lambda _count, asked: there(asked)


LAUNCHED: Ask = profile(purpose="regression", launchParameters={"custom_cpu_cores": 2})
MOUNTED: Ask = ask(
    metadata={"team": "agents"}, runProfile={"mounts": [{"type": "file_mount", "target": "/a", "content": ""}]}
)
edit(
    "purpose-lost-beside-launch-parameters",
    PURPOSE,
    "Beside launchParameters the purpose is lost.",
    put(purpose=None),
    LAUNCHED,
    when=beside("runProfile", "launchParameters"),
)
edit(
    "metadata-lost-beside-mounts",
    METADATA,
    "Beside mounts the metadata is lost.",
    put(metadata={}),
    MOUNTED,
    when=beside("runProfile", "mounts"),
)
edit(
    "variables-lost-without-purpose",
    VARIABLES,
    "Without a purpose the variables are lost.",
    put(environment_variables={}),
    profile(envVars={"A": "1"}),
    when=lambda _, asked: not asked.get("runProfile", {}).get("purpose"),
)


def named_by_metadata(run: Run, asked: Asked) -> Run:
    return run | {"name": asked.get("metadata", {}).get("name", run["name"])}


edit(
    "name-from-the-metadata",
    NAME,
    "A name in the metadata is put in place of run_name.",
    named_by_metadata,
    ask(run_name="nightly", metadata={"name": "weekly"}),
    when=beside("run_name"),
)


@fault(THIS, ask(run_name="nightly", metadata={"a": "1"}), ask(run_name="nightly", metadata={"a": "2"}))
class MetadataCachedByName(Reference):
    """Metadata is cached by the name of the run, so the second run of a name has that of the first."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: dict[str, Map] = {}

    def run_of(self, asked: Asked) -> Run:
        run = super().run_of(asked)
        return run | {"metadata": self.seen.setdefault(run["name"], run["metadata"])} if run["name"] else run
