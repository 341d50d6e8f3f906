"""`diff`: two reports compared."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from runloop_conformance.commands.options import stored_at
from runloop_conformance.commands.outcome import heard_by_nobody, on_github
from runloop_conformance.report.diff import KINDS, WORSE, Comparison, compare
from runloop_conformance.report.visible import visible


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Only the last line.")
def diff(old: Path, new: Path, *, quiet: bool) -> None:
    """Compare two reports: what was mended, what broke, and what is no longer tested.

    OLD and NEW are folders that `run --report-dir` wrote, or the report.json in them.

    Exit codes: 0 nothing got worse, 1 something did (a clause broke, is no longer tested or was left out, or the
    verdict is not conformant any more), 2 wrong usage. A clause that the new contract does not have is no loss.

    \b
    Example:
      runloop-conformance diff last-week/report report
    """
    found = compare(stored_at(old).report, stored_at(new).report)
    with heard_by_nobody(github_mode=on_github(None)):
        if not quiet:
            _print(found)
        click.echo(_conclusion(found))
    sys.exit(1 if found.worse else 0)


def _print(found: Comparison) -> None:
    for note in found.notes:
        click.echo(visible(note))
    for kind, title in KINDS.items():
        changes = found.of(kind)
        if changes:
            click.echo(f"\n{title}: {len(changes)}")
        for change in changes:
            states = f"{change.before or 'absent'} -> {change.after or 'absent'}".replace("_", " ")
            click.echo(f"  {visible(change.clause)} ({change.level.upper()}): {states}")
            if change.told and kind in WORSE:
                click.echo(f"    {visible(change.told)}")
    if found.notes or found.changes:
        click.echo()


def _conclusion(found: Comparison) -> str:
    if not found.notes and not found.changes:
        return "no difference"
    counted = [f"{len(found.of(kind))} {title}" for kind, title in KINDS.items() if found.of(kind)]
    told = f" ({', '.join(counted)})" if counted else ""
    return ("worse" if found.worse else "no worse") + told
