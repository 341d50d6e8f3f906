"""Requests about `http.no-server-error` that a server may accept or reject, and must survive either way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import odd_headers, odd_query, twin
from runloop_conformance.plan.unknown_properties import response_only_properties
from runloop_conformance.plan.writer import names_are_variables

Freedom = tuple[Priority, str, dict[str, Any]]


def free(operation: Operation, control: Probe) -> Iterator[Probe]:
    """Requests that may be accepted or rejected, but not by a 5xx, a hang or a wrong response."""
    for priority, change, different in (
        (Priority.FREE_AT_ONCE, "much that need not be accepted, at once", _beyond(operation, control)),
        *_free_texts(operation, control),
        *_free_properties(operation, control),
        *_free_spellings(control),
    ):
        yield twin(control, change, ("http.no-server-error",), intent="either", priority=priority, **different)


def _beyond(operation: Operation, control: Probe) -> dict[str, Any]:
    """More properties than must be accepted, odd names, unknown properties, a query and long headers."""
    content = control.content
    for path in operation.maps[:1]:
        content = replaced(content, path, {f"k{n}": "v" for n in range(70)})
    for path in _variables(operation):
        content = replaced(content, path, {"A-B": "odd name", "1A": "odd name", "A.B": "odd name"})
    content = {
        **content,
        **response_only_properties(operation),
        "x_huge": 10**30,
        "x_tiny": 1e-300,
        "x_deep": [[[[{"a": [None]}]]]],
        "x_text": "'\"\\%",
    }
    headers = (*control.headers, *odd_headers())
    return {"content": content, "headers": headers, "query": odd_query(operation)}


def _variables(operation: Operation) -> list[tuple[str, ...]]:
    return [path for path in operation.maps if names_are_variables(path)]


def _free_texts(operation: Operation, control: Probe) -> Iterator[Freedom]:
    for priority, change, value in (
        (Priority.FREE_AT_ONCE, "U+0000 in a text", "nul \0 inside"),
        (Priority.FREE, "a lone surrogate in a text", "lone \ud800 inside"),
        (Priority.FREE_EARLY, "a text of 100,000 characters", "x" * 100_000),
    ):
        body = control.content
        for path in operation.texts[:1]:
            body = replaced(body, path, value)
        for path in operation.maps[:1]:
            body = replaced(body, (*path, "KEY"), value)
            if len(value) < 100:
                body = replaced(body, (*path, value), "value")
        yield priority, change, {"content": body}


def _free_properties(operation: Operation, control: Probe) -> Iterator[Freedom]:
    content = control.content
    for variables in _variables(operation):
        names = dict.fromkeys(("", "1A", "A B", "A=B", "Ä", "A-B", "\n", "PATH", "LD_PRELOAD"), "value")
        odd = replaced(content, variables, names)
        for secrets in operation.known_maps:
            odd = replaced(odd, secrets, {"EMPTY": ""})
        yield Priority.FREE, "odd environment names", {"content": odd}
    for secrets in operation.known_maps:
        words = [word for word in vocabulary.WHOLE if word][:40]
        awkward = {f"S{n}": word for n, word in enumerate(words)}
        awkward |= {f"L{n}": "s" * n for n in (64, 65, 128, 255, 256, 1000)}
        yield Priority.FREE, f"{secrets[-1]} with awkward names", {"content": replaced(content, secrets, awkward)}
    for path in operation.maps[:1]:
        many = {f"k{n}": "v" for n in range(1500)}
        yield Priority.FREE, "1,500 properties in a map", {"content": replaced(content, path, many)}
    for prop in operation.request:
        if prop.null_is_free:
            yield Priority.FREE, f"{prop.name} is null", {"content": replaced(content, prop.path, None)}
    required = operation.required_text
    for priority, change, value in ODD_IDENTIFIERS if required else ():
        assert required is not None
        yield priority, f"{required.name} is {change}", {"content": replaced(content, required.path, value)}


ODD_IDENTIFIERS = (
    (Priority.FREE_EARLY, "odd in every way", "../\u00e9\U0001f600'; DROP TABLE runs; --" + "b" * 300),
    (Priority.FREE, "empty", ""),
    (Priority.FREE, "unknown", "bmd_no_such_benchmark"),
    (Priority.FREE, "awkward", "'; DROP TABLE runs; -- é \U0001f600"),
    (Priority.FREE, "long", "b" * 4000),
    (Priority.FREE, "a path", "../../etc/passwd"),
    (Priority.FREE, "between blanks", " bmd_between "),
)


def _free_spellings(control: Probe) -> Iterator[Freedom]:
    body, content = control.body, control.content
    nested = b"[" * 500 + b"]" * 500
    yield Priority.FREE, "an unknown property nested 500 deep", {"body": body[:-1] + b',"x":' + nested + b"}"}
    yield Priority.FREE, "a byte order mark", {"body": b"\xef\xbb\xbf" + body}
    untyped = tuple(header for header in control.headers if header[0] != "Content-Type")
    yield Priority.FREE, "no Content-Type", {"headers": untyped, "content": content}
    suffixed = (*untyped, ("Content-Type", "application/vnd.api+json"))
    yield Priority.FREE, "Content-Type is application/vnd.api+json", {"headers": suffixed, "content": content}
