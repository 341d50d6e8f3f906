"""Makes a probe of a body, and a twin of a probe."""

from __future__ import annotations

from typing import Any

import attrs

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import NOTHING, TOKEN, Intent, Probe
from runloop_conformance.exchanges.strict_json import dump

JSON = ("Content-Type", "application/json")


def odd_query(operation: Operation) -> str:
    """A query that means nothing to the API, in part malformed, with names of properties in it."""
    required = operation.required_text.name if operation.required_text else "id"
    text = next((path[-1] for path in operation.texts), "text")
    return f"a=1&a=2&b&=c&%zz=%00&u=%ff%fe&{required}=&debug=true&x[]=1&{text}=query"


def odd_headers() -> tuple[tuple[str, str], ...]:
    """Headers that mean nothing to the API, long, many, and odd."""
    many = tuple((f"X-Odd-{n}", "value") for n in range(20))
    return (("X-Long", "x" * 6000), ("Cookie", "a=1; b; =c; d=%00"), ("Accept-Language", "xx-XX;q=9"), *many)


def top_level_texts(control: Probe) -> dict[str, str]:
    """The texts at the top of a body, by name."""
    content = control.content if isinstance(control.content, dict) else {}
    return {name: value for name, value in content.items() if isinstance(value, str)}


def ask(operation: Operation, name: str, intent: Intent, clauses: tuple[str, ...], value: Any, **fields: Any) -> Probe:
    """A probe that sends `value` as JSON, with the right token."""
    fields.setdefault("body", b"" if value is NOTHING else dump(value))
    fields.setdefault("headers", headers_for(operation))
    fields.setdefault("path", operation.path)
    return Probe(
        name=operation.prefix + name, intent=intent, clauses=clauses, method=operation.method, content=value,
        operation=operation.id, safe=operation.safe, **fields,
    )  # fmt: skip


def headers_for(operation: Operation) -> tuple[tuple[str, str], ...]:
    """The headers of an ordinary request: the right token if one is needed, and JSON."""
    authorized = [(operation.credentials[0], operation.credentials[1] + TOKEN)] if operation.credentials else []
    return (*authorized, *([JSON] if operation.takes_json else []), ("Accept", "application/json"))


def twin(
    control: Probe, change: str, clauses: tuple[str, ...], *, intent: Intent = "refuse", **different: Any
) -> Probe:
    """The control with one thing different, which `change` names."""
    if "body" in different and "content" not in different:
        different["content"] = NOTHING
    elif "content" in different:
        different.setdefault("body", dump(different["content"]))
    return attrs.evolve(
        control, name=f"{control.name} · {change}", intent=intent, clauses=clauses, control=control.name, change=change,
        together="", **different,
    )  # fmt: skip
