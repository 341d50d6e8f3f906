"""`diff`: two reports compared."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runloop_conformance.commands.options import stored_at
from runloop_conformance.commands.outcome import on_github, without_workflow_commands
from runloop_conformance.report.diff import KINDS, WORSE, Comparison, compare
from runloop_conformance.report.visible import visible


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Only the last line.")
def diff(old: Path, new: Path, *, quiet: bool) -> None:
    """Compare two reports: what was fixed, what fails now, and what is no longer tested.

    OLD and NEW are folders that `run --report-dir` wrote, or the report.json in them.

    Exit codes: 0 nothing got worse; 1 a clause that passed fails, a clause is no longer tested or was left out, or the
    verdict is no longer conformant; 2 wrong usage. A clause that fails where it could not be tested before, and one
    that the new contract does not have, are listed and change no exit code.

    \b
    Example:
      runloop-conformance diff last-week/report report
    """
    comparison = compare(stored_at(old).report, stored_at(new).report)
    with without_workflow_commands(github_mode=on_github()):
        if not quiet:
            _print(comparison)
        click.echo(_conclusion(comparison))
    sys.exit(1 if comparison.worse else 0)


def _print(comparison: Comparison) -> None:
    for note in comparison.notes:
        click.echo(visible(note))
    for kind, title in KINDS.items():
        changes = comparison.of(kind)
        if changes:
            click.echo(f"\n{title}: {len(changes)}")
        for change in changes:
            states = f"{change.before or 'absent'} -> {change.after or 'absent'}".replace("_", " ")
            click.echo(f"  {visible(change.clause)} ({change.level.upper()}): {states}")
            if change.detail and kind in WORSE:
                click.echo(f"    {visible(change.detail)}")
    if comparison.notes or comparison.changes:
        click.echo()


def _conclusion(comparison: Comparison) -> str:
    if not comparison.notes and not comparison.changes:
        return "no difference"
    counted = [f"{len(comparison.of(kind))} {title}" for kind, title in KINDS.items() if comparison.of(kind)]
    details = f" ({', '.join(counted)})" if counted else ""
    return ("worse" if comparison.worse else "no worse") + details
