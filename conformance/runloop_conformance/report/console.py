"""The terminal: progress while it works, then the verdict first, failures, warnings, what was not tested."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Self

from attrs import define, field
from rich.console import Console
from rich.live import Live
from rich.text import Text

from runloop_conformance.clauses.clause import brief
from runloop_conformance.curl import curl
from runloop_conformance.exchange import Exchange
from runloop_conformance.judge import Finding
from runloop_conformance.redaction import Redaction
from runloop_conformance.send import Sender
from runloop_conformance.suite import Result

COLOURS = {"conformant": "bold green", "nonconformant": "bold red", "inconclusive": "bold yellow", "error": "bold red"}
NEXT = {
    "conformant": "",
    "nonconformant": "Paste a curl above to see the answer again; --select CLAUSE tests one clause alone.",
    "inconclusive": "Nothing is proved yet: mend what the reason names, then run it again.",
    "error": "",
}
Line = Callable[..., None]

FEW = 8  # clauses of a kind that are listed one by one


@define
class Progress:
    """One line that is rewritten while the suite works; on a pipe, nothing."""

    console: Console
    planned: int
    _live: Live = field(init=False)
    _began: float = field(factory=time.monotonic, init=False)
    _shown: float = field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self._live = Live(console=self.console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def __call__(self, exchange: Exchange, sender: Sender) -> None:
        """Show where the run stands after this exchange."""
        now = time.monotonic()
        if not self.console.is_terminal or now - self._shown < 0.1:
            return
        self._shown = now
        spent, limit = sender.budget.spent, sender.budget.limit
        line = f"{exchange.number} of {self.planned} requests · {spent} of {limit} runs · {now - self._began:.0f} s · "
        room = max(10, self.console.width - len(line))
        self._live.update(Text(line + brief(exchange.probe.name)[:room], style="dim"), refresh=True)


def show(console: Console, result: Result, redaction: Redaction, *, quiet: bool = False) -> None:
    """Print the result. With `quiet`, the verdict's line alone."""

    def line(text: str = "", style: str = "") -> None:
        safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in redaction.text(text))
        console.print(Text(safe, style=style), soft_wrap=True)

    counted = {
        status: sum(f.status == status for f in result.findings)
        for status in ("pass", "fail", "inconclusive", "not_tested")
    }
    musts = [f for f in result.findings if f.clause.level == "must"]
    line(f"{result.verdict}: {result.server}", COLOURS[result.verdict])
    if result.reason:
        line(f"  {result.reason}", "yellow")
    if quiet:
        return
    unsettled = counted["not_tested"] + counted["inconclusive"]
    line(
        f"  {counted['pass']} clauses kept, {counted['fail']} broken, {unsettled} not settled"
        f" ({len(musts)} MUST, {len(result.findings) - len(musts)} SHOULD)"
    )
    mistakes = f" ({result.runs_by_mistake} of them on requests that must be refused)" if result.runs_by_mistake else ""
    line(
        f"  contract {result.contract.version} · {result.requests} requests · {result.runs_started} runs started of"
        f" {result.run_limit}{mistakes} · {result.duration_s:.1f} s · seed {result.seed}"
    )
    broken = [f for f in result.findings if f.status == "fail"]
    failures(line, "broken, MUST", [f for f in broken if f.clause.level == "must"], result, "red")
    failures(line, "broken, SHOULD (warnings)", [f for f in broken if f.clause.level == "should"], result, "yellow")
    _open(line, [f for f in result.findings if f.status in ("not_tested", "inconclusive")])
    if NEXT[result.verdict]:
        line()
        line(NEXT[result.verdict], "dim")


def failures(line: Line, title: str, findings: Sequence[Finding], result: Result, style: str) -> None:
    """Each broken clause: its sentence, what was expected and what came, the change, and a request to paste."""
    for finding in findings:
        seen = finding.counterexample
        assert seen is not None
        last = seen.exchanges[-1].probe
        line()
        line(f"{title}: {finding.clause.id}", f"bold {style}")
        line(f"  {finding.clause.text}")
        line(f"  expected  {seen.expected}")
        line(f"  actual    {seen.actual}")
        if last.change:
            line(f"  changed   {last.change} (beside “{last.control}”, which was accepted)")
        if finding.reason:
            line(f"  how often {finding.reason}", "dim")
        command = curl(last, result.server)
        line(f"  {command if len(command) < 1500 else command[:1400] + '… (whole in report.json)'}", "cyan")


def _open(line: Line, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    line()
    line(f"not settled: {len(findings)} clauses", "bold")
    reasons: dict[str, list[str]] = {}
    for finding in findings:
        reasons.setdefault(finding.reason or "", []).append(f"{finding.clause.id} ({finding.clause.level.upper()})")
    for reason, names in reasons.items():
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        line(f"  {reason}:")
        line(f"    {', '.join(names[:FEW])}{more}")
