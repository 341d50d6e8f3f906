"""The shape of the 200: status, media type, JSON, and every property of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from runloop_conformance.clauses.clause import (
    Clause,
    Judge,
    Observation,
    as_json,
    body_of,
    by_rule,
    each_run,
    failed,
    passed,
)
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Level, Operation, Property, kind, types
from runloop_conformance.exchanges.excerpt import Excerpt
from runloop_conformance.exchanges.json_path import values_at
from runloop_conformance.exchanges.recording import Recording, Run
from runloop_conformance.exchanges.strict_json import LONE_SURROGATE, SpelledFloat, plain

INT64 = (-(2**63), 2**63 - 1)
FLOAT_MAX = 3.4028234663852886e38
OWN = frozenset({"type", "required", "enum", "const"})
"""Keywords that have their own clauses."""
JSON_TYPE = re.compile(r"application/json\s*(;(?!\s*charset\s*=(?!\s*\"?utf-?8)).*)?", re.IGNORECASE | re.DOTALL)


def clauses(contract: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses: the envelope's, and those that follow from each property of the schema."""
    rules = operation.rules
    text = f"{operation.status} - {operation.status_text}"
    yield Clause("response.status", "must", operation.status_pointer, text, _status(operation))
    if not operation.gives_json:
        return
    yield from by_rule("response.media-type", rules.get("json-answer"), each_run(_media_type))
    yield from by_rule("response.json", rules.get("json-answer"), each_run(_json))
    yield from by_rule("response.json-exact", rules.get("json-answer-exact"), each_run(_exact(operation)))
    also = (rules["json-answer"].pointer,) if "json-answer" in rules else ()
    for stated in types(operation.response_schema)[:1]:
        a = f"an {stated}" if stated[0] in "aeiou" else f"a {stated}"
        text = str(operation.response_schema.get("description", "")) or f"The response is {a}."
        observe = each_run(_is_a(stated, a))
        yield Clause(f"response.{stated}", "must", operation.response_pointer, text, observe, also)
    for prop in operation.response:
        if not prop.alternative:  # `response.schema` judges which alternative a response is
            yield from _of(prop)
    yield Clause(
        "response.schema",
        "must",
        operation.response_pointer,
        "The response fits the whole schema.",
        each_run(_schema(contract, operation)),
    )


def _status(operation: Operation) -> Judge:
    stated = [int(status) for status in operation.responses if status.isdigit() and status.startswith("2")]
    stated = stated or [operation.status]

    expected = f"status {' or '.join(map(str, stated))}"

    def judge(recording: Recording) -> Iterator[Observation]:
        for exchange in recording.exchanges:
            wanted = exchange.probe.intent != "refuse" and exchange.probe.method == operation.method
            if wanted and exchange.accepted and exchange.status in stated:
                yield passed(exchange)
            # A redirect does not reject the request: the run may have been started elsewhere.
            elif wanted and (exchange.accepted or 300 <= (exchange.status or 0) < 400):
                yield failed(expected, f"status {exchange.status}", exchange)

    return judge


def _media_type(run: Run) -> Observation:
    assert run.exchange.response is not None
    stated = run.exchange.response.header("Content-Type")
    if stated is not None and JSON_TYPE.fullmatch(stated.strip()):
        return passed(run.exchange)
    return failed("Content-Type: application/json", ("Content-Type: ", Excerpt(stated or "absent")), run.exchange)


def _json(run: Run) -> Observation:
    if run.unreadable is None and _paired(run):
        return passed(run.exchange)
    reason = run.unreadable or "a lone surrogate, which is no Unicode text"
    return failed("one JSON value in UTF-8", (f"{reason}: ", body_of(run.exchange)), run.exchange)


def _paired(run: Run) -> bool:
    """Whether every surrogate has its pair, unless the request itself brought a lone one."""
    return not LONE_SURROGATE.search(_all_text(run.received)) or "surrogate" in run.exchange.probe.name


def _all_text(value: object) -> str:
    """Every text in it, names included. No recursion: a response may be nested deeper than the stack allows."""
    texts: list[str] = []
    left = [value]
    while left:
        node = left.pop()
        if isinstance(node, str):
            texts.append(node)
        elif isinstance(node, dict):
            texts += node
            left += node.values()
        elif isinstance(node, list):
            left += node
    return "".join(texts)


def _exact(operation: Operation) -> Callable[[Run], Observation | None]:
    whole = [prop.path[0] for prop in operation.response if "integer" in prop.types and len(prop.path) == 1]

    def observe(run: Run) -> Observation | None:
        if run.parsed is None:
            return None
        odd = [f"the name {name} twice" for name in run.parsed.duplicates]
        odd += ["a byte order mark"] if run.parsed.byte_order_mark else []
        odd += [
            f"{name} spelled {run.fields[name]!r}" for name in whole if isinstance(run.fields.get(name), SpelledFloat)
        ]
        if odd:
            return failed(
                "no duplicate names, no byte order mark, integers spelled as integers",
                Excerpt(", ".join(odd)),
                run.exchange,
            )
        return passed(run.exchange)

    return observe


def _is_a(stated: str, a: str) -> Callable[[Run], Observation | None]:
    def observe(run: Run) -> Observation | None:
        if run.parsed is None:
            return None
        actual = kind(run.received)
        if actual == stated or (actual == "integer" and stated == "number"):
            return passed(run.exchange)
        return failed(a, (f"{actual}: ", body_of(run.exchange)), run.exchange)

    return observe


def _of(prop: Property) -> Iterator[Clause]:
    level: Level = "must" if prop.from_page else "should"

    def clause(kind: str, statement: str, judge: Judge, pointer: str = prop.pointer) -> Clause:
        text = f"`{prop.name}` is {statement}. {prop.description}".rstrip()
        return Clause(f"response.{prop.name}.{kind}", level, pointer, text, judge)

    if prop.required:
        yield clause("required", "required", each_run(_required(prop)))
    if prop.types:
        yield clause("type", f"of type {' or '.join(sorted(prop.types - {'null'}))}", _values(prop, _type))
        if not prop.nullable:
            yield clause("not-null", "not null", _values(prop, _null))
    for keyword in ("enum", "const"):
        if keyword in prop.schema:
            options = ", ".join(map(str, _options(prop)))
            yield clause("enum", f"one of {options}", _values(prop, _enum), f"{prop.target}/{keyword}")
            break
    if prop.schema.get("format") in ("int64", "int32", "float", "double"):
        yield clause("format", f"of format {prop.schema['format']}", _values(prop, _format))


def _required(prop: Property) -> Callable[[Run], Observation | None]:
    def observe(run: Run) -> Observation | None:
        if not isinstance(run.received, dict | list):
            return None
        holders = list(values_at(run.received, prop.path[:-1]))
        missing = [holder for holder in holders if isinstance(holder, dict) and prop.path[-1] not in holder]
        if missing:
            return failed(f"a property {prop.name}", ("none: ", body_of(run.exchange)), run.exchange)
        return passed(run.exchange) if holders else None

    return observe


Test = Callable[[Property, object], str | None]


def _values(prop: Property, test: Test) -> Callable[..., Iterator[Observation]]:
    """Judge every value at the property's path. The test returns what was expected if a value is wrong.

    An optional property that is absent passes: it could have been there and wrong.
    """

    def observe(run: Run) -> Observation | None:
        if not isinstance(run.received, dict | list):
            return None
        for value in values_at(run.received, prop.path):
            expected = test(prop, value)
            if expected is not None:
                return failed(f"{prop.name}: {expected}", as_json(value), run.exchange)
        return passed(run.exchange)

    return each_run(observe)  # type: ignore[return-value]  # an Iterable that is an Iterator


def _type(prop: Property, value: object) -> str | None:
    actual = kind(value)
    fits = actual in prop.types or actual == "null" or (actual == "integer" and "number" in prop.types)
    return None if fits else " or ".join(sorted(prop.types))


def _null(prop: Property, value: object) -> str | None:
    return f"{' or '.join(sorted(prop.types))}, or no such property" if value is None else None


def _options(prop: Property) -> list[object]:
    return [prop.schema["const"]] if "const" in prop.schema else list(prop.schema["enum"])


def _enum(prop: Property, value: object) -> str | None:
    if value in _options(prop) or value is None or _type(prop, value):
        return None  # other clauses judge null and other types
    return f"one of {', '.join(map(str, _options(prop)))}"


def _format(prop: Property, value: object) -> str | None:
    stated = prop.schema["format"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if stated in ("int64", "int32"):
        low, high = INT64 if stated == "int64" else (-(2**31), 2**31 - 1)
        return None if low <= value <= high else f"an integer between {low} and {high}"
    return None if abs(value) <= (FLOAT_MAX if stated == "float" else 1.8e308) else f"a {stated} number"


def _schema(contract: Contract, operation: Operation) -> Callable[[Run], Observation | None]:
    """Judge by an independent validator what no other clause does: nested combinations, other keywords."""
    validator = contract.validator(operation.response_schema)

    def observe(run: Run) -> Observation | None:
        if run.parsed is None or LONE_SURROGATE.search(_all_text(run.received)):
            return None
        for error in validator.iter_errors(plain(run.received)):
            if not OWN.intersection(str(step) for step in error.schema_path):
                return failed("a response that fits the schema", Excerpt(error.message.rstrip(".")), run.exchange)
        return passed(run.exchange)

    return observe
