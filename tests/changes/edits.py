"""Single edits of the contract, and what a person would say of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]
START = "/v1/benchmarks/start_run"
RUNS = "/v1/benchmarks/runs/{id}"


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def operation(document: Document) -> Document:
    found: Document = document["paths"][START]["post"]
    return found


@frozen
class Edit:
    """One edit: whom it breaks (`breaks`, `weakly`, `read` or `no`), and the bump."""

    change: Callable[[Document], object]
    callers: str
    servers: str
    bump: str


def member(schema: str, *steps: str, value: Any = None, take: bool = False) -> Callable[[Document], object]:
    """Set, or take, what stands below a schema."""

    def change(document: Document) -> None:
        node = schemas(document)[schema]
        for step in steps[:-1]:
            node = node[step]
        if take:
            del node[steps[-1]]
        else:
            node[steps[-1]] = value

    return change


def required(schema: str, *names: str) -> Callable[[Document], object]:
    return member(schema, "required", value=list(names))


def rule(name: str, **words: str | None) -> Callable[[Document], object]:
    """Set words of a rule; None takes the whole rule."""

    def change(document: Document) -> None:
        rules = operation(document)["x-rules"]
        if None in words.values():
            del rules[name]
        else:
            rules.setdefault(name, {}).update(words)

    return change


NO, READ, WEAKLY, BREAKS = "no", "read", "weakly", "breaks"
PATCH, MINOR, MAJOR = "patch", "minor", "major"
SIZES = ("MEDIUM", "LARGE", "X_LARGE", "XX_LARGE", "CUSTOM_SIZE")
REQUEST, VIEW, PROFILE, LAUNCH = "StartRunRequest", "BenchmarkRunView", "RunProfile", "LaunchParameters"
TEXT = {"type": "string"}
ALL_OF_VIEW = ("id", "benchmark_id", "start_time_ms", "state", "metadata")
URL_MOUNT = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "const": "url_mount"}}}


def another_mount(document: Document) -> None:
    schemas(document)["UrlMount"] = URL_MOUNT
    schemas(document)["Mount"]["oneOf"].append({"$ref": "#/components/schemas/UrlMount"})


def called_otherwise(document: Document) -> None:
    properties = schemas(document)[REQUEST]["properties"]
    properties["run_title"] = properties.pop("run_name")


def second_operation(document: Document) -> None:
    answer = {
        "description": "OK",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{VIEW}"}}},
    }
    identifier = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    get = {"operationId": "get_run", "tags": ["benchmarks"], "parameters": [identifier], "responses": {"200": answer}}
    document["paths"][RUNS] = {"get": get | {"security": [{"bearerAuth": []}]}}


def another_status(document: Document) -> None:
    responses = operation(document)["responses"]
    responses["202"] = responses.pop("200")


def another_example(document: Document) -> None:
    media = operation(document)["requestBody"]["content"]["application/json"]
    media["examples"]["minimal"]["value"]["benchmark_id"] = "bmd_another"


# What is compared at once: edits that do not touch each other. By the sentence that the diff says of each.
TOGETHER = (
    {
        # The answer: what widens it breaks callers, what narrows it breaks servers.
        "`state` in the answer gains failed": Edit(
            member("BenchmarkRunState", "enum", value=["running", "canceled", "completed", "failed"]), BREAKS, NO, MAJOR
        ),
        "`benchmark_id` is optional in the answer": Edit(
            required(VIEW, "id", "start_time_ms", "state", "metadata"), BREAKS, NO, MAJOR
        ),
        "`region` in the answer is new": Edit(member(VIEW, "properties", "region", value=TEXT), NO, NO, MINOR),
        "`purpose` in the answer is gone": Edit(member(VIEW, "properties", "purpose", take=True), BREAKS, NO, MAJOR),
        "`id` in the answer: type string → string | null": Edit(
            member(VIEW, "properties", "id", "type", value=["string", "null"]), BREAKS, NO, MAJOR
        ),
        "`name` in the answer: type string | null → string": Edit(
            member(VIEW, "properties", "name", "type", value="string"), NO, BREAKS, MINOR
        ),
        # The request: what narrows it breaks both, since servers have to refuse the rest.
        "`benchmark_id` in the request: type string → string | null": Edit(
            member(REQUEST, "properties", "benchmark_id", "type", value=["string", "null"]), NO, BREAKS, MINOR
        ),
        "`run_name` in the request is gone": Edit(
            member(REQUEST, "properties", "run_name", take=True), BREAKS, NO, MAJOR
        ),
        "`region` in the request is new": Edit(member(REQUEST, "properties", "region", value=TEXT), NO, BREAKS, MINOR),
        "`region` is required in the request": Edit(required(REQUEST, "benchmark_id", "region"), BREAKS, BREAKS, MAJOR),
        # What the SDK alone tells of is a SHOULD to servers.
        "`runProfile.launchParameters.architecture` in the request gains riscv": Edit(
            member(LAUNCH, "properties", "architecture", "enum", value=["x86_64", "arm64", "riscv"]), NO, WEAKLY, MINOR
        ),
        "`runProfile.launchParameters.resource_size_request` in the request loses X_SMALL, SMALL": Edit(
            member(LAUNCH, "properties", "resource_size_request", "enum", value=[*SIZES]), BREAKS, WEAKLY, MAJOR
        ),
        "one more alternative for `runProfile.mounts[]` in the request": Edit(another_mount, NO, WEAKLY, MINOR),
        "`runProfile.launchParameters.keep_alive_time_seconds` in the request: maximum 172800 → 60": Edit(
            member(LAUNCH, "properties", "keep_alive_time_seconds", "maximum", value=60), BREAKS, WEAKLY, MAJOR
        ),
        "GET /v1/benchmarks/runs/{id} is new": Edit(second_operation, NO, BREAKS, MINOR),
        # What Redocly does not look at.
        "new MUST, polite: Be polite.": Edit(
            rule("polite", level="must", source="us", text="Be polite."), NO, BREAKS, MINOR
        ),
        "no MUST any more, new-run: ": Edit(rule("new-run", text=None), BREAKS, NO, MAJOR),
        "challenge: SHOULD → MUST": Edit(rule("challenge", level="must"), NO, BREAKS, MINOR),
        "starts-now says: Now. It said: `start_time_ms`": Edit(rule("starts-now", text="Now."), READ, READ, MINOR),
        "servers are free now: To be late.": Edit(
            lambda document: operation(document)["x-legal"].update(late="To be late."), READ, NO, MINOR
        ),
        "`runProfile.secrets`: SHOULD → MUST": Edit(
            member(PROFILE, "properties", "secrets", "x-level", value="must"), NO, BREAKS, MINOR
        ),
    },
    {
        "`state` in the answer loses canceled": Edit(
            member("BenchmarkRunState", "enum", value=["running", "completed"]), NO, BREAKS, MINOR
        ),
        "`name` is required in the answer": Edit(required(VIEW, *ALL_OF_VIEW, "name"), NO, BREAKS, MINOR),
        "`run_name` in the request: type string | null → string": Edit(
            member(REQUEST, "properties", "run_name", "type", value="string"), BREAKS, BREAKS, MAJOR
        ),
        "`run_name` is required in the request": Edit(
            required(REQUEST, "benchmark_id", "run_name"), BREAKS, BREAKS, MAJOR
        ),
        "`metadata` in the request: maxProperties nothing → 10": Edit(
            member("StringMap", "maxProperties", value=10), BREAKS, BREAKS, MAJOR
        ),
        "`post`: operationId start_run → begin_run": Edit(
            lambda document: operation(document).update(operationId="begin_run"), BREAKS, NO, MAJOR
        ),
        "new SHOULD, polite: Be polite.": Edit(
            rule("polite", level="should", source="us", text="Be polite."), NO, WEAKLY, MINOR
        ),
        "no SHOULD any more, challenge: ": Edit(rule("challenge", text=None), NO, NO, PATCH),
        "starts-now: MUST → SHOULD": Edit(rule("starts-now", level="should"), BREAKS, NO, MAJOR),
        "servers are free no more: The same response": Edit(
            lambda document: operation(document)["x-legal"].popitem(), NO, READ, MINOR
        ),
        "the description of `metadata` in the request is another": Edit(
            member(REQUEST, "properties", "metadata", "description", value="Strings."), NO, NO, PATCH
        ),
        "the examples of #/paths/": Edit(another_example, NO, NO, PATCH),
    },
    {
        "`run_name` in the request is called `run_title` now": Edit(called_otherwise, BREAKS, BREAKS, MAJOR),
        "`200` in the answer is called `202` now": Edit(another_status, BREAKS, BREAKS, MAJOR),
    },
    {
        "GET /v1/benchmarks/runs/{id} is gone": Edit(lambda document: document["paths"].pop(RUNS), BREAKS, NO, MAJOR),
    },
)
BEFORE = {3: second_operation}
"""What is done to the contract before both sides."""
