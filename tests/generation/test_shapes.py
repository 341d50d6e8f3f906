"""What is added to the generated client: mappings, dict forms, limits. Made from contracts, and checked by mypy."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generation.generate import Contract, generate
from tests.conftest import HANGS_AFTER

HEAD = """\
openapi: 3.1.0
info: {title: Shops, version: 1.0.0}
paths:
  /shops:
    post:
      operationId: open_shop
      tags: [shops]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/OpenShop"}}}
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {$ref: "#/components/schemas/Shop"}}}
components:
  schemas:
"""
ROOMS = {"type": "array", "items": {"$ref": "#/components/schemas/Room"}}
SCHEMAS: dict[str, Any] = {
    "OpenShop": {
        "type": "object",
        "required": ["plan"],
        "properties": {"plan": {"$ref": "#/components/schemas/Plan"}},
    },
    "Plan": {
        "type": "object",
        "description": 'What is "planned".',
        "required": ["size", "openedOn"],
        "properties": {
            "size": {"type": "string", "enum": ["small", "large"]},
            "openedOn": {"type": "string", "format": "date"},
            "floors": {"type": ["integer", "null"], "minimum": 1, "maximum": 9, "description": "Above the ground."},
            "x-odd": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2.5},
            "doors": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "height": {"$ref": "#/components/schemas/Height"},
            "class": {"type": "string"},
            "counts": {"$ref": "#/components/schemas/Counts"},
            "owner": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}},
            "rooms": ROOMS,
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    },
    "Height": {"type": "number", "maximum": 100},
    "Counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Room": {"type": "object", "properties": {"rooms": ROOMS}},
    "Shop": {
        "type": "object",
        "required": ["state", "stock"],
        "properties": {
            "state": {"type": "string", "enum": ["open", "closed"]},
            "stock": {"$ref": "#/components/schemas/Counts"},
            "spare": {"anyOf": [{"$ref": "#/components/schemas/Counts"}, {"type": "null"}]},
            "plan": {"$ref": "#/components/schemas/Plan"},
        },
    },
}  # fmt: skip
USER = """\
import datetime
from typing import assert_type

from shops.models import Counts, Plan, Shop
from shops.shapes import PlanDict, RoomDict

day = datetime.date(2026, 1, 1)
plan: PlanDict = {"size": "small", "openedOn": day, "counts": {"a": 1}, "owner": {"age": 20}, "tags": ("a",)}
plan = {"size": "large", "opened_on": day, "class_": "a", "rooms": [{"rooms": [{}]}], "floors": None}
Plan(size="small", opened_on=day, counts={"a": 1})
shop = Shop(state="later", stock={"a": 1}, spare=None)
assert_type(shop.stock, Counts)
print(shop.state == "yet another", dict(shop.stock), shop.stock == {"a": 1})
"""
WRONG = {
    'plan = {"siz": "small", "openedOn": day}': "typeddict-unknown-key",
    'plan = {"openedOn": day}': "typeddict-item",
    'plan = {"size": "huge", "openedOn": day}': "typeddict-item",
    'plan = {"size": "small", "counts": {"a": "b"}}': "dict-item",
    'plan = {"size": "small", "tags": "ab"}': "typeddict-item",
    'Plan(size="huge", opened_on=day)': "arg-type",
    'Shop(state="open", stock={"a": "b"})': "dict-item",
    'Shop(state="open", stock=None)': "arg-type",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shops")
    (folder / "openapi.yaml").write_text(
        HEAD + "".join(f"    {line}\n" for line in json.dumps(SCHEMAS, indent=2).splitlines()), encoding="utf-8"
    )
    generate(Contract(folder / "openapi.yaml"), folder / "shops")
    return folder


@pytest.fixture
def shops(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module("shops")


def test_limits_are_those_of_the_contract(shops: Any) -> None:
    assert importlib.import_module("shops.shapes").LIMITS == {
        "Plan": {
            "floors": {"minimum": 1, "maximum": 9},
            "x-odd": {"exclusiveMinimum": 0, "exclusiveMaximum": 2.5},
            "doors": {"minimum": 0},
            "height": {"maximum": 100},
        },
        "PlanOwner": {"age": {"minimum": 18}},
    }


def test_a_map_of_any_values_is_a_mapping(shops: Any) -> None:
    models = importlib.import_module("shops.models")
    shop = models.Shop.from_dict({"state": "open", "stock": {"a": 1}})
    assert dict(shop.stock) == shop.stock == {"a": 1}
    assert models.Shop(state="later", stock={"a": 1}, spare={"b": 2}).to_dict() == {
        "state": "later",
        "stock": {"a": 1},
        "spare": {"b": 2},
    }


def test_dict_forms_have_the_descriptions_of_the_contract(folder: Path) -> None:
    text = (folder / "shops" / "shapes.py").read_text(encoding="utf-8")
    assert '    floors: int | None\n    """Above the ground."""\n' in text
    docstrings = {node.name: ast.get_docstring(node) for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    assert docstrings["PlanDict"] == 'What is "planned".'
    assert "class OpenShopDict" not in text, "its properties are arguments"
    assert "class CountsDict" not in text, "a map is a mapping"
    assert "class ShopDict" not in text, "no request has it"


def test_type_checkers_take_what_is_right_and_nothing_else(folder: Path) -> None:
    lines = USER + "".join(f"{line}\n" for line in WRONG)
    (folder / "user.py").write_text(lines, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", "cache"]
    done = subprocess.run(
        [*command, "shops", "user.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    first = USER.count("\n") + 1
    expected = {f"user.py:{first + index}": code for index, code in enumerate(WRONG.values())}
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert {line.partition(": error")[0]: line.rpartition("[")[2].rstrip("]") for line in errors} == expected, (
        done.stdout
    )
