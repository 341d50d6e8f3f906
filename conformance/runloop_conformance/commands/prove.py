"""`prove`: the suite against servers whose faults are known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from runloop_conformance.suite.options import RUNS_ON_LOOPBACK

if TYPE_CHECKING:
    from runloop_conformance.proof.matrix import Case, Outcome

BEAT = 30.0  # seconds between the lines that say on a pipe how far it is


@click.command()
@click.argument("names", nargs=-1, metavar="[SERVER]...")
@click.option(
    "--clause", "clauses", multiple=True, metavar="CLAUSE", help="The faulty servers that break these; repeatable."
)
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds to try each with.")
@click.option(
    "--max-runs",
    "budgets",
    type=click.IntRange(0),
    multiple=True,
    help=f"Budget of each; several give the curve. [default: {RUNS_ON_LOOPBACK}]",
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
    """Run the suite against servers with known faults, and against correct ones; all of them, or the named.

    Each fault must be found by a clause about the statement that it breaks, and no correct server be accused.

    \b
    Examples:
      runloop-conformance prove --clause request.run_name.type
      runloop-conformance prove token-in-a-cookie --seeds 5 --max-runs 25
      runloop-conformance prove --max-runs 0 --max-runs 10 --max-runs 25 --max-runs 100
    """
    from runloop_conformance.proof import document as proof, matrix as proving  # noqa: PLC0415 - hundreds of servers, for this alone

    if page or check:
        sys.exit(_page(write=page))
    console = Console(highlight=False)
    if matrix or write:
        wanted = list(proof.matrix())
    else:
        chosen = (*names, *(name for clause in clauses for name in _breaking(clause)))
        if clauses and not chosen:
            raise click.UsageError(f"no faulty server breaks {', '.join(clauses)}")
        each = budgets or (RUNS_ON_LOOPBACK,)
        wanted = [case for budget in each for case in proving.cases(range(seeds), budget, chosen)]
        unknown = set(names) - {case.name for case in wanted}
        if unknown or not wanted:
            raise click.UsageError(f"no server is called {', '.join(sorted(unknown))}")
    outcomes = list(_watched(console, proving.prove(wanted), len(wanted)))
    right = _tell(console, outcomes)
    if matrix or write:
        right = _proved(console, outcomes, write=write) and right
    sys.exit(0 if right else 1)


def _page(*, write: bool) -> int:
    """Write PROOF.md from proof.json, or say what makes either of them stale. 1 if something does."""
    from runloop_conformance.proof import document as proof  # noqa: PLC0415 - as above
    from runloop_conformance.proof.page import markdown  # noqa: PLC0415 - as above

    recorded = proof.load()
    text = markdown(recorded, proof.measured())
    if write:
        proof.write(recorded, text)
        return 0
    changed = proof.changed_sources(recorded)
    if changed:
        click.echo(f"Changed since the proof was made: {', '.join(changed)}. Run `make prove`.", err=True)
    elif (proof.FOLDER / "PROOF.md").read_text("utf-8") != text:
        click.echo("PROOF.md is not made from proof.json. Run `runloop-conformance prove --page`.", err=True)
    else:
        return 0
    return 1


def _breaking(selector: str) -> Sequence[str]:
    from runloop_conformance.proof.matrix import breaking  # noqa: PLC0415 - as above

    return breaking(selector)


def _watched(console: Console, outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """The outcomes, with a bar on a terminal, and with a line now and then elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    said = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("proving", total=count)
        for number, outcome in enumerate(outcomes, 1):
            progress.update(task, advance=1, description=outcome.case.name[:30].ljust(30))
            if not console.is_terminal and time.monotonic() - said > BEAT:
                said = time.monotonic()
                click.echo(f"{number} of {count} tried", err=True)
            yield outcome


def _tell(console: Console, outcomes: Sequence[Outcome]) -> bool:
    """Whether all came out as it should at the largest budget; what smaller ones leave unfound is the curve's."""
    from runloop_conformance.proof.matrix import summarize  # noqa: PLC0415 - as above
    from runloop_conformance.proof.reasons import SURVIVORS  # noqa: PLC0415 - as above

    budgets = list(dict.fromkeys(one.case.max_runs for one in outcomes))
    said = summarize(outcomes)
    missed = [one for one in said.missed if one.case.max_runs == max(budgets)]
    for title, ones in (
        ("not found by its own clause", missed),
        ("accused", said.accused),
        ("passed", said.passed),
    ):
        for one in ones:
            told = f"{title}: {_case(one.case)}: {one.verdict} {', '.join(failed.id for failed in one.failed)}"
            why = f" ({SURVIVORS[one.case.name]})" if one.case.name in SURVIVORS and one in missed else ""
            console.print(told.rstrip() + why, soft_wrap=True, markup=False)
    for budget in budgets:
        here = summarize([one for one in outcomes if one.case.max_runs == budget])
        if here.faults:
            own = here.faults - len(here.missed)
            console.print(
                f"at most {budget} runs: {here.found} of {here.faults} faults found"
                f" ({here.found / here.faults:.1%}), {own} by their own clause ({own / here.faults:.1%})",
                soft_wrap=True,
            )
    correct = sum(one.case.kind == "variant" for one in outcomes)
    if correct:
        console.print(f"{len(said.accused)} of {correct} runs against correct servers accused one")
    return not (said.accused or said.passed or any(one.case.name not in SURVIVORS for one in missed))


def _case(case: Case) -> str:
    return f"{case.name} ({case.max_runs} runs, seed {case.seed})"


def _proved(console: Console, outcomes: Sequence[Outcome], *, write: bool) -> bool:
    """Whether the proof holds; written down, unless the score would fall."""
    from runloop_conformance.proof import document as proof, page  # noqa: PLC0415 - as above

    told = proof.document(outcomes)
    wrong = list(proof.problems(told))
    for one in wrong:
        console.print(one, soft_wrap=True, markup=False)
    try:
        fallen = proof.fallen(proof.load(), told)
    except OSError:
        fallen = []
    if fallen:
        console.print(f"the score would fall: {', '.join(fallen)}", soft_wrap=True, markup=False)
    elif write:
        proof.write(told, page.markdown(told, proof.measured()))
        console.print(f"written: {proof.FOLDER.name}/PROOF.md and proof.json")
    return not (wrong or fallen)
