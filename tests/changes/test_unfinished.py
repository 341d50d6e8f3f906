"""What `make contract-check` says of a house in which something was left undone. Each is a copy, really edited."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from attrs import frozen
from runloop_conformance.proof import degenerate, mutants, variants

from tests.conftest import HANGS_AFTER, ROOT

FOLDERS = ("benchmarks", "changes", "conformance", "docs", "examples", "generated", "generation", "overrides", "tests")
FILES = (
    "openapi.yaml",
    "README.md",
    "CHANGELOG.md",
    "Makefile",
    "package.json",
    "requirements-dev.in",
    "requirements-dev.txt",
    "pyproject.toml",
)
PRIORITY = ("        run_name:\n", "        priority:\n          type: integer\n        run_name:\n")
RULE = (
    "      x-rules:\n",
    "      x-rules:\n        polite: {level: should, source: us, text: The server is polite.}\n",
)
NO_NULL = ('        run_name:\n          type: [string, "null"]\n', "        run_name:\n          type: string\n")
LIST_RUNS = """\
paths:
  /v1/runs:
    get:
      operationId: list_runs
      security: [{bearerAuth: []}]
      responses: {"200": {description: OK, content: {application/json: {schema: {type: object}}}}}
"""
NAME = ("Display name of the run.", "What the run is called.")

pytestmark = pytest.mark.slow


@frozen
class House:
    """A copy of the repository."""

    root: Path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        (self.root / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        inside = os.pathsep.join(str(self.root / name) for name in ("generated", "overrides", "conformance"))
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": inside},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=HANGS_AFTER,
        )

    def left(self, *names: str) -> list[str]:
        """The reasons that the check gives, in this house. Its exit code says whether there are any."""
        done = self.run("-m", "changes", "check", *names)
        assert done.returncode == bool(done.stderr), done.stderr
        assert done.stderr or "nothing is left to do by hand" in done.stdout
        return [line[2:] for line in done.stderr.splitlines()[1:]]


@pytest.fixture
def house(tmp_path: Path) -> House:
    root = tmp_path / "a house"
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, root)
    if (ROOT / "node_modules").exists():
        (root / "node_modules").symlink_to(ROOT / "node_modules")
    return House(root)


def test_nothing_is_left_to_do_here(house: House) -> None:
    assert house.left() == []


def test_make_check_asks(house: House) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "check", f"VENV={ROOT / '.venv'}"],
        cwd=house.root, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "-m changes check" in done.stdout


def test_a_contract_that_was_edited_and_not_made_anew(house: House) -> None:
    house.edit("openapi.yaml", *NAME)
    (reason,) = house.left("generated")
    assert "is not what" in reason
    assert "Run `make generate` and commit the result" in reason


def test_a_generated_file_that_was_edited(house: House) -> None:
    house.edit("generated/runloop_benchmarks_api/models/start_run_request.py", "run_name", "run_title")
    (reason,) = house.left("generated")
    assert "never edit a generated file" in reason


@pytest.mark.node
def test_a_version_that_did_not_move(house: House, node_tool: object) -> None:
    node_tool("redocly")
    house.edit("openapi.yaml", *PRIORITY)
    first, second = house.left("version")
    assert first.startswith(
        "version: openapi.yaml changed since 1.0.0 was released, and says 1.0.0: `priority` in the request"
    )
    assert "asks for 1.1.0" in first
    assert "`make contract-accept` to set it" in first
    assert "CHANGELOG.md does not mention Contract 1.0.0" in second


@pytest.mark.node
def test_a_change_is_accepted_once_and_again(house: House, node_tool: object) -> None:
    node_tool("redocly")
    house.edit("openapi.yaml", *PRIORITY)
    for _ in range(2):
        done = house.run("-m", "changes", "accept")
        assert done.returncode == 0, done.stderr
    assert "  version: 1.1.0\n" in (house.root / "openapi.yaml").read_text(encoding="utf-8")
    log = (house.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert log.count("### Contract") == log.count("### Contract 1.1.0\n\n- Servers have to change: `priority`") == 1
    assert log.count("### Added") == (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").count("### Added")
    house.edit("openapi.yaml", *NAME)  # a description: 1.1.0 is enough for that, too
    assert house.left("version") == []
    house.edit("openapi.yaml", *NO_NULL)
    (reason, *_) = house.left("version")
    assert "asks for 2.0.0" in reason


@pytest.mark.node
def test_a_release_is_what_the_next_change_is_compared_with(house: House, node_tool: object) -> None:
    node_tool("redocly")
    house.edit("openapi.yaml", *NO_NULL)
    assert house.run("-m", "changes", "release").returncode == 1, "its version does not tell of it"
    house.edit("openapi.yaml", "version: 1.0.0", "version: 2.0.0")
    assert house.run("-m", "changes", "release").returncode == 0
    assert (house.root / "changes/released.yaml").read_bytes() == (house.root / "openapi.yaml").read_bytes()
    assert house.left("version") == []


def test_without_redocly_a_changed_contract_does_not_pass(house: House) -> None:
    if (house.root / "node_modules").exists():
        (house.root / "node_modules").unlink()
    house.edit("openapi.yaml", *NAME)
    (reason,) = house.left("version")
    assert "run `make node`" in reason


def test_a_statement_without_a_clause(house: House) -> None:
    house.edit("openapi.yaml", *RULE)
    said = "\n".join(house.left("clauses"))
    assert "clauses: 1 statement has no clause: write it in conformance/…/clauses/" in said
    assert "1 rule is broken by no mutant: write the smallest one" in said
    number = (house.root / "openapi.yaml").read_text(encoding="utf-8").partition("        polite: ")[0].count("\n") + 1
    assert said.count(f"openapi.yaml:{number}: The server is polite.") == 2


def test_a_new_member_of_the_request_does_not_pass_in_silence(house: House) -> None:
    house.edit("openapi.yaml", *PRIORITY)
    reasons = house.left("client")
    assert len(reasons) == 2
    for reason, name in zip(reasons, ("Benchmarks", "AsyncBenchmarks"), strict=True):
        assert reason.startswith(f"client: {name}.start_run(...) has no `priority` (integer): add it in _benchmarks.py")
        assert "Until then extra_body carries a property" in reason


def test_a_parameter_and_an_operation_without_a_method_are_reported(house: House) -> None:
    house.edit(
        "openapi.yaml",
        "      requestBody:\n",
        "      parameters: [{name: dryRun, in: query, schema: {type: string}}]\n      requestBody:\n",
    )
    house.edit(
        "openapi.yaml",
        "paths:\n",
        LIST_RUNS,
    )
    reasons = "\n".join(house.left("client"))
    assert "Benchmarks.start_run(...) has no `dry_run`" in reasons
    assert "overrides/ has no AsyncBenchmarks.list_runs(...) for GET /v1/runs: write it in _benchmarks.py" in reasons


def test_a_keyword_that_the_contract_does_not_know_is_told(house: House) -> None:
    house.edit("openapi.yaml", "        run_name:\n", "        run_title:\n")
    said = "\n".join(house.left("client"))
    assert "has no `run_title` (null or string)" in said
    assert "takes `run_name`, which the contract no longer has" in said


def test_a_keyword_that_may_be_left_out_no_more_is_told(house: House) -> None:
    house.edit("openapi.yaml", "required: [benchmark_id]", "required: [benchmark_id, run_name]")
    assert "`run_name` is required in the contract, and not in the method" in house.left("client")[0]


@pytest.mark.parametrize(
    ("name", "old", "new", "command"),
    [
        ("docs/contract-changes.md", "| a new state | breaks", "| a new state | -", "make drill"),
        ("docs/figures.md", "of it | at most 0.1 |", "of it | at most 0.2 |", "make bench"),
        ("conformance/PROOF.md", "| mutants | 995", "| mutants | 994", "make prove"),
        (
            "examples/servers/README.md",
            "| accepts `metadata: null`",
            "| accepts null",
            "python -m tests.conformance.foreign.verdicts",
        ),
    ],
)
def test_an_edited_document_is_stale(house: House, name: str, old: str, new: str, command: str) -> None:
    house.edit(name, old, new)
    (reason,) = house.left("documents")
    assert reason.startswith(f"documents: {name}")
    assert "out of date. Run `" in reason
    assert f"{command}`" in reason


def test_a_sentence_of_the_contract_makes_no_document_stale(house: House) -> None:
    house.edit("openapi.yaml", *NAME)
    house.edit("openapi.yaml", "A 401 carries", "Each 401 response\n            carries")
    house.edit("openapi.yaml", "Any response to OPTIONS", "Every response to OPTIONS")
    house.edit("openapi.yaml", "run_name: nightly-2026-11-23", "run_name: nightly-2026-11-24")
    assert house.left("documents") == []


@pytest.mark.parametrize(
    ("old", "new", "sources"),
    [
        (*PRIORITY, "clauses, schemas"),
        ("maximum: 172800", "maximum: 3600", "schemas"),
        ("challenge:\n          level: should", "challenge:\n          level: must", "clauses, schemas"),
    ],
    ids=["property", "keyword", "level"],
)
def test_a_changed_schema_or_level_makes_the_proof_and_the_drill_stale(
    house: House, old: str, new: str, sources: str
) -> None:
    house.edit("openapi.yaml", old, new)
    drill, proof = house.left("documents")
    assert "docs/contract-changes.md" in drill
    assert f"Changed since the proof was made: {sources}. Run `make prove`." in proof


@pytest.mark.parametrize(
    ("kind", "added"),
    [(mutants, "MUTANTS"), (variants, "VARIANTS"), (degenerate, "DEGENERATES")],
    ids=["mutant", "variant", "degenerate server"],
)
def test_a_new_server_makes_the_proof_stale_and_nothing_else(house: House, kind: ModuleType, added: str) -> None:
    module = house.root / Path(str(kind.__file__)).relative_to(ROOT)
    line = f"\n{added} = (*{added}, __import__('attrs').evolve({added}[0], name='a-new-one'))\n"
    module.write_text(module.read_text(encoding="utf-8") + line, encoding="utf-8")
    (reason,) = house.left("documents")
    assert "Changed since the proof was made: " in reason


def test_all_that_is_left_is_told_at_once(house: House) -> None:
    house.edit("openapi.yaml", *RULE)
    house.edit("openapi.yaml", *NAME)
    kinds = {reason.partition(":")[0] for reason in house.left("generated", "clauses", "documents")}
    assert {"generated", "clauses", "documents"} <= kinds


def test_a_broken_contract_is_one_reason(house: House) -> None:
    house.edit("openapi.yaml", "run_name:\n", "run_name: [\n")
    (reason,) = house.left("version")
    assert "openapi.yaml:" in reason
    assert "not YAML" in reason
