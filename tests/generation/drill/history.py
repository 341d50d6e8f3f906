"""The real history of the shape, as a chain of contracts: what the official SDK knew from 0.14 to 1.12.1.

Each version is the one before it and a patch. What a patch brings is taken from the contract of today, whose shape is
that of 1.0; a test compares the two.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import yaml

from tests.conftest import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]

TODAY: Document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
START = "/v1/benchmarks/start_run"
REQUEST, VIEW, STATE, PROFILE = "StartRunRequest", "BenchmarkRunView", "BenchmarkRunState", "RunProfile"
# The rules about members that came after 0.14; each comes with its member.
LATER = (
    "starts-now", "duration-not-negative", "duration-while-running", "score-once-completed", "only-what-was-asked",
    "secret-names", "accepts-known-members",
)  # fmt: skip


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def operation(document: Document) -> Document:
    found: Document = document["paths"][START]["post"]
    return found


def first() -> Document:
    """0.14: a benchmark's id and a name, and an answer of four members."""
    document = deepcopy(TODAY)
    kept = schemas(document)
    document["components"]["schemas"] = {name: kept[name] for name in (REQUEST, VIEW, STATE, "Error")}
    _only(kept[REQUEST], "benchmark_id", "run_name")
    _only(kept[VIEW], "id", "benchmark_id", "state", "name")
    kept[STATE]["enum"] = ["running", "completed"]
    for rule in LATER:
        del operation(document)["x-rules"][rule]
    asked = operation(document)["requestBody"]["content"]["application/json"]
    asked["examples"] = {"minimal": asked["examples"]["minimal"]}
    del operation(document)["responses"]["200"]["content"]["application/json"]["examples"]
    return document


def _only(schema: Document, *names: str) -> None:
    schema["properties"] = {name: schema["properties"][name] for name in names}
    schema["required"] = [name for name in schema["required"] if name in names]


def _bring(document: Document, schema: str, *names: str) -> None:
    """Members as they are today, required where they are."""
    there, today = schemas(document)[schema], schemas(TODAY)[schema]
    for name in names:
        there["properties"][name] = deepcopy(today["properties"][name])
        if name in today.get("required", []):
            there["required"].append(name)


def _define(document: Document, *names: str) -> None:
    for name in names:
        schemas(document)[name] = deepcopy(schemas(TODAY)[name])


def _rule(document: Document, *names: str) -> None:
    for name in names:
        operation(document)["x-rules"][name] = deepcopy(operation(TODAY)["x-rules"][name])


def times_and_score(document: Document) -> None:
    """0.16 and 0.17."""
    _bring(document, VIEW, "score", "start_time_ms", "duration_ms")
    _rule(document, "starts-now", "duration-not-negative", "duration-while-running", "score-once-completed")


def metadata_both_ways(document: Document) -> None:
    """0.24."""
    _define(document, "StringMap")
    _bring(document, REQUEST, "metadata")
    _bring(document, VIEW, "metadata")
    _rule(document, "only-what-was-asked")


def state_canceled(document: Document) -> None:
    """0.35."""
    schemas(document)[STATE]["enum"].append("canceled")


def run_profile(document: Document) -> None:
    """0.49."""
    _define(document, PROFILE)
    schemas(document)[PROFILE]["properties"] = {}
    _bring(document, PROFILE, "envVars", "purpose")
    _bring(document, REQUEST, "runProfile")
    _bring(document, VIEW, "environment_variables", "purpose")


def secrets(document: Document) -> None:
    """0.52."""
    _bring(document, PROFILE, "secrets")
    _bring(document, VIEW, "secrets_provided")
    _rule(document, "secret-names", "accepts-known-members")


def launch_parameters(document: Document) -> None:
    """0.57."""
    _define(document, "LaunchParameters", "AfterIdle", "UserParameters")
    _bring(document, PROFILE, "launchParameters")


def mounts(document: Document) -> None:
    """1.0."""
    _define(document, "Mount", "ObjectMount", "AgentMount", "CodeMount", "FileMount")
    _bring(document, PROFILE, "mounts")


def benchmark_id_optional(document: Document) -> None:
    """1.3."""
    schemas(document)[VIEW]["required"].remove("benchmark_id")


def state_failed(document: Document) -> None:
    """1.12.1."""
    schemas(document)[STATE]["enum"].append("failed")


PATCHES: dict[str, Callable[[Document], None]] = {
    "0.17.0": times_and_score,
    "0.24.0": metadata_both_ways,
    "0.35.0": state_canceled,
    "0.49.0": run_profile,
    "0.52.0": secrets,
    "0.57.0": launch_parameters,
    "1.0.0": mounts,
    "1.3.0": benchmark_id_optional,
    "1.12.1": state_failed,
}


def chain() -> dict[str, Document]:
    """Every version and its contract."""
    found = {"0.14.0": first()}
    document = found["0.14.0"]
    for version, patch in PATCHES.items():
        document = deepcopy(document)
        patch(document)
        found[version] = document
    for version, one in found.items():
        one["info"]["version"] = version
    return found
