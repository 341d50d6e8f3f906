"""The contract says what the page says: all of it, and nothing else that does not name its source."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.conftest import CONTRACT
from tests.contract import wire_facts
from tests.contract.page import TEXT, Member, differences, read_text
from tests.contract.reading import Reading

DOCUMENT: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))

# The page once more, for readers: * is required, ? takes null.
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


def table(members: dict[str, Member]) -> dict[str, str]:
    return {
        name + " *" * member.required + " ?" * member.nullable: member.type
        + (f"<{member.format}>" if member.format else "")
        + (": " + ", ".join(member.options) if member.options else "")
        for name, member in members.items()
    }


def faults(document: dict[str, Any], text: str = TEXT) -> list[str]:
    """All in which the contract strays from the page and from the facts of the wire."""
    reading = Reading(document)
    return differences(read_text(text), reading.page()) + reading.faults + wire_facts.faults(document)


def is_faulty(document: dict[str, Any], text: str = TEXT) -> bool:
    try:
        return faults(document, text) != []
    except (AttributeError, LookupError, TypeError, ValueError):  # so far from the page that it cannot be read
        return True


def test_the_page_in_a_table() -> None:
    page = read_text(TEXT)
    assert (page.method, page.path) == ("post", "/v1/benchmarks/start_run")
    assert (page.status, page.status_description) == ("200", "OK")
    assert page.request_media_type == page.response_media_type == "application/json"
    assert table(page.request) == REQUEST
    assert table(page.response) == RESPONSE


def test_the_contract_says_what_the_page_says() -> None:
    assert faults(DOCUMENT) == []


def test_members_stand_in_the_order_of_the_page() -> None:
    page, contract = read_text(TEXT), Reading(DOCUMENT).page()
    assert list(contract.request) == list(page.request)
    assert list(contract.response) == list(page.response)


def test_each_sentence_of_the_page_is_in_the_contract() -> None:
    said = " ".join(CONTRACT.read_text(encoding="utf-8").split())
    page = read_text(TEXT)
    sentences = [page.authorization.description, page.status_description, page.response_description]
    sentences += [member.description for member in (*page.request.values(), *page.response.values())]
    assert len(sentences) == 18
    assert [sentence for sentence in sentences if sentence not in said] == []


# --- The check itself is checked: any single change, of the contract or of the page, must be seen. ---

# What may change without the contract saying something else about the wire. Everything else may not.
FREE = {
    "/openapi": "the validator's matter",
    "/info": "who and where",
    "/servers": "who and where",
    "/tags": "names for a reader",
    "/paths/*/post/operationId": "a name for the generator",
    "/paths/*/post/tags": "names for a reader",
    "/paths/*/post/summary": "a title",
    "/paths/*/post/description": "a title",
    "/paths/*/post/x-rules": "statements with a source of their own",
    "/paths/*/post/x-legal": "what is free",
    "/paths/*/post/requestBody/content/application~1json/examples": "checked against the schemas",
    "/paths/*/post/responses/200/content/application~1json/examples": "checked against the schemas",
    "/components/responses/Refused/description": "a title",
    "/components/responses/Failed/description": "a title",
    **{f"/components/schemas/{name}/description": "a title" for name in DOCUMENT["components"]["schemas"]},
    **{
        f"/components/schemas/RunProfile/properties/{name}/description": "a title"
        for name in wire_facts.MEMBERS["RunProfile"]
    },
}
# … but for this one, which the page has.
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


@pytest.mark.parametrize("pointer", NODES)
def test_a_fact_left_out_is_seen(pointer: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    parent, key = parent_of(document, pointer)
    del parent[key]
    assert is_faulty(document)


@pytest.mark.parametrize("pointer", NODES)
def test_a_fact_changed_is_seen(pointer: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    parent, key = parent_of(document, pointer)
    parent[key] = other(parent[key])
    assert is_faulty(document)


@pytest.mark.parametrize("pointer", [pointer for pointer in NODES if pointer.endswith(("/type", "/$ref"))])
@pytest.mark.parametrize(
    "constraint",
    [{"minLength": 1}, {"pattern": "^b"}, {"maxProperties": 0}, {"nullable": True}, {"const": 1}, {"default": "x"}],
    ids=lambda constraint: next(iter(constraint)),
)
def test_a_constraint_that_is_not_on_the_page_is_seen(pointer: str, constraint: dict[str, Any]) -> None:
    document = copy.deepcopy(DOCUMENT)
    schema, key = parent_of(document, pointer)
    if key in schema and pointer.rsplit("/", 2)[1] != "properties":
        schema.update(constraint)
    else:
        schema[key].update(constraint)
    assert is_faulty(document)


@pytest.mark.parametrize("name", [name for name in DOCUMENT["components"]["schemas"] if name != "BenchmarkRunState"])
def test_a_member_that_is_not_on_the_page_is_seen(name: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"][name].setdefault("properties", {})["invented"] = {"type": "string"}
    assert is_faulty(document)


# The lines of the page without its example of code, which is the SDK's matter but for the arguments of the call.
LINES = TEXT.splitlines()
CODE = range(LINES.index("JavaScript") + 1, LINES.index("{"))
CALL = next(number for number in CODE if "startRun(" in LINES[number])
FACTS = [number for number, line in enumerate(LINES) if line and (number not in CODE or number == CALL)]


@pytest.mark.parametrize("number", FACTS, ids=lambda number: f"{number + 1}-{LINES[number][:30]}")
def test_a_line_of_the_page_left_out_is_seen(number: int) -> None:
    assert is_faulty(DOCUMENT, "\n".join(LINES[:number] + LINES[number + 1 :]))


@pytest.mark.parametrize("number", FACTS, ids=lambda number: f"{number + 1}-{LINES[number][:30]}")
def test_a_line_of_the_page_changed_is_seen(number: int) -> None:
    changed = (
        LINES[number].replace("'benchmark_id'", "'benchmark_id', run_name: 'x'")
        if number == CALL
        else f"{LINES[number]}x"
    )
    assert is_faulty(DOCUMENT, "\n".join([*LINES[:number], changed, *LINES[number + 1 :]]))
