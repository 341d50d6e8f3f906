"""The terminal: the verdict first, then failures, warnings, known failures, what was not tested, and the next step."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.text import Text

from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.judging.counted import counted
from runloop_conformance.report.tally import (
    Clause,
    Report,
    cost_line,
    count_line,
    failing,
    known,
    stale,
    warnings,
    with_outcome,
)
from runloop_conformance.report.visible import shortened, visible

COLOURS = {"conformant": "bold green", "nonconformant": "bold red", "inconclusive": "bold yellow", "error": "bold red"}
WIDEST = 100  # columns; a longer line is harder to read than two
FULL = 20  # failures that are described in full
FEW = 8  # clauses of a kind that are listed one by one
LONGEST_CURL, LONGEST_BODY = 1400, 240  # characters
WORD = re.compile(
    r"""(?: '[^']*' | "(?: \$\( (?: '[^']*' | "[^"]*" | [^()'"] )* \) | \\. | [^"\\] )*" | \\. | [^\s'"\\] )+""",
    re.DOTALL | re.VERBOSE,
)
"""A word of a shell command, quotation marks and all; `$(…)` within double quotes is part of it."""


@frozen
class Page:
    """Writes lines that steer no terminal, wrapped at blanks and indented."""

    console: Console

    @property
    def width(self) -> int:
        """In columns."""
        return min(self.console.width, WIDEST)

    def line(self, text: str = "", style: str = "", first: str = "", rest: str = "") -> None:
        """One paragraph. `first` and `rest` are put before its first line and before the others."""
        wrapped = Text(visible(text)).wrap(self.console, max(20, self.width - len(rest or first)))
        for number, part in enumerate(wrapped or [Text()]):
            part.rstrip()
            self.raw((rest if number else first) + part.plain, style)

    def raw(self, text: str = "", style: str = "", keep: str = "") -> None:
        """One line, however long. `keep`: characters that are printed though they are not printable."""
        self.console.print(Text(visible(text, keep), style=style), soft_wrap=True)

    def row(self, name: str, text: str, style: str = "") -> None:
        """A name, and what there is to say about it."""
        self.line(text, style, first=f"  {name:9} ", rest=" " * 12)

    def indented(self, text: str, style: str = "", indent: str = "  ") -> None:
        """One paragraph below a heading."""
        self.line(text, style, first=indent, rest=indent)


def show(page: Page, report: Report, *, quiet: bool = False) -> None:
    """Print a report. With `quiet`, the verdict and its reason alone."""
    page.raw(f"{report['verdict']}: {report['server']}", COLOURS[report["verdict"]])
    if report["reason"] and quiet:  # on one line, for scripts
        page.raw(f"  {report['reason']}", "yellow")
    elif report["reason"]:
        page.indented(report["reason"], "yellow")
    for clause in stale(report):
        page.indented(f"stale: {clause} passes, so remove it from --known-failures", "bold yellow")
    if quiet:
        return
    page.indented(count_line(report))
    page.indented(cost_line(report))
    _failures(page, failing(report))
    _briefly(page, "SHOULD failed (warnings)", warnings(report))
    _briefly(page, "known failures", known(report))
    _by_reason(page, "inconclusive", with_outcome(report, "inconclusive"))
    _by_reason(page, "not tested", with_outcome(report, "not_tested"))
    for sentence in _next(report):
        page.line()
        page.line(sentence, "dim")


def described(clause: Clause, width: int = WIDEST) -> list[str]:
    """The lines about one failed clause, without colour, for use outside of a terminal."""
    into = io.StringIO()
    _failure(Page(Console(file=into, width=width, color_system=None, highlight=False)), clause)
    return into.getvalue().splitlines()


def _failures(page: Page, clauses: Sequence[Clause]) -> None:
    for clause in clauses[:FULL]:
        page.line()
        _failure(page, clause)
    if len(clauses) > FULL:
        page.line()
        page.line(f"failed as well: {_names(clauses[FULL:])}; report.json describes each in full", "bold red")


def _failure(page: Page, clause: Clause) -> None:
    failure = clause["counterexample"]
    page.line(f"{clause['level'].upper()} failed: {clause['id']}", "bold red")
    page.indented(clause["text"])
    page.row("expected", failure["expected"])
    page.row("actual", failure["actual"])
    page.row("sent", _body(failure["exchanges"][-1]["request"]))
    if failure["change"]:
        page.row("changed", failure["change"] + _control(failure))
    page.row("how often", clause["reason"], "dim")
    for part in pasteable(failure["curl"], page.width):
        page.raw(part, "cyan", keep="\n")


def _briefly(page: Page, title: str, clauses: Sequence[Clause]) -> None:
    if not clauses:
        return
    page.line()
    page.line(f"{title}: {len(clauses)}", "bold yellow")
    for clause in clauses[:FEW]:
        why = clause["known"] or clause["counterexample"]["actual"]
        short = visible(f"{clause['id']}: {why}")
        room = page.width - 2
        page.raw(f"  {short if len(short) <= room else short[: room - 1] + '…'}")
    if len(clauses) > FEW:
        page.line(f"and {len(clauses) - FEW} more", first="  ")


def _by_reason(page: Page, title: str, clauses: Sequence[Clause]) -> None:
    if not clauses:
        return
    page.line()
    page.line(f"{title}: {counted(len(clauses), 'clause')}", "bold")
    reasons: dict[str, list[Clause]] = {}
    for clause in clauses:
        reasons.setdefault(clause["reason"] or "", []).append(clause)
    for reason, alike in reasons.items():
        page.indented(f"{reason}:")
        page.indented(_names(alike), indent="    ")


def _names(clauses: Sequence[Clause]) -> str:
    rest = f" and {len(clauses) - FEW} more" if len(clauses) > FEW else ""
    return ", ".join(f"{clause['id']} ({clause['level'].upper()})" for clause in clauses[:FEW]) + rest


def _next(report: Report) -> Iterator[str]:
    failed, warned = failing(report), warnings(report)
    if report["verdict"] == "inconclusive":
        yield "Nothing is proved yet: fix the cause above and run again."
    elif failed:
        yield f"Paste a curl above to see the response again; --select {failed[0]['id']} tests one clause alone."
    elif warned:
        yield f"--select {warned[0]['id']} --fail-on should describes a warning in full."


def _control(failure: Any) -> str:
    """The accepted request that was changed, where it is among the exchanges."""
    for exchange in failure["exchanges"]:
        if exchange["number"] == failure["control"]:
            return f" (compared with “{exchange['request']['name']}”, which was accepted)"
    return ""


def _body(request: Any) -> str:
    """The body that was sent, short enough to read."""
    raw = request["body"].encode() if "body" in request else base64.b64decode(request["body_base64"])
    length = request.get("body_cut_from", len(raw))
    if not length:
        return "no body"
    text = visible(raw.decode("utf-8", "backslashreplace"))
    if length == len(raw) and len(text) <= LONGEST_BODY:
        return text
    return f"{text[:LONGEST_BODY]}… ({counted(length, 'byte')})"


def planned_line(intent: str, probe: Probe) -> str:
    """A request of a plan on one line."""
    return f"{intent:7} {probe.method:5} {len(probe.body):7,} bytes  {probe.name}"


def pasteable(command: str, width: int) -> Iterator[str]:
    """The command on lines of that width, where its words allow it; a shell reads them as one."""
    if len(command) > LONGEST_CURL:
        yield "  " + shortened(command, LONGEST_CURL)
        return
    line = " "
    for word in _grouped(WORD.findall(command)):
        if line.strip() and len(line) + len(word) + 3 > width:
            yield f"{line} \\"
            line = "   "
        line += f" {word}"
    yield line


def _grouped(words: Sequence[str]) -> Iterator[str]:
    """Each option together with its value."""
    at = 0
    while at < len(words):
        pair = words[at].startswith("-") and at + 1 < len(words) and not words[at + 1].startswith("-")
        yield " ".join(words[at : at + 1 + pair])
        at += 1 + pair
