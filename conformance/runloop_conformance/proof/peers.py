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

HEAD = (
    "",
    "faults of a MUST found",
    "of a SHOULD",
    "correct servers accused",
    "degenerate ones passed",
    "came to no end",
    "runs started, median",
    "seconds, median",
)
CALLS = """\
Drawn with seed {seed}: {drawn}. Each tool meets each
server newly started, several at once on two cores: compare the seconds with each other and with nothing else. The
faults are those that this suite was mended until it found, so its own line says no more than that it still does; the
other lines say what a general tool sees of the same faults, and whom it accuses on the way.

{table}

A server counts as found, or accused, when a tool reports of it what it never reports of the reference server, tried
three times. What came to no end within five minutes, two with a degenerate server, has found nothing.

- `runloop-conformance run URL --seed {seed}`: a clause that failed, MUST or SHOULD.
- `st run openapi.yaml --url URL --header "Authorization: Bearer …" --seed {seed}`, schemathesis {st run}, all else by
  default: a failure that it lists, told apart by its code, its status and, of a refusal, by what the server said.
- `prism proxy openapi.yaml URL`, Prism {prism proxy}, with traffic through it, since it sends none: the contract's
  examples, three times each, and ten invalid requests. It finds a violation of a response; also, in its favour, one of
  a request that the server has accepted, and no answer at all. Nothing is sent that is not JSON: that it never answers.
- `dredd openapi.json URL -h "Authorization: Bearer …"`, Dredd {dredd}, without its native parser: a failure or an
  error. It reads OpenAPI 3.0 alone, so types with null became `nullable`, `const` became `enum`, and the `x-` members
  went. It knows no ranges like 4XX, and of several examples it takes the first: it sends one request.
"""


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
    """The Markdown table of conformance/peers.json, a line for each tool."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for tool, name in NAMES.items():
        one = tally(measured, tool)
        cells = [f"{part} of {whole}" for part, whole in (one.must, one.should, one.alarms, one.passed)]
        cells += [str(one.unfinished), f"{one.runs:g}", f"{one.seconds:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def account(measured: Mapping[str, Any]) -> str:
    """What stands around the table in Markdown: the sample, the versions, how each tool was called, what counts."""
    sample, versions = measured["sample"], measured["versions"]
    kinds = [sum(one["kind"] == kind for one in measured["servers"]) for kind in ("mutant", "variant", "degenerate")]
    drawn = " and ".join(
        f"{count} of {whole} {what}"
        for count, whole, what in zip(
            kinds, sample["of"], ("servers with one fault,", "correct ones", "degenerate ones"), strict=True
        )
    )
    return CALLS.format(drawn=drawn.replace(", and", ",", 1), table=table(measured), **sample, **versions)
