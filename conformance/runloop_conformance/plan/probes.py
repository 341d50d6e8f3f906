"""How a body becomes a probe, and a probe a twin of another."""

from __future__ import annotations

from typing import Any

import attrs

from runloop_conformance.contract import Operation
from runloop_conformance.exchange import NOTHING, TOKEN, Intent, Probe
from runloop_conformance.strict_json import dump

AUTHORIZED = ("Authorization", f"Bearer {TOKEN}")
JSON = ("Content-Type", "application/json")
STANDARD = (AUTHORIZED, JSON, ("Accept", "application/json"))


def ask(operation: Operation, name: str, intent: Intent, clauses: tuple[str, ...], value: Any, **more: Any) -> Probe:
    """A probe that sends `value` as JSON, with the right token."""
    more.setdefault("body", dump(value))
    more.setdefault("headers", STANDARD if operation.secured else STANDARD[1:])
    return Probe(name=name, intent=intent, clauses=clauses, method=operation.method, asked=value, **more)


def twin(
    control: Probe, change: str, clauses: tuple[str, ...], *, intent: Intent = "refuse", **different: Any
) -> Probe:
    """The control with one thing different, which `change` names."""
    if "body" in different and "asked" not in different:
        different["asked"] = NOTHING
    elif "asked" in different:
        different.setdefault("body", dump(different["asked"]))
    return attrs.evolve(
        control, name=f"{control.name} · {change}", intent=intent, clauses=clauses, control=control.name, change=change,
        together="", **different,
    )  # fmt: skip
