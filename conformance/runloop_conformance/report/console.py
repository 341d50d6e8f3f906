"""The terminal: the verdict first, then failures, warnings, what is known, what was not settled, and the next step."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.text import Text

from runloop_conformance.report.tally import Clause, Report, failing, known, stale, tally, unsettled, warnings
from runloop_conformance.report.visible import shortened, visible

COLOURS = {"conformant": "bold green", "nonconformant": "bold red", "inconclusive": "bold yellow", "error": "bold red"}
WIDEST = 100  # columns; a longer line is harder to read than two
FULL = 20  # failures that are told in full
FEW = 8  # clauses of a kind that are listed one by one
LONGEST_CURL, LONGEST_BODY = 1400, 240  # characters


@frozen
class Page:
    """Writes lines that steer no terminal, wrapped at blanks and indented."""

    console: Console

    @property
    def width(self) -> int:
        """In columns."""
        return min(self.console.width, WIDEST)

    def line(self, text: str = "", style: str = "", first: str = "", rest: str = "") -> None:
        """One paragraph. `first` and `rest` stand before its first line and before the others."""
        wrapped = Text(visible(text)).wrap(self.console, max(20, self.width - len(rest or first)))
        for number, part in enumerate(wrapped or [Text()]):
            part.rstrip()
            self.raw((rest if number else first) + part.plain, style)

    def raw(self, text: str, style: str = "") -> None:
        """One line as it is, however long."""
        self.console.print(Text(text, style=style), soft_wrap=True)

    def row(self, name: str, text: str, style: str = "") -> None:
        """A name, and what there is to say to it."""
        self.line(text, style, first=f"  {name:9} ", rest=" " * 12)


def show(console: Console, report: Report, *, quiet: bool = False) -> None:
    """Print a report. With `quiet`, the verdict and its reason alone."""
    page = Page(console)
    page.raw(visible(f"{report['verdict']}: {report['server']}"), COLOURS[report["verdict"]])
    if report["reason"] and quiet:  # on one line, for scripts
        page.raw(visible(f"  {report['reason']}"), "yellow")
    elif report["reason"]:
        page.line(report["reason"], "yellow", first="  ", rest="  ")
    for clause in stale(report):
        page.line(
            f"stale: {clause} is kept, so it is no known failure any more: take it out of --known-failures",
            "bold yellow", first="  ", rest="  ",
        )  # fmt: skip
    if quiet:
        return
    _numbers(page, report)
    _failures(page, failing(report))
    _briefly(page, "broken, SHOULD (warnings)", warnings(report))
    _briefly(page, "known failures", known(report))
    _open(page, unsettled(report))
    for sentence in _next(report):
        page.line()
        page.line(sentence, "dim")


def _numbers(page: Page, report: Report) -> None:
    counts = tally(report)
    kept, broken, open_ = (sum(counted) for counted in zip(*counts.values(), strict=True))
    page.line(
        f"{kept} clauses kept, {broken} broken, {open_} not settled"
        f" ({sum(counts['must'])} MUST, {sum(counts['should'])} SHOULD)",
        first="  ", rest="  ",
    )  # fmt: skip
    by_mistake = report["runs_by_mistake"]
    mistakes = f" ({by_mistake} of them on requests that must be refused)" if by_mistake else ""
    page.line(
        f"contract {report['contract']['version']} · {report['requests']} requests · {report['runs_started']} runs"
        f" started of {report['run_limit']}{mistakes} · {report['duration_s']:.1f} s · seed {report['suite']['seed']}",
        first="  ", rest="  ",
    )  # fmt: skip


def told(clause: Clause, width: int = WIDEST) -> list[str]:
    """The lines about one broken clause, without colour, for who shows them elsewhere."""
    into = io.StringIO()
    _failure(Page(Console(file=into, width=width, color_system=None, highlight=False)), clause)
    return into.getvalue().splitlines()


def _failures(page: Page, clauses: Sequence[Clause]) -> None:
    for clause in clauses[:FULL]:
        page.line()
        _failure(page, clause)
    if len(clauses) > FULL:
        page.line()
        page.line(f"broken as well: {_names(clauses[FULL:])}; report.json tells each in full", "bold red")


def _failure(page: Page, clause: Clause) -> None:
    seen = clause["counterexample"]
    page.line(f"broken, {clause['level'].upper()}: {clause['id']}", "bold red")
    page.line(clause["text"], first="  ", rest="  ")
    page.row("expected", seen["expected"])
    page.row("actual", seen["actual"])
    page.row("sent", _body(seen["exchanges"][-1]["request"]))
    if seen["change"]:
        page.row("changed", f"{seen['change']} (beside “{_control(seen)}”, which was accepted)")
    page.row("how often", clause["reason"], "dim")
    for part in pasteable(seen["curl"], page.width):
        page.raw(part, "cyan")


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


def _open(page: Page, clauses: Sequence[Clause]) -> None:
    if not clauses:
        return
    page.line()
    page.line(f"not settled: {len(clauses)} clauses", "bold")
    reasons: dict[str, list[Clause]] = {}
    for clause in clauses:
        reasons.setdefault(clause["reason"] or "", []).append(clause)
    for reason, found in reasons.items():
        page.line(f"{reason}:", first="  ", rest="  ")
        page.line(_names(found), first="    ", rest="    ")


def _names(clauses: Sequence[Clause]) -> str:
    more = f" and {len(clauses) - FEW} more" if len(clauses) > FEW else ""
    return ", ".join(f"{clause['id']} ({clause['level'].upper()})" for clause in clauses[:FEW]) + more


def _next(report: Report) -> Iterator[str]:
    failed, warned = failing(report), warnings(report)
    if report["verdict"] == "inconclusive":
        yield "Nothing is proved yet: mend what the reason names, then run it again."
    elif failed:
        yield f"Paste a curl above to see the answer again; --select {failed[0]['id']} tests one clause alone."
    elif warned:
        yield f"--select {warned[0]['id']} --fail-on should tells of a warning in full."


def _control(seen: Any) -> str:
    name: str = seen["exchanges"][0]["request"].get("name", "")
    return name


def _body(request: Any) -> str:
    """The body that was sent, short enough to be read."""
    raw = request["body"].encode() if "body" in request else base64.b64decode(request["body_base64"])
    length = request.get("body_cut_from", len(raw))
    if not length:
        return "no body"
    text = visible(raw.decode("utf-8", "backslashreplace"))
    return text if length == len(raw) and len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}… ({length:,} bytes)"


def pasteable(command: str, width: int) -> Iterator[str]:
    """The command on lines of that width, where its words allow it; a shell reads them as one."""
    if len(command) > LONGEST_CURL:
        yield "  " + visible(shortened(command, LONGEST_CURL), keep="\n")
        return
    line = " "
    for word in _grouped(_words(command)):
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


def _words(command: str) -> list[str]:
    """The words of a shell command, quotation marks and all."""
    words, word = [], ""
    inside: list[str] = []  # what is open: ', " or $(
    escaped = False
    for at, char in enumerate(command):
        top = inside[-1] if inside else ""
        if char == " " and not inside and not escaped:
            words.append(word)
            word = ""
            continue
        word += char
        if escaped or (char == "\\" and top != "'"):
            escaped = not escaped
        elif char == {"'": "'", '"': '"', "(": ")"}.get(top):
            inside.pop()
        elif top in ("", "(") and char in "'\"":
            inside.append(char)
        elif top != "'" and command[at - 1 : at + 1] == "$(":
            inside.append("(")
    return [*words, word]
