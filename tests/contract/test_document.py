"""The contract is a valid OpenAPI document without findings of Redocly's linter, and its examples match its schemas."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

from tests.conftest import CONTRACT, HANGS_AFTER, ROOT
from tests.contract.page import TEXT, read_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCUMENT: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
OPERATION = DOCUMENT["paths"]["/v1/benchmarks/start_run"]["post"]
SILENT = {
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "REDOCLY_SUPPRESS_NOTIFICATIONS": "true",
}


def validator(name: str) -> jsonschema_rs.Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def examples() -> list[Any]:
    response = OPERATION["responses"]["200"]
    return [
        pytest.param(name, example["value"], id=f"{name}-{key}")
        for name, node in (("StartRunRequest", OPERATION["requestBody"]), ("BenchmarkRunView", response))
        for key, example in node["content"]["application/json"]["examples"].items()
    ]


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize(("schema", "example"), examples())
def test_an_example_matches_its_schema(schema: str, example: Any) -> None:
    assert [str(error) for error in validator(schema).iter_errors(example)] == []


def test_the_response_on_the_page_matches_the_schema() -> None:
    assert [str(error) for error in validator("BenchmarkRunView").iter_errors(read_text(TEXT).sample_response)] == []


def test_the_examples_show_every_property() -> None:
    requests = OPERATION["requestBody"]["content"]["application/json"]["examples"]
    schema = DOCUMENT["components"]["schemas"]["StartRunRequest"]
    assert list(requests) == ["minimal", "full", "awkward"]
    assert list(requests["minimal"]["value"]) == schema["required"]
    assert list(requests["full"]["value"]) == list(schema["properties"])
    profile = DOCUMENT["components"]["schemas"]["RunProfile"]["properties"]
    assert requests["full"]["value"]["runProfile"].keys() == profile.keys()
    assert not requests["awkward"]["value"]["run_name"].isascii()


@pytest.mark.parametrize("name", OPERATION["x-rules"])
def test_a_rule_has_a_level_and_a_source_that_contains_its_quotation(name: str) -> None:
    rule = OPERATION["x-rules"][name]
    assert rule.keys() == {"level", "source", "text"}
    assert rule["level"] in {"must", "should"}
    assert rule["text"].endswith(".")
    source, _, quoted = rule["source"].partition(", ")
    assert source in {"page", "wire-facts"} or source.startswith("RFC ")
    if source == "wire-facts":
        assert rule["level"] == "should", "what is not on the page is no MUST"
    if source == "page" and quoted:
        page = " ".join(TEXT.split())
        for part in quoted.strip('"').split(" … "):
            assert part in page


def lint(tool: str, contract: Path) -> dict[str, Any]:
    command = [tool, "lint", "--extends", "recommended", "--format", "json", str(contract)]
    # Without telemetry and update notices. Redocly warns on stderr about the version of Node.
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | SILENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.node
def test_redocly_reports_nothing(node_tool: Callable[[str], str]) -> None:
    report = lint(node_tool("redocly"), CONTRACT)
    assert report["problems"] == []
    assert report["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


@pytest.mark.node
def test_redocly_reports_a_worse_contract(node_tool: Callable[[str], str], tmp_path: Path) -> None:
    worse = tmp_path / "openapi.yaml"
    worse.write_text(
        CONTRACT.read_text(encoding="utf-8").replace("url: https://api.runloop.ai", "url: http://localhost")
    )
    assert lint(node_tool("redocly"), worse)["totals"]["warnings"] == 1
