"""What `make peers` measured, counted and told in Markdown. It measures nothing itself."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

NAMES = {
    "runloop-conformance": "`runloop-conformance run`",
    "st run": "`st run`",
    "prism proxy": "`prism proxy`",
    "dredd": "`dredd`",
}


@frozen
class Tally:
    """One tool's outcomes. A pair is how many, of how many; `unfinished` came to no end and count as nothing found."""

    must: tuple[int, int]
    should: tuple[int, int]
    alarms: tuple[int, int]
    passed: tuple[int, int]
    unfinished: int
    runs: float
    seconds: float
    noise: int


def tally(measured: Mapping[str, Any], tool: str) -> Tally:
    """Count what a tool reports of a server and of the reference server never."""
    noise = {report for one in measured["reference"] for report in one[tool]["reports"] or ()}

    def of(kind: str, level: str | None = None) -> list[Mapping[str, Any]]:
        return [one["tools"][tool] for one in measured["servers"] if (one["kind"], one["level"]) == (kind, level)]

    def reporting(servers: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
        # A verdict by itself says that nothing could be told: it finds no fault.
        found = (set(one["reports"] or ()) - noise for one in servers)
        return sum(any(not report.startswith("verdict ") for report in one) for one in found), len(servers)

    every = [one["tools"][tool] for one in measured["servers"]]
    degenerates = of("degenerate")
    silent = sum(one["reports"] is not None and not set(one["reports"]) - noise for one in degenerates)
    known = [one["runs"] for one in every if one["runs"] is not None]
    return Tally(
        must=reporting(of("mutant", "must")),
        should=reporting(of("mutant", "should")),
        alarms=reporting(of("variant")),
        passed=(silent, len(degenerates)),
        unfinished=sum(one["reports"] is None for one in every),
        runs=statistics.median(known) if known else 0,
        seconds=statistics.median(one["seconds"] for one in every),
        noise=len(noise),
    )


def table(measured: Mapping[str, Any]) -> str:
    """The Markdown table of conformance/peers.json, with the versions above it."""
    sample, versions = measured["sample"], measured["versions"]
    told = (
        f"schemathesis {versions['st run']}, Prism {versions['prism proxy']}, Dredd {versions['dredd']};"
        f" {sample['mutants']} of {sample['of'][0]} faults, {sample['variants']} of {sample['of'][1]} correct"
        f" servers and {sample['degenerates']} of {sample['of'][2]} degenerate ones, drawn with seed {sample['seed']}."
    )
    head = (
        "| | faults of a MUST found | of a SHOULD | correct servers accused | degenerate ones passed"
        " | came to no end | runs started, median | seconds, median |"
    )
    lines = [told, "", head, "|---" * 8 + "|"]
    for tool, name in NAMES.items():
        one = tally(measured, tool)
        cells = [*(f"{part} of {whole}" for part, whole in (one.must, one.should, one.alarms, one.passed))]
        cells += [str(one.unfinished), f"{one.runs:g}", f"{one.seconds:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
