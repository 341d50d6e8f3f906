"""Values that a schema does not allow: for the clauses that follow from the schema, and for the requests about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runloop_conformance.contract.operation import Json, Parameter, Property, kind, types

OTHER_TYPES: Mapping[str, tuple[Json, ...]] = {
    "string": (123, 0, True, False, 1.5, [], ["text"], {}, {"text": "text"}, [[]], -1, 2**40),
    "object": (
        "text", "", 0, 1, True, False, [], [["key", "value"]], [{}], 1.5, "{}", "null", "key=value", ["KEY=value"],
        [{"key": "key", "value": "value"}],
    ),
    "array": ("text", {}, 0, True, {"0": "x"}),
    "integer": ("1", 1.5, True, [], {}),
    "number": ("1.5", True, [], {}),
    "boolean": ("true", 1, [], {}),
}  # fmt: skip
"""Values of another type than the key. `wrong_values` adds null where the contract forbids it."""

OTHER_TEXTS: Mapping[str, tuple[str, ...]] = {
    "integer": ("no-number", "1.5"),
    "number": ("no-number",),
    "boolean": ("no-boolean",),
}
"""The same for parameters, whose values are texts."""


def wrong_values(prop: Property) -> Iterator[tuple[str, Json]]:
    """Values that the contract does not allow for a property, with the keyword that each breaks."""
    schema = prop.schema
    if "const" in schema:
        yield "const", f"{schema['const']}x"
    if "enum" in schema:
        yield "enum", "no-such-value"
        swapped = str(schema["enum"][0]).swapcase()
        if swapped not in schema["enum"]:
            yield "enum", swapped
        yield "enum", ""
    if "maximum" in schema:
        yield "maximum", schema["maximum"] + 1
    if "minimum" in schema:
        yield "minimum", schema["minimum"] - 1
    yield from _beyond_keywords(schema)
    stated = prop.types - {"null"}
    if not prop.nullable and not prop.null_is_free:
        yield "null", None
    yielded: set[str] = set()
    for expected in sorted(stated):
        for value in OTHER_TYPES.get(expected, ()):
            actual = kind(value)
            fits = actual in stated or (actual == "integer" and "number" in stated)
            if not fits and repr(value) not in yielded:
                yielded.add(repr(value))
                yield "type", value


def _beyond_keywords(schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Values just beyond what a keyword allows."""
    if "maxLength" in schema:
        yield "maxLength", "x" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield "minLength", "x" * (schema["minLength"] - 1)
    if "pattern" in schema:
        yield from (("pattern", text) for text in ("", " ", "no match: \u00e9\n"))
    if "exclusiveMaximum" in schema:
        yield "exclusiveMaximum", schema["exclusiveMaximum"]
    if "exclusiveMinimum" in schema:
        yield "exclusiveMinimum", schema["exclusiveMinimum"]
    if schema.get("minItems"):
        yield "minItems", []


def wrong_texts(parameter: Parameter) -> Iterator[tuple[str, str]]:
    """Texts that the contract does not allow for a parameter, with the keyword that each breaks."""
    schema = parameter.schema
    if "enum" in schema:
        yield "enum", "no-such-value"
    stated = [kind for kind in types(schema) if kind != "null"]
    if len(stated) == 1:
        yield from (("type", text) for text in OTHER_TEXTS.get(stated[0], ()))
    for keyword, step in (("maximum", 1), ("minimum", -1)):
        if keyword in schema:
            yield keyword, str(schema[keyword] + step)
