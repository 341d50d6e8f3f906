"""`junit.xml`: one testcase a clause, for the tools that show test results.

A clause that fails and counts is a failure; an inconclusive one is an error; one that was not tested, and a known
failure, are skipped. A warning passes, and `system-out` describes it. Where the verdict comes from no clause (no
response, an interrupted run) there is an error of its own: skipped tests alone would be green.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

from runloop_conformance.report.tally import outcome, stale
from runloop_conformance.report.visible import shortened, visible

LONGEST = 4000  # characters of a curl
SUITE = "runloop-conformance"


def junit(report: Mapping[str, Any]) -> bytes:
    """The report as XML."""
    cases = [_case(clause, report) for clause in report["clauses"]]
    cases += [_extra(name, reason) for name, reason in _other_problems(report)]
    count = {kind: str(sum(case.find(kind) is not None for case in cases)) for kind in ("failure", "error", "skipped")}
    totals = {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": count["failure"],
        "errors": count["error"],
        "time": f"{report['duration_s']:.3f}",
    }
    top = ET.Element("testsuites", totals)
    suite = ET.SubElement(
        top, "testsuite", {**totals, "skipped": count["skipped"], "timestamp": report["started_at"].partition("+")[0]}
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    suite.extend(cases)
    ET.indent(top)
    written: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _properties(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "verdict", report["verdict"]
    yield "reason", report["reason"] or ""
    yield "server", report["server"]
    yield "contract", f"{report['contract']['version']} sha256:{report['contract']['sha256']}"
    yield "suite", report["suite"]["version"]
    yield "profile", report["suite"]["profile"]
    yield "seed", str(report["suite"]["seed"])
    yield "requests", str(report["requests"])
    yield "runs_started", str(report["runs_started"])


def _case(clause: Mapping[str, Any], report: Mapping[str, Any]) -> ET.Element:
    chapter = clause["id"].rpartition(".")[0]
    case = ET.Element("testcase", {"classname": f"{SUITE}.{visible(chapter)}", "name": visible(clause["id"])})
    match outcome(clause, report):
        case "fail":
            failure = clause["counterexample"]
            message = f"expected {failure['expected']}; actual {failure['actual']}"
            _problem(case, "failure", clause["level"], message, _failure(clause))
        case "warning":
            ET.SubElement(case, "system-out").text = "warning: " + _failure(clause)
        case "known":
            ET.SubElement(case, "skipped", {"message": visible(f"known failure: {clause['known']}")})
            ET.SubElement(case, "system-out").text = _failure(clause)
        case "inconclusive":
            _problem(case, "error", "inconclusive", clause["reason"], clause["text"])
        case "not_tested":
            ET.SubElement(case, "skipped", {"message": visible(f"not tested: {clause['reason']}")})
        case "pass":
            pass
    return case


def _problem(case: ET.Element, kind: str, what: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, {"type": what, "message": visible(message)}).text = visible(text, keep="\n")


def _failure(clause: Mapping[str, Any]) -> str:
    failure = clause["counterexample"]
    lines = [
        f"{clause['level'].upper()}: {clause['text']}",
        f"in the contract: {clause['pointer']}",
        f"expected: {failure['expected']}",
        f"actual: {failure['actual']}",
        *([f"changed: {failure['change']}"] if failure["change"] else []),
        f"how often: {clause['reason']}",
        shortened(failure["curl"], LONGEST),
    ]
    return "\n".join(visible(line, keep="\n") for line in lines)


def _other_problems(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong apart from the clauses."""
    if report["verdict"] in ("inconclusive", "error"):
        yield "verdict", f"{report['verdict']}: {report['reason']}"
    for clause in stale(report):
        yield f"known-failures: {clause}", "the clause passes: remove it from --known-failures"


def _extra(name: str, reason: str) -> ET.Element:
    case = ET.Element("testcase", {"classname": SUITE, "name": visible(name)})
    _problem(case, "error", "run", reason, "")
    return case
