"""`junit.xml`: one testcase a clause, for the tools that show test results.

A broken clause that counts is a failure; one that could not be settled is an error; one that was not tested, and a
known failure, are skipped. A warning passes, and says in `system-out` what was seen. Where the verdict comes
from no clause (nobody answered, it was interrupted) an error of its own says so: skipped tests alone would be green.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

from runloop_conformance.report.tally import counts, stale
from runloop_conformance.report.visible import shortened, visible

LONGEST = 4000  # characters of a curl
SUITE = "runloop-conformance"


def junit(report: Mapping[str, Any]) -> bytes:
    """The report as XML."""
    cases = [_case(clause, report) for clause in report["clauses"]]
    cases += [_extra(name, reason) for name, reason in _beside(report)]
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
    made: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


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
    status, reason = clause["status"], clause["reason"] or ""
    if status == "inconclusive":
        _told(case, "error", "inconclusive", reason, clause["text"])
    elif status == "not_tested":
        ET.SubElement(case, "skipped", {"message": visible(f"not tested: {reason}")})
    elif status == "fail" and clause["known"]:
        ET.SubElement(case, "skipped", {"message": visible(f"known failure: {clause['known']}")})
        ET.SubElement(case, "system-out").text = _seen(clause)
    elif status == "fail" and counts(clause, report):
        seen = clause["counterexample"]
        _told(case, "failure", clause["level"], f"expected {seen['expected']}; actual {seen['actual']}", _seen(clause))
    elif status == "fail":
        ET.SubElement(case, "system-out").text = "warning: " + _seen(clause)
    return case


def _told(case: ET.Element, kind: str, what: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, {"type": what, "message": visible(message)}).text = visible(text, keep="\n")


def _seen(clause: Mapping[str, Any]) -> str:
    seen = clause["counterexample"]
    lines = [
        f"{clause['level'].upper()}: {clause['text']}",
        f"in the contract: {clause['pointer']}",
        f"expected: {seen['expected']}",
        f"actual: {seen['actual']}",
        *([f"changed: {seen['change']}"] if seen["change"] else []),
        f"how often: {clause['reason']}",
        shortened(seen["curl"], LONGEST),
    ]
    return "\n".join(visible(line, keep="\n") for line in lines)


def _beside(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong beside the clauses."""
    if report["verdict"] in ("inconclusive", "error"):
        yield "verdict", f"{report['verdict']}: {report['reason']}"
    for clause in stale(report):
        yield f"known-failures: {clause}", "it is kept now: take it out of --known-failures"


def _extra(name: str, reason: str) -> ET.Element:
    case = ET.Element("testcase", {"classname": SUITE, "name": visible(name)})
    _told(case, "error", "run", reason, "")
    return case
