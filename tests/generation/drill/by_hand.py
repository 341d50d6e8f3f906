"""Edits that somebody may make of the contract of today."""

from __future__ import annotations

from tests.generation.drill.history import PROFILE, REQUEST, STATE, VIEW, Document, operation, schemas

TEXT = {"type": "string"}


def renamed(document: Document) -> None:
    properties = schemas(document)[REQUEST]["properties"]
    properties["run_title"] = properties.pop("run_name")


def new_required(document: Document) -> None:
    request = schemas(document)[REQUEST]
    request["properties"]["region"] = {"type": "string", "description": "Where to run."}
    request["required"].append("region")


def new_optional(document: Document) -> None:
    schemas(document)[REQUEST]["properties"]["priority"] = {
        "type": "integer", "minimum": 1, "maximum": 9, "description": "How urgent it is.",
    }  # fmt: skip


def null_no_more(document: Document) -> None:
    schemas(document)[REQUEST]["properties"]["run_name"]["type"] = "string"


def name_always_there(document: Document) -> None:
    view = schemas(document)[VIEW]
    view["properties"]["name"]["type"] = "string"
    view["required"].append("name")


def new_state(document: Document) -> None:
    schemas(document)[STATE]["enum"].insert(0, "queued")


def removed(document: Document) -> None:
    del schemas(document)[VIEW]["properties"]["purpose"]


def second_operation(document: Document) -> None:
    run = {"$ref": f"#/components/schemas/{VIEW}"}
    refused = {"$ref": "#/components/responses/Refused"}
    document["paths"]["/v1/benchmarks/runs/{id}"] = {
        "get": {
            "operationId": "get_run",
            "tags": ["benchmarks"],
            "summary": "Look at a run.",
            "security": [{"bearerAuth": []}],
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": dict(TEXT), "description": "ID of the run."}
            ],
            "responses": {
                "200": {"description": "OK", "content": {"application/json": {"schema": run}}},
                "4XX": refused,
            },
        }
    }
    # Whoever has started a run can look at it: without this, a 404 may mean that there is no such run.
    link = {"operationId": "get_run", "parameters": {"id": "$response.body#/id"}}
    operation(document)["responses"]["200"]["links"] = {"run": link}


def recursive(document: Document) -> None:
    schemas(document)["Stage"] = {
        "type": "object",
        "description": "A part of a run, and its parts.",
        "required": ["title"],
        "properties": {
            "title": dict(TEXT),
            "stages": {"type": "array", "items": {"$ref": "#/components/schemas/Stage"}},
        },
    }
    schemas(document)[VIEW]["properties"]["stage"] = {"$ref": "#/components/schemas/Stage"}


def told_apart(document: Document) -> None:
    kinds = {"passed": {"score": {"type": "number"}}, "broken": {"reason": dict(TEXT)}}
    for kind, members in kinds.items():
        schemas(document)[kind.title()] = {
            "type": "object",
            "required": ["kind", *members],
            "properties": {"kind": {"type": "string", "const": kind}, **members},
        }
    schemas(document)["Outcome"] = {
        "oneOf": [{"$ref": f"#/components/schemas/{kind.title()}"} for kind in kinds],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind: f"#/components/schemas/{kind.title()}" for kind in kinds},
        },
    }
    schemas(document)[VIEW]["properties"]["outcome"] = {"$ref": "#/components/schemas/Outcome"}


def stronger(document: Document) -> None:
    schemas(document)[PROFILE]["properties"]["secrets"]["x-level"] = "must"


def reworded(document: Document) -> None:
    rule = operation(document)["x-rules"]["starts-now"]
    rule["text"] = rule["text"].replace("5 minutes", "1 minute")


def new_rule(document: Document) -> None:
    operation(document)["x-rules"]["says-when"] = {
        "level": "should", "source": "RFC 9110, section 6.6.1", "text": "An answer carries a Date header.",
    }  # fmt: skip


# --- What cannot be made into a client: the text of the contract before and after ---

UNUSABLE = {
    "a YAML error": ("run_name:\n", "run_name: [\n", "not YAML"),
    "members beside `anyOf`, which the generator drops in silence": (
        "      required: [benchmark_id]\n",
        "      anyOf: [{required: [benchmark_id]}, {required: [run_name]}]\n",
        "StartRunRequest.benchmark_id is in no class",
    ),
}
