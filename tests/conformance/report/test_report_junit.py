"""junit.xml as other programs read it: its schema, a parser of it, and what it says of each state of a clause."""

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

from tests.conformance.miniatures import TakesEverything
from tests.conformance.outside import CONTRACT, TOKEN, conformance
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, broken, finding, mixed, result
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
    found = {case.name: case for case in suite}
    assert len(found) == suite.tests
    assert suite.failures == sum(isinstance(r, Failure) for case in found.values() for r in case.result)
    assert suite.errors == sum(isinstance(r, Error) for case in found.values() for r in case.result)
    assert suite.skipped == sum(isinstance(r, Skipped) for case in found.values() for r in case.result)
    return found


def kind(case: TestCase) -> type | None:
    return type(case.result[0]) if case.result else None


def told(made: Any) -> dict[str, TestCase]:
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
def test_each_state_is_told_apart(clause: Any, status: str, terms: Terms, expected: type | None) -> None:
    found = told(result([finding(clause, status, broken() if status == "fail" else None)], terms=terms))
    assert set(found) == {clause.id}
    case = found[clause.id]
    assert kind(case) is expected
    assert case.classname == f"runloop-conformance.{clause.id.rpartition('.')[0]}"
    if status == "fail" and expected is None:
        assert case.system_out.startswith("warning: SHOULD: ")
        assert "200: it was accepted" in case.system_out


def test_a_failure_says_what_was_expected_and_how_to_see_it_again() -> None:
    (case,) = told(result([finding(MUST, "fail", broken())])).values()
    (failure,) = case.result
    assert failure.message == "expected refused with a 4xx; actual 200: it was accepted"
    assert failure.type == "must"
    for part in (MUST.text, MUST.pointer, "changed: benchmark_id is a number", "failed 3 of 4 times", "curl -sS"):
        assert part in failure.text


@pytest.mark.parametrize("verdict", ["inconclusive", "error"])
def test_a_verdict_that_comes_from_no_clause_is_an_error_of_its_own(verdict: Any) -> None:
    findings = [finding(MUST, "not_tested")] if verdict == "inconclusive" else []
    found = told(result(findings, verdict=verdict, reason="the token was refused"))
    assert kind(found["verdict"]) is Error
    assert found["verdict"].result[0].message == f"{verdict}: the token was refused"


def test_a_known_failure_that_is_none_any_more_is_an_error() -> None:
    found = told(result([finding(MUST, "pass")], terms=Terms(known={MUST.id: "issue 12"})))
    assert kind(found[MUST.id]) is None
    assert kind(found[f"known-failures: {MUST.id}"]) is Error


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_stays_text(name: str) -> None:
    raw = junit(hostile.report(hostile.TEXTS[name], server=f"http://host/{name}"))
    found = cases(raw)
    assert len(found) == 5
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", raw.decode())
    (failure,) = found[MUST.id].result
    if name == "markup":
        assert hostile.TEXTS[name] in failure.message
    if name == "controls":
        assert r"a\x00b\x08c\x1b[31md\x7fe\u0085f\u009bg\ufffeh\uffffi" in failure.message
    if name == "surrogate":
        assert r"a \ud800 b" in failure.message


def test_the_names_of_many_clauses_are_one_each() -> None:
    findings = mixed(500)
    made = told(evolve(result(findings), reason="x"))
    assert {one.clause.id for one in findings} == set(made)


def test_the_command_writes_it() -> None:
    with running(TakesEverything(CONTRACT.document, TOKEN)) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick")
    found = cases((done.folder / "junit.xml").read_bytes())
    assert set(found) == set(done.clauses)
    assert {name for name, case in found.items() if kind(case) is Failure} == done.failed("must") != set()
    properties = {p.get("name"): p.get("value") for p in ET.parse(path_of(done.folder)).iter("property")}
    assert properties["verdict"] == "nonconformant"
    assert properties["server"] == url


def path_of(folder: Path) -> str:
    return str(folder / "junit.xml")
