"""The facts of the contract in the form of the reference page.

Everything that the contract adds to the page must carry `x-source`, or be one of the few things that say nothing about
the wire (names, examples, open error schemas). Anything else is a fault: a demand without a source.
"""

from __future__ import annotations

from typing import Any

from tests.contract.page import Page, Property

Node = dict[str, Any]

# Not about the wire: the publisher, the names that a generator uses, what a reader is shown.
DOCUMENT = {"openapi", "info", "servers", "tags", "paths", "components"}
COMPONENTS = {"securitySchemes", "responses", "schemas"}
OPERATION = {"operationId", "tags", "summary", "description", "security", "requestBody", "responses"}
# Statements, each with its own source: see test_document.py.
STATEMENTS = {"x-rules", "x-legal"}


class Reading:
    """Reads a contract as a page. `faults`: what is in the contract and neither on the page nor marked."""

    def __init__(self, document: Node) -> None:
        self.document = document
        self.faults: list[str] = []
        self.reached: set[str] = set()

    def page(self) -> Page:
        """Return the contract as a page."""
        self._only(self.document, DOCUMENT, "the document")
        self._only(self.document["components"], COMPONENTS, "components")
        ((path, item),) = self.document["paths"].items()
        ((method, operation),) = item.items()
        self._only(operation, OPERATION | STATEMENTS, "the operation")
        header, authorization = self._authorization(operation)
        self._only(operation["requestBody"], {"required", "content"}, "the request body")
        request_media_type, body = self._content(operation["requestBody"])
        responses = dict(operation["responses"])
        self._error_responses(responses)
        ((status, success),) = responses.items()
        self._only(success, {"description", "content"}, "the response")
        response_media_type, view = self._content(success)
        response = self._properties(view, "the response")
        request = self._properties(body, "the request")
        self._unreached()
        return Page(
            method=method,
            path=path,
            authorization=authorization,
            authorization_header=header,
            request_media_type=request_media_type,
            request_required=operation["requestBody"].get("required", False),
            request=request,
            status=status,
            status_description=success["description"],
            response_media_type=response_media_type,
            response_description=view.get("description", ""),
            response=response,
            sample_arguments=tuple(name for name, property_ in request.items() if property_.required),
            sample_response={name: property_.sample for name, property_ in response.items()},
        )

    def _only(self, node: Node, known: set[str], where: str) -> None:
        self.faults += [f"{where}: {key} is not on the page and has no x-source" for key in node.keys() - known]

    def _resolve(self, node: Node) -> Node:
        """Follow the reference of `node`. Keywords beside the reference win, as in OpenAPI 3.1."""
        if "$ref" not in node:
            return node
        target = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        self.reached.add(node["$ref"])
        return target | {key: value for key, value in node.items() if key != "$ref"}

    def _authorization(self, operation: Node) -> tuple[str, Property]:
        """The bearer scheme of HTTP, as the page describes it: a required string in the Authorization header."""
        ((name, scopes),) = operation["security"][0].items()
        if len(operation["security"]) != 1 or scopes:
            self.faults.append("security: the page has one way to authorize, without scopes")
        schemes = self.document["components"]["securitySchemes"]
        if list(schemes) != [name]:
            self.faults.append(f"securitySchemes: {sorted(schemes)}, but the page has one")
        scheme = dict(schemes[name])
        description = scheme.pop("description")
        if scheme != {"type": "http", "scheme": "bearer"}:
            self.faults.append(f"securitySchemes: {scheme} is not HTTP's bearer scheme")
        header = Property("string", None, nullable=False, options=(), required=True, description=description)
        return "Authorization", header

    def _content(self, node: Node) -> tuple[str, Node]:
        ((media_type, media),) = node["content"].items()
        self._only(media, {"schema", "examples"}, media_type)
        return media_type, self._resolve(media["schema"])

    def _error_responses(self, responses: Node) -> None:
        """Error responses are declared, since a server may send them, and open, since the page is silent on them."""
        for status in ("4XX", "5XX"):
            response = self._resolve(responses.pop(status, {"content": {"missing": {"schema": {"not": {}}}}}))
            self._only(response, {"description", "content"}, status)
            media_type, schema = self._content(response)
            if media_type != "application/json" or schema.keys() != {"description"}:
                self.faults.append(f"{status}: must be declared as JSON with a description and no other keyword")

    def _properties(self, schema: Node, where: str) -> dict[str, Property]:
        self._only(schema, {"type", "description", "required", "properties"}, where)
        if schema.get("type") != "object":
            self.faults.append(f"{where}: must be an object, as on the page")
        required = schema.get("required", [])
        self.faults += [
            f"{where}: requires {name}, which it lacks" for name in required if name not in schema["properties"]
        ]
        return {
            name: self._property(self._resolve(property_), f"{where}: {name}", required=name in required)
            for name, property_ in schema["properties"].items()
        }

    def _property(self, schema: Node, where: str, *, required: bool) -> Property:
        types = schema.get("type", ["anything"])
        types = [types] if isinstance(types, str) else types
        unnamed = {"type", "format", "description", "enum"}
        if schema.get("additionalProperties") is True or _is_marked(schema.get("additionalProperties")):
            unnamed.add("additionalProperties")
        if all(_is_marked(inner) for inner in schema.get("properties", {}).values()):
            unnamed.add("properties")
        self._only(schema, unnamed, where)
        return Property(
            type=" | ".join(kind for kind in types if kind != "null"),
            format=schema.get("format"),
            nullable="null" in types,
            options=tuple(schema.get("enum", ())),
            required=required,
            description=schema.get("description", ""),
        )

    def _unreached(self) -> None:
        """Each component is used by what is on the page, or marked."""
        for kind in ("responses", "schemas"):
            for name, component in self.document["components"][kind].items():
                if f"#/components/{kind}/{name}" not in self.reached and not _is_marked(component):
                    self.faults.append(f"components/{kind}/{name}: is not on the page and has no x-source")


def _is_marked(schema: object) -> bool:
    return isinstance(schema, dict) and schema.get("x-source") == "wire-facts"
