"""Adds to the generated client what openapi-python-client leaves out.

- The class of a free-form map is a `MutableMapping`, and a field of such a class takes any mapping.
- An enumerated field of a response is also typed `str`: a later version of the contract may add values.
- `shapes.py` has the dict form of each object in a request, for type checkers and editors, and the limits of numbers.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from functools import cached_property
from keyword import iskeyword
from pathlib import Path
from typing import Any, cast

from attrs import field, frozen

from generation.python_source import parsed

EXTRA = "additional_properties"
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
SCALARS = {"str", "int", "float", "bool", "Any"}
MAP_METHODS = """
    def __iter__(self) -> Iterator[str]:
        return iter(self.additional_properties)

    def __len__(self) -> int:
        return len(self.additional_properties)
"""
CONVERTER = """

def {name}(value: {accepted}) -> {returned}:
    return {cls}.from_dict(value) if isinstance(value, Mapping) and not isinstance(value, {cls}) else value
"""
SHAPES = '''"""Requests as dicts, for type checkers and editors: `RunProfileDict` is what `RunProfile` is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Required, TypedDict

{imports}

__all__ = {names!r}

LIMITS: Final[Mapping[str, Mapping[str, Mapping[str, float]]]] = {limits!r}
"""The limits of numbers, by class, by name on the wire, by keyword of the schema."""
'''


@frozen(slots=False)
class Model:
    """A generated class, read from its module."""

    path: Path
    module: ast.Module = field(repr=False)
    node: ast.ClassDef = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.node.name

    @cached_property
    def fields(self) -> dict[str, ast.AnnAssign]:
        """The fields by Python name, `additional_properties` included."""
        lines = [line for line in self.node.body if isinstance(line, ast.AnnAssign)]
        return {line.target.id: line for line in lines if isinstance(line.target, ast.Name)}

    @property
    def value_type(self) -> str | None:
        """The type of the values, where the class is a free-form map."""
        if self.fields.keys() != {EXTRA}:
            return None
        arguments = cast("ast.Tuple", cast("ast.Subscript", self.fields[EXTRA].annotation).slice)
        return ast.unparse(arguments.elts[1])

    @property
    def wire_names(self) -> dict[str, str]:
        """Python name to name in JSON, from the statements of `to_dict`."""
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        for node in ast.walk(next(m for m in self.node.body if isinstance(m, ast.FunctionDef) and m.name == "to_dict")):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                pairs.append((node.targets[0].slice, node.value))
            elif isinstance(node, ast.Dict):
                pairs += zip(node.keys, node.values, strict=True)
        return {v.id: str(k.value) for k, v in pairs if isinstance(k, ast.Constant) and isinstance(v, ast.Name)}


def add_shapes(document: Mapping[str, Any], package: Path, *, hooks: list[str], environment: Mapping[str, str]) -> None:
    """Add them to the client in `package`, which was made from the contract `document`. `hooks` format the result."""
    models, aliases = _read(package)
    requests, responses = _roots(package, models)
    in_requests = _reached(models, requests)
    open_to_others = _reached(models, responses) - in_requests
    converters: dict[str, dict[str, str]] = {}
    for model in models.values():
        _edit(model, models=models, enumerations=aliases if model.name in open_to_others else set(), made=converters)
    for name, texts in converters.items():
        with models[name].path.open("a", encoding="utf-8") as module:
            module.write("".join(texts.values()))
    _write(package, document, models=models, shown=sorted(in_requests - requests))
    for hook in hooks:
        subprocess.run(shlex.split(hook), cwd=package, env=environment, check=True)


def _read(package: Path) -> tuple[dict[str, Model], set[str]]:
    """The classes, and the names of the enumerations."""
    models: dict[str, Model] = {}
    aliases = set[str]()
    for path in sorted((package / "models").glob("*.py")):
        module = parsed(path)
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                models[node.name] = Model(path, module, node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                aliases |= {node.targets[0].id} if ast.unparse(node.value).startswith("Literal[") else set()
    return models, aliases


def _roots(package: Path, models: Mapping[str, Model]) -> tuple[set[str], set[str]]:
    """The classes of request bodies, and those of responses."""
    requests, responses = set[str](), set[str]()
    for path in (package / "api").rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.arg) and node.arg == "body" and node.annotation:
                requests |= _names(node.annotation)
            elif isinstance(node, ast.Attribute) and node.attr == "from_dict":
                responses |= _names(node.value)
    return requests & models.keys(), responses & models.keys()


def _reached(models: Mapping[str, Model], roots: set[str]) -> set[str]:
    """These classes, and those of their fields."""
    reached, left = set[str](), set(roots)
    while left:
        name = left.pop()
        reached.add(name)
        for annotated in models[name].fields.values():
            left |= (_names(annotated.annotation) & models.keys()) - reached
    return reached


def _names(annotation: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


def _choices(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union; the annotation alone where it is none."""
    if isinstance(annotation, ast.BinOp):
        return [*_choices(annotation.left), *_choices(annotation.right)]
    return [annotation]


def _edit(
    model: Model, *, models: Mapping[str, Model], enumerations: set[str], made: dict[str, dict[str, str]]
) -> None:
    """Rewrite the fields of a class; what converts a mapping is noted in `made`, by the class that it makes."""
    lines = model.path.read_text(encoding="utf-8").splitlines()
    imports: list[str] = []
    for name, annotated in reversed(model.fields.items()):
        choices = [ast.unparse(choice) for choice in _choices(annotated.annotation)]
        maps = [choice for choice in choices if choice in models and models[choice].value_type in SCALARS]
        text = f"    {name}: {ast.unparse(annotated.annotation)}{' | str' if enumerations & {*choices} else ''}"
        default = ast.unparse(annotated.value) if annotated.value else ""
        if maps and {*choices} <= {maps[0], "None", "Unset"}:
            converter = _converter(models[maps[0]], choices, made)
            imports.append(f"from ..models.{models[maps[0]].path.stem} import {converter}")
            default = f"_attrs_field({f'default={default}, ' if default else ''}converter={converter})"
        lines[annotated.lineno - 1 : annotated.end_lineno] = [text + (f" = {default}" if default else "")]
    if model.value_type is not None:
        imports += ["from collections.abc import Iterator, Mapping, MutableMapping", "from ..types import Unset"]
        at = model.node.lineno - 1
        lines[at - 1 : at + 1] = [
            "@_attrs_define(eq=False)",  # the equality of a mapping
            f"class {model.name}(MutableMapping[str, {model.value_type}]):",
        ]
        lines = [
            line.replace("def __contains__(self, key: str)", "def __contains__(self, key: object)") for line in lines
        ]
        lines += MAP_METHODS.splitlines()
    first = model.module.body[0].end_lineno or 1  # `from __future__ import annotations`
    model.path.write_text("\n".join([*lines[:first], *imports, *lines[first:], ""]), encoding="utf-8")


def _converter(model: Model, choices: list[str], made: dict[str, dict[str, str]]) -> str:
    """The name of the function that makes the class of a mapping, and lets the other choices pass."""
    others = [choice for choice in ("None", "Unset") if choice in choices]
    name = "_or_".join([f"to_{model.path.stem}", *(other.lower() for other in others)])
    made.setdefault(model.name, {})[name] = CONVERTER.format(
        name=name,
        cls=model.name,
        accepted=" | ".join([f"Mapping[str, {model.value_type}]", *others]),
        returned=" | ".join([model.name, *others]),
    )
    return name


def _write(package: Path, document: Mapping[str, Any], *, models: Mapping[str, Model], shown: list[str]) -> None:
    """Write `shapes.py`: the dict forms of the classes in `shown`, and all limits."""
    objects = {_squeezed(name): schema for name, schema in _objects(document)}
    limits: dict[str, dict[str, dict[str, float]]] = {}
    for name in sorted(models):
        for wire, schema in objects.get(_squeezed(name), {}).items():
            if numbers := _limits(document, schema):
                limits.setdefault(name, {})[wire] = numbers
    objects_only = [name for name in shown if models[name].value_type is None]
    shapes = [_shape(models[name], models, objects.get(_squeezed(name), {})) for name in objects_only]
    imports = [f"from .models import {', '.join(sorted(_exported(package)))}"]
    for name in objects_only:  # types of fields that are not models: dates, identifiers, files
        nodes = [n for n in models[name].module.body if isinstance(n, ast.ImportFrom | ast.Import)]
        texts = [ast.unparse(node) for node in nodes if getattr(node, "module", "") != "__future__"]
        imports += [
            text.replace("from ..", "from .") for text in texts if "typing" not in text and "models." not in text
        ]
    head = SHAPES.format(
        imports="\n".join(dict.fromkeys(imports)), names=tuple(f"{name}Dict" for name in objects_only), limits=limits
    )
    (package / "shapes.py").write_text("\n\n".join([head, *shapes]), encoding="utf-8")


def _exported(package: Path) -> list[str]:
    body = parsed(package / "models" / "__init__.py").body
    return [alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names]


def _shape(model: Model, models: Mapping[str, Model], properties: Mapping[str, Any]) -> str:
    """The dict form of a class. A property whose name on the wire is another one has both."""
    summary = _escaped((ast.get_docstring(model.node) or "").partition("\n\n")[0]) or f"The properties of {model.name}."
    lines = [f"class {model.name}Dict(TypedDict, total=False):", f'    """{summary}"""', ""]
    wire_names = model.wire_names
    for name, annotated in model.fields.items():
        if name == EXTRA:
            continue
        choices = _choices(annotated.annotation)
        kind = " | ".join(_dict_type(choice, models) for choice in choices if ast.unparse(choice) != "Unset")
        wire = wire_names[name]
        spellings = [
            word for word in dict.fromkeys([wire if wire == name.rstrip("_") else name, wire]) if _is_name(word)
        ]
        spellings = spellings or [name]
        required = len(spellings) == 1 and len(choices) == sum(ast.unparse(choice) != "Unset" for choice in choices)
        text = _escaped(" ".join(properties.get(wire, {}).get("description", "").split()))
        for spelling in spellings:
            lines += [f"    {spelling}: {f'Required[{kind}]' if required else kind}"]
            described = text if spelling == spellings[0] else f"`{name}`, as it is called in JSON."
            lines += [f'    """{described}"""'] if text else []
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    """A text as it may be between the quotation marks of a docstring."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _is_name(word: str) -> bool:
    return word.isidentifier() and not iskeyword(word)


def _dict_type(annotation: ast.expr, models: Mapping[str, Model]) -> str:
    """The type in the dict form: a mapping for a map, a dict beside a class, any sequence of objects."""
    text = ast.unparse(annotation)
    if text in models:
        inner = models[text].value_type
        return f"{text} | {text}Dict" if inner is None else f"Mapping[str, {inner}]"
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "list":
        kinds = " | ".join(_dict_type(choice, models) for choice in _choices(annotation.slice))
        # A text is a sequence of texts too, and not what is meant.
        return f"list[{kinds}] | tuple[{kinds}, ...]" if "str" in kinds.split(" | ") else f"Sequence[{kinds}]"
    return text


def _objects(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The properties of each schema of an object, by the name of its class; an object inside has both names."""
    left = list(document.get("components", {}).get("schemas", {}).items())
    while left:
        name, schema = left.pop()
        if isinstance(schema, dict) and "properties" in schema:
            properties = cast("dict[str, Any]", schema["properties"])
            yield name, properties
            left += [(f"{name}_{inner}", below) for inner, below in properties.items()]


def _limits(document: Mapping[str, Any], schema: Any) -> dict[str, float]:
    """The limits of a number, or of the numbers in a list."""
    if not isinstance(schema, dict):
        return {}
    known = cast("dict[str, Any]", schema)
    limits = {word: known[word] for word in LIMITS if word in known}
    inner = [below for word in ("anyOf", "oneOf", "allOf") for below in known.get(word, [])]
    for below in [*inner, known.get("items")]:
        limits |= _limits(document, below)
    if "$ref" in known and "/schemas/" in known["$ref"]:
        named = document["components"]["schemas"][known["$ref"].rpartition("/")[2]]
        limits |= {} if "properties" in named else _limits(document, {k: v for k, v in named.items() if k in LIMITS})
    return limits


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
