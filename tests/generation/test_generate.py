"""`make generate` and its `--check`, run as the command on a copy of what they read."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import CONTRACT, HANGS_AFTER, ROOT

PACKAGE = Path("generated", "runloop_benchmarks_api")


@dataclass(frozen=True)
class House:
    """A copy of the contract, the generation and its output, on which the command is run."""

    root: Path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "generation" / "generate.py"), *arguments]
        return subprocess.run(
            command,
            cwd=environment.pop("cwd", self.root),
            env=os.environ | environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=HANGS_AFTER,
        )

    @property
    def contract(self) -> Path:
        return self.root / "openapi.yaml"

    @property
    def package(self) -> Path:
        return self.root / PACKAGE

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace `old` with `new` in the file `name`."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        (self.root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


COMMITTED = contents(ROOT / PACKAGE)


@pytest.fixture
def house(tmp_path: Path) -> House:
    root = tmp_path / "a house"
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for folder in ("generation", "generated"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    shutil.copy(CONTRACT, root)
    return House(root)


def left_over(house: House) -> list[str]:
    return [path.name for path in (house.root / "generated").iterdir() if path.name != PACKAGE.name]


def test_the_committed_client_is_what_the_contract_makes() -> None:
    done = House(ROOT).run("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_makes_the_client_where_there_is_none(house: House) -> None:
    shutil.rmtree(house.root / "generated")
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert "was written" in done.stdout
    assert contents(house.package) == COMMITTED
    assert left_over(house) == []


def test_a_second_run_changes_nothing(house: House) -> None:
    done = house.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "was up to date" in done.stdout
    assert contents(house.package) == COMMITTED


def test_it_makes_another_contract_elsewhere(house: House) -> None:
    other = house.root / "other.yaml"
    other.write_text(house.contract.read_text(encoding="utf-8").replace("run_name:", "run_title:"), encoding="utf-8")
    done = house.run("--contract", "other.yaml", "--output", "else where/client")
    assert done.returncode == 0, done.stderr
    assert "run_title" in (house.root / "else where/client/models/start_run_request.py").read_text(encoding="utf-8")
    assert contents(house.package) == COMMITTED


def test_it_makes_a_client_of_a_foreign_contract(house: House) -> None:
    done = house.run("--contract", str(ROOT / "tests/data/petstore-3.1.yaml"), "--output", "petstore")
    assert done.returncode == 0, done.stderr
    package = house.root / "petstore"
    calls = {path.stem for path in (package / "api").glob("*/*.py")} - {"__init__"}
    assert len(calls) == 19
    assert {"add_pet", "place_order", "create_users_with_list_input"} <= calls
    assert "# Made by `make generate` from petstore-3.1.yaml, version 1.0.27" in (package / "client.py").read_text()
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        str(house.root / "c"),
    ]
    checked = subprocess.run(
        [*command, str(package)],
        cwd=house.root,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    assert checked.returncode == 0, checked.stdout


def test_a_new_version_of_the_contract_is_in_each_header(house: House) -> None:
    house.edit("openapi.yaml", "version: 1.0.0", "version: 1.1.0")
    assert house.run().returncode == 0
    headers = {path.read_text(encoding="utf-8").partition("\n")[0] for path in house.package.rglob("*.py")}
    assert len(headers) == 1
    assert "version 1.1.0" in headers.pop()


# --- Drift ---


def test_an_edited_file_is_drift_and_shown_as_a_diff(house: House) -> None:
    house.edit(str(PACKAGE / "models/start_run_request.py"), "run_name", "run_title")
    before = contents(house.package)
    done = house.run("--check")
    assert done.returncode == 1
    assert "--- generated/models/start_run_request.py\n+++ from the contract/models/start_run_request.py" in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("-") and "run_title" in line]
    assert "Run `make generate` and commit the result" in done.stderr
    assert contents(house.package) == before
    assert left_over(house) == []


def test_a_missing_file_is_drift(house: House) -> None:
    (house.package / "models/string_map.py").unlink()
    done = house.run("--check")
    assert (done.returncode, done.stdout.strip()) == (1, "missing: models/string_map.py")


def test_an_additional_file_is_drift_and_goes_away(house: House) -> None:
    (house.package / "models/mine.py").write_text("")
    done = house.run("--check")
    assert (done.returncode, done.stdout.strip()) == (1, "not made by the contract: models/mine.py")
    assert house.run().returncode == 0
    assert contents(house.package) == COMMITTED


def test_an_edited_contract_is_drift(house: House) -> None:
    house.edit("openapi.yaml", "Display name of the run.", "What the run is called.")
    done = house.run("--check")
    assert done.returncode == 1
    assert "What the run is called." in done.stdout
    assert contents(house.package) == COMMITTED


# --- A run that fails leaves the old client unchanged, and says where and what to do ---

# What is broken: a text, its replacement, the reason in the message, and the text on the line that it names.
BROKEN = {
    "not YAML": ("run_name:\n", "run_name: [\n", "not YAML", "description: Display name of the run"),
    "a tab": ("info:", "\tinfo:", "not YAML", "\tinfo"),
    "a key twice": ("operationId: start_run", "operationId: a\n      operationId: b", "occurs twice", "operationId: b"),
    "no version": ("  version: 1.0.0\n", "", "not valid OpenAPI at #/info", "title: Runloop"),
    "unknown keyword": ("operationId: start_run", "operationIds: start_run", "not valid OpenAPI", "operationIds"),
    "unknown type": ('type: [number, "null"]', "type: numbr", "not valid OpenAPI", "numbr"),
    "no list": ("required: [benchmark_id]", "required: benchmark_id", "not valid OpenAPI", "required: benchmark_id"),
    "unknown $ref": ("schemas/AfterIdle", "schemas/No", "refers to #/components/schemas/No,", "schemas/No"),
    "$ref elsewhere": ("#/components/schemas/AfterIdle", "more.yaml#/A", "refers to more.yaml#/A", "more.yaml"),
    "a schema is dropped": ("enum: [shutdown, suspend]", "enum: [shutdown, 3]", "cannot make", "    AfterIdle:"),
    "the operation is dropped": ("          application/json:", "          text/x:", "cannot make", "    post:"),
    # What the generator drops without a warning:
    "properties beside anyOf": (
        "      required: [benchmark_id]\n",
        "      required: [benchmark_id]\n      anyOf: [{required: [run_name]}, {required: [metadata]}]\n",
        "StartRunRequest.benchmark_id is in no class",
        "benchmark_id:\n          type: string\n          description: ID of the Benchmark to run.",
    ),
    "a property in a condition": (
        "      required: [benchmark_id]\n",
        "      required: [benchmark_id]\n      then: {properties: {priority: {type: string}}}\n",
        "'priority' is in no class",
        "then: {",
    ),
    "two operations, one module": (
        "paths:\n",
        "paths:\n  /a: {get: {operationId: startRun, tags: [benchmarks], responses: {default: {description: D}}}}\n",
        "GET /a has no function",
        "/a: {",
    ),
    "a path by reference": (
        "paths:\n",
        "paths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {get: {responses: {default: {description: D}}}}\n",
        "GET /a",
        "/a: {",
    ),
    "a parameter by content": (
        "paths:\n",
        (
            "paths:\n  /a:\n    get:\n      responses: {5XX: {description: D}}\n"
            "      parameters: [{name: q, in: query, content: {t/x: {}}}]\n"
        ),
        "parameter 'q' is not sent",
        "get:\n      responses: {5XX",
    ),
}


@pytest.mark.parametrize(("old", "new", "reason", "place"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_contract_leaves_the_old_client(house: House, old: str, new: str, reason: str, place: str) -> None:
    house.edit("openapi.yaml", old, new)
    text = house.contract.read_text(encoding="utf-8")
    line = text[: text.index(place)].count("\n") + 1
    done = house.run()
    assert done.returncode == 2
    first = done.stderr.partition("\n")[0]
    assert first.startswith(f"generate: {house.contract}:{line}:"), first
    assert reason in first
    assert any(advice in first for advice in ("Fix", "Remove one", "ALLOW_PARTIAL=1", "define", "give it")), first
    assert max(map(len, done.stderr.splitlines())) < 500, "a whole schema is no message"
    assert done.stderr.endswith(f"{house.package} is unchanged.\n")
    assert contents(house.package) == COMMITTED
    assert left_over(house) == []


@pytest.mark.parametrize("hook", ["ruff frmat .", "no-such-tool ."])
def test_a_failing_hook_leaves_the_old_client(house: House, hook: str) -> None:
    house.edit("generation/config.yaml", "ruff format .", hook)
    done = house.run()
    assert done.returncode == 2
    assert f"{house.root / 'generation' / 'config.yaml'}:" in done.stderr
    assert "Fix the hook" in done.stderr
    assert hook.split(maxsplit=1)[0] in done.stderr
    assert contents(house.package) == COMMITTED


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), (b"- a\n", "not an object"), (b"\xff", "not UTF-8")]
)
def test_a_file_that_is_no_contract_is_refused(house: House, text: bytes | None, said: str) -> None:
    house.contract.unlink()
    if text is not None:
        house.contract.write_bytes(text)
    for arguments in ([], ["--check"]):
        done = house.run(*arguments)
        assert done.returncode == 2
        assert said in done.stderr
    assert contents(house.package) == COMMITTED


@pytest.mark.parametrize(
    ("old", "new", "line", "reason", "gone"),
    [
        ("          application/json:", "          text/x:", "    post:", "Unsupported content", "start_run"),
        ("enum: [shutdown, suspend]", "enum: [shutdown, 3]", "    AfterIdle:", "Left out with it: ", "after_idle"),
        ("paths:\n", "paths:\n  /a: {$ref: '#/paths/~1b'}\n  /b: {get: {responses: {default: {description: D}}}}\n",
         "/a: {", "GET /a has no function", "get_a"),
    ],
    ids=["a media type", "a schema", "no warning"],
)  # fmt: skip
def test_a_partial_client_says_what_it_leaves_out(
    house: House, old: str, new: str, line: str, reason: str, gone: str
) -> None:
    house.edit("openapi.yaml", old, new)
    assert "`make generate ALLOW_PARTIAL=1` makes a client of the rest." in house.run().stderr
    done = house.run("--partial")
    assert done.returncode == 0, done.stderr
    heading, first, *_ = done.stdout.splitlines()
    assert "of the contract not in the client:" in heading
    text = house.contract.read_text(encoding="utf-8")
    assert first.startswith(f"  {house.contract}:{text[: text.index(line)].count(chr(10)) + 1}: ")
    assert reason in first
    assert not list(house.package.rglob(f"{gone}.py"))
    assert (house.package / "models/benchmark_run_state.py").exists()


def test_a_property_may_be_called_ref(house: House) -> None:
    house.edit(
        "openapi.yaml", "    StringMap:\n", "    Pointer:\n      properties: {$ref: {type: string}}\n    StringMap:\n"
    )
    house.edit(
        "openapi.yaml",
        "      properties:\n        id:",
        "      properties:\n        pointer: {$ref: '#/components/schemas/Pointer'}\n        id:",
    )
    done = house.run()
    assert done.returncode == 0, done.stderr
    assert '"$ref"' in (house.package / "models/pointer.py").read_text(encoding="utf-8")


def test_a_ref_in_an_extension_or_an_example_is_data(house: House) -> None:
    house.edit("openapi.yaml", "info:\n", "x-topics: [{content: {$ref: ./docs/start.md}}]\ninfo:\n")
    house.edit(
        "openapi.yaml",
        "    StringMap:\n",
        "    StringMap:\n      examples: [{$ref: nowhere}]\n",
    )
    done = house.run()
    assert done.returncode == 0, done.stderr


def test_swagger_2_is_refused_in_one_sentence(house: House) -> None:
    house.contract.write_text('swagger: "2.0"\ninfo: {title: t, version: 1.0.0}\npaths: {}\n', encoding="utf-8")
    done = house.run()
    assert done.returncode == 2
    assert done.stderr.startswith(f"generate: {house.contract}:1: is Swagger 2.0, and only OpenAPI 3 is supported.")


# --- The same bytes on every machine ---

HOSTILE_RUFF = 'line-length = 40\n[lint]\nselect = ["ALL"]\nfixable = ["ALL"]\n[format]\nquote-style = "single"\n'


def test_the_hosts_configuration_does_not_reach_the_output(house: House, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".config/ruff").mkdir(parents=True)
    (home / ".config/git").mkdir()
    for folder in (tmp_path, house.root, home, home / ".config/ruff"):
        (folder / "ruff.toml").write_text(HOSTILE_RUFF)
    (house.root / "pyproject.toml").write_text(
        '[tool.ruff]\nline-length = 30\n[tool.ruff.format]\nindent-style = "tab"\n'
    )
    subprocess.run(["git", "init", "--quiet", str(house.root)], check=True)
    (house.root / ".gitignore").write_text("*\n")
    (home / ".config/git/ignore").write_text("*.py\n")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ruff").write_text("#!/bin/sh\nexit 1\n")
    (tools / "ruff").chmod(0o755)
    shutil.rmtree(house.package)
    old_umask = os.umask(0o077)
    try:
        done = house.run(
            cwd=str(home),
            HOME=str(home),
            XDG_CONFIG_HOME=str(home / ".config"),
            PATH=f"{tools}{os.pathsep}{os.environ['PATH']}",
            PYTHONHASHSEED="12345",
            LC_ALL="C",
            TZ="Asia/Kathmandu",
            RUFF_OUTPUT_FILE=str(tmp_path / "said"),
        )
    finally:
        os.umask(old_umask)
    assert done.returncode == 0, done.stderr
    assert contents(house.package) == COMMITTED


# --- What is committed ---


def test_each_generated_file_names_its_command_and_the_version_of_the_contract() -> None:
    version = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["info"]["version"]
    modules = [name for name in COMMITTED if name.endswith(".py")]
    assert len(modules) > 15
    for name in modules:
        first, second, *_ = COMMITTED[name].decode().splitlines()
        assert first.startswith(f"# Made by `make generate` from openapi.yaml, version {version}, ")
        assert "edit the contract" in second
        assert ast.parse(COMMITTED[name])


def test_the_generated_package_is_typed(tmp_path: Path) -> None:
    assert COMMITTED["py.typed"] == b""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", str(tmp_path)]
    done = subprocess.run(
        [*command, str(ROOT / PACKAGE)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    assert done.returncode == 0, done.stdout
