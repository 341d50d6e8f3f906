"""What a contract has and the client made from it does not.

The generator warns about much that it cannot do, but not about this: an operation whose module another one overwrites,
parameters that are described by `content`, properties beside an `anyOf`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, cast

from generation.python_source import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from generation.contract import Contract, Steps

# Where a schema has others: under names, in a list, or a single one.
NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")
LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = ("items", "additionalProperties", "then", "else")


def missing(contract: Contract, package: Path) -> Iterator[tuple[Steps, str]]:
    """The steps to each thing that is missing, and what to do about it."""
    yield from _missing_calls(contract, package)
    classes = dict(_classes(package))
    everywhere = frozenset[str]().union(*classes.values())
    for name, schema in contract.document.get("components", {}).get("schemas", {}).items():
        steps = ("components", "schemas", name)
        own = classes.get(_squeezed(name), frozenset())
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        lost = [key for key in properties if key not in own]
        for key in lost:
            yield (
                (*steps, "properties", key),
                f"{name}.{key} is in no class: define {name} with `properties` or `allOf` alone.",
            )
        for place, key in _properties_below(schema, steps):
            if key not in everywhere and key not in lost:
                yield place, f"{key!r} is in no class: define it under `properties`, outside of conditions."


def _missing_calls(contract: Contract, package: Path) -> Iterator[tuple[Steps, str]]:
    calls: dict[tuple[str, str], str] = {}
    for module in (package / "api").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        if request := re.search(r'"method": "(\w+)",\s*"url": "([^"]*)"', text):
            calls[request[1], _shape(request[2])] = text
    for steps, method, path, operation in contract.operations():
        call = calls.get((method, _shape(path)))
        if call is None:
            yield steps, f"{method.upper()} {path} has no function: give it its own operationId, and no `$ref`."
            continue
        for parameter in map(contract.resolved, operation["parameters"]):
            if parameter["in"] != "path" and f'"{parameter["name"]}"' not in call:
                yield steps, f"the parameter {parameter['name']!r} is not sent: define its type with `schema`."


def _classes(package: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """The classes for objects, by squeezed name, and every string in each: the names on the wire are among them."""
    for module in (package / "models").rglob("*.py"):
        for node in parsed(module).body:
            if isinstance(node, ast.ClassDef):
                constants = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
                yield _squeezed(node.name), frozenset(text for text in constants if isinstance(text, str))


def _properties_below(schema: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if not isinstance(schema, dict):
        return
    node = cast("dict[str, Any]", schema)
    yield from (((*steps, "properties", name), name) for name in node.get("properties", {}))
    inner: list[tuple[str, Iterable[tuple[str, Any]]]] = [(word, node.get(word, {}).items()) for word in NAMED]
    inner += [(word, ((str(index), below) for index, below in enumerate(node.get(word, [])))) for word in LISTED]
    for word, pairs in inner:
        for name, below in pairs:
            yield from _properties_below(below, (*steps, word, name))
    for word in SINGLE:
        yield from _properties_below(node.get(word), (*steps, word))


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
