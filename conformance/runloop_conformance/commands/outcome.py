"""What a command does with a report: write it, print it, annotate it on GitHub Actions, and choose the exit code."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report import artefacts, github
from runloop_conformance.report.console import Page, show
from runloop_conformance.report.tally import Report, stale

EXIT = {"conformant": 0, "nonconformant": 1, "inconclusive": 3, "error": 4}
WRONG_USAGE = 2


def on_github(option: bool | None = None) -> bool:  # noqa: FBT001 - the option as it comes
    """Whether to print for GitHub Actions: as the option says, else if the command runs there."""
    return option if option is not None else os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def without_workflow_commands(*, github_mode: bool) -> Generator[None]:
    """Let GitHub Actions interpret nothing that is printed meanwhile: a server may have written a workflow command."""
    if not github_mode:
        yield
        return
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}")
    try:
        yield
    finally:
        click.echo(f"::{word}::")


def publish(
    report: Report,
    result: Result,
    redaction: Redaction,
    folder: Path | None,
    notes: Sequence[str] = (),
    *,
    github_mode: bool,
    quiet: bool,
) -> None:
    """Write a report, then print it, so that nothing that happens to the terminal loses the files.

    notes: lines to print below it.

    Raises:
        click.UsageError: a file cannot be written. The report has been printed all the same.
    """
    unwritten: OSError | None = None
    if folder is not None:
        try:
            artefacts.write(folder, report, result, redaction)
            notes = (*notes, f"report: {folder / 'report.html'}")
        except OSError as error:
            unwritten = error
    with without_workflow_commands(github_mode=github_mode):
        page = Page(Console(highlight=False))
        if report["verdict"] != "error":
            show(page, report, quiet=quiet)
        if notes and not quiet:
            page.line()
            for note in notes:
                page.raw(note, "dim")
    if unwritten is not None:
        raise click.UsageError(f"The report cannot be written to {folder}: {unwritten.strerror}") from unwritten


def annotate(report: Report) -> None:
    """Print the annotations of GitHub Actions, and add the report to the summary of the job."""
    for command in github.workflow_commands(report):
        click.echo(command)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(github.summary(report))
        except OSError as error:
            click.echo(f"the summary of the job cannot be written to {path}: {error.strerror}", err=True)


def exit_code(report: Report) -> int:
    """That of the verdict. A stale known failure makes a conformant run wrong usage: the file must be fixed."""
    code = EXIT[report["verdict"]]
    return WRONG_USAGE if code == 0 and stale(report) else code
