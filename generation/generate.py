"""Make the typed client in `generated/` from the contract.

`make generate` writes it; `make check` calls this with `--check`, which writes nothing and fails, with a diff, if
`generated/` is not what the contract makes.

The client is made in a staging folder beside its destination and moved into place when it is complete, so a run that
fails leaves the old client as it was.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypedDict

import yaml

if __name__ == "__main__":  # run as a file, from any folder
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from generation.contract import UNPRINTABLE, Contract, GenerationError
from generation.missing import missing
from generation.python_source import parsed, unexpected
from generation.shapes import add_shapes

ROOT = Path(__file__).resolve().parent.parent
CONFIG = Path(__file__).resolve().with_name("config.yaml")
RUN_GENERATOR = Path(__file__).resolve().with_name("run_generator.py")
DESTINATION = ROOT / "generated" / "runloop_benchmarks_api"

# Two runs of the generator must not differ by the machine's settings: hash seeds, locales, a pyproject found upwards.
FIXED_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "NO_COLOR": "1"}
HOST_SETTINGS = ("RUFF_", "PYTHONWARNINGS")
LONGEST_REASON = 200  # characters

PARTIAL = "`make generate ALLOW_PARTIAL=1` makes a client of the rest."


class Problem(TypedDict):
    """An error or a warning of openapi-python-client."""

    level: str
    header: str
    detail: str


def generate(contract: Contract, staging: Path, *, partial: bool = False) -> list[str]:
    """Make the client of `contract` in the folder `staging`, which must not exist yet.

    partial: leave out what the generator cannot do, and return that, a line each, instead of failing.

    Raises:
        GenerationError: the generator or one of its hooks failed, something is missing, or the code is not safe.
    """
    problems = _run_generator(contract, staging)
    _check_hooks(problems)
    failed = [problem for problem in problems if problem["level"] == "ERROR"]
    reasons = [_explained(contract, problem) for problem in failed or problems]
    if not failed:
        warned = {reason.partition(": ")[0] for reason in reasons}
        removed = set(re.findall(r"/components/schemas/(\w+)", "".join(problem["detail"] for problem in problems)))
        for steps, what in missing(contract, staging):
            place = f"{contract.path}:{contract.line_at(steps)}"
            if place not in warned and removed.isdisjoint(steps[2:3]):
                reasons.append(f"{place}: {what}")
    if failed or (reasons and not partial):
        advice = "" if failed else f" {PARTIAL}"
        more = [f"  and {reason}" for reason in reasons[1:]]
        raise GenerationError("\n".join([f"{reasons[0]}{advice}", *more]))
    hooks = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["post_hooks"]
    add_shapes(contract.document, staging, hooks=hooks, environment=_environment())
    shutil.rmtree(staging / ".ruff_cache", ignore_errors=True)
    _finish(contract, staging)
    return reasons


def _environment() -> dict[str, str]:
    # The hooks call `ruff` by name: the one that is pinned beside this interpreter, not one of the host's.
    search_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(HOST_SETTINGS)}
    return environment | FIXED_ENVIRONMENT | {"PATH": search_path}


def _run_generator(contract: Contract, staging: Path) -> list[Problem]:
    command = [
        sys.executable,
        "-P",
        str(RUN_GENERATOR),
        str(contract.path.resolve()),
        str(CONFIG),
        str(staging.resolve()),
    ]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise GenerationError(
            f"{contract.path}: openapi-python-client crashed: {lines[-1][:LONGEST_REASON]}. Simplify what it names."
        )
    problems: list[Problem] = json.loads(done.stdout.splitlines()[-1])
    return problems


def _check_hooks(problems: list[Problem]) -> None:
    hook = next((problem for problem in problems if _is_of_a_hook(problem)), None)
    if hook:
        lines = CONFIG.read_text(encoding="utf-8").splitlines()
        number = next((number for number, line in enumerate(lines, 1) if line.startswith("post_hooks")), 1)
        said = " ".join(f"{hook['header']}: {hook['detail']}".split())
        raise GenerationError(
            f"{CONFIG}:{number}: a post hook failed: {said[:LONGEST_REASON]}. "
            "Fix the hook, or run `make setup` if a tool is missing."
        )


def _is_of_a_hook(problem: Problem) -> bool:
    return problem["header"].endswith(" failed") or problem["header"] == "Skipping Integration"


def _explained(contract: Contract, problem: Problem) -> str:
    """What the generator says, in a line that begins with the place in the contract."""
    header, detail = (" ".join(problem[word].split()) for word in ("header", "detail"))
    reason, _, removed = detail.partition(" Failure to process schema has resulted in the removal of: ")
    if len(reason) > LONGEST_REASON:
        reason = f"{reason[:LONGEST_REASON]}…"
    what = header.partition(" within ")[0].removeprefix("WARNING parsing ").removeprefix("Unable to process schema ")
    also = f" Left out with it: {', '.join(removed.split())}." if removed else ""
    return (
        f"{contract.path}:{contract.line_in(header)}: openapi-python-client cannot make {what.rstrip(':')}: "
        f"{reason.rstrip('.') or header}.{also}"
    )


def _finish(contract: Contract, staging: Path) -> None:
    """Write the headers, and refuse a module that contains anything but what a generated one may contain."""
    generator = importlib.metadata.version("openapi-python-client")
    header = (
        f"# Made by `make generate` from {UNPRINTABLE.sub('?', contract.path.name)}, version {contract.version}, "
        f"with openapi-python-client {generator}.\n"
        "# Not to be edited: edit the contract and make it again.\n"
    )
    for module in sorted(staging.rglob("*.py")):
        module.write_text(header + module.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
        name = module.relative_to(staging)
        try:
            found = next(unexpected(parsed(module)), None)
        except (SyntaxError, ValueError, RecursionError) as error:
            raise GenerationError(
                f"{contract.path}: makes no Python of {name}: {error}. Change its strings."
            ) from error
        if found:
            raise GenerationError(
                f"{contract.path}: puts code into the client, at {name}:{found[0]}: {found[1][:LONGEST_REASON]!r}. "
                "Change the string that it comes from."
            )
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
    parser.add_argument("--check", action="store_true", help="write nothing; fail, with a diff, if the output is stale")
    parser.add_argument("--partial", action="store_true", help="leave out what the generator cannot do, and list it")
    options = parser.parse_args(arguments)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=options.output.parent) as folder:
        staging = Path(folder) / options.output.name
        try:
            left_out = generate(Contract(options.contract), staging, partial=options.partial)
        except GenerationError as error:
            print(f"generate: {error}\n{options.output} is unchanged.", file=sys.stderr)
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
    if left_out:
        print(f"generate: {len(left_out)} part{'s' * (len(left_out) > 1)} of the contract not in the client:")
        print("\n".join(f"  {reason}" for reason in left_out))
    print(f"generate: {options.output} {'was written' if lines else 'was up to date'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
