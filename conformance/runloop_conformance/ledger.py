"""The ledger: every statement of the contract beside the clauses about it, and every clause beside its statement.

A statement without a clause is excluded with a reason, or it is an orphan, which a test does not let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from runloop_conformance.clauses import Clause
from runloop_conformance.contract import Contract, ContractError, Member, escape
from runloop_conformance.plan.bodies import is_any
from runloop_conformance.plan.refusals import NULL_IS_FREE

KEYWORDS = ("enum", "const", "maximum", "minimum", "format")


@frozen
class Statement:
    """One thing that the contract says: where, what, and how the ids of the clauses about it begin (or a whole id)."""

    pointer: str
    text: str
    told_by: tuple[str, ...]
    excluded: str | None = None


@frozen
class Entry:
    """A statement and the clauses about it."""

    statement: Statement
    clauses: tuple[Clause, ...]

    @property
    def orphan(self) -> bool:
        """Whether nothing is done about it, and nobody says why."""
        return not self.clauses and self.statement.excluded is None


def ledger(contract: Contract, clauses: Sequence[Clause]) -> tuple[Entry, ...]:
    """Every statement of the contract, with its clauses."""
    return tuple(
        Entry(
            statement,
            tuple(c for c in clauses if c.id in statement.told_by or statement.pointer in (c.pointer, *c.also)),
        )
        for statement in statements(contract)
    )


def moved(contract: Contract, clause: Clause) -> str | None:
    """Why a clause's quotation is no longer what stands at its pointer; None while it is."""
    try:
        there = contract.at(clause.pointer)
    except ContractError:
        return f"nothing stands at {clause.pointer}"
    told = there if isinstance(there, str) else there.get("description", "") if isinstance(there, dict) else ""
    sentence = _flat(str(told))
    if isinstance(there, str) and sentence and sentence not in _flat(clause.text):
        return f"{clause.pointer} now says: {sentence}"
    return None


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def statements(contract: Contract) -> Iterator[Statement]:
    """All that the contract demands of a message, and all that it explicitly leaves free."""
    operation = contract.operation
    yield Statement(operation.pointer, f"{operation.method} {operation.path}", ("http.only-post", "request.accepted"))
    yield Statement(f"{operation.pointer}/responses/200", "200 - OK", ("response.status",))
    yield Statement(
        f"{operation.pointer}/responses/200/content", "application/json", ("response.media-type", "response.json")
    )
    whole = str(operation.response_schema.get("description", "the answer's schema"))
    yield Statement(operation.response_pointer, whole, ("response.object", "response.schema"))
    yield Statement(f"{operation.pointer}/requestBody/required", "A body is required.", ("request.json",))
    for status in operation.responses:
        if status != "200":
            yield Statement(
                f"{operation.pointer}/responses/{status}", status, (), "what an error looks like is left open"
            )
    for name in contract.document.get("components", {}).get("securitySchemes", {}) if operation.secured else ():
        pointer = f"#/components/securitySchemes/{escape(name)}/description"
        yield Statement(pointer, str(contract.at(pointer)), ("authorization.required", "authorization.bearer"))
    for rule in operation.rules.values():
        yield Statement(rule.pointer, rule.text, ())
    for number, freedom in enumerate(contract.at(operation.pointer).get("x-legal", [])):
        reason = "a freedom: the suite's own variants take it, and must pass"
        yield Statement(f"{operation.pointer}/x-legal/{number}", str(freedom), (), reason)
    for side, members in (("request", operation.request), ("response", operation.response)):
        for member in members:
            yield from _of(side, member)


def _of(side: str, member: Member) -> Iterator[Statement]:
    stem = f"{side}.{member.name}"
    if member.types:
        kinds = {"type", "enum", "const"}
        text = f"{member.name}: {' or '.join(sorted(member.types))}"
        yield Statement(f"{member.pointer}/type", text, tuple(f"{stem}.{kind}" for kind in kinds))
    if member.required:
        yield Statement(f"{member.pointer}/required", f"{member.name} is required", (f"{stem}.required",))
    elif side == "request" and not is_any(member):
        yield Statement(
            f"{member.pointer}/optional", f"{member.name} is optional", (f"{stem}.accepted", f"{stem}.optional")
        )
    if not member.nullable:
        free = "null may be taken or refused (x-legal)" if side == "request" and member.name in NULL_IS_FREE else None
        yield Statement(
            f"{member.pointer}/null", f"{member.name} is not null", (f"{stem}.null", f"{stem}.not-null"), free
        )
    elif side == "request":
        yield Statement(
            f"{member.pointer}/null", f"{member.name} may be null", (f"{stem}.null-accepted",), _inner(member)
        )
    else:
        yield Statement(f"{member.pointer}/null", f"{member.name} may be null", (f"{stem}.type",))
    for keyword in KEYWORDS:
        if keyword in member.schema:
            text = f"{member.name}: {keyword} {member.schema[keyword]}"
            excluded = (
                "an annotation: what a password looks like is free" if member.schema[keyword] == "password" else None
            )
            yield Statement(f"{member.pointer}/{keyword}", text, (f"{stem}.{keyword}",), excluded)


def _inner(member: Member) -> str | None:
    return None if not member.required else "a required member that may be null is sent with a value"
