"""What to publish of a report: a badge and a paragraph. Neither claims more than was tested."""

from __future__ import annotations

import html
import json

from runloop_conformance.judging.counted import counted
from runloop_conformance.report.tally import Report, failing, known, tally

LABEL = "contract"
COLOURS = {"brightgreen": "#4c1", "yellow": "#dfb317", "red": "#e05d44", "lightgrey": "#9f9f9f"}
STATUSES = ("pass", "fail", "inconclusive", "not_tested")
CHARACTER, ROOM = 7, 10  # pixels of one on average, and beside the text


def endpoint(report: Report) -> str:
    """The JSON that shields.io reads for an endpoint badge."""
    message, colour = _message(report)
    badge = {"schemaVersion": 1, "label": _label(report), "message": message, "color": colour}
    if report["verdict"] != "conformant":
        badge["isError"] = True  # shields.io then lets nobody choose another colour
    return json.dumps(badge) + "\n"


def svg(report: Report) -> str:
    """The badge as a picture of its own, which no service draws."""
    label, (message, colour) = _label(report), _message(report)
    left, right = (len(text) * CHARACTER + ROOM for text in (label, message))
    texts = "".join(
        f'<text x="{at:g}" y="14" textLength="{width - ROOM}">{html.escape(text)}</text>'
        for text, at, width in ((label, left / 2, left), (message, left + right / 2, right))
    )
    title = html.escape(f"{label}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">'
        f'<title>{title}</title><clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#555"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{COLOURS[colour]}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g>'
        "</svg>\n"
    )


def _label(report: Report) -> str:
    return f"{LABEL} {report['contract']['version']}"


def _message(report: Report) -> tuple[str, str]:
    """The message and its colour. Green is for a complete run with nothing left out."""
    verdict = report["verdict"]
    if verdict == "nonconformant":
        return f"{len(failing(report))} failed", "red"
    if verdict != "conformant":
        return verdict, "lightgrey"
    if known(report):
        return f"conformant, {counted(len(known(report)), 'known failure')}", "yellow"
    if left_out(report):
        return f"conformant in {counted(len(report['clauses']), 'clause')}", "yellow"
    return "conformant", "brightgreen"


def left_out(report: Report) -> bool:
    """Whether clauses were left out of the run."""
    return bool(report["suite"]["select"] or report["suite"]["deselect"])


def statement(report: Report) -> str:
    """One paragraph of Markdown: what was tested, with what, when, and the result."""
    suite, contract = report["suite"], report["contract"]
    must, should = ([number[status] for status in STATUSES] for number in tally(report).values())
    tested = (
        f"On {report['started_at'][:10]} **`{_code(report['server'])}` was found {report['verdict']}** with version"
        f" {contract['version']} of the contract (sha256 `{contract['sha256'][:12]}`) by runloop-conformance"
        f" {suite['version']}, profile {suite['profile']}, seed {suite['seed']}, with"
        f" {counted(report['requests'], 'request')} that started {counted(report['runs_started'], 'run')}."
    )
    results = "MUST clauses: {} passed, {} failed, {} inconclusive, {} not tested.".format(
        *must
    ) + " SHOULD clauses: {} passed, {} failed, {} inconclusive, {} not tested.".format(*should)
    sentences = [tested, results]
    if left_out(report):
        sentences.append("Only these clauses were selected; the contract has more.")
    if known(report):
        names = ", ".join(f"`{_code(clause['id'])}`" for clause in known(report))
        sentences.append(f"Known failures, which do not count: {names}.")
    if report["verdict"] in ("inconclusive", "error"):
        sentences.append("This claims nothing about what was not tested.")
    return " ".join(sentences) + "\n"


def _code(text: str) -> str:
    return text.replace("`", "%60")
