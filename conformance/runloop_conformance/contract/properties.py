"""The properties of a JSON message, found by walking its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from runloop_conformance.contract.operation import Json, Level, Property, escape, types

DEEPEST = 12  # steps; a schema that is deeper repeats itself


class Resolves(Protocol):
    """Something that follows a `$ref`."""

    def resolve(self, node: Mapping[str, Json], pointer: str = "#") -> tuple[Mapping[str, Json], str]:
        """The schema, and where it is."""
        ...


def properties_of(
    contract: Resolves,
    schema: Mapping[str, Json],
    pointer: str,
    path: tuple[str, ...] = (),
    name: str = "",
    *,
    from_page: bool = True,
    level: Level = "must",
    alternative: bool = False,
    inside: tuple[str, ...] = (),
) -> Iterator[Property]:
    """Every property below `schema`, outermost first. A schema that contains itself is followed once."""
    if pointer in inside or len(path) > DEEPEST:
        return
    inside = (*inside, pointer)
    variants = [(variant, at) for variant, at in alternatives(contract, schema, pointer) if types(variant) != ["null"]]
    alternative = alternative or len(variants) > 1
    for number, (variant, at) in enumerate(variants):
        prefix = f"{name}.{at.rsplit('/', 1)[-1]}".lstrip(".") if len(variants) > 1 else name
        if len(variants) > 1 and path and path[-1].startswith("["):
            path = (*path[:-1], f"[{number}]")
        for step, raw, where, required in _below(contract, variant, at):
            its_name = f"{prefix}[]" if step == "[]" else f"{prefix}.{step}".lstrip(".")
            sub, target = contract.resolve(raw, where)
            page = from_page and "x-source" not in raw and "x-source" not in sub
            its_level: Level = level if level == "should" else raw.get("x-level", sub.get("x-level", "must"))
            kinds = [kind for kind, _ in alternatives(contract, sub, target)]
            all_types = frozenset(name for kind in kinds for name in types(kind))
            yield Property(
                path=(*path, step),
                name=its_name,
                pointer=where,
                target=target,
                schema=sub,
                required=required,
                nullable="null" in all_types or bool(sub.get("nullable")),
                types=all_types,
                description=str(sub.get("description", "")),
                from_page=page,
                level=its_level,
                alternative=alternative,
            )
            yield from properties_of(
                contract, sub, target, (*path, step), its_name,
                from_page=page, level=its_level, alternative=alternative, inside=inside,
            )  # fmt: skip


def _below(
    contract: Resolves, schema: Mapping[str, Json], at: str
) -> Iterator[tuple[str, Mapping[str, Json], str, bool]]:
    """The properties right below a schema and its `allOf`: step, schema, pointer, whether it is required."""
    parts = [(schema, at)]
    for index, part in enumerate(schema.get("allOf", [])):
        parts.append(contract.resolve(part, f"{at}/allOf/{index}"))
    required = {name for part, _ in parts for name in part.get("required", [])}
    for part, where in parts:
        for name, sub in part.get("properties", {}).items():
            yield name, sub, f"{where}/properties/{escape(name)}", name in required
        if isinstance(part.get("additionalProperties"), dict):
            yield "*", part["additionalProperties"], f"{where}/additionalProperties", False
        if isinstance(part.get("items"), dict):
            yield "[]", part["items"], f"{where}/items", False


def alternatives(
    contract: Resolves, schema: Mapping[str, Json], pointer: str, inside: tuple[str, ...] = ()
) -> Iterator[tuple[Mapping[str, Json], str]]:
    """The schema itself, or each of its alternatives."""
    for keyword in ("anyOf", "oneOf"):
        for index, alternative in enumerate(schema.get(keyword, [])):
            node, at = contract.resolve(alternative, f"{pointer}/{keyword}/{index}")
            if at not in inside:
                yield from alternatives(contract, node, at, (*inside, at))
        if keyword in schema:
            return
    yield schema, pointer
