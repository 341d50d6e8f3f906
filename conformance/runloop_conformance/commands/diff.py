"""`diff`: compare two reports."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from runloop_conformance.commands.options import stored_at
from runloop_conformance.commands.outcome import on_github, without_workflow_commands
from runloop_conformance.report.console import Page
from runloop_conformance.report.diff import KINDS, WORSE, Comparison, compare


def diff(old: Path, new: Path, *, quiet: bool) -> None:
    """Compare two reports, and exit with 1 if the new one is worse."""
    comparison = compare(stored_at(old).report, stored_at(new).report)
    with without_workflow_commands(github_mode=on_github()):
        page = Page(Console(highlight=False))
        if not quiet:
            _print(page, comparison)
        page.raw(_conclusion(comparison))
    sys.exit(1 if comparison.worse else 0)


def _print(page: Page, comparison: Comparison) -> None:
    for note in comparison.notes:
        page.raw(note)
    for kind, title in KINDS.items():
        changes = comparison.of(kind)
        if changes:
            page.raw()
            page.raw(f"{title}: {len(changes)}")
        for change in changes:
            states = f"{change.before or 'absent'} -> {change.after or 'absent'}".replace("_", " ")
            page.raw(f"  {change.clause} ({change.level.upper()}): {states}")
            if change.detail and kind in WORSE:
                page.raw(f"    {change.detail}")
    if comparison.notes or comparison.changes:
        page.raw()


def _conclusion(comparison: Comparison) -> str:
    if not comparison.notes and not comparison.changes:
        return "no difference"
    kinds = [f"{len(changes)} {title}" for kind, title in KINDS.items() if (changes := comparison.of(kind))]
    return ("worse" if comparison.worse else "no worse") + (f" ({', '.join(kinds)})" if kinds else "")
