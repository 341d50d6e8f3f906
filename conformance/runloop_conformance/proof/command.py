"""What `runloop-conformance prove` does: run the cases, print the outcomes, record the proof."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from runloop_conformance.proof import document, matrix, page, recorded
from runloop_conformance.proof.outcome import Case, Outcome
from runloop_conformance.proof.reasons import EQUIVALENT, GAPS
from runloop_conformance.suite.options import RUNS_ON_LOOPBACK

PROGRESS_S = 30.0  # seconds between two lines of progress where there is no terminal


def run(
    *,
    names: tuple[str, ...],
    clauses: tuple[str, ...],
    seeds: int,
    budgets: tuple[int, ...],
    whole: bool,
    write: bool,
    page: bool,
    check: bool,
) -> None:
    """Run the suite against mutants and variants, and exit with 1 if one is judged wrongly."""
    if page or check:
        sys.exit(update_page(write=page))
    chosen = () if whole or write else chosen_cases(names, clauses, seeds, budgets or (RUNS_ON_LOOPBACK,))
    sys.exit(prove(chosen, write=write))


def chosen_cases(names: Sequence[str], clauses: Sequence[str], seeds: int, budgets: Sequence[int]) -> list[Case]:
    """The cases of the named servers and of the mutants of these clauses, and every variant once.

    Raises:
        click.UsageError: a name or a clause is unknown.
    """
    known = {server.name: kind for kind in matrix.KINDS for server in matrix.servers(kind)}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise click.UsageError(f"no server has the name {', '.join(unknown)}")
    chosen = {*names, *(name for clause in clauses for name in matrix.mutants_of(clause))}
    if clauses and not chosen:
        raise click.UsageError(f"no mutant breaks {', '.join(clauses)}")
    cases = [case for budget in budgets for case in matrix.cases(range(seeds), budget, chosen)]
    if any(known[name] == "mutant" for name in chosen) and max(budgets) >= recorded.CONFORMANT_FROM:
        cases += matrix.cases((0,), max(budgets), kinds=("variant",))
    return list(dict.fromkeys(cases))


def prove(cases: Sequence[Case], *, write: bool) -> int:
    """Run these cases, or else the matrix of the proof, and print the outcomes. Return the exit code."""
    console = Console(highlight=False)
    every_case = cases or list(matrix.whole())
    outcomes = list(_with_progress(console, matrix.prove(every_case), len(every_case)))
    correct = _print_outcomes(console, outcomes)
    if not cases:
        correct = _record(console, outcomes, write=write) and correct
    return 0 if correct else 1


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
    proof = document.document(outcomes)
    problems = list(recorded.problems(proof))
    try:
        lost = recorded.lost(recorded.load(), proof)
    except OSError:
        lost = []
    if lost:
        problems.append(f"the score would fall: {', '.join(lost)}")
    for problem in problems:
        console.print(problem, soft_wrap=True, markup=False)
    if write and not lost:
        recorded.write(proof, page.markdown(proof, recorded.compared()))
        console.print(f"wrote {recorded.FOLDER.name}/PROOF.md and proof.json")
    return not problems


def update_page(*, write: bool) -> int:
    """Write PROOF.md from proof.json, or print what is stale. Return 1 if something is."""
    proof = recorded.load()
    changed = document.changed_sources(proof)
    text = page.markdown(proof, recorded.compared())
    if changed:
        click.echo(f"Changed since the proof was made: {', '.join(changed)}. Run `make prove`.", err=True)
    elif write:
        recorded.write(proof, text)
    elif (recorded.FOLDER / "PROOF.md").read_text("utf-8") != text:
        click.echo("PROOF.md is not made from proof.json. Run `runloop-conformance prove --page`.", err=True)
        return 1
    return int(bool(changed))
