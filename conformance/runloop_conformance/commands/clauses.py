"""`clauses`: print the ledger of clauses and statements."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from runloop_conformance.clauses import all_clauses, inapplicable
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.commands.options import contract_at
from runloop_conformance.judging.counted import counted
from runloop_conformance.report.console import Page


def clauses(contract_path: Path | None) -> None:
    """Print every clause with its statement, then every statement with its clauses."""
    contract = contract_at(contract_path)
    every = all_clauses(contract)
    page = Page(Console(highlight=False))
    page.raw(f"{counted(len(every), 'clause')}, each with the statement that it judges")
    page.raw()
    for clause in every:
        _entry(page, f"{clause.level:6} {clause.id}", clause.pointer, clause.text)
    entries = ledger(contract, every)
    page.raw()
    page.raw(f"{counted(len(entries), 'statement')} of the contract, each with the clauses about it")
    page.raw()
    for entry in entries:
        ids = ", ".join(clause.id for clause in entry.clauses)
        _entry(page, entry.statement.pointer, entry.statement.text, ids or f"no clause: {entry.statement.excluded}")
    without = inapplicable(contract)
    if without:
        page.raw()
        page.raw(f"not applicable: {counted(len(without), 'clause')} about what the contract does not state")
        page.raw()
        page.raw(f"       {', '.join(without)}")


def _entry(page: Page, *lines: str) -> None:
    first, *others = lines
    page.raw(first)
    for line in others:
        page.raw(f"       {line}")
