"""All that `--report-dir` receives, written from one result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runloop_conformance.exchanges import recording_file as recorded
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.result import Result
from runloop_conformance.report import badge
from runloop_conformance.report.document import document
from runloop_conformance.report.html.page import page
from runloop_conformance.report.junit import junit


def write(folder: Path, result: Result, redaction: Redaction) -> dict[str, Any]:
    """Write every artefact into a folder, and return the report.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "recording.jsonl").open("w", encoding="utf-8") as recording:
        recording.writelines(f"{line}\n" for line in recorded.lines(result.exchanges, redaction))
    report = document(result, redaction)
    _put(folder / "report.json", json.dumps(report, indent=1) + "\n")
    _put(folder / "report.html", page(report, result.contract, [finding.clause for finding in result.findings]))
    (folder / "junit.xml").write_bytes(junit(report))
    _put(folder / "badge.json", badge.endpoint(report))
    _put(folder / "badge.svg", badge.svg(report))
    _put(folder / "statement.md", badge.statement(report))
    return report


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
