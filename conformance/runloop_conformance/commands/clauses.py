"""`clauses`: the ledger of clauses and statements."""

from __future__ import annotations

from pathlib import Path

import click

from runloop_conformance.clauses import all_clauses, inapplicable
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.commands.options import contract_at, contract_option


@click.command()
@contract_option
def clauses(contract_path: Path | None) -> None:
    """Print the ledger both ways: every clause with its statement, then every statement with its clauses."""
    contract = contract_at(contract_path)
    every = all_clauses(contract)
    click.echo(f"{len(every)} clauses, each with the statement that it judges\n")
    for clause in every:
        click.echo(f"{clause.level:6} {clause.id}\n       {clause.pointer}\n       {clause.text}")
    entries = ledger(contract, every)
    click.echo(f"\n{len(entries)} statements of the contract, each with the clauses about it\n")
    for entry in entries:
        told = ", ".join(clause.id for clause in entry.clauses) or f"no clause: {entry.statement.excluded}"
        click.echo(f"{entry.statement.pointer}\n       {entry.statement.text}\n       {told}")
    without = inapplicable(contract)
    if without:
        click.echo(f"\n{len(without)} clauses do not apply: the contract does not state what they judge\n")
        click.echo(f"       {', '.join(without)}")
