"""GitHub Actions: annotations on the run, and a summary of the job. What a server sent can do nothing in either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runloop_conformance.report.tally import Clause, Report, failing, known, stale, tally, unsettled, warnings
from runloop_conformance.report.visible import shortened, visible

MOST_ANNOTATIONS = 10  # of a kind; GitHub shows no more of one step
MOST_DETAILS = 20  # clauses that are told in full; GitHub takes 1 MiB of summary
LONGEST, LONGEST_VALUE = 1500, 300  # characters of a curl, and of what was expected or came
ICONS = {"conformant": "✅", "nonconformant": "❌", "inconclusive": "❔", "error": "💥"}


def workflow_commands(report: Report) -> Iterator[str]:
    """The workflow commands, one a line: an error for what fails the run, a warning for what does not."""
    if report["verdict"] in ("inconclusive", "error"):
        yield _command("error", f"{report['verdict']}: {report['server']}", report["reason"] or "")
    for clause in stale(report):
        yield _command("error", f"stale known failure: {clause}", "It is kept now: take it out of the file.")
    yield from _annotated("error", failing(report))
    yield from _annotated("warning", warnings(report))


def _annotated(kind: str, clauses: Sequence[Clause]) -> Iterator[str]:
    shown = clauses if len(clauses) <= MOST_ANNOTATIONS else clauses[: MOST_ANNOTATIONS - 1]
    for clause in shown:
        seen = clause["counterexample"]
        told = f"{clause['text']}\nexpected: {seen['expected']}\nactual: {seen['actual']}"
        yield _command(kind, f"{clause['level'].upper()} broken: {clause['id']}", told)
    if len(shown) < len(clauses):
        rest = ", ".join(clause["id"] for clause in clauses[len(shown) :])
        yield _command(kind, f"{len(clauses) - len(shown)} more clauses are broken", shortened(rest, LONGEST))


def _command(kind: str, title: str, message: str) -> str:
    """A workflow command, escaped as GitHub's own toolkit does it."""
    told = _escaped(visible(message, keep="\n"))
    title = _escaped(visible(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{told}"


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
        "| | kept | broken | not settled |",
        "|---|--:|--:|--:|",
        *(f"| {level.upper()} | {' | '.join(map(str, counted))} |" for level, counted in tally(report).items()),
        "",
        " · ".join(_numbers(report)),
        "",
    ]
    lines += _details("Broken", failing(report))
    lines += _details("Warnings", warnings(report))
    lines += _listed("Known failures", [(one["id"], one["known"]) for one in known(report)])
    lines += _listed("Stale known failures", [(one, "kept now") for one in stale(report)])
    lines += _listed(
        "Not settled", [(one["id"], f"{one['level'].upper()}: {one['reason']}") for one in unsettled(report)]
    )
    return "\n".join(lines) + "\n"


def _numbers(report: Report) -> Iterator[str]:
    yield f"contract {report['contract']['version']}"
    yield f"{report['requests']} requests"
    yield f"{report['runs_started']} of {report['run_limit']} runs started"
    yield f"{report['duration_s']:.1f} s"
    yield f"seed {report['suite']['seed']}"
    yield f"runloop-conformance {report['suite']['version']}"


def _details(title: str, clauses: Sequence[Clause]) -> Iterator[str]:
    if not clauses:
        return
    yield from (f"### {title}", "")
    for clause in clauses[:MOST_DETAILS]:
        seen = clause["counterexample"]
        yield f"<details><summary>{_code(clause['id'])} ({clause['level'].upper()})</summary>"
        yield ""
        yield f"<p>{_inert(clause['text'])}</p>"
        yield "<table>"
        rows = [("expected", seen["expected"]), ("actual", seen["actual"]), ("changed", seen["change"])]
        for name, value in (*rows, ("how often", clause["reason"])):
            if value:
                yield f"<tr><td>{name}</td><td>{_code(shortened(value, LONGEST_VALUE))}</td></tr>"
        yield f"</table>\n<pre><code>{_inert(shortened(seen['curl'], LONGEST))}</code></pre>"
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


def _code(text: str) -> str:
    return f"<code>{_inert(text)}</code>"


def _inert(text: str) -> str:
    """Text that neither Markdown nor HTML finds anything in: all but letters, digits and blanks as references."""
    return re.sub(r"[^0-9A-Za-z ]", lambda found: f"&#{ord(found[0])};", visible(text))
