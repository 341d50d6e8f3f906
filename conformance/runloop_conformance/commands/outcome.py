"""What is done with a result: printed, written, told to GitHub, turned into an exit code."""

from __future__ import annotations

import os
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance.commands.options import EXIT
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report import artefacts, github
from runloop_conformance.report.console import show
from runloop_conformance.report.document import document
from runloop_conformance.report.tally import stale

WRONG_USAGE = 2


def on_github(given: bool | None) -> bool:  # noqa: FBT001 - the option as it comes
    """Whether to speak to GitHub Actions: as it was said, else where they run."""
    return given if given is not None else os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def heard_by_nobody(*, github_mode: bool) -> Generator[None]:
    """Let GitHub Actions take nothing that is printed meanwhile for a command of a workflow: a server may write one."""
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
    console: Console, result: Result, redaction: Redaction, folder: Path | None, *, github_mode: bool, quiet: bool
) -> Mapping[str, Any]:
    """Print a result and write it wherever it is wanted; return the report.

    Raises:
        click.UsageError: a file cannot be written. What was printed before stands.
    """
    report = document(result, redaction)
    with heard_by_nobody(github_mode=github_mode):
        if result.verdict != "error":
            show(console, report, quiet=quiet)
        if folder is not None:
            _write(folder, result, redaction)
            if not quiet:
                console.print(f"\nreport: {folder / 'report.html'}", style="dim", markup=False, soft_wrap=True)
    if github_mode:
        _tell_github(report)
    return report


def _write(folder: Path, result: Result, redaction: Redaction) -> None:
    try:
        artefacts.write(folder, result, redaction)
    except OSError as error:
        raise click.UsageError(f"The report cannot be written to {folder}: {error.strerror}") from error


def _tell_github(report: Mapping[str, Any]) -> None:
    for command in github.workflow_commands(report):
        click.echo(command)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(github.summary(report))
        except OSError as error:
            click.echo(f"the job's summary cannot be written to {path}: {error.strerror}", err=True)


def exit_code(report: Mapping[str, Any]) -> int:
    """That of the verdict. A stale known failure makes a conformant run wrong usage: the file has to be mended."""
    code = EXIT[report["verdict"]]
    return WRONG_USAGE if code == 0 and stale(report) else code
