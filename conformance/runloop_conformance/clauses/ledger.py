"""The ledger: every statement of the contract beside the clauses about it, and every clause beside its statement.

A statement without a clause is excluded with a reason, or it is an orphan, which a test does not let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.document import Contract, ContractError
from runloop_conformance.contract.forbidden import wrong_texts
from runloop_conformance.contract.operation import Operation, Parameter, Property, escape, types

KEYWORDS = (
    "enum", "const", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "minLength", "maxLength", "pattern",
    "minItems", "format",
)  # fmt: skip
HELD = ("int64", "int32", "float", "double")
"""Formats that a response must have; any other is an annotation (JSON Schema, validation, 7.2.1)."""


@frozen
class Statement:
    """One thing that the contract states: where, what, and the ids of the clauses about it."""

    pointer: str
    text: str
    clause_ids: tuple[str, ...]
    excluded: str | None = None


@frozen
class Entry:
    """A statement and the clauses about it."""

    statement: Statement
    clauses: tuple[Clause, ...]

    @property
    def orphan(self) -> bool:
        """Whether no clause is about it, and no reason is given."""
        return not self.clauses and self.statement.excluded is None


def ledger(contract: Contract, clauses: Sequence[Clause]) -> tuple[Entry, ...]:
    """Every statement of the contract, with its clauses."""
    numbers: dict[str, list[int]] = {}
    for number, clause in enumerate(clauses):
        for key in (clause.id, clause.pointer, *clause.also):
            numbers.setdefault(key, []).append(number)

    def about(statement: Statement) -> tuple[Clause, ...]:
        keys = (statement.pointer, *statement.clause_ids)
        return tuple(clauses[n] for n in sorted({n for key in keys for n in numbers.get(key, ())}))

    return tuple(Entry(statement, about(statement)) for statement in statements(contract))


def moved(contract: Contract, clause: Clause) -> str | None:
    """Why a clause no longer quotes what its pointer leads to; None if it does."""
    try:
        node = contract.at(clause.pointer)
    except ContractError:
        return f"node is nothing at {clause.pointer}"
    text = node if isinstance(node, str) else node.get("description", "") if isinstance(node, dict) else ""
    sentence = _flat(str(text))
    if isinstance(node, str) and sentence and sentence not in _flat(clause.text):
        return f"{clause.pointer} now says: {sentence}"
    return None


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def statements(contract: Contract) -> Iterator[Statement]:
    """All that the contract requires of a message, and all that it explicitly leaves free, operation by operation."""
    for operation in contract.operations:
        for statement in _statements(contract, operation):
            yield evolve(statement, clause_ids=tuple(operation.prefix + clause for clause in statement.clause_ids))
    for name, reason in contract.untested.items():
        method, path = name.split(" ", 1)
        yield Statement(f"#/paths/{escape(path)}/{method.lower()}", name, (), f"not tested: {reason}")


def _statements(contract: Contract, operation: Operation) -> Iterator[Statement]:
    yield Statement(operation.pointer, f"{operation.method} {operation.path}", ("http.only-post", "request.accepted"))
    text = f"{operation.status} - {operation.status_text}"
    yield Statement(operation.status_pointer, text, ("response.status",))
    if operation.gives_json:
        envelope = ("response.media-type", "response.json")
        yield Statement(f"{operation.status_pointer}/content", "application/json", envelope)
        whole = str(operation.response_schema.get("description", "the schema of the response"))
        shape = (*(f"response.{kind}" for kind in types(operation.response_schema)), "response.schema")
        yield Statement(operation.response_pointer, whole, shape)
    if operation.needs_body:
        yield Statement(f"{operation.pointer}/requestBody/required", "A body is required.", ("request.json",))
    for parameter in operation.parameters:
        yield from _of_parameter(parameter)
    for status in operation.responses:
        if status != operation.status_pointer.rsplit("/", 1)[-1]:
            yield Statement(
                f"{operation.pointer}/responses/{status}", status, (), "the contract leaves error responses open"
            )
    yield from _of_security(contract, operation)
    for rule in operation.rules.values():
        yield Statement(rule.pointer, rule.text, ())
    for name, freedom in contract.at(operation.pointer).get("x-legal", {}).items():
        reason = "a freedom: correct variants in the proof of the suite use it, and must pass"
        yield Statement(f"{operation.pointer}/x-legal/{escape(name)}", str(freedom), (), reason)
    for side, props in (("request", operation.request), ("response", operation.response)):
        for prop in props:
            yield from _of(side, prop)


def _of_security(contract: Contract, operation: Operation) -> Iterator[Statement]:
    for name, scheme in contract.document.get("components", {}).get("securitySchemes", {}).items():
        pointer = f"#/components/securitySchemes/{escape(name)}"
        pointer += "/description" if "description" in scheme else ""
        text = str(scheme.get("description", scheme.get("type")))
        used = operation.bearer and str(scheme.get("scheme", "bearer")).lower() == "bearer"
        unused = None if used else "this operation does not use it"
        yield Statement(pointer, text, ("authorization.required", "authorization.bearer"), unused)


def _of_parameter(parameter: Parameter) -> Iterator[Statement]:
    stem = parameter.stem
    if parameter.required and parameter.place != "path":
        text = f"{parameter.name} is required"
        yield Statement(f"{parameter.pointer}/required", text, (f"{stem}.required",))
    kinds = dict.fromkeys(kind for kind, _ in wrong_texts(parameter))
    free = None if kinds else "any text is valid"
    text = f"{parameter.name}: {' or '.join(types(parameter.schema))}"
    yield Statement(f"{parameter.pointer}/schema", text, tuple(f"{stem}.{kind}" for kind in kinds), free)


def _of(side: str, prop: Property) -> Iterator[Statement]:
    stem = f"{side}.{prop.name}"
    if prop.alternative and side == "response":
        yield Statement(prop.pointer, f"{prop.name}: one of several", ("response.schema",))
        return
    if prop.types:
        kinds = {"type", "enum", "const"}
        text = f"{prop.name}: {' or '.join(sorted(prop.types))}"
        yield Statement(f"{prop.pointer}/type", text, tuple(f"{stem}.{kind}" for kind in kinds))
    if prop.required:
        yield Statement(f"{prop.pointer}/required", f"{prop.name} is required", (f"{stem}.required",))
    elif side == "request" and prop.named:
        yield Statement(
            f"{prop.pointer}/optional", f"{prop.name} is optional", (f"{stem}.accepted", f"{stem}.optional")
        )
    if not prop.nullable:
        free = "null may be accepted or rejected (x-legal)" if prop.null_is_free else None
        yield Statement(f"{prop.pointer}/null", f"{prop.name} is not null", (f"{stem}.null", f"{stem}.not-null"), free)
    elif side == "request":
        yield Statement(f"{prop.pointer}/null", f"{prop.name} may be null", (f"{stem}.null-accepted",), _inner(prop))
    else:
        yield Statement(f"{prop.pointer}/null", f"{prop.name} may be null", (f"{stem}.type",))
    for keyword in KEYWORDS:
        if keyword in prop.schema:
            text = f"{prop.name}: {keyword} {prop.schema[keyword]}"
            excluded = None
            if keyword == "format" and (prop.schema[keyword] not in HELD or side == "request"):
                excluded = "an annotation: servers need not check it"
            by_schema = side == "response" and keyword not in ("enum", "const", "format")
            ids = ("response.schema",) if by_schema else (f"{stem}.{keyword}",)
            yield Statement(f"{prop.pointer}/{keyword}", text, ids, excluded)


def _inner(prop: Property) -> str | None:
    return None if not prop.required else "a required property that may be null is sent with a value"
