"""A contract that is not trusted: it puts no code into the client, fetches nothing, and ends."""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies

from generation.contract import Contract, GenerationError
from generation.generate import generate
from generation.python_source import unexpected
from tests.conftest import ROOT
from tests.generation.run_with_limits import run_with_limits

CONTRACT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1.0.0", "description": "D", "summary": "S"},
    "tags": [{"name": "runs", "description": "D"}],
    "paths": {
        "/a/{id}": {
            "post": {
                "operationId": "start",
                "tags": ["runs"],
                "summary": "S",
                "description": "D",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "description": "D", "schema": {"type": "string"}},
                    {"name": "q", "in": "query", "description": "D", "schema": {"type": "string", "default": "V"}},
                    {"name": "h", "in": "header", "schema": {"type": "string", "enum": ["V", "W"]}},
                ],
                "requestBody": {
                    "description": "D",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}},
                },
                "responses": {
                    "200": {
                        "description": "D",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Run": {
                "type": "object",
                "title": "Run",
                "description": "D",
                "example": {"text": "V"},
                "required": ["text"],
                "properties": {
                    "text": {"type": "string", "description": "D", "default": "V", "example": "V"},
                    "kind": {"type": "string", "enum": ["V", "W"], "description": "D"},
                    "fixed": {"const": "V", "description": "D"},
                    "list": {"type": "array", "items": {"type": "string", "description": "D"}},
                },
            }
        }
    },
}

MARK = "builtins.planted"
CODE = f"__import__('builtins').planted = 1  # {MARK}"
ENDINGS = [
    "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", '"""\n', "'''\n", '"\n', "'\n", '\\"""\n',
    "\\\n", '\\\\"""\n', '"); ', "'); ", '"] = ', "#\n", "{{ 1 }}\n", "{% endif %}\n", "${x}\n", "\x00\n", '"""',
    '" + str(',
]  # fmt: skip
"""How a string, a comment or a template may be ended."""


def positions(node: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The steps to every string that a contract may set freely, and to every name that it may choose."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        here = (*steps, key)
        if isinstance(value, str) and key not in ("openapi", "$ref", "in", "type"):
            yield here
        elif isinstance(value, (dict, list)):
            yield from positions(value, here)


POSITIONS = list(positions(CONTRACT))
KEYS = [
    ("paths", "/a/{id}"),
    ("components", "schemas", "Run", "properties", "kind"),
    ("paths", "/a/{id}", "post", "requestBody", "content", "application/json"),
    ("paths", "/a/{id}", "post", "responses", "200", "content", "application/json"),
]
PROSE = ("description", "summary", "example", "default", "const", "enum", "text", "required")


def holder(document: dict[str, Any], steps: tuple[Any, ...]) -> Any:
    for step in steps[:-1]:
        document = document[step]
    return document


def client_of(document: dict[str, Any], folder: Path, name: str) -> Path | None:
    """The client of a contract; None if it was refused, with a reason in one line that can be printed."""
    contract = folder / f"{name}.yaml"
    contract.write_text(yaml.safe_dump(document, allow_unicode=False), encoding="utf-8")
    try:
        generate(Contract(contract), folder / name)
    except GenerationError as error:
        first = str(error).partition("\n")[0]
        assert first.startswith(str(contract)), first
        assert first.isprintable()
        return None
    return folder / name


def assert_plants_nothing(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import every module of a client, and look for what the hostile strings do when they run."""

    monkeypatch.syspath_prepend(package.parent)
    for module in sorted(package.rglob("*.py")):
        parts = module.relative_to(package.parent).with_suffix("").parts
        importlib.import_module(".".join(part for part in parts if part != "__init__"))
    assert not hasattr(builtins, "planted")


def with_every_ending(words: tuple[str, ...]) -> dict[str, Any]:
    """The contract with an operation and a schema for each ending, which follows every string under one of `words`."""
    document = {**deepcopy(CONTRACT), "paths": {}, "components": {"schemas": {}}}
    for number, ending in enumerate(ENDINGS):
        copy = json.loads(json.dumps(CONTRACT).replace("Run", f"Run{number}").replace('"start"', f'"start{number}"'))
        for steps in positions(copy):
            if any(step in words for step in steps[-2:]):
                holder(copy, steps)[steps[-1]] += f"{ending}{CODE}"
        document["info"] = copy["info"]
        document["paths"][f"/a{number}/{{id}}"] = copy["paths"]["/a/{id}"]
        document["components"]["schemas"] |= copy["components"]["schemas"]
    return document


@pytest.mark.slow
@pytest.mark.parametrize("words", [("description", "summary"), ("example",), ("default",), ("const",), ("enum",)])
def test_no_prose_becomes_code(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = client_of(with_every_ending(words), tmp_path, f"prose_{words[0]}")
    assert package or words[0] not in ("description", "example"), "prose may have lines"
    if package:
        assert_plants_nothing(package, monkeypatch)


NAMES = [steps for steps in POSITIONS if not any(step in PROSE for step in steps[-2:])] + KEYS


def renamed(steps: tuple[Any, ...], ending: str) -> dict[str, Any]:
    """The contract with `ending`, and code, behind one of its names."""
    document = deepcopy(CONTRACT)
    parent = holder(document, steps)
    if steps in KEYS:
        parent[f"{steps[-1]}{ending}{CODE}"] = parent.pop(steps[-1])
    else:
        parent[steps[-1]] += f"{ending}{CODE}"
    return document


@pytest.mark.parametrize("steps", NAMES, ids=lambda steps: "/".join(map(str, steps)))
def test_a_name_with_a_control_character_is_refused(steps: tuple[Any, ...], tmp_path: Path) -> None:
    for ending in ENDINGS:
        if not ending.isprintable():
            assert client_of(renamed(steps, ending), tmp_path, "refused") is None


@pytest.mark.slow
@pytest.mark.parametrize("ending", ['"); ', "'); ", '"] = ', '"""'])
@pytest.mark.parametrize("steps", NAMES, ids=lambda steps: "/".join(map(str, steps)))
def test_no_name_becomes_code(
    steps: tuple[Any, ...], ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if package := client_of(renamed(steps, ending), tmp_path, f"name_{abs(hash((steps, ending)))}"):
        assert_plants_nothing(package, monkeypatch)


@pytest.mark.parametrize(
    "line",
    [
        "print()", "import os", "from os import system", "import httpx.x", "x = eval('1')", "open('f')",
        "def f(x=print()): ...", "class A(print()): ...", "@print\ndef f(): ...", "if True:\n    pass",
        "def f():\n    return httpx.get('u')", "def f():\n    return ().__class__", "def f():\n    __import__('os')",
        "class A:\n    print()", "x: int = exec('1')", "def f():\n    return io.open('f')", "for x in (1,): pass",
        "from io import open", "def f():\n    import subprocess",
    ],
)  # fmt: skip
def test_code_that_no_generator_writes_is_noticed(line: str) -> None:

    assert list(unexpected(ast.parse(line))) != []


@settings(max_examples=150, deadline=None)
@given(
    strategies.text(
        strategies.characters(codec="utf-8") | strategies.sampled_from("\n\r\x85\u2028\ud800\U0001f600\\"), max_size=20
    ),
    strategies.sampled_from(NAMES),
)
def test_every_name_is_refused_or_read(text: str, steps: tuple[Any, ...]) -> None:
    document = deepcopy(CONTRACT)
    parent = holder(document, steps)
    parent[steps[-1]] = parent[steps[-1]] if isinstance(parent[steps[-1]], dict) else text
    with tempfile.TemporaryDirectory() as folder, suppress(GenerationError):
        path = Path(folder, "openapi.json")
        path.write_text(json.dumps(document), encoding="utf-8")
        assert Contract(path).document == document


# --- Nothing is fetched ---

REFERRING: list[Callable[[str], Any]] = [
    lambda uri: {"$ref": uri},
    lambda uri: {"not": {"$ref": uri}},
    lambda uri: {"if": {"$ref": uri}},
    lambda uri: {"propertyNames": {"$ref": uri}},
    lambda uri: {"prefixItems": [{"$ref": uri}]},
    lambda uri: {"$dynamicRef": uri},
    lambda uri: {"$id": uri, "$ref": "other.json"},
    lambda uri: {"$schema": uri, "type": "string", "default": "x"},
    lambda uri: {"default": {"a": 1}, "allOf": [{"$ref": uri}]},
    lambda uri: {"$defs": {"a": {"$ref": uri}}},
]


@pytest.mark.parametrize("referring", REFERRING)
def test_nothing_is_fetched(referring: Callable[[str], Any], tmp_path: Path) -> None:
    requests: list[str] = []

    class Peer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"type": "string"}')

    with HTTPServer(("127.0.0.1", 0), Peer) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            document = deepcopy(CONTRACT)
            uri = f"http://127.0.0.1:{server.server_port}/a.json"
            document["components"]["schemas"]["Run"]["properties"]["text"] = referring(uri)
            client_of(document, tmp_path, "fetching")
            document["paths"]["/b"] = {"$ref": uri}
            assert client_of(document, tmp_path, "again") is None
        finally:
            server.shutdown()
    assert requests == []


# --- It ends ---

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{key}: &{key} [*{old}, *{old}, *{old}, *{old}]\n" for old, key in pairwise("abcdefghijklm")
)
HUGE = {
    "an alias bomb": LAUGHS,
    "a cycle": "a: &a [*a]\n",
    "a merged cycle": "a: &a {b: *a}\n",
    "nesting": "a: " + "[" * 3000 + "]" * 3000 + "\n",
    "a number of many digits": "a: " + "9" * 6000 + "\n",
    "a date that is none": "a: 2026-99-99\n",
    "a character that is none": 'a: "\x08"\n',
    "a tag": "a: !!python/object/apply:os.system [true]\n",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_a_hostile_document_is_refused_soon_and_in_little_memory(text: str, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(f"{text}{yaml.safe_dump(CONTRACT)}", encoding="utf-8")
    arguments = ["--contract", str(path), "--output", str(tmp_path / "client")]
    done = run_with_limits([sys.executable, str(ROOT / "generation" / "generate.py"), *arguments])
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"generate: {path}"), done.stderr
    assert "Traceback" not in done.stderr
