"""Bodies that must be refused: twins of an accepted control, each with exactly one thing wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import attrs

from runloop_conformance.contract.forbidden import wrong_values
from runloop_conformance.contract.operation import Member, Operation
from runloop_conformance.exchanges.exchange import NOTHING, Probe
from runloop_conformance.exchanges.json_path import can_hold, object_at, replaced, value_at
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.bodies import BENCHMARK_ID
from runloop_conformance.plan.probes import twin

FEW_OF_A_KIND, MOST_OF_A_KIND = 2, 50  # wrong values of one kind for one member

SHOWN = 24  # characters of a wrong value in the name of a change


def member_twins(operation: Operation, controls: Sequence[Probe], *, all_types: bool) -> Iterator[Probe]:
    """Each member left out where it is required, and of each wrong type, in each control that can hold it."""
    for member in operation.request:
        for control in controls:
            if not can_hold(control.asked, member.path, add=not member.required):
                continue
            if member.required and member.named and value_at(control.asked, member.path) is not NOTHING:
                yield twin(
                    control, f"without {member.name}", (f"request.{member.name}.required",),
                    asked=replaced(control.asked, member.path, NOTHING),
                )  # fmt: skip
            yield from _last_of_a_map(control, member)
            tried: dict[str, int] = {}
            for clause, value in (*wrong_values(member), *_disguised(member, control.asked)):
                tried[clause] = tried.get(clause, 0) + 1
                if tried[clause] > (MOST_OF_A_KIND if member.from_page or all_types else FEW_OF_A_KIND):
                    continue
                yield twin(
                    control, f"{member.name} is {_shown(value)}", (f"request.{member.name}.{clause}",),
                    asked=replaced(control.asked, member.path, value),
                )  # fmt: skip


def before_another(control: Probe) -> Iterator[Probe]:
    """A full request that must be refused, to be sent right before one with little in it: nothing of it may be left."""
    if isinstance(control.asked, dict) and BENCHMARK_ID in control.asked:
        asked = replaced(control.asked, (BENCHMARK_ID,), 5)
        yield twin(control, f"{BENCHMARK_ID} is 5, before another", (f"request.{BENCHMARK_ID}.type",), asked=asked)


def _last_of_a_map(control: Probe, member: Member) -> Iterator[Probe]:
    """A map whose last value alone is of the wrong type: who looks at the first one only takes it."""
    holder = object_at(control.asked, member.path[:-1]) if member.path[-1] == "*" else None
    if holder and len(holder) > 1 and list(member.types) == ["string"]:
        path = (*member.path[:-1], list(holder)[-1])
        change, clause = f"the last of {member.name} is 123", f"request.{member.name}.type"
        yield twin(control, change, (clause,), asked=replaced(control.asked, path, 123))


def _disguised(member: Member, body: Any) -> Iterator[tuple[str, Any]]:
    """The right value in a wrapping that a helpful server takes off again."""
    body = value_at(body, member.path)
    if isinstance(body, str) and "enum" not in member.schema and "const" not in member.schema:
        for value in ([body], {"id": body}, {"value": body}, {"$oid": body}, {member.path[-1]: body}):
            yield "type", value
    elif isinstance(body, dict) and "object" in member.types:
        pairs: list[Any] = [[name, value] for name, value in body.items()]
        yield from (("type", value) for value in (dump(body).decode(), [body], pairs, list(body)))
    elif isinstance(body, int) and "integer" in member.types:
        yield "type", str(body)


def alias_twins(operation: Operation, controls: Sequence[Probe]) -> Iterator[Probe]:
    """The required members under names that are not theirs: a request that spells one otherwise lacks it."""
    for member in operation.request:
        if not member.required or len(member.path) > 1:
            continue
        name = next(iter(member.path))
        words = name.split("_")
        camel = words[0] + "".join(word.capitalize() for word in words[1:])
        for other in dict.fromkeys((camel, name.upper(), name.capitalize(), f" {name}", f"{name} ", words[-1])):
            if other in (name, ""):
                continue
            for control in controls:
                asked = {(other if key == name else key): value for key, value in control.asked.items()}
                yield twin(control, f"{name} is spelled {other!r}", (f"request.{name}.required",), asked=asked)


def not_objects(control: Probe) -> Iterator[Probe]:
    """JSON, but no object."""
    whole = control.asked
    for shown, value in (
        ("an empty array", []),
        ("an array of the request", [whole]),
        ("an array of the request, twice", [whole, whole]),
        ("an array of pairs", [[name, value] for name, value in whole.items()]),
        ("an array of named values", [{"name": name, "value": value} for name, value in whole.items()]),
        ("an array of names", list(whole)),
        ("the request in a string", dump(whole).decode()),
        ("null", None),
        ("true", True),
        ("1", 1),
        ("0.5", 0.5),
        ("a string", "text"),
        ("an empty string", ""),
    ):
        yield twin(control, f"the body is {shown}", ("request.object",), asked=value)


def wrapped(control: Probe) -> Iterator[Probe]:
    """The right request inside another object: on the top level its members are missing."""
    for name in ("body", "data", "params", "request", "benchmark"):
        yield twin(control, f"wrapped in {name}", ("request.invalid",), asked={name: control.asked})


def not_json(control: Probe) -> Iterator[Probe]:
    """Empty, truncated, or nothing like JSON."""
    body = control.body
    for change, raw in (
        ("the body is empty", b""),
        ("the body is white space", b" \r\n\t "),
        ("the last byte is missing", body[:-1]),
        ("the second half is missing", body[: len(body) // 2]),
        ("only the first byte is there", body[:1]),
        ("the first byte is missing", body[1:]),
        ("the braces are missing", body[1:-1]),
        ("the last two bytes are missing", body[:-2]),
        ("the last quarter is missing", body[: len(body) * 3 // 4]),
        ("the body is a form", b"benchmark_id=bmd_30xCTWqsuNaUXk3uJ0GCo&run_name=x"),
        ("the body is XML", b"<request><benchmark_id>bmd_30xCTWqsuNaUXk3uJ0GCo</benchmark_id></request>"),
        ("the body is YAML", b"benchmark_id: bmd_30xCTWqsuNaUXk3uJ0GCo\n"),
        ("the body is words", b"start the run"),
        ("the body is binary", bytes(range(128, 160))),
    ):
        yield twin(control, change, ("request.json",), body=raw)
    yield twin(
        control, "the body is empty, its members in the query", ("request.json",), body=b"", query=_query(control)
    )
    change = "the stream ends one byte before the announced length"
    yield twin(control, change, ("request.json",), body=body[:-1], framing="short")


def methods(control: Probe) -> Iterator[Probe]:
    """The same request by every other method."""
    clauses = ("http.only-post", "http.method-not-allowed")
    for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "FROB", "OPTIONS"):
        changed = twin(control, f"the method is {method}", clauses[:1] if method == "OPTIONS" else clauses)
        yield attrs.evolve(changed, method=method)
    # A HEAD has no body: few clients can send one with it, and any answer to it is legal.
    yield attrs.evolve(twin(control, "the method is HEAD, the body is empty", clauses[:1], body=b""), method="HEAD")


def disguised_methods(control: Probe) -> Iterator[Probe]:
    """A GET that asks for what the operation's own method does: by the query, and by an override."""
    clauses = ("http.only-post",)
    bare = attrs.evolve(control, method="GET")
    yield twin(bare, "the method is GET, the members in the query", clauses, body=b"", query=_query(control))
    override = ("X-HTTP-Method-Override", control.method)
    yield twin(bare, "the method is GET, overridden by a header", clauses, headers=(*control.headers, override))


def _query(control: Probe) -> str:
    """The texts on the top level of a body, as a query."""
    texts = control.asked.items() if isinstance(control.asked, dict) else ()
    return urlencode({name: value for name, value in texts if isinstance(value, str)})


def json_extensions(control: Probe) -> Iterator[Probe]:
    """What some parsers forgive and RFC 8259 does not have."""
    body, clause = control.body, ("request.json-extensions",)
    first = dump(next(iter(control.asked)))
    inside = body[1:-1]
    for change, raw in (
        ("with invalid UTF-8", body[:-1] + b',"x":"\xff\xfe"}'),
        ("with a name twice", body[:-1] + b"," + first + b':"bmd_other"}'),
        ("with a name twice, the same value", body[:-1] + b"," + inside + b"}"),
        ("followed by text", body + b" x"),
        ("followed by a hash comment", body + b" # note"),
        ("in UTF-16", body.decode().encode("utf-16")),
        ("followed by another value", body + b"{}"),
        ("followed by a closing brace", body + b"}"),
        ("with a trailing comma", body[:-1] + b",}"),
        ("with a block comment", b"{/* note */" + inside + b"}"),
        ("with a line comment", b"{// note\n" + inside + b"}"),
        ("with a hash comment", b"{# note\n" + inside + b"}"),
        ("in single quotes", body.replace(b'"', b"'")),
        ("with unquoted names", body.replace(first, first[1:-1], 1)),
        ("with NaN", body[:-1] + b',"x":NaN}'),
        ("followed by U+0000", body + b"\0"),
        ("with a sign before a number", body[:-1] + b',"x":+1}'),
        ("with undefined", body[:-1] + b',"x":undefined}'),
        ("with a name twice, inside", body[:-1] + b',"x":{"a":"1","a":"2"}}'),
        ("with a name twice in the metadata", body.replace(b'"metadata":{', b'"metadata":{"FIRST_KEY":"other",')),
        ("with an empty member", body[:-1] + b",,}"),
        ("with a number without a digit behind its point", body[:-1] + b',"x":1.}'),
        ("with a control character in a string", body[:-1] + b',"x":"\x01"}'),
        ("with Infinity", body[:-1] + b',"x":-Infinity}'),
        ("with a leading zero", body[:-1] + b',"x":01}'),
        ("with a hexadecimal number", body[:-1] + b',"x":0x1F}'),
        ("with a raw line break in a string", body[:-1] + b',"x":"a\nb"}'),
        ("with an unknown escape", body[:-1] + b',"x":"\\q"}'),
        ("with Python's None", body[:-1] + b',"x":None}'),
        ("with a surrogate in UTF-8", body[:-1] + b',"x":"\xed\xa0\x80"}'),
        ("with an overlong form in UTF-8", body[:-1] + b',"x":"\xc0\xaf"}'),
        ("in a call", b"callback(" + body + b")"),
    ):  # fmt: skip
        if raw != body:
            yield twin(control, change, clause, body=raw)


def media_types(control: Probe) -> Iterator[Probe]:
    """Bodies that say that they are something else."""
    for media_type in (
        "text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html", "application/octet-stream",
        "multipart/form-data; boundary=x", "application/yaml", "application/jsonx", "json",
    ):  # fmt: skip
        headers = _typed(control, media_type)
        yield twin(control, f"Content-Type is {media_type}", ("request.media-types",), headers=headers)


def _typed(control: Probe, media_type: str) -> tuple[tuple[str, str], ...]:
    return tuple((n, media_type if n == "Content-Type" else v) for n, v in control.headers)


def forms(control: Probe) -> Iterator[Probe]:
    """What the control asks for as a form, for where no form is taken."""
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parse_qsl(_query(control))
    )
    for what, media_type, body in (
        ("a form", "application/x-www-form-urlencoded", _query(control)),
        ("a form in parts", "multipart/form-data; boundary=x", f"{parts}--x--\r\n"),
    ):
        change, headers = f"the body is {what}, and says so", _typed(control, media_type)
        yield twin(control, change, ("request.media-types",), headers=headers, body=body.encode())


def _shown(value: Any) -> str:
    text = dump(value).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
