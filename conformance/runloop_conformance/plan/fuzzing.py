"""Bodies from schemathesis: its coverage cases, and its strategies without the search for accepted requests.

Its labels do not count: an independent validator checks each body first.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Json, Operation
from runloop_conformance.exchanges.strict_json import LONE_SURROGATE, dump
from runloop_conformance.plan.writer import BENCHMARK_ID, Writer

LARGEST_TEXT = 1000
POSIX_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"


def valid_bodies(contract: Contract, writer: Writer, examples: int) -> list[dict[str, Json]]:
    """Bodies that must be accepted: coverage cases first, then `examples` drawn ones, each once."""
    operation = writer.operation
    schema = (
        _narrowed(contract, operation, operation.request_schema, ())
        if operation.own_rules
        else operation.request_schema
    )
    strict = _only(contract, operation, schema)
    validator = contract.validator(schema)
    bodies: dict[bytes, dict[str, Json]] = {}
    for case in _cases(strict, operation, examples, writer.seed):
        if not isinstance(case, dict):
            continue
        known = operation.request_property(BENCHMARK_ID) and BENCHMARK_ID in case
        body = {**case, BENCHMARK_ID: writer.identifier()} if known else case
        if validator.is_valid(body) and _plain(body):
            bodies.setdefault(dump(body), body)
    return list(bodies.values())


def _cases(strict: dict[str, Any], tested: Operation, examples: int, seed: int) -> Iterator[Any]:
    # Importing schemathesis takes longer than importing all the rest of the suite.
    import hypothesis  # noqa: PLC0415
    import schemathesis  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    from runloop_conformance.plan.drawing import BACKEND  # noqa: PLC0415

    schema = schemathesis.openapi.from_dict(strict)
    operation = schema["/"][tested.method]
    drawn: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=max(1, examples),
        database=None,
        backend=BACKEND,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[hypothesis.HealthCheck(check) for check in hypothesis.HealthCheck],
    )
    @hypothesis.given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def draw(case: Any) -> None:
        drawn.append(case.body)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of schemathesis about its generation are of no use to the user
        phase = schema.config.generation_for(operation=operation, phase="coverage")
        for case in schema.iter_coverage_cases(
            operation, generation_modes=[GenerationMode.POSITIVE], generation_config=phase
        ):
            yield case.body
        if examples:
            draw()
    yield from drawn


def _only(contract: Contract, operation: Operation, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A contract that has only the body of the operation."""
    content = {"application/json": {"schema": schema}}
    alone = {
        "requestBody": {"required": True, "content": content},
        "responses": {str(operation.status): {"description": "OK"}},
    }
    # plan/parameters.py fills in the parameters.
    document = {
        "openapi": "3.1.0",
        "info": {"title": "one operation", "version": "1"},
        "paths": {"/": {operation.method.lower(): alone}},
        "components": {"schemas": contract.document.get("components", {}).get("schemas", {})},
    }
    copied: dict[str, Any] = json.loads(json.dumps(document))
    return copied


def _narrowed(
    contract: Contract, operation: Operation, schema: Mapping[str, Any], path: tuple[str, ...]
) -> dict[str, Any]:
    """A schema, narrowed to what must be accepted: closed objects, texts without U+0000, POSIX names."""
    schema = contract.resolve(schema)[0]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:  # null as an alternative is not from the page, so no MUST
            return _narrowed(contract, operation, schema[keyword][0], path)
    stated = schema.get("type", "object" if "properties" in schema else [])
    kinds = [stated] if isinstance(stated, str) else list(stated)
    prop = operation.request_property(*path)
    if prop is not None and not prop.from_page:
        kinds = [kind for kind in kinds if kind != "null"]
    made: dict[str, Any] = {
        name: schema[name] for name in ("enum", "const", "minimum", "maximum", "format") if name in schema
    }
    made["type"] = kinds if len(kinds) != 1 else kinds[0]
    if "string" in kinds and "enum" not in made and "const" not in made:
        made["maxLength"] = LARGEST_TEXT
    if "array" in kinds:
        made["items"] = _narrowed(contract, operation, schema.get("items", {}), (*path, "[]"))
    if "object" in kinds:
        made["properties"] = {
            name: _narrowed(contract, operation, sub, (*path, name))
            for name, sub in schema.get("properties", {}).items()
            if (at := operation.request_property(*path, name)) is not None and (at.level == "must" or at.required)
        }
        made["required"] = [name for name in schema.get("required", []) if name in made["properties"]]
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            made["additionalProperties"] = _narrowed(contract, operation, values, (*path, "*"))
            if path and "env" in path[-1].lower():
                made["propertyNames"] = {"pattern": POSIX_NAME, "maxLength": 100}
        else:
            made["additionalProperties"] = False
    return made


def _plain(value: Json) -> bool:
    """Whether no text in it holds what a server may reject: U+0000 and lone surrogates."""
    if isinstance(value, str):
        return "\0" not in value and not LONE_SURROGATE.search(value) and len(value) <= LARGEST_TEXT
    if isinstance(value, dict):
        return len(value) <= 64 and all(_plain(name) and _plain(item) for name, item in value.items())
    return all(_plain(item) for item in value) if isinstance(value, list) else True
