"""Bodies from schemathesis: its coverage cases, and its strategies without the climb towards accepted requests.

What its labels call valid or invalid is not believed: each body is put to an independent validator first.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from runloop_conformance.contract import Contract, Json
from runloop_conformance.plan.bodies import BENCHMARK_ID, Writer
from runloop_conformance.strict_json import LONE_SURROGATE, dump

LARGEST_TEXT = 1000
POSIX_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"


def valid_bodies(contract: Contract, writer: Writer, examples: int) -> list[dict[str, Json]]:
    """Bodies that a MUST says are accepted: coverage cases first, then `examples` drawn ones, each once."""
    strict = _must_accept(contract)
    operation = contract.operation
    validator = contract.validator(
        strict["paths"][operation.path][operation.method.lower()]["requestBody"]["content"]["application/json"][
            "schema"
        ]
    )
    found: dict[bytes, dict[str, Json]] = {}
    for case in _cases(strict, contract, examples, writer.seed):
        if not isinstance(case, dict):
            continue
        known = operation.asks(BENCHMARK_ID) and BENCHMARK_ID in case
        body = {**case, BENCHMARK_ID: writer.identifier()} if known else case
        if validator.is_valid(body) and _plain(body):
            found.setdefault(dump(body), body)
    return list(found.values())


def _cases(strict: dict[str, Any], contract: Contract, examples: int, seed: int) -> Iterator[Any]:
    # Importing schemathesis costs more than all the rest of the suite, so only who asks for cases pays for it.
    import hypothesis  # noqa: PLC0415
    import schemathesis  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    schema = schemathesis.openapi.from_dict(strict)
    operation = schema[contract.operation.path][contract.operation.method]
    drawn: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=max(1, examples),
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[hypothesis.HealthCheck(check) for check in hypothesis.HealthCheck],
    )
    @hypothesis.given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def draw(case: Any) -> None:
        drawn.append(case.body)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what schemathesis says of its own generation is not the user's concern
        phase = schema.config.generation_for(operation=operation, phase="coverage")
        for case in schema.iter_coverage_cases(
            operation, generation_modes=[GenerationMode.POSITIVE], generation_config=phase
        ):
            yield case.body
        if examples:
            draw()
    yield from drawn


def _must_accept(contract: Contract) -> dict[str, Any]:
    """The contract, narrowed to what a MUST says is accepted: closed objects, texts without U+0000, POSIX names."""
    document: dict[str, Any] = json.loads(json.dumps(contract.document))
    operation = document["paths"][contract.operation.path][contract.operation.method.lower()]
    operation.pop("security", None)
    content = operation["requestBody"]["content"]["application/json"]
    content.pop("examples", None)
    content["schema"] = _narrowed(contract, contract.operation.request_schema, ())
    operation["responses"] = {"200": {"description": "OK"}}
    document["paths"] = {contract.operation.path: {contract.operation.method.lower(): operation}}
    document.pop("components", None)
    return document


def _narrowed(contract: Contract, schema: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    schema = contract.resolve(schema)[0]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:  # the alternative null comes from elsewhere than the page: not a MUST
            return _narrowed(contract, schema[keyword][0], path)
    stated = schema.get("type", "object" if "properties" in schema else [])
    kinds = [stated] if isinstance(stated, str) else list(stated)
    member = contract.operation.asks(*path)
    if member is not None and not member.from_page:
        kinds = [kind for kind in kinds if kind != "null"]
    made: dict[str, Any] = {
        name: schema[name] for name in ("enum", "const", "minimum", "maximum", "format") if name in schema
    }
    made["type"] = kinds if len(kinds) != 1 else kinds[0]
    if "string" in kinds and "enum" not in made and "const" not in made:
        made["maxLength"] = LARGEST_TEXT
    if "array" in kinds:
        made["items"] = _narrowed(contract, schema.get("items", {}), (*path, "[]"))
    if "object" in kinds:
        made["properties"] = {
            name: _narrowed(contract, sub, (*path, name))
            for name, sub in schema.get("properties", {}).items()
            if (at := contract.operation.asks(*path, name)) is not None and (at.level == "must" or at.required)
        }
        made["required"] = [name for name in schema.get("required", []) if name in made["properties"]]
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            made["additionalProperties"] = _narrowed(contract, values, (*path, "*"))
            if path and "env" in path[-1].lower():
                made["propertyNames"] = {"pattern": POSIX_NAME, "maxLength": 100}
        else:
            made["additionalProperties"] = False
    return made


def _plain(value: Json) -> bool:
    """Whether no text in it holds what a server may refuse: U+0000 and lone surrogates."""
    if isinstance(value, str):
        return "\0" not in value and not LONE_SURROGATE.search(value) and len(value) <= LARGEST_TEXT
    if isinstance(value, dict):
        return len(value) <= 64 and all(_plain(name) and _plain(item) for name, item in value.items())
    return all(_plain(item) for item in value) if isinstance(value, list) else True
