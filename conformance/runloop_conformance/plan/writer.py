"""Valid bodies, built from the schema: they have every new property of the contract without a change here."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence

from attrs import define, field, frozen

from runloop_conformance.contract.operation import Json, Operation, Property, item, types
from runloop_conformance.contract.properties import Resolves
from runloop_conformance.exchanges.json_path import object_at
from runloop_conformance.plan import vocabulary
from runloop_conformance.plan.covering import covering

MOST_PROPERTIES = 64  # of an object that must be accepted
BENCHMARK_ID = "benchmark_id"  # the property that --benchmark-id gives values for
BARE_ITEMS = 3  # the turn in which the items of lists have only what is required
EMPTY_LISTS, DOUBLED_LISTS = 4, 5  # the turns in which lists are so
FIRST_KEY = "FIRST_KEY"  # of each map
DEEPEST = 8  # steps; what is optional is left out below
FORMATS = {
    "date-time": "2026-11-23T09:30:00Z",
    "date": "2026-11-23",
    "time": "09:30:00Z",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
ITEMS = ("true", f"python -c 'print({'1 + ' * 120}1)'", "null", "cd /app && make", "a")  # of lists of strings
MADE_UP_ID = "bmd_30xCTWqsuNaUXk3uJ0GCo"


@frozen
class Filling:
    """How one body is filled: which optional properties, telling or plain texts, which of several values."""

    mark: str
    wanted: Callable[[Property], bool]
    telling: bool = False
    turn: int = 0

    def integer(self, schema: Mapping[str, Json]) -> int:
        """The least allowed value, then the greatest, then others."""
        values = (schema.get("minimum", 1), schema.get("maximum", 2), 80, 3)
        return int(values[self.turn % len(values)])

    def formatted(self, schema: Mapping[str, Json], path: tuple[str, ...]) -> str:
        """A text of the schema's format and length."""
        text = FORMATS.get(schema.get("format", "")) or self.text(path)
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", len(text) + 1000)]

    def text(self, path: tuple[str, ...]) -> str:
        """The text for a path. The names of secrets stay plain: a server may look them up."""
        if self.turn and path[-1] == "[]":
            return ITEMS[(self.turn - 1) % len(ITEMS)]
        name = path[-1].strip("*[]0123456789") or "value"
        if self.telling and not any("secret" in step.lower() for step in path):
            return vocabulary.telling(name, self.mark)
        return f"{name} {self.mark}"


@define
class Writer:
    """Writes bodies. Each string that it makes up holds the mark of its body, so that a response with another mark
    shows which request it comes from.

    known: whether the server accepts what is known from elsewhere than the page. Then every body also has the maps of
        strings that are (the secrets), since a response repeats them.
    """

    contract: Resolves
    operation: Operation
    seed: int
    benchmark_ids: Sequence[str]
    known: bool = False
    made: int = 0
    random: random.Random = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - to be repeatable, not to be secret

    def mark(self) -> str:
        """The next mark: `mk`, the seed, a number, `z`."""
        self.made += 1
        return self._mark()

    def _mark(self) -> str:
        return f"mk{self.seed % 0x10000:04x}x{self.made:03x}z"

    def again(self, body: dict[str, Json]) -> dict[str, Json]:
        """The body that was made last, with another mark of the same length."""
        before = self._mark()
        marked: dict[str, Json] = json.loads(json.dumps(body).replace(before, self.mark()))
        return marked

    def identifier(self) -> str:
        """The id of a benchmark that exists, if the user named one."""
        return self.benchmark_ids[self.made % len(self.benchmark_ids)] if self.benchmark_ids else MADE_UP_ID

    def body(self, wanted: Callable[[Property], bool], *, telling: bool = False, turn: int = 0) -> dict[str, Json]:
        """A body with the required properties and the wanted ones, each with a value of its type."""
        built = self.value(wanted, telling=telling, turn=turn)
        if not isinstance(built, dict):
            return {}
        self._identify(built)
        return built

    def value(self, wanted: Callable[[Property], bool], *, telling: bool = False, turn: int = 0) -> Json:
        """The same for a schema of any type."""
        write = Filling(self.mark(), wanted, telling, turn)
        return self._value(self.operation.request_schema, self.operation.request_pointer, (), write)

    def _identify(self, body: dict[str, Json]) -> None:
        if self.operation.request_property(BENCHMARK_ID):
            body[BENCHMARK_ID] = self.identifier()

    def _value(
        self,
        schema: Mapping[str, Json],
        pointer: str,
        path: tuple[str, ...],
        filling: Filling,
    ) -> Json:
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                resolved = [self.contract.resolve(alternative, pointer) for alternative in schema[keyword]]
                schema, pointer = next((pair for pair in resolved if pair[0].get("type") != "null"), resolved[0])
                return self._value(schema, pointer, path, filling)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][filling.turn % len(schema["enum"])]
        kind = next((name for name in types(schema) if name != "null"), "string")
        if kind == "object":
            return self._object(schema, pointer, path, filling)
        if kind == "array":
            return self._array(schema, pointer, path, filling)
        if kind == "integer":
            return filling.integer(schema)
        simple: dict[str, Json] = {"number": 0.5, "boolean": True}
        return simple[kind] if kind in simple else filling.formatted(schema, path)

    def _array(self, schema: Mapping[str, Json], pointer: str, path: tuple[str, ...], filling: Filling) -> list[Json]:
        """One item, or one of each alternative; in turns of their own no item, or each twice."""
        if filling.turn == EMPTY_LISTS and not schema.get("minItems"):
            return []
        items, at = self.contract.resolve(schema.get("items", {}), pointer)
        alternatives = next((items[keyword] for keyword in ("anyOf", "oneOf") if keyword in items), None)
        if alternatives is None:
            return [self._value(items, at, (*path, "[]"), filling)] * (1 + (filling.turn == DOUBLED_LISTS))
        resolved = [self.contract.resolve(alternative, at) for alternative in alternatives]
        each = [self._value(node, where, (*path, f"[{n}]"), filling) for n, (node, where) in enumerate(resolved)]
        return each * (1 + (filling.turn == DOUBLED_LISTS))

    def _object(
        self,
        schema: Mapping[str, Json],
        pointer: str,
        path: tuple[str, ...],
        filling: Filling,
    ) -> dict[str, Json]:
        built: dict[str, Json] = {}
        properties, required = self._properties(schema, pointer)
        for name, raw in properties.items():
            sub, at = self.contract.resolve(raw, pointer)
            prop = self.operation.request_property(*path, name)
            wanted = prop is not None and len(path) < DEEPEST and filling.wanted(prop)
            wanted = wanted and not (filling.turn == BARE_ITEMS and any(item(step) is not None for step in path))
            if name in required or wanted:
                built[name] = self._value(sub, at, (*path, name), filling)
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            sub, at = self.contract.resolve(values, pointer)
            for key in (FIRST_KEY, "second_key"):
                built[key] = self._value(sub, at, (*path, "*"), filling)
        return built

    def _properties(self, schema: Mapping[str, Json], pointer: str) -> tuple[dict[str, Json], set[str]]:
        """The named properties of a schema and its `allOf`, and which of them are required."""
        parts = [schema, *(self.contract.resolve(part, pointer)[0] for part in schema.get("allOf", ()))]
        properties = {name: sub for part in parts for name, sub in part.get("properties", {}).items()}
        return properties, {name for part in parts for name in part.get("required", ())}

    def minimal(self) -> dict[str, Json]:
        """Only what is required."""
        return self.body(lambda _: False)

    def full(self, *, telling: bool = True) -> dict[str, Json]:
        """Every usual property, with telling or plain texts."""
        return self.body(self.usual, telling=telling)

    def everything(self, turn: int = 0) -> dict[str, Json]:
        """Every known property, with plain texts; another turn takes other values if there are several."""
        return self.body(lambda _: True, turn=turn)

    def turns(self) -> int:
        """How many turns it takes to have sent every value of every enum."""
        return max((len(prop.schema.get("enum", ())) for prop in self.operation.request), default=0)

    def usual(self, prop: Property) -> bool:
        """Whether a property belongs in the bodies that this server should accept."""
        return prop.level == "must" or (self.known and self._extra(prop))

    def _extra(self, prop: Property) -> bool:
        whole = self.operation.request
        return len(prop.path) == 2 and any(other.path == (*prop.path, "*") for other in whole)

    def pairwise(self) -> list[dict[str, Json]]:
        """Bodies in which states of every two optional properties come together: absent, null, empty, filled."""
        operation = self.operation
        optional = [m for m in operation.request if not m.required and self.usual(m) and m.named]
        factors: list[tuple[Property, list[str]]] = []
        for prop in optional:
            states = ["absent", "filled"]
            if prop.nullable and prop.from_page:
                states.append("null")
            if prop.level == "must" and prop.types & {"string", "object", "array"} and "enum" not in prop.schema:
                states.append("empty")
            factors.append((prop, states))
        places = [prop.path for prop, _ in factors]
        held = {n: places.index(path[:-1]) for n, path in enumerate(places) if path[:-1] in places}
        rows = covering([states for _, states in factors], self.random, held)
        return [self._row([prop for prop, _ in factors], row) for row in rows]

    def _row(self, optional: Sequence[Property], states: Sequence[str]) -> dict[str, Json]:
        chosen = dict(zip((prop.path for prop in optional), states, strict=True))
        body = self.body(
            lambda m: (
                self.usual(m) and all(chosen.get(m.path[: n + 1], "filled") == "filled" for n in range(len(m.path)))
            ),
            telling=True,
        )
        for prop in optional:
            if chosen[prop.path] in ("null", "empty") and (holder := object_at(body, prop.path[:-1])) is not None:
                empty: Json = "" if "string" in prop.types else {} if "object" in prop.types else []
                holder[prop.path[-1]] = None if chosen[prop.path] == "null" else empty
        return body


def names_are_variables(path: tuple[str, ...]) -> bool:
    """Whether a map's names become environment variables, which have their own alphabet."""
    return "env" in path[-1].lower() or "secret" in path[-1].lower()
