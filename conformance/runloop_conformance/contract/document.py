"""The contract: its operations, and what is at each JSON pointer.

Everything downstream asks this module what the contract says; nothing downstream opens `openapi.yaml` again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import jsonschema_rs
from attrs import field, frozen

from runloop_conformance.contract.operation import Json, Operation


class ContractError(Exception):
    """The contract cannot be used. The message says which file, and why."""


@frozen
class Contract:
    """`openapi.yaml`, and what the suite needs to know of it.

    operations: every operation that can be tested, the main one first, then in the order in which they are tested.
    untested: the operations that cannot be tested, by method and path, each with the reason.
    """

    path: Path
    document: Mapping[str, Json] = field(repr=False)
    sha256: str
    operations: tuple[Operation, ...] = ()
    untested: Mapping[str, str] = field(factory=dict)

    @property
    def version(self) -> str:
        """`info.version`."""
        return str(self.document["info"]["version"])

    @property
    def operation(self) -> Operation:
        """The main operation: the first that has its own rules, else the first that creates something."""
        return self.operations[0]

    @cached_property
    def text(self) -> str:
        """The whole contract as one text."""
        return json.dumps(self.document, ensure_ascii=False, default=str)

    def find(self, identifier: str) -> Operation:
        """The operation of that id; the main one for an empty id."""
        return self._by_id.get(identifier, self.operation)

    @cached_property
    def _by_id(self) -> Mapping[str, Operation]:
        return {operation.id: operation for operation in reversed(self.operations)}

    def resolve(self, node: Mapping[str, Json], pointer: str = "#") -> tuple[Mapping[str, Json], str]:
        """Follow `$ref` to the schema. A sibling of the `$ref` (a description) wins over what the schema has."""
        visited: set[str] = set()
        while "$ref" in node:
            reference = str(node["$ref"])
            if reference in visited or not reference.startswith("#/"):
                raise ContractError(f"{self.path}: {pointer} refers to {reference}, which cannot be followed.")
            visited.add(reference)
            siblings = {name: value for name, value in node.items() if name != "$ref"}
            node, pointer = {**self.at(reference), **siblings}, reference
        return node, pointer

    def at(self, pointer: str) -> Json:
        """What is at a JSON pointer into the contract.

        Raises:
            ContractError: there is nothing.
        """
        node: Json = self.document
        for step in pointer.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(name)] if isinstance(node, list) else node[name]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise ContractError(f"{self.path}: there is nothing at {pointer}.") from error
        return node

    def validator(self, schema: Mapping[str, Json]) -> jsonschema_rs.Draft202012Validator:
        """An independent validator of `schema`, which can follow references to the contract's components."""
        return jsonschema_rs.Draft202012Validator({**schema, "components": self._needed(schema)})

    def _needed(self, schema: Mapping[str, Json]) -> Mapping[str, Json]:
        """The components that a schema leads to. With all of them, the cost would be the square of the contract."""
        components: dict[str, dict[str, Json]] = {}
        ahead: list[Json] = [schema]
        while ahead:
            node = ahead.pop()
            if isinstance(node, dict):
                match = re.match(r"#/components/([^/]+)/([^/]+)", str(node.get("$ref", "")))
                name = match[2].replace("~1", "/").replace("~0", "~") if match else ""
                if match and name not in components.setdefault(match[1], {}):
                    components[match[1]][name] = self.at(match[0])
                    ahead.append(self.at(match[0]))
                ahead += node.values()
            elif isinstance(node, list):
                ahead += node
        return components
