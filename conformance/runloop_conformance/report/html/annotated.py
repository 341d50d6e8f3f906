"""The contract with the results in it: each statement, in the order of the reference page, with its verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from runloop_conformance.clauses.clause import Clause
from runloop_conformance.clauses.ledger import Entry, ledger
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation, Property
from runloop_conformance.report.tally import OUTCOMES, Outcome

Mark = Outcome | Literal["free"]
"""How a clause or a statement is coloured; `free` where nothing is demanded or no clause about it was selected."""

Marks = Mapping[str, Mark]
"""The colours of the clauses that were judged, by their ids."""

ORDER: tuple[Mark, ...] = (*OUTCOMES, "free")
SECTIONS = ("", "Authorizations", "Parameters", "Body", "Response", "Rules", "Left free")
QUOTED = re.compile(r'page, "(.{8,})"')  # in the source of a rule; a shorter quotation names a type, not a sentence


@frozen
class StatementResult:
    """One statement: its text, its colour, the clauses about it (the worst first), and why there are none."""

    text: str
    mark: Mark
    clauses: tuple[Clause, ...]
    excluded: str | None


@frozen
class Passage:
    """A property of a message with the page's own sentence about it, or a part of the operation.

    clauses: those about the sentence itself; `statements` are those that its schema makes. mark: the worst of all.
    """

    mark: Mark
    statements: tuple[StatementResult, ...]
    title: str = ""
    kinds: str = ""
    required: bool = False
    text: str = ""
    source: str | None = None
    clauses: tuple[Clause, ...] = ()


@frozen
class Part:
    """An operation, and the passages about it by the heading of the page that they are under."""

    title: str
    sections: tuple[tuple[str, tuple[Passage, ...]], ...]


def worst(marks: Iterable[Mark]) -> Mark:
    """The worst of several colours; `free` where there is none."""
    present = set(marks)
    for mark in ORDER:
        if mark in present:
            return mark
    return "free"


def annotated(contract: Contract, clauses: Sequence[Clause], marks: Marks) -> tuple[Part, ...]:
    """Every statement of the contract, operation by operation; none is left out."""
    parts: list[tuple[Operation | None, list[Entry]]] = []
    beginnings = {(one.pointer, f"{one.method} {one.path}"): one for one in contract.operations}
    # The ledger has the operations in order, each begun by the statement of its method and path.
    for entry in ledger(contract, clauses):
        operation = beginnings.get((entry.statement.pointer, entry.statement.text))
        untested = entry.statement.text in contract.untested
        if operation or not parts or (untested and parts[-1][0]):
            parts.append((operation, []))
        parts[-1][1].append(entry)
    return tuple(_part(operation, entries, clauses, marks) for operation, entries in parts)


def _part(operation: Operation | None, entries: Sequence[Entry], clauses: Sequence[Clause], marks: Marks) -> Part:
    if operation is None:
        return Part("Operations that are not tested", (("", (_bare(entries, marks),)),))
    placed: dict[str, dict[str, tuple[Property | None, list[Entry]]]] = {}
    for entry in entries:
        section, member = _place(entry, operation)
        passages = placed.setdefault(section, {})
        passages.setdefault(member.name if member else "", (member, []))[1].append(entry)
    own = [clause for clause in clauses if clause.operation == operation.id]
    sections = tuple(
        (
            title,
            tuple(
                _passage(member, about, operation, own, marks) if member else _bare(about, marks)
                for member, about in placed[title].values()
            ),
        )
        for title in SECTIONS
        if title in placed
    )
    return Part(f"{operation.method} {operation.path}", sections)


def _place(entry: Entry, operation: Operation) -> tuple[str, Property | None]:
    """The heading of a statement, and the property that it is about."""
    statement = entry.statement
    stems = [stem.removeprefix(operation.prefix) for stem in statement.clause_ids]
    sides = (("Body", "request.", operation.request), ("Response", "response.", operation.response))
    for title, beginning, members in sides:
        if any(stem.startswith(beginning) for stem in stems):
            places = (statement.pointer, statement.pointer.rpartition("/")[0])
            for member in members:
                if member.pointer in places and statement.text.startswith((f"{member.name}:", f"{member.name} ")):
                    return title, member
    beneath = statement.pointer.removeprefix(operation.pointer)
    for title, matches in (
        ("Rules", "/x-rules/" in beneath),
        ("Left free", "/x-legal/" in beneath),
        ("Authorizations", "/securitySchemes/" in beneath),
        ("Parameters", "/parameters/" in beneath),
        ("Body", beneath.startswith("/requestBody")),
        ("Response", beneath.startswith("/responses/") or any(stem.startswith("response.") for stem in stems)),
        ("Rules", not beneath and ": " in statement.text),
    ):
        if matches:
            return title, None
    return "", None


def _bare(entries: Sequence[Entry], marks: Marks) -> Passage:
    """Statements that are about no property."""
    statements = tuple(_statement(entry, marks) for entry in entries)
    return Passage(worst(statement.mark for statement in statements), statements)


def _passage(
    member: Property, entries: Sequence[Entry], operation: Operation, clauses: Sequence[Clause], marks: Marks
) -> Passage:
    statements = tuple(_statement(entry, marks) for entry in entries)
    places = set(_of_the_sentence(member, operation))
    about = _worst_first((clause for clause in clauses if clause.pointer in places), marks)
    return Passage(
        mark=worst([*(marks[clause.id] for clause in about), *(statement.mark for statement in statements)]),
        statements=statements,
        title=member.name,
        kinds=" | ".join(sorted(member.types, key=lambda kind: (kind == "null", kind))),
        required=member.required,
        text=member.description,
        source=None if member.from_page else "not on the page: known from the official SDK",
        clauses=about,
    )


def _of_the_sentence(member: Property, operation: Operation) -> Iterator[str]:
    """The pointers of clauses that judge the sentence about a property: its own, or a rule that quotes it."""
    yield f"{member.pointer}/description"
    yield f"{member.target}/description"
    for rule in operation.rules.values():
        quoted = QUOTED.fullmatch(rule.source)
        if quoted and quoted[1] in member.description:
            yield rule.pointer


def _statement(entry: Entry, marks: Marks) -> StatementResult:
    clauses = _worst_first(entry.clauses, marks)
    mark = worst(marks[clause.id] for clause in clauses)
    return StatementResult(entry.statement.text, mark, clauses, entry.statement.excluded)


def _worst_first(clauses: Iterable[Clause], marks: Marks) -> tuple[Clause, ...]:
    return tuple(sorted(clauses, key=lambda clause: ORDER.index(marks[clause.id])))
