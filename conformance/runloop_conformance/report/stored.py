"""A report that was written before, read back: `report.json`, and the recording beside it."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
from attrs import define

from runloop_conformance.exchanges import recording_file as recorded
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.report.document import schema


class UnreadableReportError(Exception):
    """Raised when a file is not a report of this suite. The message names the file and the reason."""


@define
class Stored:
    """A report on disk."""

    path: Path
    report: dict[str, Any]

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange of its recording, in the order in which they were sent.

        Raises:
            UnreadableReportError: `recording.jsonl` is not there, or cannot be read.
        """
        path = self.path.with_name("recording.jsonl")
        try:
            with path.open(encoding="utf-8") as text:
                return tuple(recorded.read(text))
        except OSError as error:
            raise UnreadableReportError(
                f"{path}: cannot be read: {error.strerror}. It is written beside report.json, and both are needed."
            ) from error
        except (UnicodeDecodeError, recorded.UnreadableRecordingError) as error:
            raise UnreadableReportError(f"{path}: {error}") from error

    @cached_property
    def masked(self) -> frozenset[int]:
        """The numbers of the exchanges whose requests contained a secret: they cannot be sent again unchanged."""
        path = self.path.with_name("recording.jsonl")
        with path.open(encoding="utf-8") as text:
            return frozenset(written["number"] for line in text if recorded.redacted(written := json.loads(line)))


def stored(location: Path) -> Stored:
    """The report at a path: a folder that --report-dir named, or the report.json in it.

    Raises:
        UnreadableReportError: it is not there, or cannot be read.
    """
    path = location / "report.json" if location.is_dir() else location
    try:
        report = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableReportError(
            f"{path}: cannot be read: {error.strerror}. Name the folder that --report-dir named."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableReportError(f"{path}: is not JSON: {error}") from error
    wrong = next(jsonschema_rs.Draft202012Validator(schema()).iter_errors(report), None)
    if wrong is not None:
        where = "/".join(map(str, wrong.instance_path)) or "the whole"
        raise UnreadableReportError(f"{path}: is not a report of this suite: {where}: {wrong.message[:200]}")
    return Stored(path, _filled(report))


def _filled(report: dict[str, Any]) -> dict[str, Any]:
    """The report with the properties that an older suite does not write."""
    suite = {"fail_on": "must", "select": [], "deselect": [], "benchmark_ids": [], "headers": []}
    defaults = {
        "started_at": "1970-01-01T00:00:00+00:00",
        "precondition": None,
        "stopped": None,
        "judged_until": None,
        "run_limit": report["runs_started"],
        "runs_by_mistake": 0,
        "known_failures": [],
    }
    clauses = [{"known": None, "failed": clause["judged"], **clause} for clause in report["clauses"]]
    return {**defaults, **report, "suite": {**suite, **report["suite"]}, "clauses": clauses}
