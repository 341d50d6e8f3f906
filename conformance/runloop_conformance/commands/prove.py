"""`prove`: run the suite against mutants and correct variants. It needs a checkout of the repository."""

from __future__ import annotations

import importlib.util
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

PROOF = "runloop_conformance.proof"  # imported by this command alone: about a thousand servers
PROGRESS_S = 30.0  # seconds between two lines of progress where there is no terminal


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
    if importlib.util.find_spec(PROOF) is None:
        raise click.UsageError(
            "prove needs a checkout of the repository: the installed package does not contain the mutants. "
            "Clone the repository and run `make prove` there."
        )
    from runloop_conformance.proof import document as proof  # noqa: PLC0415 - see PROOF

    if page or check:
        sys.exit(_page(write=page))
    console = Console(highlight=False)
    if matrix or write:
        cases = list(proof.matrix())
    else:
        cases = _cases(names, clauses, range(seeds), budgets or (RUNS_ON_LOOPBACK,))
    outcomes = _outcomes(console, cases)
    correct = _print_outcomes(console, outcomes)
    if matrix or write:
        correct = _record(console, outcomes, write=write) and correct
    sys.exit(0 if correct else 1)


def _cases(names: Sequence[str], clauses: Sequence[str], seeds: Iterable[int], budgets: Sequence[int]) -> list[Case]:
    from runloop_conformance.proof import matrix  # noqa: PLC0415 - see PROOF

    known = {server.name: kind for kind in matrix.KINDS for server in matrix.servers(kind)}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise click.UsageError(f"no server has the name {', '.join(unknown)}")
    chosen = {*names, *(name for clause in clauses for name in matrix.mutants_of(clause))}
    if clauses and not chosen:
        raise click.UsageError(f"no mutant breaks {', '.join(clauses)}")
    cases = [case for budget in budgets for case in matrix.cases(seeds, budget, chosen)]
    if any(known[name] == "mutant" for name in chosen) and max(budgets) >= matrix.CONFORMANT_FROM:
        cases += matrix.cases((0,), max(budgets), kinds=("variant",))
    return list(dict.fromkeys(cases))


def _outcomes(console: Console, cases: Sequence[Case]) -> list[Outcome]:
    from runloop_conformance.proof import matrix  # noqa: PLC0415 - see PROOF

    return list(_with_progress(console, matrix.prove(cases), len(cases)))


def _with_progress(console: Console, outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """Yield the outcomes, with a progress bar on a terminal, and with a line every half minute elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    last_line = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("prove", total=count)
        for number, outcome in enumerate(outcomes, 1):
            progress.update(task, advance=1, description=outcome.case.name[:30].ljust(30))
            if not console.is_terminal and time.monotonic() - last_line > PROGRESS_S:
                last_line = time.monotonic()
                click.echo(f"{number} of {count} runs done", err=True)
            yield outcome


def _print_outcomes(console: Console, outcomes: Sequence[Outcome]) -> bool:
    """Print what is wrong, and the figures. Return whether nothing is wrong at the largest budget."""
    from runloop_conformance.proof.reasons import EQUIVALENT, GAPS  # noqa: PLC0415 - see PROOF

    budgets = list(dict.fromkeys(outcome.case.max_runs for outcome in outcomes))
    explained = EQUIVALENT | GAPS
    wrong = [
        outcome
        for outcome in outcomes
        # A smaller budget may leave a mutant undetected: its share is printed below.
        if not outcome.correct and (outcome.case.kind != "mutant" or outcome.case.max_runs == max(budgets))
    ]
    titles = {
        "mutant": "its own clause does not detect it",
        "variant": "false alarm",
        "degenerate": "not detected",
    }
    for outcome in wrong:
        case, ids = outcome.case, ", ".join(clause.id for clause in outcome.failed) or "none"
        reason = f" ({explained[case.name]})" if case.name in explained else ""
        line = f"{case.name}, {case.max_runs} runs, seed {case.seed}: {titles[case.kind]}: {outcome.verdict}"
        console.print(f"{line}; failed clauses: {ids}{reason}", soft_wrap=True, markup=False)
    for budget in budgets:
        mutants = [outcome for outcome in outcomes if outcome.case.kind == "mutant" and outcome.case.max_runs == budget]
        if mutants:
            by_any = sum(bool(mutant.failed) for mutant in mutants)
            by_own = sum(bool(mutant.own) for mutant in mutants)
            console.print(
                f"at most {_count(budget, 'run')}: {by_any} of {_count(len(mutants), 'mutant')} detected"
                f" ({by_any / len(mutants):.1%}), {by_own} by their own clause ({by_own / len(mutants):.1%})",
                soft_wrap=True,
            )
    variants = [outcome for outcome in outcomes if outcome.case.kind == "variant"]
    if variants:
        alarms = sum(not outcome.correct for outcome in variants)
        runs = (
            f"{_count(len(variants), 'run')} against {'a correct server' if len(variants) == 1 else 'correct servers'}"
        )
        console.print(f"{runs}: {_count(alarms, 'false alarm') if alarms else 'no false alarm'}")
    return all(outcome.case.kind == "mutant" and outcome.case.name in explained for outcome in wrong)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _record(console: Console, outcomes: Sequence[Outcome], *, write: bool) -> bool:
    """Return whether the proof holds; write it unless the score would fall."""
    from runloop_conformance.proof import document as proof, page  # noqa: PLC0415 - see PROOF

    document = proof.document(outcomes)
    problems = list(proof.problems(document))
    try:
        lost = proof.lost(proof.load(), document)
    except OSError:
        lost = []
    if lost:
        problems.append(f"the score would fall: {', '.join(lost)}")
    for problem in problems:
        console.print(problem, soft_wrap=True, markup=False)
    if write and not lost:
        proof.write(document, page.markdown(document, proof.compared()))
        console.print(f"wrote {proof.FOLDER.name}/PROOF.md and proof.json")
    return not problems


def _page(*, write: bool) -> int:
    """Write PROOF.md from proof.json, or print what is stale. Return 1 if something is."""
    from runloop_conformance.proof import document as proof, page  # noqa: PLC0415 - see PROOF

    recorded = proof.load()
    changed = proof.changed_sources(recorded)
    text = page.markdown(recorded, proof.compared())
    if changed:
        click.echo(f"Changed since the proof was made: {', '.join(changed)}. Run `make prove`.", err=True)
    elif write:
        proof.write(recorded, text)
    elif (proof.FOLDER / "PROOF.md").read_text("utf-8") != text:
        click.echo("PROOF.md is not made from proof.json. Run `runloop-conformance prove --page`.", err=True)
        return 1
    return int(bool(changed))
