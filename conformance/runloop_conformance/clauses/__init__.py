"""Every clause of the contract, one chapter in each module."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

import attrs

from runloop_conformance.clauses import authorization, http, request, response, run, safety
from runloop_conformance.clauses.clause import Clause
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.reading import load_contract

CHAPTERS = (authorization, request, response, run, http, safety)


class NoSuchClauseError(ValueError):
    """A selector that matches nothing. The message names it."""


def all_clauses(contract: Contract) -> tuple[Clause, ...]:
    """Every clause that the contract gives rise to, operation by operation, in the order of the chapters."""
    return tuple(
        attrs.evolve(clause, id=operation.prefix + clause.id, operation=operation.id, prefix=operation.prefix)
        for operation in contract.operations
        for chapter in CHAPTERS
        for clause in chapter.clauses(contract, operation)
    )


def inapplicable(contract: Contract) -> tuple[str, ...]:
    """The clauses of our own contract's rules that no operation of another contract gives rise to."""
    stated = {clause.id.removeprefix(clause.prefix) for clause in all_clauses(contract)}
    ours = load_contract()
    ruled = {rule.pointer for rule in ours.operation.rules.values()}
    return tuple(clause.id for clause in all_clauses(ours) if clause.pointer in ruled and clause.id not in stated)


def selected(clauses: Sequence[Clause], select: Sequence[str], deselect: Sequence[str]) -> tuple[Clause, ...]:
    """The selected clauses. A selector is an id, its beginning, a chapter, an operation, or a pattern with `*`.

    Raises:
        NoSuchClauseError: a selector matches no clause.
    """
    for selector in (*select, *deselect):
        if not any(matches(clause, selector) for clause in clauses):
            raise NoSuchClauseError(f"no clause is called {selector!r}: `runloop-conformance clauses` lists them")
    return tuple(
        clause
        for clause in clauses
        if (not select or any(matches(clause, selector) for selector in select))
        and not any(matches(clause, selector) for selector in deselect)
    )


def matches(clause: Clause, selector: str) -> bool:
    """Whether a selector names this clause."""
    return (
        clause.id == selector
        or clause.id.startswith((f"{selector}.", f"{selector}/"))
        or fnmatch.fnmatchcase(clause.id, selector)
    )
