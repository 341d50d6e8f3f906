"""What `make peers` measured is counted fairly, and published with the method."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.peer_table import NAMES, section, table, tally
from tests.conftest import ROOT

VERSIONS = {"st run": "4.0", "prism proxy": "5.0", "dredd": "14.0"}


def outcome(*reports: str, runs: int | None = 9) -> dict[str, Any]:
    return {"reports": sorted(reports), "seconds": 1.5, "runs": runs}


def unfinished() -> dict[str, Any]:
    return {"reports": None, "seconds": 120.0, "runs": None}


def server(kind: str, level: str | None, result: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "name": "a-server", "level": level, "tools": dict.fromkeys(NAMES, result)}


MEASURED: dict[str, Any] = {
    "versions": VERSIONS,
    "sample": {"seed": 7, "of": [800, 80, 50]},
    "reference": [dict.fromkeys(NAMES, outcome()), dict.fromkeys(NAMES, outcome("noise"))],
    "servers": [
        server("mutant", "must", outcome("a fault", "noise")),
        server("mutant", "must", outcome("noise")),
        server("mutant", "must", outcome("verdict inconclusive")),
        server("mutant", "should", unfinished()),
        server("variant", None, outcome("an accusation", runs=None)),
        server("variant", None, outcome("noise", runs=11)),
        server("degenerate", None, outcome("noise")),
        server("degenerate", None, outcome("verdict inconclusive")),
        server("degenerate", None, unfinished()),
    ],
}


def test_reports_about_the_reference_server_do_not_count() -> None:
    for tool in NAMES:
        counts = tally(MEASURED, tool)
        assert (counts.must, counts.should, counts.alarms) == ((1, 3), (0, 1), (1, 2))


def test_a_degenerate_server_has_passed_where_the_tool_ended_and_reported_nothing() -> None:
    counts = tally(MEASURED, "st run")
    assert (counts.passed, counts.unfinished) == ((1, 3), 2)


def test_unknown_runs_are_left_out_of_the_median() -> None:
    assert tally(MEASURED, "dredd").runs == 9


def test_each_tool_has_a_line_and_its_version() -> None:
    assert table(MEASURED).count("\n") == len(NAMES) + 1
    text = section(MEASURED)
    assert table(MEASURED) in text
    assert all(version in text for version in VERSIONS.values())
    assert "4 of 800 mutants, 2 of 80 variants and 3 of 50 degenerate servers" in text


def test_the_committed_measurement_is_whole() -> None:
    measured = json.loads((ROOT / "conformance" / "peers.json").read_text(encoding="utf-8"))
    assert len(measured["reference"]) >= 3
    for server in measured["servers"]:
        assert server["tools"].keys() == NAMES.keys(), server["name"]
    assert section(measured) == (ROOT / "conformance" / "peers.md").read_text(encoding="utf-8")
