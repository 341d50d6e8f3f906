"""The badge and the statement: what they show, and that they claim no more than was tested."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import jsonschema
import pytest
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Terms
from runloop_conformance.report import badge
from runloop_conformance.report.document import document
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import reference
from tests.conformance.outside import CONTRACT, TOKEN, conformance
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, finding, result, violation

MUST = next(clause for clause in CLAUSES if clause.level == "must")
SHOULD = next(clause for clause in CLAUSES if clause.level == "should")
KEPT = [finding(MUST), finding(SHOULD)]
BROKEN = [finding(MUST, "fail", violation()), finding(SHOULD)]

# What shields.io says of an endpoint's answer (https://shields.io/badges/endpoint-badge).
ENDPOINT = {
    "type": "object",
    "required": ["schemaVersion", "label", "message"],
    "additionalProperties": False,
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        "message": {"type": "string", "minLength": 1},
        "color": {"enum": ["brightgreen", "green", "yellow", "orange", "red", "blue", "lightgrey"]},
        "isError": {"type": "boolean"},
    },
}


def report_of(findings: Any, **different: Any) -> dict[str, Any]:
    return document(result(findings, **different), Redaction((TOKEN,)))


@pytest.mark.parametrize(
    ("report", "message", "colour"),
    [
        (report_of(KEPT), "conformant", "brightgreen"),
        (report_of([finding(MUST), finding(SHOULD, "fail", violation())]), "conformant", "brightgreen"),
        (report_of(BROKEN), "1 failed", "red"),
        (report_of([], verdict="inconclusive", reason="x"), "inconclusive", "lightgrey"),
        (report_of([], verdict="error", reason="x"), "error", "lightgrey"),
        (report_of(KEPT, terms=Terms(select=("run",))), "conformant in 2 clauses", "yellow"),
        (report_of(KEPT, terms=Terms(deselect=("run",))), "conformant in 2 clauses", "yellow"),
        (
            report_of(BROKEN, verdict="conformant", terms=Terms(known={MUST.id: "why"})),
            "conformant, 1 known failure",
            "yellow",
        ),
    ],
)
def test_a_badge_says_the_verdict_and_green_is_for_all_of_it(report: Any, message: str, colour: str) -> None:
    shown = json.loads(badge.endpoint(report))
    jsonschema.validate(shown, ENDPOINT)
    assert (shown["label"], shown["message"], shown["color"]) == (f"contract {CONTRACT.version}", message, colour)
    picture = ET.fromstring(badge.svg(report))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.get("aria-label") == f"contract {CONTRACT.version}: {message}"
    assert [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")] == [shown["label"], message]


def test_a_statement_names_what_was_tested_with_what_and_when() -> None:
    text = badge.statement(report_of(KEPT, began_ms=1_795_441_300_000))
    assert text.count("\n") == 1
    for part in (
        "2026-11-23", "`https://mock.example:8443/prefix` was found conformant", f"version {CONTRACT.version}",
        CONTRACT.sha256[:12], "runloop-conformance ", "profile standard", "seed 0", "793 requests", "started 25 runs",
        "MUST clauses: 1 passed, 0 failed, 0 inconclusive, 0 not tested.",
        "SHOULD clauses: 1 passed, 0 failed, 0 inconclusive, 0 not tested.",
    ):  # fmt: skip
        assert part in text


@pytest.mark.parametrize(
    ("findings", "different", "text"),
    [
        (KEPT, {"terms": Terms(select=("run",))}, "Only these clauses were selected"),
        (BROKEN, {"verdict": "conformant", "terms": Terms(known={MUST.id: "why"})}, f"do not count: `{MUST.id}`"),
        (BROKEN, {}, "was found nonconformant"),
        ([finding(MUST, "not_tested")], {"verdict": "inconclusive", "reason": "x"}, "claims nothing"),
    ],
)
def test_a_statement_says_what_is_missing(findings: Any, different: Any, text: str) -> None:
    assert text in badge.statement(report_of(findings, **different))
    assert text not in badge.statement(report_of(KEPT))


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_neither_quotes_a_server(name: str) -> None:
    report = hostile.report(hostile.TEXTS[name])
    calm = hostile.report("calm")
    assert badge.svg(report) == badge.svg(calm)
    assert badge.endpoint(report) == badge.endpoint(calm)
    assert badge.statement(report) == badge.statement(calm)


def test_the_command_writes_them() -> None:
    with running(reference()) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick", "--select", "run.name.echo")
    assert json.loads((done.folder / "badge.json").read_text("utf-8"))["message"] == "conformant in 1 clause"
    assert "conformant in 1 clause" in (done.folder / "badge.svg").read_text("utf-8")
    assert f"`{url}` was found conformant" in (done.folder / "statement.md").read_text("utf-8")
