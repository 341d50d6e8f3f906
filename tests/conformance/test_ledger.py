"""Every statement of the contract has a clause; a contract that gains a statement gains a clause, by itself."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from runloop_conformance.clauses import all_clauses
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import reference
from tests.conformance.outside import CONTRACT, OPERATION, Invocation, conformance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runloop_conformance.clauses.clause import Clause

CLAUSES = all_clauses(CONTRACT)
Edit = "Callable[[dict[str, Any]], None]"


def about(pointer: str) -> list[Clause]:
    return [c for c in CLAUSES if c.pointer == pointer or c.pointer.startswith(f"{pointer}/") or pointer in c.also]


@pytest.mark.parametrize("prop", OPERATION.response, ids=lambda prop: prop.name)
def test_each_property_of_the_response_has_a_clause(prop: Any) -> None:
    stem = f"response.{prop.name}"
    names = {clause.id for clause in CLAUSES}
    assert f"{stem}.type" in names
    assert (f"{stem}.required" in names) == prop.required
    assert (f"{stem}.not-null" in names) == (not prop.nullable)
    assert (f"{stem}.enum" in names) == ("enum" in prop.schema)
    assert (f"{stem}.format" in names) == ("format" in prop.schema)
    assert about(prop.pointer)


@pytest.mark.parametrize("prop", OPERATION.request, ids=lambda prop: prop.name)
def test_each_property_of_the_request_has_a_clause(prop: Any) -> None:
    assert [clause for clause in CLAUSES if clause.pointer == prop.pointer]
    assert {f"request.{prop.name}.required"} & {c.id for c in CLAUSES} or not prop.required


@pytest.mark.parametrize("rule", OPERATION.rules.values(), ids=lambda rule: rule.name)
def test_each_rule_has_a_clause_of_its_level_and_its_sentence(rule: Any) -> None:
    found = about(rule.pointer)
    assert found
    own = [clause for clause in found if clause.pointer == rule.pointer]
    assert all(clause.level == rule.level and clause.text.startswith(rule.text) for clause in own)


def test_clauses_of_one_chapter_and_rule_say_what_each_tests() -> None:
    texts = Counter((clause.chapter, clause.text) for clause in CLAUSES if clause.chapter == "authorization")
    assert [text for text, times in texts.items() if times > 1] == []


def test_the_security_scheme_has_a_clause() -> None:
    assert about("#/components/securitySchemes/bearerAuth")


def test_no_clause_is_there_twice_and_each_quotes_the_contract() -> None:
    names = [clause.id for clause in CLAUSES]
    assert len(names) == len(set(names))
    for clause in CLAUSES:
        stands: Any = CONTRACT.at(clause.pointer)
        assert clause.text.strip()
        sentence = (
            stands if isinstance(stands, str) else stands.get("description", "") if isinstance(stands, dict) else ""
        )
        if clause.chapter == "run" and sentence:
            assert " ".join(sentence.split()) in " ".join(clause.text.split())


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def edited(tmp_path: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    document = copy.deepcopy(CONTRACT.document)
    assert isinstance(document, dict)
    edit(document)
    path = tmp_path / "edited.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def new_clauses(path: Path) -> set[str]:
    return {clause.id for clause in all_clauses(load_contract(path))} - {clause.id for clause in CLAUSES}


def judged_by(path: Path) -> Invocation:
    """The server of the contract as it was, put to the contract as it is now."""
    with running(reference()) as url:
        return conformance(url, "--contract", path, "--profile", "quick", "--max-runs", 40)


def test_a_new_required_property_of_the_response(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        view = schemas(document)["BenchmarkRunView"]
        view["required"].append("region")
        view["properties"]["region"] = {"type": "string", "description": "Where it runs."}

    path = edited(tmp_path, edit)
    assert new_clauses(path) == {f"response.region.{kind}" for kind in ("required", "type", "not-null")}
    done = judged_by(path)
    assert done.failed() == {"response.region.required"}
    assert done.code == 1


def test_a_new_optional_property_of_the_request(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        schemas(document)["StartRunRequest"]["properties"]["priority"] = {
            "type": "integer", "minimum": 1, "maximum": 9, "description": "How urgent it is.",
        }  # fmt: skip

    path = edited(tmp_path, edit)
    refused = {f"request.priority.{kind}" for kind in ("type", "null", "minimum", "maximum")}
    assert {*refused, "request.priority.accepted"} <= new_clauses(path)
    assert all(name.startswith("request.priority.") for name in new_clauses(path))
    done = judged_by(path)  # it takes what it does not know, and so the wrong values too
    assert done.failed() == refused
    assert done.clauses["request.priority.accepted"]["status"] == "pass"


def test_a_new_property_deep_in_the_request(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        schemas(document)["RunProfile"]["properties"]["labels"] = {
            "type": "array", "items": {"type": "string"}, "description": "Words for it.",
        }  # fmt: skip

    path = edited(tmp_path, edit)
    gained = new_clauses(path)
    assert {"request.runProfile.labels.type", "request.runProfile.labels[].type"} <= gained
    assert {"request.runProfile.labels.type", "request.runProfile.labels[].type"} <= judged_by(path).failed() <= gained


def test_a_new_value_of_an_enum_in_the_request_is_sent(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        schemas(document)["LaunchParameters"]["properties"]["architecture"]["enum"].append("riscv64")

    done = judged_by(edited(tmp_path, edit))  # which knows it not, and refuses it
    assert {one for one in done.failed() if "architecture" in one}


def test_a_value_that_leaves_an_enum_of_the_response(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        schemas(document)["BenchmarkRunState"]["enum"] = ["queued", "completed", "canceled"]

    done = judged_by(edited(tmp_path, edit))
    assert done.failed() == {"response.state.enum"}
    assert "queued" in done.clauses["response.state.enum"]["text"]


def test_a_property_that_is_required_now(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        schemas(document)["StartRunRequest"]["required"].append("run_name")

    path = edited(tmp_path, edit)
    assert "request.run_name.required" in new_clauses(path)
    assert "request.run_name.required" in judged_by(path).failed("must")


def test_the_level_of_a_rule_is_the_contracts(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        for rule in document["paths"][OPERATION.path]["post"]["x-rules"].values():
            rule["level"] = {"must": "should", "should": "must"}[rule["level"]]

    before = {clause.id: clause.level for clause in CLAUSES}
    for clause in all_clauses(load_contract(edited(tmp_path, edit))):
        if "/x-rules/" in clause.pointer:
            assert clause.level != before[clause.id]


def test_the_level_of_a_property_is_the_contracts(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        purpose = schemas(document)["RunProfile"]["properties"]["purpose"]
        assert purpose["x-level"] == "must"
        purpose["x-level"] = "should"

    before = {clause.id: clause.level for clause in CLAUSES}
    after = {clause.id: clause.level for clause in all_clauses(load_contract(edited(tmp_path, edit)))}
    assert before["request.runProfile.purpose.accepted"] == "must"
    assert after["request.runProfile.purpose.accepted"] == "should"
    assert before["request.runProfile.mounts.accepted"] == "should"


def test_a_property_that_is_gone_takes_its_clauses_with_it(tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        del schemas(document)["BenchmarkRunView"]["properties"]["score"]
        del schemas(document)["RunProfile"]["properties"]["mounts"]

    path = edited(tmp_path, edit)
    names = {clause.id for clause in all_clauses(load_contract(path))}
    assert not [name for name in names if ".score" in name or ".mounts" in name]
    assert judged_by(path).code == 0
