"""What `make peers` measured is counted fairly, and told with how it was measured."""

from __future__ import annotations

import json
from typing import Any

from runloop_conformance.proof.peers import NAMES, account, table, tally

from tests.conftest import ROOT

VERSIONS = {"st run": "4.0", "prism proxy": "5.0", "dredd": "14.0"}


def said(*reports: str, runs: int | None = 9) -> dict[str, Any]:
    return {"reports": sorted(reports), "seconds": 1.5, "runs": runs}


def unfinished() -> dict[str, Any]:
    return {"reports": None, "seconds": 120.0, "runs": None}


def server(kind: str, level: str | None, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "name": "a-server", "level": level, "tools": dict.fromkeys(NAMES, outcome)}


MEASURED: dict[str, Any] = {
    "versions": VERSIONS,
    "sample": {"seed": 7, "of": [800, 80, 50]},
    "reference": [dict.fromkeys(NAMES, said()), dict.fromkeys(NAMES, said("noise"))],
    "servers": [
        server("mutant", "must", said("a fault", "noise")),
        server("mutant", "must", said("noise")),
        server("mutant", "must", said("verdict inconclusive")),
        server("mutant", "should", unfinished()),
        server("variant", None, said("an accusation", runs=None)),
        server("variant", None, said("noise", runs=11)),
        server("degenerate", None, said("noise")),
        server("degenerate", None, said("verdict inconclusive")),
        server("degenerate", None, unfinished()),
    ],
}


def test_what_is_reported_of_the_reference_server_too_is_no_finding() -> None:
    for tool in NAMES:
        told = tally(MEASURED, tool)
        assert (told.must, told.should, told.alarms) == ((1, 3), (0, 1), (1, 2))


def test_a_degenerate_server_has_passed_where_the_tool_ended_and_said_nothing() -> None:
    told = tally(MEASURED, "st run")
    assert (told.passed, told.unfinished) == ((1, 3), 2)


def test_unknown_runs_are_left_out_of_the_median() -> None:
    assert tally(MEASURED, "dredd").runs == 9


def test_each_tool_has_a_line_and_its_version_is_told() -> None:
    assert table(MEASURED).count("\n") == len(NAMES) + 1
    text = account(MEASURED)
    assert table(MEASURED) in text
    assert all(version in text for version in VERSIONS.values())
    assert "4 of 800 servers with one fault, 2 of 80 correct ones and 3 of 50 degenerate ones" in text


def test_the_committed_measurement_is_whole() -> None:
    measured = json.loads((ROOT / "conformance" / "peers.json").read_text(encoding="utf-8"))
    assert len(measured["reference"]) >= 3
    for one in measured["servers"]:
        assert one["tools"].keys() == NAMES.keys(), one["name"]
    assert account(measured).count("\n| `") == len(NAMES)
