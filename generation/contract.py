"""A contract in a file, read and checked: its document, and the line of each thing in it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast

import yaml
from jsonschema_path import SchemaPath
from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from openapi_spec_validator.versions.exceptions import OpenAPIVersionNotFound
from referencing.exceptions import Unresolvable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

LONGEST_MESSAGE = 200  # characters of the validator's message, which may contain whole schemas
MOST_NODES = 1_000_000  # a small file can expand to far more, by aliases of aliases

# Where a `$ref` is data, not a reference: in extensions and examples, and as the name of a property.
DATA = ("default", "const", "enum", "example", "value")
NAME_MAPS = (
    "properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "paths", "schemas", "responses",
    "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links", "callbacks", "pathItems",
    "webhooks", "content", "encoding",
)  # fmt: skip

# C0 and C1 controls, and what Python or an editor takes for the end of a line.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# JSON writes a character beyond U+FFFF as two escapes, and PyYAML reads them as two halves.
SURROGATE_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
SURROGATE = re.compile(r"[\ud800-\udfff]")

Steps = tuple[str, ...]


class GenerationError(Exception):
    """The client could not be made. The message says where, why, and what to do."""


class _NoRetrieval(dict[str, Any]):
    """Handlers for every scheme of a URL. None of them fetches anything."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Any:
        def refuse(uri: str) -> NoReturn:
            raise GenerationError(f"refers to {uri[:LONGEST_MESSAGE]}, and nothing is fetched")

        return refuse


class Contract:
    """The contract in a file.

    Raises:
        GenerationError: it cannot be read, is not YAML, is not valid OpenAPI 3, or refers to another file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = self._read()
        self._check_size()
        self._check_duplicate_keys()
        self._check_text()
        self._check_names()
        self._check_references()
        self._check_validity()
        self.version = str(self.document["info"]["version"])

    def _read(self) -> dict[str, Any]:
        try:
            text = SURROGATE_PAIR.sub(_joined, self.path.read_text(encoding="utf-8"))
            # PyYAML's own types stop at "something": a document that is not empty composes to a node.
            self._tree = cast("yaml.Node", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
            document = cast("object", yaml.safe_load(text))
        except OSError as error:
            raise GenerationError(f"{self.path}: cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise GenerationError(f"{self.path}: is not UTF-8: {error}. Save it as UTF-8.") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self.path}:{mark.line + 1}:{mark.column + 1}" if mark else str(self.path)
            raise GenerationError(f"{where}: not YAML: {error.problem}. Fix the line.") from error
        except (yaml.YAMLError, ValueError) as error:  # an unprintable character; a date or a number that is none
            reason = str(error).splitlines()[0][:LONGEST_MESSAGE]
            raise GenerationError(f"{self.path}: not YAML: {reason}. Fix it.") from error
        except RecursionError as error:
            raise GenerationError(
                f"{self.path}: is nested too deeply. Define the inner parts as components."
            ) from error
        if not isinstance(document, dict):
            raise GenerationError(f"{self.path}:1: is not an OpenAPI document: the top level is not an object.")
        contract = cast("dict[str, Any]", document)
        if "swagger" in contract:
            raise GenerationError(
                f"{self._place(('swagger',))}: is Swagger 2.0, and only OpenAPI 3 is supported. "
                "Convert it first, for example with `npx swagger2openapi`."
            )
        return contract

    def _check_size(self) -> None:
        try:
            for count, _ in enumerate(self.nodes()):
                if count > MOST_NODES:
                    raise GenerationError(f"{self.path}: has more than {MOST_NODES:,} values. Use `$ref`, not aliases.")
        except RecursionError as error:
            raise GenerationError(f"{self.path}: contains itself by an alias, or is nested too deeply.") from error

    def _check_duplicate_keys(self) -> None:
        for steps, node, _ in self.nodes():
            earlier: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                if key.value in earlier:
                    where = f"{self.path}:{key.start_mark.line + 1}"
                    raise GenerationError(f"{where}: {key.value!r} occurs twice in {pointer(steps)}. Remove one.")
                earlier.add(key.value)

    def _check_text(self) -> None:
        for steps, node, value in self.nodes():
            for text in (steps[-1] if steps else "", value):
                if isinstance(text, str) and SURROGATE.search(text):
                    where = f"{self.path}:{node.start_mark.line + 1}"
                    raise GenerationError(f"{where}: has half of a surrogate pair, which is no character. Remove it.")

    def _check_names(self) -> None:
        """Refuse what would end a line in the generated code, or on a console, where a name is expected."""
        for steps, node, value in self.nodes():
            if _role(steps) == "data":
                continue
            named = steps[-1:] in (("title",), ("version",), ("operationId",), ("name",)) or steps[-2:-1] == ("tags",)
            for text in (steps[-1] if steps else "", value if named and isinstance(value, str) else ""):
                if found := UNPRINTABLE.search(text):
                    where = f"{self.path}:{node.start_mark.line + 1}"
                    raise GenerationError(f"{where}: {text!r} contains {found[0]!r}, which no name may. Remove it.")

    def _check_references(self) -> None:
        places = {pointer(steps) for steps, _, _ in self.nodes()}
        for steps, node, value in self.nodes():
            is_reference = steps[-1:] == ("$ref",) and isinstance(value, str) and _role(steps) == "keyword"
            if is_reference and value not in places:
                where = f"{self.path}:{node.start_mark.line + 1}"
                raise GenerationError(
                    f"{where}: refers to {value}, which is not in this file. Fix the name, or add it."
                )

    def _check_validity(self) -> None:
        try:
            validator = get_validator_cls(self.document)
            validator(SchemaPath.from_dict(self.document, handlers=_NoRetrieval())).validate()
        except OpenAPIVersionNotFound as error:
            raise GenerationError(
                f"{self.path}:1: is not an OpenAPI 3 document: `openapi` has no such version."
            ) from error
        except OpenAPIValidationError as error:
            steps = tuple(str(step) for step in error.absolute_path)
            reason = error.message.splitlines()[0]
            if len(reason) > LONGEST_MESSAGE:  # it begins with the whole instance; the reason is at the end
                reason = f"…{reason[-LONGEST_MESSAGE:]}"
            line = self.line_of(steps, error.instance)
            raise GenerationError(
                f"{self.path}:{line}: not valid OpenAPI at {pointer(steps)}: {reason}. Fix it."
            ) from error
        except GenerationError as error:
            raise GenerationError(f"{self.path}: {error}. Copy what it needs into this file.") from error
        except Unresolvable as error:  # the validator also follows a `$ref` in a default
            raise GenerationError(f"{self.path}: refers to {error.ref}, which is not in this file. Fix it.") from error
        except RecursionError as error:
            raise GenerationError(
                f"{self.path}: is nested too deeply. Define the inner parts as components."
            ) from error

    def _place(self, steps: Steps) -> str:
        return f"{self.path}:{self.line_at(steps)}"

    def line_of(self, steps: Steps, instance: object) -> int:
        """The line of `instance`, whose pointer is `steps` or ends in them: some start at the schema they are in."""
        exact = 1
        for where, node, value in self.nodes():
            line = int(node.start_mark.line) + 1
            if where[len(where) - len(steps) :] == steps and value == instance:
                return line
            if where == steps:
                exact = line
        return exact

    def line_at(self, sought: Steps) -> int:
        """The line of the value at `sought`: of its key, if it has one."""
        node, line = self._tree, 1
        for step in sought:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == step), None)
                if pair is None:
                    return 1
                line, node = int(pair[0].start_mark.line) + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
                node = node.value[int(step)]
                line = int(node.start_mark.line) + 1
            else:
                return 1
        return line

    def line_in(self, text: str) -> int:
        """The line of the first schema or operation that the generator names in `text`."""
        for method, path, schema in re.findall(r"\b([A-Z]+) (/\S+)|/components/schemas/(\w+)", text):
            steps = ("components", "schemas", schema) if schema else ("paths", path, method.lower())
            if (line := self.line_at(steps)) > 1:
                return line
        return 1

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """The target of a reference; `node` itself, if it is none. Every reference points into this file."""
        while isinstance(node.get("$ref"), str):
            target: Any = self.document
            for step in node["$ref"].split("/")[1:]:
                name = step.replace("~1", "/").replace("~0", "~")
                target = target[int(name)] if isinstance(target, list) else target[name]
            node = target
        return node

    def operations(self) -> Iterator[tuple[Steps, str, str, dict[str, Any]]]:
        """Steps, method, path and operation; the parameters of its path are among its own."""
        for path, item in self.document.get("paths", {}).items():
            path_item = self.resolved(item)
            for method in METHODS:
                if method in path_item:
                    parameters = [*path_item.get("parameters", []), *path_item[method].get("parameters", [])]
                    steps = ("paths", path, *(() if "$ref" in item else (method,)))
                    yield steps, method, path, path_item[method] | {"parameters": parameters}

    def nodes(self) -> Iterator[tuple[Steps, yaml.Node, Any]]:
        """Everything in the document: the steps to it, its place in the file, its value."""
        return _nodes(self._tree, self.document, ())


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _nodes(node: yaml.Node, value: Any, steps: Steps) -> Iterator[tuple[Steps, yaml.Node, Any]]:
    yield steps, node, value
    if isinstance(node, yaml.MappingNode):
        inner = {str(key): each for key, each in value.items()} if isinstance(value, dict) else {}
        for key, below in node.value:
            if key.value in inner:
                yield from _nodes(below, inner[key.value], (*steps, key.value))
    elif isinstance(node, yaml.SequenceNode) and isinstance(value, list):
        for index, below in enumerate(node.value):
            yield from _nodes(below, value[index], (*steps, str(index)))


def _role(steps: Steps) -> Literal["keyword", "name", "data"]:
    """What the last of `steps` is: a keyword of OpenAPI, a name that the contract chose, or in data that it carries."""
    names = False
    for step, following in pairwise(steps):
        if names:
            names = False
        elif step.startswith("x-") or step in DATA or (step == "examples" and following.isdigit()):
            return "data"
        else:
            names = step in NAME_MAPS
    return "name" if names else "keyword"


def pointer(steps: Steps) -> str:
    """The JSON pointer of `steps`."""
    return "#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
