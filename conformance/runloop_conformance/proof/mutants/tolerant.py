"""A server that accepts values of the wrong type, and converts them to the type of the contract."""

import json
from typing import Any

from runloop_conformance.servers.reference import Json, Reference


class Tolerant(Reference):
    """Sends responses in the shape of the contract also for requests that are not."""

    def look_up(self, run_request: Any) -> None:
        # An id that replaces a missing or mistyped one counts as known: a 404 would hide the fault.
        if isinstance(as_object(run_request).get("benchmark_id"), str):
            super().look_up(as_run_request(run_request))

    def run_of(self, run_request: Any) -> dict[str, Any]:
        return super().run_of(as_run_request(run_request))


def as_run_request(value: Any) -> dict[str, Any]:
    """Convert any JSON value to a valid request, as a loosely typed server would."""
    value = as_object(value)
    profile = as_object(value.get("runProfile"))
    run_request: dict[str, Any] = {
        **value,
        "benchmark_id": as_text(value.get("benchmark_id", "")),
        "run_name": None if value.get("run_name") is None else as_text(value["run_name"]),
        "metadata": as_texts(value.get("metadata")),
        "runProfile": profile
        | {
            "purpose": None if profile.get("purpose") is None else as_text(profile["purpose"]),
            "envVars": as_texts(profile.get("envVars")),
            "secrets": as_texts(profile.get("secrets")),
        },
    }
    return run_request


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def as_object(value: Json) -> dict[str, Any]:
    return {**value} if isinstance(value, dict) else {}


def as_texts(value: Any) -> dict[str, str]:
    return {key: as_text(text) for key, text in as_object(value).items()}
