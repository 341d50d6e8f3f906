"""Make the typed client in `generated/` from the contract.

`make generate` writes it; `make check` calls this with `--check`, which writes nothing and fails, with a diff, when
`generated/` is not what the contract makes.

The client is made in a staging folder beside its destination and moved into place when it is whole, so a run that
fails leaves the old client as it was.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a command finds its own folder alone

from generation.shapes import add_shapes  # noqa: E402

CONFIG = Path(__file__).resolve().with_name("config.yaml")
DESTINATION = ROOT / "generated" / "runloop_benchmarks_api"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Where a schema holds others: under a name of their own, in a list, or one alone.
NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs")
LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = ("items", "additionalProperties", "then", "else")

LONGEST_MESSAGE = 200  # characters of the validator's, which may print whole schemas

# Two runs of the generator must not differ by the machine's settings: hash seeds, locales, a pyproject found upwards.
FIXED_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1"}
HOST_SETTINGS = ("RUFF_", "PYTHONWARNINGS")

# Python 3.11 counts how deep it is in the trees of all threads together, and fails where two are parsed at once.
PARSING = threading.Lock()


class GenerationError(Exception):
    """The client could not be made. The message says where and what to do."""


class Contract:
    """The contract in a file: its document, and the line of each thing in it.

    Raises:
        GenerationError: it cannot be read, is not YAML, or is not valid OpenAPI.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = self._read()
        self._check_references()
        self._check()
        self.version = str(self.document["info"]["version"])

    def _read(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
            # PyYAML's own types stop at "something": a document that is not empty composes to a node.
            self._tree = cast("yaml.Node", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
            document = cast("object", yaml.safe_load(text))
        except OSError as error:
            raise GenerationError(f"{self.path}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise GenerationError(f"{self.path}: is not UTF-8: {error}. Save it as UTF-8.") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self.path}:{mark.line + 1}:{mark.column + 1}" if mark else str(self.path)
            raise GenerationError(f"{where}: not YAML: {error.problem}. Mend the line.") from error
        if not isinstance(document, dict):
            raise GenerationError(f"{self.path}:1: is not an OpenAPI document: the top level is not an object.")
        known = cast("dict[str, Any]", document)
        for steps, node, _ in self._nodes(self._tree, known):
            keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
            for index, key in enumerate(keys):
                if key.value in {earlier.value for earlier in keys[:index]}:
                    where = f"{self.path}:{key.start_mark.line + 1}"
                    raise GenerationError(f"{where}: {key.value!r} stands twice in {pointer(steps)}. Take one out.")
        return known

    def _check_references(self) -> None:
        places = {pointer(steps) for steps, _, _ in self._nodes(self._tree, self.document)}
        for steps, node, value in self._nodes(self._tree, self.document):
            if steps[-1:] == ("$ref",) and value not in places:
                where = f"{self.path}:{node.start_mark.line + 1}"
                raise GenerationError(
                    f"{where}: refers to {value}, which is not in this file. Mend the name, or add it."
                )

    def _check(self) -> None:
        try:
            validate(self.document)
        except OpenAPIValidationError as error:
            steps = tuple(str(step) for step in error.absolute_path)
            found = self.line_of(steps, error.instance)
            said = error.message.splitlines()[0]
            if len(said) > LONGEST_MESSAGE:  # it begins with the whole instance; the reason is at the end
                said = f"…{said[-LONGEST_MESSAGE:]}"
            raise GenerationError(
                f"{self.path}:{found}: not valid OpenAPI at {pointer(steps)}: {said}. Mend it."
            ) from error

    def line_of(self, steps: tuple[str, ...], instance: object) -> int:
        """The line of `instance`, whose pointer is `steps` or ends in them: some start at the schema they are in."""
        exact = 1
        for where, node, value in self._nodes(self._tree, self.document):
            line = int(node.start_mark.line) + 1
            if where[len(where) - len(steps) :] == steps and value == instance:
                return line
            if where == steps:
                exact = line
        return exact

    def line_at(self, sought: tuple[str, ...]) -> int:
        """The line of what stands at `sought`: of its key, where it has one."""
        for steps, node, _ in self._nodes(self._tree, self.document):
            if steps == sought[:-1] and isinstance(node, yaml.MappingNode):
                return next((int(key.start_mark.line) + 1 for key, _ in node.value if key.value == sought[-1]), 1)
            if steps == sought:
                return int(node.start_mark.line) + 1
        return 1

    def line_in(self, text: str) -> int:
        """The line of the first schema or operation that the generator names in `text`."""
        for method, path, schema in re.findall(r"\b([A-Z]+) (/\S+)|/components/schemas/(\w+)", text):
            sought = ("components", "schemas", schema) if schema else ("paths", path, method.lower())
            for steps, node, _ in self._nodes(self._tree, self.document):
                if steps == sought:
                    return int(node.start_mark.line)  # of its key, which stands on the line above
        return 1

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """What stands where `$ref` points to. Every reference is known to lead to something in this file."""
        while "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].split("/")[1:]:
                name = step.replace("~1", "/").replace("~0", "~")
                found = found[int(name)] if isinstance(found, list) else found[name]
            node = found
        return node

    def operations(self) -> Iterator[tuple[tuple[str, ...], str, str, dict[str, Any]]]:
        """Steps, method, path and operation; the parameters of its path are among its own."""
        for path, item in self.document.get("paths", {}).items():
            there = self.resolved(item)
            for method in METHODS:
                if method in there:
                    parameters = [*there.get("parameters", []), *there[method].get("parameters", [])]
                    steps = ("paths", path, *(() if "$ref" in item else (method,)))
                    yield steps, method, path, there[method] | {"parameters": parameters}

    def _nodes(
        self, node: yaml.Node, value: Any, steps: tuple[str, ...] = ()
    ) -> Iterator[tuple[tuple[str, ...], yaml.Node, Any]]:
        """All of the document: the steps to it, its place in the file, its value."""
        yield steps, node, value
        if isinstance(node, yaml.MappingNode):
            inner = {str(key): each for key, each in value.items()}
            for key, below in node.value:
                if key.value in inner:
                    yield from self._nodes(below, inner[key.value], (*steps, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, below in enumerate(node.value):
                yield from self._nodes(below, value[index], (*steps, str(index)))


def pointer(steps: tuple[str, ...]) -> str:
    """The JSON pointer of `steps`."""
    return "#" + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def generate(contract: Contract, staging: Path) -> None:
    """Make the client of `contract` in the folder `staging`, which must not exist yet.

    Raises:
        GenerationError: the generator or one of its hooks failed or warned.
    """
    # The hooks call `ruff` by name: the one that is pinned beside this interpreter, not one of the host's.
    search_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += [
        "--path",
        str(contract.path.resolve()),
        "--config",
        str(CONFIG),
        "--output-path",
        str(staging.resolve()),
    ]
    command += ["--meta", "none", "--fail-on-warning"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(HOST_SETTINGS)}
    environment |= FIXED_ENVIRONMENT | {"PATH": search_path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise GenerationError(_explained(contract, done.stdout + done.stderr))
    lost = [f"{contract.path}:{contract.line_at(steps)}: {what}" for steps, what in left_out(contract, staging)]
    if lost:
        more = [f"  and {one}" for one in lost[1:]]
        raise GenerationError("\n".join([f"{lost[0]} openapi-python-client leaves it out without a warning.", *more]))
    hooks = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["post_hooks"]
    add_shapes(contract.document, staging, hooks=hooks, environment=environment)
    shutil.rmtree(staging / ".ruff_cache", ignore_errors=True)
    generator = importlib.metadata.version("openapi-python-client")
    header = (
        f"# Made by `make generate` from {contract.path.name}, version {contract.version}, "
        f"with openapi-python-client {generator}.\n"
        "# Not to be edited: edit the contract and make it again.\n"
    )
    for module in sorted(staging.rglob("*.py")):
        module.write_text(header + module.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    (staging / "py.typed").touch()


def left_out(contract: Contract, package: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """What the contract has and the client has not: the steps to it, and what is to be done about it.

    The generator warns of much that it cannot do, and of this it does not: an operation whose module another one
    overwrites, parameters that are described by `content`, members beside an `anyOf`.
    """
    yield from _calls_left_out(contract, package)
    classes = dict(_classes(package))
    everywhere = frozenset[str]().union(*classes.values())
    for name, schema in contract.document.get("components", {}).get("schemas", {}).items():
        steps = ("components", "schemas", name)
        own = classes.get(_squeezed(name), frozenset())
        lost = [member for member in schema.get("properties", {}) if member not in own]
        for member in lost:
            yield (
                (*steps, "properties", member),
                f"{name}.{member} is in no class: say {name} with `properties` or `allOf` alone.",
            )
        for at, member in _members_below(schema, steps):
            if member not in everywhere and member not in lost:
                yield at, f"{member!r} is in no class: name it under `properties`, outside of conditions."


def _calls_left_out(contract: Contract, package: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    calls: dict[tuple[str, str], str] = {}
    for module in (package / "api").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        if made := re.search(r'"method": "(\w+)",\s*"url": "([^"]*)"', text):
            calls[made[1], _shape(made[2])] = text
    for steps, method, path, operation in contract.operations():
        call = calls.get((method, _shape(path)))
        if call is None:
            yield steps, f"{method.upper()} {path} has no function: give it an operationId of its own, and no `$ref`."
            continue
        for parameter in map(contract.resolved, operation["parameters"]):
            if parameter["in"] != "path" and f'"{parameter["name"]}"' not in call:
                yield steps, f"the parameter {parameter['name']!r} is not sent: say its type with `schema`."


def _classes(package: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """The classes for objects, by squeezed name, and every string in each: the names on the wire are among them."""
    for module in (package / "models").rglob("*.py"):
        with PARSING:
            parsed = ast.parse(module.read_text(encoding="utf-8"))
        for node in parsed.body:
            if isinstance(node, ast.ClassDef):
                constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
                yield _squeezed(node.name), frozenset(text for text in constants if isinstance(text, str))


def _members_below(schema: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(schema, dict):
        return
    known = cast("dict[str, Any]", schema)
    yield from (((*steps, "properties", name), name) for name in known.get("properties", {}))
    inner: list[tuple[str, Iterable[tuple[str, Any]]]] = [(word, known.get(word, {}).items()) for word in NAMED]
    inner += [(word, ((str(index), one) for index, one in enumerate(known.get(word, [])))) for word in LISTED]
    for word, below in inner:
        for name, one in below:
            yield from _members_below(one, (*steps, word, name))
    for word in SINGLE:
        yield from _members_below(known.get(word), (*steps, word))


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _explained(contract: Contract, output: str) -> str:
    """What the generator printed, with the line that it is about and what to do."""
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith(("Generating ", "If you "))]
    hook = next((line for line in lines if "failed" in line or "Skipping Integration" in line), None)
    if hook:
        hooks = CONFIG.read_text(encoding="utf-8").splitlines()
        number = next((number for number, line in enumerate(hooks, 1) if line.startswith("post_hooks")), 1)
        advice = f"{CONFIG}:{number}: a post hook failed. Mend the hook, or `make setup` when a tool is missing."
    else:
        advice = (
            f"{contract.path}:{contract.line_in(output)}: openapi-python-client cannot make a client of all of it."
            " Say it in a way that it knows: the bigger parts as named schemas, no mixed types, JSON bodies."
        )
    return "\n".join([advice, *(f"  {line}" for line in lines)])


def replace(destination: Path, staging: Path) -> None:
    """Put `staging` in the place of `destination`."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    old = staging.with_name("old")
    if destination.exists():
        destination.rename(old)
    try:
        staging.rename(destination)
    except BaseException:  # Ctrl-C between the two renames must not cost the old client either
        if old.exists():
            old.rename(destination)
        raise


def drift(destination: Path, staging: Path) -> list[str]:
    """The unified diff that turns what is in `destination` into what the contract makes; empty when they are equal."""
    lines: list[str] = []
    names = {
        path.relative_to(folder)
        for folder in (destination, staging)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in sorted(names):
        there = (destination / name).read_bytes() if (destination / name).is_file() else None
        made = (staging / name).read_bytes() if (staging / name).is_file() else None
        if there == made:
            continue
        if there is None or made is None:
            lines.append(f"{'missing' if there is None else 'not made by the contract'}: {name}")
            continue
        before, after = (text.decode("utf-8", "replace").splitlines() for text in (there, made))
        lines += difflib.unified_diff(before, after, f"generated/{name}", f"from the contract/{name}", lineterm="")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit codes: 0 done or equal, 1 drift, 2 the contract or the generator failed."""
    parser = argparse.ArgumentParser(prog="make generate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", help="default: openapi.yaml")
    parser.add_argument("--output", type=Path, default=DESTINATION, help="the package's folder; default: in generated/")
    parser.add_argument("--check", action="store_true", help="write nothing; fail, with a diff, when the output is old")
    options = parser.parse_args(arguments)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=options.output.parent) as folder:
        staging = Path(folder) / options.output.name
        try:
            generate(Contract(options.contract), staging)
        except GenerationError as error:
            print(f"generate: {error}\n{options.output} is as it was.", file=sys.stderr)
            return 2
        lines = drift(options.output, staging)
        if options.check:
            if lines:
                print("\n".join(lines))
                print(
                    f"\ngenerate: {options.output} is not what {options.contract} makes."
                    " Run `make generate` and commit the result; never edit a generated file.",
                    file=sys.stderr,
                )
            return 1 if lines else 0
        replace(options.output, staging)
    print(f"generate: {options.output} {'is made anew' if lines else 'was up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
