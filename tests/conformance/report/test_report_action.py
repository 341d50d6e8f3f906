"""action.yml: its shape as GitHub's schema has it, and its steps run as the runner would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Always, CountsConnections, Watched, reference
from tests.conformance.outside import CONTRACT, TOKEN
from tests.conftest import HANGS_AFTER, ROOT

if TYPE_CHECKING:
    from pathlib import Path

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
FLAGS = re.MULTILINE | re.DOTALL
(EXAMPLE,) = re.findall(
    r"^```yaml\n(name: conformance\n.*?)^```",
    (ROOT / "docs" / "reports.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def validated(schema: str, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True, encoding="utf-8", check=False, timeout=HANGS_AFTER,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_matches_the_schema() -> None:
    validated("vendor.github-actions", ROOT / "action.yml")


def test_the_example_matches_the_schema_and_uses_existing_inputs(tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(EXAMPLE, encoding="utf-8")
    validated("vendor.github-workflows", path)
    step = next(step for step in yaml.safe_load(EXAMPLE)["jobs"]["conformance"]["steps"] if step.get("id"))
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert {name for name, definition in ACTION["inputs"].items() if definition.get("required")} <= set(step["with"])
    assert set(re.findall(r"steps\.conformance\.outputs\.(\w+)", EXAMPLE)) <= set(ACTION["outputs"])


def test_no_input_is_put_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "it would be read as part of the script"
        assert step.get("shell") == "bash" or "uses" in step


class Runner:
    """Runs the steps of the action that are scripts, each with the environment that GitHub sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("temp", "work"):
            (folder / name).mkdir()
        self.output, self.summary = folder / "output", folder / "summary.md"

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
        values = {name: definition.get("default", "") for name, definition in ACTION["inputs"].items()} | inputs
        expressions = {
            "steps.python.outputs.python-path": sys.executable,
            "runner.temp": str(self.folder / "temp"),
            "github.action_path": str(ROOT),
            **{f"inputs.{name}": value for name, value in values.items()},
        }
        environ = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda expression: expressions[expression[1]], value)
            for name, value in step["env"].items()
        }
        script = self.folder / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RUNLOOP_", "PIP_REQUIRE", "GITHUB_"))}
        # What the package needs is installed here already; building it needs no download either.
        offline = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
        github = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.folder / "work", env=inherited | offline | github | environ, capture_output=True, encoding="utf-8",
            check=False, timeout=HANGS_AFTER,
        )  # fmt: skip

    def tested(self, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        self.output.unlink(missing_ok=True)
        done = self.step("Test the server", **inputs)
        return done, dict(line.split("=", 1) for line in self.output.read_text("utf-8").splitlines())


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    made = Runner(tmp_path_factory.mktemp("a runner"))
    done = made.step("Install the suite")
    assert done.returncode == 0, done.stdout + done.stderr
    installed = made.folder / "temp" / "runloop-conformance" / "runloop_conformance"
    assert (installed / "openapi.yaml").exists()
    return made


def test_a_server_that_conforms(runner: Runner) -> None:
    server = Watched(reference("bmd_one", "bmd_two"))
    with running(server) as url:
        done, outputs = runner.tested(
            **{
                "server": url, "token": TOKEN, "benchmark-id": "bmd_one\n  bmd_two ", "max-runs": "7",
                "args": "--profile quick --select run.name.echo --header 'X-Team: red & blue'",
            }
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs == {"verdict": "conformant", "report": "conformance-report"}
    assert (runner.folder / "work" / "conformance-report" / "report.html").exists()
    assert "conformant" in runner.summary.read_text("utf-8")
    assert {tuple(request.values("x-team")) for request in server.requests} == {("red & blue",)}
    bodies = b" ".join(request.body for request in server.requests)
    assert b'"bmd_one"' in bodies
    assert b'"bmd_two"' in bodies
    assert json.loads((runner.folder / "work" / "conformance-report" / "report.json").read_bytes())["run_limit"] == 7
    assert TOKEN not in done.stdout + done.stderr


def test_a_server_that_does_not(runner: Runner) -> None:
    with running(Always(500)) as url:
        done, outputs = runner.tested(server=url, token=TOKEN, args="--profile quick --max-runs 3")
    assert (done.returncode, outputs["verdict"]) == (1, "nonconformant")
    assert "::error title=MUST failed" in done.stdout


def test_options_that_cannot_be_used_leave_no_verdict_of_before(runner: Runner) -> None:
    server: Any = CountsConnections()
    with running(server) as url:
        done, outputs = runner.tested(server=url, args="--profile 'no such'")
    assert (done.returncode, outputs["verdict"], server.connections) == (2, "", 0)


@pytest.mark.parametrize("module", ["click", "shlex", "json", "sitecustomize", "runloop_conformance"])
def test_nothing_is_imported_from_the_checkout(runner: Runner, module: str) -> None:
    planted = runner.folder / "work" / f"{module}.py"
    planted.write_text("open('imported', 'w').close(); raise SystemExit('from the checkout')", encoding="utf-8")
    with running(reference()) as url:
        done, outputs = runner.tested(server=url, token=TOKEN, args="--profile quick --select run.id.new --max-runs 12")
    planted.unlink()
    assert (done.returncode, outputs["verdict"]) == (0, "conformant"), done.stdout + done.stderr
    assert not (runner.folder / "work" / "imported").exists()


def test_a_line_break_in_an_input_adds_no_output(runner: Runner) -> None:
    runner.output.unlink(missing_ok=True)
    done = runner.step("Test the server", server="http://127.0.0.1:1", **{"report-dir": "a\nverdict=conformant"})
    assert done.returncode == 2
    assert not runner.output.exists()


def test_what_is_installed_is_the_package_of_the_action(runner: Runner) -> None:
    folder = runner.folder / "temp" / "runloop-conformance"
    output = subprocess.run(
        [sys.executable, "-c", "import runloop_conformance as r; print(r.__file__)"],
        env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    assert output.startswith(str(folder))
    assert (folder / "runloop_conformance" / "openapi.yaml").read_bytes() == CONTRACT.path.read_bytes()
