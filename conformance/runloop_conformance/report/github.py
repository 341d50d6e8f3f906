"""GitHub Actions: annotations on the run, and a summary of the job. Text of a server does nothing in either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runloop_conformance.report.tally import (
    Clause,
    Report,
    cost_line,
    failing,
    known,
    stale,
    tally,
    warnings,
    with_outcome,
)
from runloop_conformance.report.visible import shortened, visible

MOST_ANNOTATIONS = 10  # of a kind; GitHub shows no more of one step
MOST_DETAILS = 20  # clauses that are described in full; GitHub takes 1 MiB of summary
LONGEST, LONGEST_VALUE = 1500, 300  # characters of a curl, and of what was expected or came
STATUSES = ("fail", "pass", "inconclusive", "not_tested")
ICONS = {"conformant": "✅", "nonconformant": "❌", "inconclusive": "❔", "error": "💥"}


def workflow_commands(report: Report) -> Iterator[str]:
    """The workflow commands, one a line: an error for what fails the run, a warning for what does not."""
    if report["verdict"] in ("inconclusive", "error"):
        yield _command("error", f"{report['verdict']}: {report['server']}", report["reason"] or "")
    for clause in stale(report):
        yield _command("error", f"stale known failure: {clause}", "The clause passes: remove it from the file.")
    yield from _annotated("error", failing(report))
    yield from _annotated("warning", warnings(report))


def _annotated(kind: str, clauses: Sequence[Clause]) -> Iterator[str]:
    shown = clauses if len(clauses) <= MOST_ANNOTATIONS else clauses[: MOST_ANNOTATIONS - 1]
    for clause in shown:
        failure = clause["counterexample"]
        message = f"{clause['text']}\nexpected: {failure['expected']}\nactual: {failure['actual']}"
        yield _command(kind, f"{clause['level'].upper()} failed: {clause['id']}", message)
    if len(shown) < len(clauses):
        rest = ", ".join(clause["id"] for clause in clauses[len(shown) :])
        yield _command(kind, f"{len(clauses) - len(shown)} more clauses failed", shortened(rest, LONGEST))


def _command(kind: str, title: str, message: str) -> str:
    """A workflow command, escaped as GitHub's own toolkit does it."""
    message = _escaped(visible(message, keep="\n"))
    title = _escaped(visible(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{message}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def summary(report: Report) -> str:
    """The job's summary, in Markdown."""
    lines = [
        f"## {ICONS[report['verdict']]} {report['verdict']}",
        "",
        f"{_code(report['server'])}",
        "",
        *([f"> {_code(report['reason'])}", ""] if report["reason"] else []),
        "| | failed | passed | inconclusive | not tested |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {level.upper()} | {' | '.join(str(number[status]) for status in STATUSES)} |"
            for level, number in tally(report).items()
        ),
        "",
        f"{cost_line(report)} · runloop-conformance {report['suite']['version']}",
        "",
    ]
    lines += _details("Failed", failing(report))
    lines += _details("Warnings", warnings(report))
    lines += _listed("Known failures", [(clause["id"], clause["known"]) for clause in known(report)])
    lines += _listed("Stale known failures", [(clause, "passes") for clause in stale(report)])
    lines += _listed("Inconclusive", _reasons(with_outcome(report, "inconclusive")))
    lines += _listed("Not tested", _reasons(with_outcome(report, "not_tested")))
    return "\n".join(lines) + "\n"


def _details(title: str, clauses: Sequence[Clause]) -> Iterator[str]:
    if not clauses:
        return
    yield from (f"### {title}", "")
    for clause in clauses[:MOST_DETAILS]:
        failure = clause["counterexample"]
        yield f"<details><summary>{_code(clause['id'])} ({clause['level'].upper()})</summary>"
        yield ""
        yield f"<p>{_inert(clause['text'])}</p>"
        yield "<table>"
        rows = [("expected", failure["expected"]), ("actual", failure["actual"]), ("changed", failure["change"])]
        for name, value in (*rows, ("how often", clause["reason"])):
            if value:
                yield f"<tr><td>{name}</td><td>{_code(shortened(value, LONGEST_VALUE))}</td></tr>"
        yield f"</table>\n<pre><code>{_inert(shortened(failure['curl'], LONGEST))}</code></pre>"
        yield "</details>"
        yield ""
    if len(clauses) > MOST_DETAILS:
        yield f"and {len(clauses) - MOST_DETAILS} more; the report has them all."
        yield ""


def _listed(title: str, entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not entries:
        return
    yield f"<details><summary>{title}: {len(entries)}</summary>"
    yield ""
    for name, text in entries:
        yield f"- {_code(name)} {_inert(text)}".rstrip()
    yield from ("", "</details>", "")


def _reasons(clauses: Sequence[Clause]) -> list[tuple[str, str]]:
    return [(clause["id"], f"{clause['level'].upper()}: {clause['reason']}") for clause in clauses]


def _code(text: str) -> str:
    return f"<code>{_inert(text)}</code>"


def _inert(text: str) -> str:
    """Text that neither Markdown nor HTML finds anything in: all but letters, digits and blanks as references."""
    return re.sub(r"[^0-9A-Za-z ]", lambda found: f"&#{ord(found[0])};", visible(text))
