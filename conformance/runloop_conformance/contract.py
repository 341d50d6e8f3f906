"""The contract, read once: its operation, the members of its messages, and the list of its normative statements.

Everything downstream asks this module what the contract says; nothing downstream opens `openapi.yaml` again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs
import yaml
from attrs import field, frozen

Level = Literal["must", "should"]
Json = Any

PACKAGED = Path(__file__).with_name("openapi.yaml")
CHECKOUT = Path(__file__).resolve().parents[2] / "openapi.yaml"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class ContractError(Exception):
    """The contract cannot be used. The message says which file, and why."""


@frozen
class Member:
    """One place in a JSON message: a named member, the values of a map, or the items of an array.

    `path` leads to it from the top of the message; `*` stands for any name in a map, `[]` for any item of an array,
    `[1]` for an item that is the second of the alternatives that an item can be.
    `pointer` is where it is named in the contract, `target` where its schema stands after any `$ref`.
    `name` is the path as clauses and reports write it, with the alternative where there are several:
    `runProfile.envVars.*`, `runProfile.mounts[].FileMount.target`.
    `level` is how strongly a server has to take or give it: `should` where it is known from elsewhere than the page.
    """

    path: tuple[str, ...]
    name: str
    pointer: str
    target: str
    schema: Mapping[str, Json]
    required: bool
    nullable: bool
    types: frozenset[str]
    description: str
    from_page: bool
    level: Level


@frozen
class Statement:
    """One normative statement of the contract: where it stands, and what it says."""

    pointer: str
    text: str


@frozen
class Rule:
    """An entry of `x-rules`: what the page cannot mean otherwise, with its level and its source."""

    name: str
    pointer: str
    level: Level
    source: str
    text: str


def item(step: str) -> int | None:
    """The index of the item that a step of a path leads to, None where it is a name."""
    return int(step[1:-1] or 0) if step.startswith("[") and step.endswith("]") else None


def escape(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


@frozen
class Operation:
    """The operation under test, and what its messages look like."""

    method: str
    path: str
    pointer: str
    request_schema: Mapping[str, Json]
    request_pointer: str
    response_schema: Mapping[str, Json]
    response_pointer: str
    status: int
    secured: bool
    request: tuple[Member, ...]
    response: tuple[Member, ...]
    rules: Mapping[str, Rule]
    responses: tuple[str, ...]
    examples: Mapping[str, Json]

    def asks(self, *path: str) -> Member | None:
        """The member of the request at `path`, if the contract has it."""
        return next((member for member in self.request if member.path == path), None)

    def answers(self, *path: str) -> Member | None:
        """The member of the answer at `path`, if the contract has it."""
        return next((member for member in self.response if member.path == path), None)


@frozen
class Contract:
    """`openapi.yaml`, and what the suite needs to know of it."""

    path: Path
    document: Mapping[str, Json] = field(repr=False)
    sha256: str

    @property
    def version(self) -> str:
        """`info.version`."""
        return str(self.document["info"]["version"])

    @cached_property
    def operation(self) -> Operation:
        """The first operation that takes a JSON body."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item and _json_content(self, item[method].get("requestBody")):
                    return _read_operation(self, path, method)
        raise ContractError(
            f"{self.path}: no operation takes a JSON body, so there is nothing here to start a run with."
        )

    def resolve(self, node: Mapping[str, Json], pointer: str = "#") -> tuple[Mapping[str, Json], str]:
        """Follow `$ref` to where the schema stands; siblings of the `$ref` (a description) win over what is there."""
        seen: set[str] = set()
        while "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen or not reference.startswith("#/"):
                raise ContractError(f"{self.path}: {pointer} refers to {reference}, which cannot be followed.")
            seen.add(reference)
            siblings = {name: value for name, value in node.items() if name != "$ref"}
            node, pointer = {**self.at(reference), **siblings}, reference
        return node, pointer

    def at(self, pointer: str) -> Json:
        """What stands at a JSON pointer into the contract.

        Raises:
            ContractError: nothing stands there.
        """
        node: Json = self.document
        for step in pointer.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(name)] if isinstance(node, list) else node[name]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise ContractError(f"{self.path}: nothing stands at {pointer}.") from error
        return node

    def validator(self, schema: Mapping[str, Json]) -> jsonschema_rs.Draft202012Validator:
        """An independent validator of `schema`, with the contract's components in reach."""
        components = {"components": self.document.get("components", {})}
        return jsonschema_rs.Draft202012Validator({**schema, **components})


def load_contract(path: Path | None = None) -> Contract:
    """Read the contract at `path`, else the one in the package, else the one of the checkout.

    Raises:
        ContractError: it cannot be read, or is not an OpenAPI document.
    """
    path = path or (PACKAGED if PACKAGED.exists() else CHECKOUT)
    try:
        raw = path.read_bytes()
        document = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"{path}: is not YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict) or "info" not in document:
        raise ContractError(f"{path}: is not an OpenAPI document: `info` and `paths` are needed.")
    contract = Contract(path, document, hashlib.sha256(raw).hexdigest())
    try:  # a contract that cannot be used is refused here, not in the middle of a run
        _ = contract.operation, contract.version
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{path}: is not an OpenAPI document that can be read: {error!r}.") from error
    return contract


def _json_content(contract: Contract, body: Mapping[str, Json] | None) -> Mapping[str, Json] | None:
    if body is None:
        return None
    content = contract.resolve(body)[0].get("content", {})
    found: Mapping[str, Json] | None = content.get("application/json")
    return found


def _read_operation(contract: Contract, path: str, method: str) -> Operation:
    pointer = f"#/paths/{escape(path)}/{method}"
    operation = contract.at(pointer)
    asked = _json_content(contract, operation["requestBody"]) or {}
    answer_at = f"{pointer}/responses/200"
    answered = _json_content(contract, operation["responses"].get("200")) or {}
    request_schema, request_pointer = contract.resolve(asked.get("schema", {}), f"{pointer}/requestBody")
    response_schema, response_pointer = contract.resolve(answered.get("schema", {}), answer_at)
    rules = {
        name: Rule(name, f"{pointer}/x-rules/{escape(name)}", rule["level"], rule["source"], rule["text"])
        for name, rule in operation.get("x-rules", {}).items()
    }
    security = operation.get("security", contract.document.get("security", []))
    return Operation(
        method=method.upper(),
        path=path,
        pointer=pointer,
        request_schema=request_schema,
        request_pointer=request_pointer,
        response_schema=response_schema,
        response_pointer=response_pointer,
        status=200,
        secured=bool(security),
        request=tuple(members(contract, request_schema, request_pointer)),
        response=tuple(members(contract, response_schema, response_pointer)),
        rules=rules,
        responses=tuple(str(status) for status in operation["responses"]),
        examples={name: example["value"] for name, example in asked.get("examples", {}).items()},
    )


def members(
    contract: Contract,
    schema: Mapping[str, Json],
    pointer: str,
    path: tuple[str, ...] = (),
    name: str = "",
    *,
    from_page: bool = True,
    level: Level = "must",
    inside: tuple[str, ...] = (),
) -> Iterator[Member]:
    """Every member below `schema`, outermost first. A schema that contains itself is followed once."""
    if pointer in inside:
        return
    inside = (*inside, pointer)
    variants = [(variant, at) for variant, at in _variants(contract, schema, pointer) if _types(variant) != ["null"]]
    for number, (variant, at) in enumerate(variants):
        prefix = f"{name}.{at.rsplit('/', 1)[-1]}" if len(variants) > 1 else name
        if len(variants) > 1 and path and path[-1].startswith("["):
            path = (*path[:-1], f"[{number}]")
        required = variant.get("required", [])
        below: list[tuple[str, Mapping[str, Json], str]] = [
            (name, sub, f"{at}/properties/{escape(name)}") for name, sub in variant.get("properties", {}).items()
        ]
        if isinstance(variant.get("additionalProperties"), dict):
            below.append(("*", variant["additionalProperties"], f"{at}/additionalProperties"))
        if isinstance(variant.get("items"), dict):
            below.append(("[]", variant["items"], f"{at}/items"))
        for step, raw, where in below:
            its_name = f"{prefix}[]" if step == "[]" else f"{prefix}.{step}".lstrip(".")
            sub, target = contract.resolve(raw, where)
            page = from_page and "x-source" not in raw and "x-source" not in sub
            its_level: Level = level if level == "should" else raw.get("x-level", sub.get("x-level", "must"))
            kinds = [kind for kind, _ in _variants(contract, sub, target)]
            types = frozenset(one for kind in kinds for one in _types(kind))
            yield Member(
                path=(*path, step),
                name=its_name,
                pointer=where,
                target=target,
                schema=sub,
                required=step in required,
                nullable="null" in types,
                types=types,
                description=str(sub.get("description", "")),
                from_page=page,
                level=its_level,
            )
            yield from members(
                contract, sub, target, (*path, step), its_name, from_page=page, level=its_level, inside=inside
            )


def _variants(contract: Contract, schema: Mapping[str, Json], pointer: str) -> Iterator[tuple[Mapping[str, Json], str]]:
    """The schema itself, or each of its alternatives."""
    for keyword in ("anyOf", "oneOf"):
        for index, alternative in enumerate(schema.get(keyword, [])):
            node, at = contract.resolve(alternative, f"{pointer}/{keyword}/{index}")
            yield from _variants(contract, node, at)
        if keyword in schema:
            return
    yield schema, pointer


def _types(schema: Mapping[str, Json]) -> list[str]:
    stated = schema.get("type", [])
    if isinstance(stated, str):
        return [stated]
    if stated:
        return list(stated)
    return ["object"] if "properties" in schema else []
