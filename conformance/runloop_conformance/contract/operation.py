"""An operation of the contract: its parameters, the properties of its messages, its rules. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from attrs import frozen

Level = Literal["must", "should"]
Json = Any


@frozen
class Property:
    """One place in a JSON message: a named property, the values of a map, or the items of an array.

    `path` leads to it from the top of the message; `*` stands for any name in a map, `[]` for any item of an array,
    `[1]` for an item that is the second of the alternatives that an item can be.
    `pointer` is where it is named in the contract, `target` where its schema is after any `$ref`.
    `name` is the path as clauses and reports write it, with the alternative where there are several:
    `runProfile.envVars.*`, `runProfile.mounts[].FileMount.target`.
    `level` is how strongly a server has to accept or send it: `should` if it is known from elsewhere than the page.
    `alternative`: it is in one of several alternatives (`oneOf`, `anyOf`), so a message may be valid without it.
    `null_is_free`: its schema does not allow null, and the contract's `x-legal` lets a server accept or reject it.
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
    alternative: bool = False
    null_is_free: bool = False

    @property
    def named(self) -> bool:
        """Whether it is a named property, rather than the values of a map or the items of an array."""
        return is_named(self.path)


@frozen
class Parameter:
    """A parameter beside the body. `place` is where it goes: `path`, `query` or `header`.

    `link` says which response its value comes from, if a `links` entry of the contract does: the id of the operation,
    and the path to the value in its response.
    """

    name: str
    place: Literal["path", "query", "header"]
    pointer: str
    schema: Mapping[str, Json]
    required: bool
    description: str
    examples: tuple[Json, ...]
    link: tuple[str, tuple[str, ...]] | None = None

    @property
    def stem(self) -> str:
        """The beginning of the ids of the clauses about it."""
        return f"request.{self.place}-parameter.{self.name}"


@frozen
class Rule:
    """An entry of `x-rules`: what follows from the page, with its level and its source."""

    name: str
    pointer: str
    level: Level
    source: str
    text: str


@frozen
class Operation:
    """One operation: a method of a path, and what its messages look like.

    id: its `operationId`, else method and path. prefix: what the ids of its clauses begin with; nothing where
        the operation has its own rules, or is the only one.
    own_rules: whether the contract states rules for it (`x-rules`); else `rules` are those that hold for any operation.
    credentials: the header that carries the token and what is before the token in it; None if a request needs none.
    takes_json, gives_json: whether there is a JSON body in the request, and in the response with `status`.
    needs_body: whether a request without a body breaks the contract.
    other_methods: the methods that the contract has for the same path.
    """

    id: str
    prefix: str
    method: str
    path: str
    pointer: str
    takes_json: bool
    gives_json: bool
    needs_body: bool
    request_schema: Mapping[str, Json]
    request_pointer: str
    response_schema: Mapping[str, Json]
    response_pointer: str
    status: int
    status_pointer: str
    status_text: str
    credentials: tuple[str, str] | None
    parameters: tuple[Parameter, ...]
    request: tuple[Property, ...]
    response: tuple[Property, ...]
    own_rules: bool
    rules: Mapping[str, Rule]
    responses: tuple[str, ...]
    examples: Mapping[str, Json]
    other_methods: frozenset[str]

    @property
    def secured(self) -> bool:
        """Whether a request needs a token."""
        return self.credentials is not None

    @property
    def bearer(self) -> bool:
        """Whether the token is a bearer token (RFC 6750)."""
        return self.credentials == BEARER

    @property
    def safe(self) -> bool:
        """Whether it only reads."""
        return self.method in SAFE

    @cached_property
    def required_text(self) -> Property | None:
        """The first required string at the top of the request, which no body can lack."""
        return next((m for m in self.request if m.required and len(m.path) == 1 and "string" in m.types), None)

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The paths of the optional strings of the request that a MUST covers."""
        return tuple(
            m.path for m in self.request if m.named and not m.required and m.level == "must" and "string" in m.types
        )

    @cached_property
    def maps(self) -> tuple[tuple[str, ...], ...]:
        """The paths of the free-form maps of the request that a MUST covers."""
        return self._maps("must")

    @cached_property
    def known_maps(self) -> tuple[tuple[str, ...], ...]:
        """The paths of those that are known from elsewhere than the page: a SHOULD covers them."""
        return self._maps("should")

    def _maps(self, level: Level) -> tuple[tuple[str, ...], ...]:
        return tuple(m.path[:-1] for m in self.request if m.path[-1] == "*" and self.level_of(m) == level)

    def level_of(self, prop: Property) -> Level:
        """The level at which a server has to accept a property; for the values of a map, that of the map."""
        holder = None if prop.named else self.request_property(*prop.path[:-1])
        return (holder or prop).level

    def request_property(self, *path: str) -> Property | None:
        """The property of the request at `path`, if the contract has it."""
        return self._request_at.get(path)

    @cached_property
    def _request_at(self) -> Mapping[tuple[str, ...], Property]:
        return {prop.path: prop for prop in reversed(self.request)}

    def response_property(self, *path: str) -> Property | None:
        """The property of the response at `path`, if the contract has it."""
        return next((prop for prop in self.response if prop.path == path), None)


SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1: they change nothing, so they cost nothing
BEARER = ("Authorization", "Bearer ")


def item(step: str) -> int | None:
    """The index of the item that a step of a path leads to, None where it is a name."""
    return int(step[1:-1] or 0) if step.startswith("[") and step.endswith("]") else None


def is_named(path: Sequence[str]) -> bool:
    """Whether a path leads to a named property, rather than to the values of a map or the items of an array."""
    return path[-1] != "*" and item(path[-1]) is None


def escape(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def types(schema: Mapping[str, Json]) -> list[str]:
    """The JSON types that a schema states, or that its keywords imply."""
    stated = schema.get("type", [])
    if isinstance(stated, str):
        return [stated]
    if stated:
        return list(stated)
    return ["object"] if "properties" in schema or "allOf" in schema else []


def kind(value: object) -> str:
    """The JSON Schema type of a value; a whole number is an `integer` in any spelling (JSON Schema, 6.1.1)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
