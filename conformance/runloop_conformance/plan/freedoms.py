"""Requests that a server may take or refuse, and must survive either way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.acceptances import named_as_answered
from runloop_conformance.plan.bodies import BENCHMARK_ID, Writer
from runloop_conformance.plan.probes import ODD_QUERY, odd_headers, twin


def free(operation: Operation, writer: Writer, control: Probe) -> Iterator[Probe]:
    """What a server may take or refuse, and must survive either way: a 5xx, a hang or a wrong answer is a finding."""
    for change, different in (
        ("much that need not be taken, at once", _beyond(operation, control, writer)),
        *_free_texts(control, writer),
        *_free_members(operation, control, writer),
        *_free_spellings(control),
    ):
        yield twin(control, change, ("http.no-server-error",), intent="either", **different)


def _beyond(operation: Operation, control: Probe, writer: Writer) -> dict[str, Any]:
    """More members than must be taken, odd names, unknown members with odd values, a query and long headers."""
    asked = control.asked
    for path in writer.maps()[:1]:
        asked = replaced(asked, path, {f"k{n}": "v" for n in range(70)})
    if operation.asks("runProfile", "envVars"):
        asked = replaced(asked, ("runProfile", "envVars"), {"A-B": "odd name", "1A": "odd name", "A.B": "odd name"})
    asked = {
        **asked,
        **named_as_answered(operation),
        "x_huge": 10**30,
        "x_tiny": 1e-300,
        "x_deep": [[[[{"a": [None]}]]]],
        "x_text": "'\"\\%",
    }
    headers = (*control.headers, *odd_headers())
    return {"asked": asked, "headers": headers, "query": ODD_QUERY}


def _free_texts(control: Probe, writer: Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    for change, value in (
        ("U+0000 in a text", "nul \0 inside"),
        ("a lone surrogate in a text", "lone \ud800 inside"),
        ("a text of 100,000 characters", "x" * 100_000),
    ):
        body = control.asked
        for path in writer.texts()[:1]:
            body = replaced(body, path, value)
        for path in writer.maps()[:1]:
            body = replaced(body, (*path, "KEY"), value)
            if len(value) < 100:
                body = replaced(body, (*path, value), "value")
        yield change, {"asked": body}


def _free_members(operation: Operation, control: Probe, writer: Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    asked = control.asked
    variables, secrets = ("runProfile", "envVars"), ("runProfile", "secrets")
    if operation.asks(*variables):
        names = dict.fromkeys(("", "1A", "A B", "A=B", "Ä", "A-B", "\n", "PATH", "LD_PRELOAD"), "value")
        odd = replaced(asked, variables, names)
        odd = replaced(odd, secrets, {"EMPTY": ""}) if operation.asks(*secrets) else odd
        yield "odd environment names", {"asked": odd}
    if operation.asks(*secrets):
        words = [word for word in vocabulary.WHOLE if word][:40]
        awkward = {f"S{n}": word for n, word in enumerate(words)}
        awkward |= {f"L{n}": "s" * n for n in (64, 65, 128, 255, 256, 1000)}
        yield "secrets with awkward names", {"asked": replaced(asked, secrets, awkward)}
    for path in writer.maps()[:1]:
        yield "1,500 members in a map", {"asked": replaced(asked, path, {f"k{n}": "v" for n in range(1500)})}
    for name in ("metadata", "runProfile"):
        if operation.asks(name):
            yield f"{name} is null", {"asked": replaced(asked, (name,), None)}
    if operation.asks(BENCHMARK_ID):
        for change, value in (
            ("odd in every way", "../\u00e9\U0001f600'; DROP TABLE runs; --" + "b" * 300),
            ("empty", ""),
            ("unknown", "bmd_no_such_benchmark"),
            ("awkward", "'; DROP TABLE runs; -- é \U0001f600"),
            ("long", "b" * 4000),
            ("a path", "../../etc/passwd"),
            ("between blanks", " bmd_between "),
        ):
            yield f"benchmark_id is {change}", {"asked": replaced(asked, (BENCHMARK_ID,), value)}


def _free_spellings(control: Probe) -> Iterator[tuple[str, dict[str, Any]]]:
    body, asked = control.body, control.asked
    nested = b"[" * 500 + b"]" * 500
    yield "an unknown member nested 500 deep", {"body": body[:-1] + b',"x":' + nested + b"}"}
    yield "a byte order mark", {"body": b"\xef\xbb\xbf" + body}
    untyped = tuple(header for header in control.headers if header[0] != "Content-Type")
    yield "no Content-Type", {"headers": untyped, "asked": asked}
    suffixed = (*untyped, ("Content-Type", "application/vnd.api+json"))
    yield "Content-Type is application/vnd.api+json", {"headers": suffixed, "asked": asked}
