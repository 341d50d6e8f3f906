"""The contract says everything that the page says, and marks the source of everything else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import yaml

from tests.conftest import CONTRACT
from tests.contract import wire_facts
from tests.contract.page import TEXT, Page, Property, differences, read_text
from tests.contract.reading import Reading

DOCUMENT: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))

# The page again, for readers: * is required, ? may be null.
REQUEST = {
    "benchmark_id *": "string",
    "run_name ?": "string",
    "metadata": "object",
    "runProfile": "object",
}
RESPONSE = {
    "id *": "string",
    "benchmark_id *": "string",
    "start_time_ms *": "integer<int64>",
    "state *": "string: running, canceled, completed",
    "metadata *": "object",
    "name ?": "string",
    "duration_ms ?": "integer<int64>",
    "score ?": "number<float>",
    "purpose ?": "string",
    "environment_variables": "object",
    "secrets_provided": "object",
}


def table(properties: dict[str, Property]) -> dict[str, str]:
    return {
        name + " *" * schema.required + " ?" * schema.nullable: schema.type
        + (f"<{schema.format}>" if schema.format else "")
        + (": " + ", ".join(schema.options) if schema.options else "")
        for name, schema in properties.items()
    }


@cache
def page(text: str = TEXT) -> Page:
    """What a text of the page says, read once."""
    return read_text(text)


def faults(document: dict[str, Any], text: str = TEXT) -> list[str]:
    """All differences between the contract, the page and the facts of the SDK."""
    reading = Reading(document)
    return differences(page(text), reading.page()) + reading.faults + wire_facts.faults(document)


def is_faulty(document: dict[str, Any], text: str = TEXT) -> bool:
    try:
        return faults(document, text) != []
    except (AttributeError, LookupError, TypeError, ValueError):  # so different that it cannot be read
        return True


def test_the_page_in_a_table() -> None:
    facts = page()
    assert (facts.method, facts.path) == ("post", "/v1/benchmarks/start_run")
    assert (facts.status, facts.status_description) == ("200", "OK")
    assert facts.request_media_type == facts.response_media_type == "application/json"
    assert table(facts.request) == REQUEST
    assert table(facts.response) == RESPONSE


def test_the_contract_says_what_the_page_says() -> None:
    assert faults(DOCUMENT) == []


def test_properties_are_in_the_order_of_the_page() -> None:
    contract = Reading(DOCUMENT).page()
    assert list(contract.request) == list(page().request)
    assert list(contract.response) == list(page().response)


def test_each_sentence_of_the_page_is_in_the_contract() -> None:
    text = " ".join(CONTRACT.read_text(encoding="utf-8").split())
    facts = page()
    sentences = [facts.authorization.description, facts.status_description, facts.response_description]
    sentences += [schema.description for schema in (*facts.request.values(), *facts.response.values())]
    assert len(sentences) == 18
    assert [sentence for sentence in sentences if sentence not in text] == []


# --- The check itself is checked: it must notice any single change of the contract or of the page. ---

# What may change without a change on the wire. Any other change must be noticed.
FREE = {
    "/openapi": "checked by the validator",
    "/info": "the publisher",
    "/servers": "the publisher",
    "/tags": "names for a reader",
    "/paths/*/post/operationId": "a name for the generator",
    "/paths/*/post/tags": "names for a reader",
    "/paths/*/post/summary": "a title",
    "/paths/*/post/description": "a title",
    "/paths/*/post/x-rules": "statements, each with its own source",
    "/paths/*/post/x-legal": "what a server may do",
    "/paths/*/post/requestBody/content/application~1json/examples": "checked against the schemas",
    "/paths/*/post/responses/200/content/application~1json/examples": "checked against the schemas",
    "/components/responses/Refused/description": "a title",
    "/components/responses/Failed/description": "a title",
    **{f"/components/schemas/{name}/description": "a title" for name in DOCUMENT["components"]["schemas"]},
    **{
        f"/components/schemas/RunProfile/properties/{name}/description": "a title"
        for name in wire_facts.PROPERTIES["RunProfile"]
    },
}
# … except this one, which is on the page.
del FREE["/components/schemas/BenchmarkRunView/description"]


def nodes(value: Any, pointer: str = "") -> list[str]:
    """The pointers of all nodes under `value` that are not free to change."""
    if any(pointer == free or pointer.startswith(f"{free}/") for free in FREE):
        return []
    below: list[str] = []
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            step = "*" if pointer == "/paths" else str(key).replace("~", "~0").replace("/", "~1")
            below += nodes(inner, f"{pointer}/{step}")
    return [pointer, *below] if pointer else below


def parent_of(document: dict[str, Any], pointer: str) -> tuple[Any, Any]:
    node: Any = document
    *steps, last = pointer[1:].split("/")
    for step in steps:
        node = node[key_of(node, step)]
    return node, key_of(node, last)


def key_of(node: Any, step: str) -> Any:
    if step == "*":
        return next(iter(node))
    return int(step) if isinstance(node, list) else step.replace("~1", "/").replace("~0", "~")


def other(value: Any) -> Any:
    """A value of the same kind that is not `value`."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    return [*value, "other"] if isinstance(value, list) else value | {"x-other": 1}


NODES = nodes(DOCUMENT)


@contextmanager
def editing(parent: Any) -> Iterator[Any]:
    """Gives one object or array of the contract, to be edited, and restores it."""
    before = copy.deepcopy(parent)
    try:
        yield parent
    finally:
        parent.clear()
        if isinstance(parent, dict):
            parent.update(before)
        else:
            parent.extend(before)


def test_each_fact_left_out_is_noticed() -> None:
    unnoticed = []
    for pointer in NODES:
        with editing(parent_of(DOCUMENT, pointer)[0]) as parent:
            del parent[parent_of(DOCUMENT, pointer)[1]]
            if not is_faulty(DOCUMENT):
                unnoticed.append(pointer)
    assert unnoticed == []
    assert len(NODES) > 300


def test_each_fact_changed_is_noticed() -> None:
    unnoticed = []
    for pointer in NODES:
        parent, key = parent_of(DOCUMENT, pointer)
        with editing(parent):
            parent[key] = other(parent[key])
            if not is_faulty(DOCUMENT):
                unnoticed.append(pointer)
    assert unnoticed == []


CONSTRAINTS: list[dict[str, Any]] = [
    {"minLength": 1}, {"pattern": "^b"}, {"maxProperties": 0}, {"nullable": True}, {"const": 1}, {"default": "x"},
]  # fmt: skip


def test_each_constraint_that_is_not_on_the_page_is_noticed() -> None:
    pointers = [pointer for pointer in NODES if pointer.endswith(("/type", "/$ref"))]
    unnoticed = []
    for pointer in pointers:
        schema, key = parent_of(DOCUMENT, pointer)
        if pointer.rsplit("/", 2)[1] == "properties":  # a property that is called `type`
            schema = schema[key]
        for constraint in CONSTRAINTS:
            with editing(schema):
                schema.update(constraint)
                if not is_faulty(DOCUMENT):
                    unnoticed.append((pointer, constraint))
    assert unnoticed == []
    assert len(pointers) > 50


def test_each_property_that_is_not_on_the_page_is_noticed() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    unnoticed = []
    for name in schemas.keys() - {"BenchmarkRunState"}:
        with editing(schemas[name]) as schema:
            schema["properties"] = {**schema.get("properties", {}), "invented": {"type": "string"}}
            if not is_faulty(DOCUMENT):
                unnoticed.append(name)
    assert unnoticed == []


# The lines of the page without its example of code: of that, only the arguments of the call are a fact.
LINES = TEXT.splitlines()
CODE = range(LINES.index("JavaScript") + 1, LINES.index("{"))
CALL = next(number for number in CODE if "startRun(" in LINES[number])
FACTS = [number for number, line in enumerate(LINES) if line and (number not in CODE or number == CALL)]


def test_each_line_of_the_page_left_out_is_noticed() -> None:
    texts = {number: "\n".join(LINES[:number] + LINES[number + 1 :]) for number in FACTS}
    assert [number + 1 for number, text in texts.items() if not is_faulty(DOCUMENT, text)] == []


def test_each_line_of_the_page_changed_is_noticed() -> None:
    unnoticed = []
    for number in FACTS:
        call = LINES[number].replace("'benchmark_id'", "'benchmark_id', run_name: 'x'")
        changed = call if number == CALL else f"{LINES[number]}x"
        if not is_faulty(DOCUMENT, "\n".join([*LINES[:number], changed, *LINES[number + 1 :]])):
            unnoticed.append(number + 1)
    assert unnoticed == []
