"""`prove`: run the suite against mutants and correct variants. It needs a checkout of the repository."""

from __future__ import annotations

import importlib.util
import sys

import click

from runloop_conformance.suite.options import RUNS_ON_LOOPBACK


@click.command()
@click.argument("names", nargs=-1, metavar="[SERVER]...")
@click.option(
    "--clause", "clauses", multiple=True, metavar="CLAUSE", help="Only mutants that break these clauses; repeatable."
)
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="Number of seeds for each server.")
@click.option(
    "--max-runs",
    "budgets",
    type=click.IntRange(0),
    multiple=True,
    help=f"Budget of each run; repeatable. [default: {RUNS_ON_LOOPBACK}]",
)
@click.option("--matrix", is_flag=True, help="The whole matrix of the proof, with its own seeds and budgets.")
@click.option("--write", is_flag=True, help="As --matrix, and write conformance/PROOF.md and proof.json.")
@click.option("--page", is_flag=True, help="Run nothing: write PROOF.md again from proof.json.")
@click.option("--check", is_flag=True, help="Run nothing: fail if PROOF.md or proof.json is stale.")
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
    """Run the suite against servers with known faults (mutants), and against correct ones (variants).

    Each mutant must fail a clause about the statement that it breaks, and no variant may fail one. With names or
    --clause, only these mutants are tried, and every variant once.

    \b
    Examples:
      runloop-conformance prove --clause request.run_name.type
      runloop-conformance prove token-in-a-cookie --seeds 5 --max-runs 25
      runloop-conformance prove --max-runs 0 --max-runs 10 --max-runs 25 --max-runs 100
    """
    if importlib.util.find_spec("runloop_conformance.proof") is None:
        raise click.UsageError(
            "prove needs a checkout of the repository: the installed package does not contain the mutants. "
            "Clone the repository and run `make prove` there."
        )
    from runloop_conformance.proof import command  # noqa: PLC0415 - about a thousand servers, for this command alone

    if page or check:
        sys.exit(command.update_page(write=page))
    chosen = () if matrix or write else command.chosen_cases(names, clauses, seeds, budgets or (RUNS_ON_LOOPBACK,))
    sys.exit(command.prove(chosen, write=write))
