"""The parameters beside the body: values for them, and the target of a request with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, urlencode

from attrs import frozen

from runloop_conformance.contract.operation import Json, Operation, Parameter, types
from runloop_conformance.exchanges.exchange import NOTHING
from runloop_conformance.exchanges.json_path import value_at

PLAIN: Mapping[str, Json] = {"integer": 1, "number": 1, "boolean": True, "string": "value"}


@frozen
class Target:
    """Where a request goes: the path with its parameters in it, the query, and the headers of its parameters."""

    path: str
    query: str
    headers: tuple[tuple[str, str], ...]


def target(operation: Operation, values: Mapping[str, Json]) -> Target:
    """The target with these values in it; a parameter without one is left out."""
    path, query, headers = operation.path, [], []
    for parameter in operation.parameters:
        if parameter.name not in values:
            continue
        texts = _texts(values[parameter.name])
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(",".join(texts), safe=""))
        elif parameter.place == "query":
            query += [(parameter.name, text) for text in texts]
        else:
            headers.append((parameter.name, ",".join(texts)))
    return Target(path, urlencode(query), tuple(headers))


def _texts(value: Json) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def values(operation: Operation, responses: Mapping[str, Sequence[Json]], *, optional: bool) -> dict[str, Json]:
    """A value for each required parameter, or for each one.

    responses: what accepted requests got so far, by operation id. A value comes from where a link says, else from the
    examples, else from a response with a property of that name, else from the schema.
    """
    chosen: dict[str, Json] = {}
    for parameter in operation.parameters:
        if parameter.required or optional:
            candidates = (*_linked(parameter, responses), *_examples(parameter), *_alike(parameter, responses))
            chosen[parameter.name] = next(iter(candidates), _made_up(parameter.schema))
    return chosen


def _linked(parameter: Parameter, responses: Mapping[str, Sequence[Json]]) -> Iterator[Json]:
    if parameter.link is None:
        return
    source, path = parameter.link
    for content in responses.get(source, ()):
        value = value_at(content, path)
        if value is not NOTHING and value is not None:
            yield value


def _examples(parameter: Parameter) -> Iterator[Json]:
    if parameter.place == "path" and not parameter.examples:
        return  # the example of a schema names nothing that exists
    yield from parameter.examples
    yield from (parameter.schema[name] for name in ("example", "default") if name in parameter.schema)
    yield from parameter.schema.get("examples", ())


def _alike(parameter: Parameter, responses: Mapping[str, Sequence[Json]]) -> Iterator[Json]:
    """Values that an earlier response has under the same name, or as the id of the thing that the name ends with."""
    if parameter.place != "path":
        return
    wanted = parameter.name.lower().replace("_", "").replace("-", "")
    for source, contents in responses.items():
        for content in contents:
            for name, value in content.items() if isinstance(content, dict) else ():
                same = name.lower().replace("_", "") == wanted
                identifies = name == "id" and wanted.endswith("id") and wanted[:-2] in source.lower()
                if (same or identifies) and isinstance(value, str | int):
                    yield value


def _made_up(schema: Mapping[str, Json]) -> Json:
    if "enum" in schema:
        return schema["enum"][0]
    for kind in types(schema):
        if kind == "array":
            return [_made_up(schema.get("items", {}))]
        if kind in PLAIN:
            return schema.get("minimum", PLAIN[kind])
    return PLAIN["string"]
