"""The table of what `make peers` measured, in Markdown."""

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

HEAD = (
    "",
    "MUST mutants detected",
    "SHOULD mutants detected",
    "variants: false alarms",
    "degenerate servers passed",
    "did not end",
    "runs started, median",
    "seconds, median",
)
TEXT = """\
Seed {seed} selected {selected}.
Each tool met each server newly started, several at once on two cores: compare the seconds with each other only. This
suite was improved until it detected these mutants, so its line shows only that it still does. The other lines show what
a general tool detects, and its false alarms.

{table}

A tool detects a mutant, or raises a false alarm, when it reports something about the server that it never reports about
the reference server in three attempts. A tool that did not end within five minutes (two for a degenerate server) has
detected nothing.

- `runloop-conformance run URL --seed {seed}`: a clause that failed, MUST or SHOULD.
- `st run openapi.yaml --url URL --header "Authorization: Bearer …" --seed {seed}`, schemathesis {st run}, with its
  defaults: a failure that it lists. Failures are distinguished by code, status and the message of a rejection.
- `prism proxy openapi.yaml URL`, Prism {prism proxy}. It sends no traffic, so the contract's examples were sent through
  it, three times each, and ten invalid requests. It detects a violation in a response, a violation in a request that
  the server accepted, and a missing response. Only JSON was sent, since it does not respond to anything else.
- `dredd openapi.json URL -h "Authorization: Bearer …"`, Dredd {dredd}, without its native parser: a failure or an
  error. It reads only OpenAPI 3.0, so types with null became `nullable`, `const` became `enum`, and the `x-` properties
  were removed. It does not support ranges like 4XX, and sends one request, with the first example.
"""


@frozen
class Tally:
    """The outcomes of one tool. A pair is a count and its total; `unfinished` counts as nothing detected."""

    must: tuple[int, int]
    should: tuple[int, int]
    alarms: tuple[int, int]
    passed: tuple[int, int]
    unfinished: int
    runs: float
    seconds: float


def tally(measured: Mapping[str, Any], tool: str) -> Tally:
    """Count what a tool reports about a server and never about the reference server."""
    noise = {report for tools in measured["reference"] for report in tools[tool]["reports"] or ()}

    def of(kind: str, level: str | None = None) -> list[Mapping[str, Any]]:
        servers = measured["servers"]
        return [server["tools"][tool] for server in servers if (server["kind"], server["level"]) == (kind, level)]

    def reporting(outcomes: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
        # A verdict alone says that the tool could not test: it detects no fault.
        news = (set(outcome["reports"] or ()) - noise for outcome in outcomes)
        return sum(any(not report.startswith("verdict ") for report in reports) for reports in news), len(outcomes)

    outcomes = [server["tools"][tool] for server in measured["servers"]]
    degenerates = of("degenerate")
    silent = sum(each["reports"] is not None and not set(each["reports"]) - noise for each in degenerates)
    runs = [outcome["runs"] for outcome in outcomes if outcome["runs"] is not None]
    return Tally(
        must=reporting(of("mutant", "must")),
        should=reporting(of("mutant", "should")),
        alarms=reporting(of("variant")),
        passed=(silent, len(degenerates)),
        unfinished=sum(outcome["reports"] is None for outcome in outcomes),
        runs=statistics.median(runs) if runs else 0,
        seconds=statistics.median(outcome["seconds"] for outcome in outcomes),
    )


def table(measured: Mapping[str, Any]) -> str:
    """The Markdown table of conformance/peers.json, with a line for each tool."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for tool, name in NAMES.items():
        counts = tally(measured, tool)
        cells = [f"{part} of {total}" for part, total in (counts.must, counts.should, counts.alarms, counts.passed)]
        cells += [str(counts.unfinished), f"{counts.runs:g}", f"{counts.seconds:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def section(measured: Mapping[str, Any]) -> str:
    """The table with the sample, the versions, and how each tool was called."""
    sample, versions = measured["sample"], measured["versions"]
    kinds = [server["kind"] for server in measured["servers"]]
    mutants, variants, degenerates = (
        f"{kinds.count(kind)} of {total} {kind.replace('degenerate', 'degenerate server')}s"
        for kind, total in zip(("mutant", "variant", "degenerate"), sample["of"], strict=True)
    )
    selected = f"{mutants}, {variants} and {degenerates}"
    return TEXT.format(selected=selected, table=table(measured), **sample, **versions)
