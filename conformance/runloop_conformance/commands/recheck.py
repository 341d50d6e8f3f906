"""`recheck`: judge a recorded run again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from runloop_conformance import __version__
from runloop_conformance.clauses import NoSuchClauseError
from runloop_conformance.commands.options import contract_at, stored_at
from runloop_conformance.commands.outcome import exit_code, on_github, publish
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.report.document import document
from runloop_conformance.report.stored import UnreadableReportError
from runloop_conformance.report.tally import Report
from runloop_conformance.suite.recheck import recheck as judged_again

FEW = 5


def recheck(report: Path, contract_path: Path | None, report_dir: Path | None, *, quiet: bool) -> None:
    """Judge a recorded run again, and exit with the code of the new verdict."""
    stored, contract = stored_at(report), contract_at(contract_path)
    try:
        result = judged_again(stored, contract)
    except (UnreadableReportError, NoSuchClauseError) as error:
        raise click.UsageError(str(error)) from error
    redaction = Redaction()
    rechecked = document(result, redaction)
    notes = _compared(stored.report, rechecked)
    publish(rechecked, result, redaction, report_dir, notes, github_mode=on_github(), quiet=quiet)
    sys.exit(exit_code(rechecked))


def _compared(recorded: Report, rechecked: Report) -> list[str]:
    """What is different from the recorded report."""
    lines = []
    if recorded["suite"]["version"] != __version__:
        lines.append(f"recorded with version {recorded['suite']['version']}, judged by {__version__}")
    if recorded["contract"]["sha256"] != rechecked["contract"]["sha256"]:
        lines.append(
            f"recorded with contract {recorded['contract']['version']}, judged by {rechecked['contract']['version']}:"
            " another file; name the recorded one with --contract"
        )
    same_inputs = not lines
    before, after = _clauses(recorded), _clauses(rechecked)
    different = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if recorded["verdict"] != rechecked["verdict"]:
        lines.append(f"the recorded verdict was {recorded['verdict']}")
    if different:
        rest = f" and {len(different) - FEW} more" if len(different) > FEW else ""
        lines.append(f"different from the report: {', '.join(different[:FEW])}{rest}")
        if same_inputs:
            lines.append(
                "suite and contract are the same, so the recording is not: it was changed, or the token is a word that"
                " also occurs in ordinary responses and is masked there"
            )
    elif recorded["verdict"] == rechecked["verdict"]:
        lines.append("the same as in the report: the verdict and every finding")
    return lines


def _clauses(report: Report) -> dict[str, str]:
    return {clause["id"]: json.dumps(clause, sort_keys=True) for clause in report["clauses"]}
