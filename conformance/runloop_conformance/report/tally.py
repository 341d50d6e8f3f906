"""How the clauses of a report stand: what fails the run, what only warns, what is known, what was not settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Report = Mapping[str, Any]
Clause = Mapping[str, Any]


def counts(clause: Clause, report: Report) -> bool:
    """Whether the verdict depends on a clause: a MUST, or any under `--fail-on should`."""
    return bool(clause["level"] == "must" or report["suite"]["fail_on"] == "should")


def failing(report: Report) -> list[Clause]:
    """The broken clauses that make the verdict nonconformant."""
    return [one for one in _broken(report) if counts(one, report)]


def warnings(report: Report) -> list[Clause]:
    """The broken clauses that do not count."""
    return [one for one in _broken(report) if not counts(one, report)]


def _broken(report: Report) -> list[Clause]:
    return [one for one in report["clauses"] if one["status"] == "fail" and not one["known"]]


def known(report: Report) -> list[Clause]:
    """The broken clauses that are known to be."""
    return [one for one in report["clauses"] if one["status"] == "fail" and one["known"]]


def stale(report: Report) -> list[str]:
    """The known failures that are none any more."""
    return [entry["clause"] for entry in report["known_failures"] if entry["stale"]]


def unsettled(report: Report) -> list[Clause]:
    """What was not tested, or could not be told."""
    return [one for one in report["clauses"] if one["status"] in ("inconclusive", "not_tested")]


def tally(report: Report) -> dict[str, tuple[int, int, int]]:
    """How many clauses of each level were kept, broken and not settled."""
    told: dict[str, tuple[int, int, int]] = {}
    for level in ("must", "should"):
        found = [one["status"] for one in report["clauses"] if one["level"] == level]
        kept, broken = found.count("pass"), found.count("fail")
        told[level] = kept, broken, len(found) - kept - broken
    return told
