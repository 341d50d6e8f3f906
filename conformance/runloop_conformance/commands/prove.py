"""`prove`: run the suite against mutants and correct variants. It needs a checkout of the repository."""

from __future__ import annotations

import sys

from runloop_conformance.proof import command
from runloop_conformance.suite.options import RUNS_ON_LOOPBACK


def prove(
    *,
    names: tuple[str, ...],
    clauses: tuple[str, ...],
    seeds: int,
    budgets: tuple[int, ...],
    matrix: bool,
    write: bool,
    page: bool,
    check: bool,
) -> None:
    """Run the suite against mutants and variants, and exit with 1 if one is judged wrongly."""
    if page or check:
        sys.exit(command.update_page(write=page))
    chosen = () if matrix or write else command.chosen_cases(names, clauses, seeds, budgets or (RUNS_ON_LOOPBACK,))
    sys.exit(command.prove(chosen, write=write))
