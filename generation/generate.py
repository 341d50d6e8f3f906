"""Make the typed client in `generated/` from the contract.

`make generate` writes it; `make check` calls this with `--check`, which writes nothing and fails, with a diff, when
`generated/` is not what the contract makes.

The client is made in a staging folder beside its destination and moved into place when it is whole, so a run that
fails leaves the old client as it was.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

ROOT = Path(__file__).resolve().parent.parent
CONFIG = Path(__file__).resolve().with_name("config.yaml")
DESTINATION = ROOT / "generated" / "runloop_benchmarks_api"

# Two runs of the generator must not differ by the machine's settings: hash seeds, locales, a pyproject found upwards.
FIXED_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1"}


class GenerationFailed(Exception):
    """The client could not be made. The message says where and what to do."""


def read_contract(path: Path) -> str:
    """The version of the contract at `path`, once it is known to be a valid OpenAPI document.

    Raises:
        GenerationFailed: it cannot be read, is not YAML, or is not valid OpenAPI.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GenerationFailed(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise GenerationFailed(f"{path}: is not UTF-8: {error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise GenerationFailed(f"{where}: not YAML: {error.problem}. Mend the line, then run this again.") from error
    if not isinstance(document, dict):
        raise GenerationFailed(f"{path}: is not an OpenAPI document: the top level is not an object.")
    try:
        validate(document)
    except OpenAPIValidationError as error:
        pointer = "#/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_path)
        line = _line_of(path, list(error.absolute_path))
        raise GenerationFailed(f"{path}:{line}: not valid OpenAPI at {pointer}: {error.message}") from error
    except Exception as error:  # the validator lets its resolver's errors through (an unknown $ref, for one)
        raise GenerationFailed(f"{path}: not valid OpenAPI: {error}") from error
    return str(document["info"]["version"])


def _line_of(path: Path, steps: list[str | int]) -> int:
    """The line on which the value at `steps` begins, or of the last step that exists."""
    node = yaml.compose(path.read_text(encoding="utf-8"))
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == str(step)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = node.value[step : step + 1]
        else:
            found = []
        if not found:
            break
        node = found[0]
    return int(node.start_mark.line) + 1


def generate(contract: Path, staging: Path) -> None:
    """Make the client of `contract` in the folder `staging`, which must not exist yet.

    Raises:
        GenerationFailed: the contract is broken, or the generator or one of its hooks warned.
    """
    version = read_contract(contract)
    # The hooks call `ruff` by name: the one that is pinned beside this interpreter, not one of the host's.
    search_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(contract), "--config", str(CONFIG), "--output-path", str(staging)]
    command += ["--meta", "none", "--fail-on-warning"]
    environment = os.environ | FIXED_ENVIRONMENT | {"PATH": search_path}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        said = "\n".join(f"  {line}" for line in (done.stdout + done.stderr).splitlines() if line.strip())
        raise GenerationFailed(f"{contract}: openapi-python-client could not make the whole client of it:\n{said}")
    shutil.rmtree(staging / ".ruff_cache", ignore_errors=True)
    generator = importlib.metadata.version("openapi-python-client")
    header = (
        f"# Made by `make generate` from openapi.yaml, version {version}, with openapi-python-client {generator}.\n"
        "# Not to be edited: edit the contract and make it again.\n"
    )
    for module in sorted(staging.rglob("*.py")):
        module.write_text(header + module.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    (staging / "py.typed").touch()


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
            generate(options.contract, staging)
        except GenerationFailed as error:
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
