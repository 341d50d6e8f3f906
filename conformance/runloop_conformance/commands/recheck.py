"""`recheck`: a recorded run judged again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from runloop_conformance import __version__
from runloop_conformance.clauses import NoSuchClauseError
from runloop_conformance.commands.options import contract_at, contract_option, report_argument, stored_at
from runloop_conformance.commands.outcome import exit_code, heard_by_nobody, on_github
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.report import artefacts
from runloop_conformance.report.console import show
from runloop_conformance.report.document import document
from runloop_conformance.report.stored import UnreadableReportError
from runloop_conformance.suite.recheck import recheck as judged_again

FEW = 5


@click.command()
@report_argument
@contract_option
@click.option(
    "--report-dir", type=click.Path(file_okay=False, path_type=Path), help="Where the new report goes; may be the old."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the verdict.")
def recheck(report: Path, contract_path: Path | None, report_dir: Path | None, *, quiet: bool) -> None:
    """Judge a recorded run again, with this version of the suite and no network.

    REPORT is the folder that `run --report-dir` wrote, or the report.json in it; recording.jsonl must be beside it. Of
    the same version and contract the verdict and the findings are the same; of another, this shows what it would have
    said. The exit codes are those of `run`.

    \b
    Example:
      runloop-conformance recheck report
    """
    stored, contract = stored_at(report), contract_at(contract_path)
    try:
        result = judged_again(stored, contract)
    except (UnreadableReportError, NoSuchClauseError) as error:
        raise click.UsageError(str(error)) from error
    report_again = document(result, Redaction())
    with heard_by_nobody(github_mode=on_github(None)):
        console = Console(highlight=False)
        show(console, report_again, quiet=quiet)
        if not quiet:
            console.print()
            for line in _compared(stored.report, report_again):
                console.print(line, markup=False, style="dim", soft_wrap=True)
    if report_dir is not None:
        try:
            artefacts.write(report_dir, result, Redaction())
        except OSError as error:
            raise click.UsageError(f"The report cannot be written to {report_dir}: {error.strerror}") from error
    sys.exit(exit_code(report_again))


def _compared(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What this judgement has in common with the one in the report."""
    lines = []
    if then["suite"]["version"] != __version__:
        lines.append(f"recorded with version {then['suite']['version']}, judged by {__version__}")
    if then["contract"]["sha256"] != now["contract"]["sha256"]:
        lines.append(
            f"recorded under contract {then['contract']['version']}, judged by {now['contract']['version']}:"
            " another file; --contract PATH names the one of then"
        )
    alike = not lines
    before, after = _told(then), _told(now)
    others = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if then["verdict"] != now["verdict"]:
        lines.append(f"the report said {then['verdict']}")
    if others:
        more = f" and {len(others) - FEW} more" if len(others) > FEW else ""
        lines.append(f"judged otherwise than in the report: {', '.join(others[:FEW])}{more}")
        if alike:
            lines.append(
                "suite and contract are the same, so the recording is not: somebody changed it, or the token is a word"
                " that stands in ordinary answers as well, and is masked there"
            )
    elif then["verdict"] == now["verdict"]:
        lines.append("the same as in the report: the verdict and every finding")
    return lines


def _told(report: dict[str, Any]) -> dict[str, str]:
    return {clause["id"]: json.dumps(clause, sort_keys=True) for clause in report["clauses"]}
