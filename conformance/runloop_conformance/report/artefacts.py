"""Writes the files of `--report-dir`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runloop_conformance.exchanges.exchange import Exchange, started
from runloop_conformance.exchanges.recording import run_id
from runloop_conformance.exchanges.recording_file import lines
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report import badge
from runloop_conformance.report.html.page import page
from runloop_conformance.report.junit import junit
from runloop_conformance.report.tally import Report
from runloop_conformance.report.visible import visible

FILES = (
    "recording.jsonl",
    "report.json",
    "report.html",
    "junit.xml",
    "badge.json",
    "badge.svg",
    "statement.md",
)
RUN_IDS = "run_ids.txt"


def begin(folder: Path, redaction: Redaction) -> Callable[[Exchange], None]:
    """Remove the files of an earlier run. What is returned adds the id of a run to `run_ids.txt` as it starts.

    So a run that is killed leaves the list of what it started, and no file of another run beside it.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    path = folder / RUN_IDS
    path.write_text("")

    def note(exchange: Exchange) -> None:
        identifier = run_id(exchange) if started(exchange) else None
        if identifier is not None:
            with suppress(OSError), path.open("a", encoding="utf-8") as ids:  # a full disk does not end the run
                ids.write(visible(redaction.text(identifier)) + "\n")

    return note


def write(folder: Path, report: Report, result: Result, redaction: Redaction) -> None:
    """Write every artefact into a folder: the report, and the recording of the result that it was made of.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "recording.jsonl").open("w", encoding="utf-8") as recording:
        recording.writelines(f"{line}\n" for line in lines(result.exchanges, redaction))
    _put(folder / "report.json", json.dumps(report, indent=1) + "\n")
    _put(folder / "report.html", page(report, result.contract, [finding.clause for finding in result.findings]))
    (folder / "junit.xml").write_bytes(junit(report))
    _put(folder / "badge.json", badge.endpoint(report))
    _put(folder / "badge.svg", badge.svg(report))
    _put(folder / "statement.md", badge.statement(report))


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
