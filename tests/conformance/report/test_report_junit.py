"""junit.xml as other programs read it: its schema, a parser of it, and its content for each status of a clause."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
import xmlschema
from attrs import evolve
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Terms
from runloop_conformance.report.document import document
from runloop_conformance.report.junit import junit
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AcceptsEverything
from tests.conformance.outside import CONTRACT, TOKEN, conformance
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, finding, mixed, result, violation
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# Jenkins' own, as its xUnit plugin has it.
SCHEMA = xmlschema.XMLSchema(str(ROOT / "tests" / "data" / "junit-10.xsd"))
MUST = next(clause for clause in CLAUSES if clause.level == "must")
SHOULD = next(clause for clause in CLAUSES if clause.level == "should")


def cases(raw: bytes) -> dict[str, TestCase]:
    """The test cases as junitparser reads them, by name."""
    SCHEMA.validate(raw.decode())
    (suite,) = JUnitXml.fromstring(raw)
    by_name = {case.name: case for case in suite}
    assert len(by_name) == suite.tests
    assert suite.failures == sum(isinstance(r, Failure) for case in by_name.values() for r in case.result)
    assert suite.errors == sum(isinstance(r, Error) for case in by_name.values() for r in case.result)
    assert suite.skipped == sum(isinstance(r, Skipped) for case in by_name.values() for r in case.result)
    return by_name


def kind(case: TestCase) -> type | None:
    return type(case.result[0]) if case.result else None


def cases_of(made: Any) -> dict[str, TestCase]:
    return cases(junit(document(made, Redaction((TOKEN,)))))


@pytest.mark.parametrize(
    ("clause", "status", "terms", "expected"),
    [
        (MUST, "pass", Terms(), None),
        (MUST, "fail", Terms(), Failure),
        (SHOULD, "fail", Terms(), None),
        (SHOULD, "fail", Terms(fail_on="should"), Failure),
        (MUST, "fail", Terms(known={MUST.id: "issue 12"}), Skipped),
        (MUST, "inconclusive", Terms(), Error),
        (MUST, "not_tested", Terms(), Skipped),
    ],
)
def test_each_status_has_its_own_kind_of_test_case(
    clause: Any, status: str, terms: Terms, expected: type | None
) -> None:
    test_cases = cases_of(result([finding(clause, status, violation() if status == "fail" else None)], terms=terms))
    assert set(test_cases) == {clause.id}
    case = test_cases[clause.id]
    assert kind(case) is expected
    assert case.classname == f"runloop-conformance.{clause.id.rpartition('.')[0]}"
    if status == "fail" and expected is None:
        assert case.system_out.startswith("warning: SHOULD: ")
        assert "200: it was accepted" in case.system_out


def test_a_failure_names_the_expectation_and_the_replay_command() -> None:
    (case,) = cases_of(result([finding(MUST, "fail", violation())])).values()
    (failure,) = case.result
    assert failure.message == "expected refused with a 4xx; actual 200: it was accepted"
    assert failure.type == "must"
    for part in (MUST.text, MUST.pointer, "changed: benchmark_id is a number", "failed 3 of 4 times", "curl -sS"):
        assert part in failure.text


@pytest.mark.parametrize("verdict", ["inconclusive", "error"])
def test_a_verdict_without_a_clause_is_a_separate_error(verdict: Any) -> None:
    findings = [finding(MUST, "not_tested")] if verdict == "inconclusive" else []
    test_cases = cases_of(result(findings, verdict=verdict, reason="the token was refused"))
    assert kind(test_cases["verdict"]) is Error
    assert test_cases["verdict"].result[0].message == f"{verdict}: the token was refused"


def test_a_stale_known_failure_is_an_error() -> None:
    test_cases = cases_of(result([finding(MUST, "pass")], terms=Terms(known={MUST.id: "issue 12"})))
    assert kind(test_cases[MUST.id]) is None
    assert kind(test_cases[f"known-failures: {MUST.id}"]) is Error


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_stays_text(name: str) -> None:
    raw = junit(hostile.report(hostile.TEXTS[name], server=f"http://host/{name}"))
    test_cases = cases(raw)
    assert len(test_cases) == 5
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", raw.decode())
    (failure,) = test_cases[MUST.id].result
    if name == "markup":
        assert hostile.TEXTS[name] in failure.message
    if name == "controls":
        assert r"a\x00b\x08c\x1b[31md\x7fe\u0085f\u009bg\ufffeh\uffffi" in failure.message
    if name == "surrogate":
        assert r"a \ud800 b" in failure.message


def test_the_names_of_many_clauses_are_one_each() -> None:
    findings = mixed(500)
    made = cases_of(evolve(result(findings), reason="x"))
    assert {finding.clause.id for finding in findings} == set(made)


def test_the_command_writes_it() -> None:
    with running(AcceptsEverything(CONTRACT.document, TOKEN)) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick")
    test_cases = cases((done.folder / "junit.xml").read_bytes())
    assert set(test_cases) == set(done.clauses)
    assert {name for name, case in test_cases.items() if kind(case) is Failure} == done.failed("must") != set()
    properties = {p.get("name"): p.get("value") for p in ET.parse(path_of(done.folder)).iter("property")}
    assert properties["verdict"] == "nonconformant"
    assert properties["server"] == url


def path_of(folder: Path) -> str:
    return str(folder / "junit.xml")
