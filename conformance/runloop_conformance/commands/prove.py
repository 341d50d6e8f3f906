"""`prove`: the suite against servers whose faults are known."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from runloop_conformance.commands.options import RUNS_ON_LOOPBACK


@click.command()
@click.argument("names", nargs=-1, metavar="[SERVER]...")
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds to try each with.")
@click.option("--max-runs", type=click.IntRange(0), default=RUNS_ON_LOOPBACK, show_default=True, help="Budget of each.")
def prove(names: tuple[str, ...], seeds: int, max_runs: int) -> None:
    """Run the suite against servers with known faults, and against correct ones; all of them, or the named.

    Each fault must be found by a clause about the statement that it breaks, and no correct server be accused.
    """
    from runloop_conformance import prove as proof  # noqa: PLC0415 - hundreds of servers, which no other command needs

    console = Console(highlight=False)
    wanted = list(proof.cases(range(seeds), max_runs, names))
    if not wanted:
        raise click.UsageError(f"no server is called {', '.join(names)}")
    outcomes: list[proof.Outcome] = []
    with console.status("") as status:
        for outcome in proof.prove(wanted):
            outcomes.append(outcome)
            status.update(f"{len(outcomes)} of {len(wanted)} · {outcome.case.name}")
    said = proof.summarize(outcomes)
    for title, ones in (
        ("not found by its own clause", said.missed),
        ("accused", said.accused),
        ("passed", said.passed),
    ):
        for one in ones:
            console.print(
                f"{title}: {one.case.name} (seed {one.case.seed}): {one.verdict} {one.musts + one.shoulds}",
                soft_wrap=True,
            )
    correct = sum(one.case.kind == "variant" for one in outcomes)
    console.print(
        f"{said.found} of {said.faults} faults found, {said.faults - len(said.missed)} by their own clause;"
        f" {len(said.accused)} of {correct} correct servers accused; at most {max_runs} runs each"
    )
    sys.exit(0 if said.right else 1)
