"""The drill: contracts that change, and all that follows from each change."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from runloop_conformance.clock import VirtualClock
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.sending.in_process import in_process
from runloop_conformance.sending.sender import Limits
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite

from changes.clauses import moved
from tests.conftest import HANGS_AFTER
from tests.generation.drill.__main__ import DOCUMENT, PLACE
from tests.generation.drill.history import PROFILE, REQUEST, STATE, TODAY, VIEW, chain, schemas
from tests.generation.drill.steps import Step, steps
from tests.generation.drill.table import Done, carried_out, dumped, markdown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runloop_conformance.judging.result import Result

STEPS = steps()
NAMES = [step.name for step in STEPS]
TOKEN = "Tok-3fA9-of-the-drill-7Zq1"

pytestmark = [pytest.mark.slow, pytest.mark.node]


class Dated(Reference):
    """A server of the version that its contract says: it sees and answers the members that this has, and no others."""

    def run_of(self, asked: dict[str, Any]) -> dict[str, Any]:
        seen = self._known(REQUEST, asked)
        if "runProfile" in seen:
            seen["runProfile"] = self._known(PROFILE, seen["runProfile"])
        return self._known(VIEW, super().run_of(seen))

    def _known(self, schema: str, members: dict[str, Any]) -> dict[str, Any]:
        known = schemas(dict(self.document))[schema]["properties"]
        return {name: value for name, value in members.items() if name in known}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill")


@pytest.fixture(scope="module")
def done(node_tool: Callable[[str], str], folder: Path) -> dict[str, Done]:
    node_tool("redocly")
    return {one.step.name: one for one in carried_out(folder)}


def test_the_history_leads_to_the_contract_of_today() -> None:
    then, today = schemas(chain()["1.0.0"]), schemas(TODAY)
    assert then.keys() == today.keys()
    for name in (REQUEST, VIEW, STATE, "RunProfile", "LaunchParameters", "Mount"):
        assert then[name].get("properties", {}) == today[name].get("properties", {})
        assert set(then[name].get("required", [])) == set(today[name].get("required", []))
    assert set(then[STATE]["enum"]) == set(today[STATE]["enum"])


@pytest.mark.xdist_group("drill")
@pytest.mark.parametrize("name", NAMES)
def test_the_diff_says_what_a_person_would_say(name: str, done: dict[str, Done]) -> None:
    one = done[name]
    assert (one.callers, one.servers, one.compared.bump) == (one.step.callers, one.step.servers, one.step.bump)


@pytest.mark.xdist_group("drill")
def test_the_documents_table_is_what_the_drill_makes(done: dict[str, Done], folder: Path) -> None:
    found = PLACE.search(DOCUMENT.read_text(encoding="utf-8"))
    assert found
    assert found["table"] == markdown([*done.values()], folder), "run `make drill`"


CALLER = """\
from {package}.api.benchmarks import start_run
from {package}.client import AuthenticatedClient
from {package}.models import BenchmarkRunView, StartRunRequest


def call(client: AuthenticatedClient) -> str:
    run = start_run.sync(client=client, body=StartRunRequest(benchmark_id="b", run_name=None))
    assert isinstance(run, BenchmarkRunView)
    print({members})
{states}
    else:
        print("a state of a later contract", run.state)
    return run.{known}
"""


def caller(step: Step, package: str) -> str:
    """Somebody's code as it was for the old contract, on the client of the new one."""
    members = ", ".join(f"run.{name}" for name in schemas(step.before)[VIEW]["properties"])
    branches = [f'    elif run.state == "{state}":\n        print()' for state in schemas(step.before)[STATE]["enum"]]
    states = "\n".join(branches).replace("    elif", "    if", 1)
    known = "benchmark_id" if "benchmark_id" in schemas(step.before)[VIEW]["required"] else "id"
    return CALLER.format(package=package, members=members, states=states, known=known)


@pytest.fixture(scope="module")
def types(done: dict[str, Done], folder: Path) -> dict[str, set[str]]:
    """What mypy says, of every client and of every caller in one go: file to the codes of its errors."""
    for index, one in enumerate(done.values()):
        (folder / f"caller_{index}.py").write_text(caller(one.step, one.new.name), encoding="utf-8")
    clients = sorted({path.name for one in done.values() for path in (one.old, one.new)})
    callers = [f"caller_{index}.py" for index in range(len(done))]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "--cache-dir", "cache"]
    checked = subprocess.run(
        [*command, *clients, *callers],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=HANGS_AFTER,
    )
    found: dict[str, set[str]] = {}
    for file, code in re.findall(r"^(\S+?):\d+: error: .*\[([a-z-]+)\]$", checked.stdout, re.MULTILINE):
        found.setdefault(file.partition("/")[0], set()).add(code)
    assert (
        f"(checked {len(callers) + sum(1 for name in clients for _ in (folder / name).rglob('*.py'))} source files)"
        in (checked.stdout)
    )
    return found


@pytest.mark.xdist_group("drill")
def test_every_client_is_typed(types: dict[str, set[str]]) -> None:
    assert {file: codes for file, codes in types.items() if file.startswith("client_")} == {}


@pytest.mark.xdist_group("drill")
@pytest.mark.parametrize("name", NAMES)
def test_types_say_whom_the_change_breaks(name: str, types: dict[str, set[str]]) -> None:
    step = STEPS[NAMES.index(name)]
    assert types.get(f"caller_{NAMES.index(name)}.py", set()) == step.types
    assert not step.types or step.callers == "breaks"


@pytest.mark.xdist_group("drill")
@pytest.mark.parametrize("name", NAMES)
def test_old_calls_work_where_they_should(
    name: str, done: dict[str, Done], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = done[name]
    monkeypatch.syspath_prepend(folder)
    package = one.old.name
    models = importlib.import_module(f"{package}.models")
    start_run = importlib.import_module(f"{package}.api.benchmarks.start_run")
    client = importlib.import_module(f"{package}.client").AuthenticatedClient
    request = models.StartRunRequest(benchmark_id="bmd_1", run_name=None)
    with running(Dated(one.step.after, TOKEN)) as url, client(url, TOKEN) as there:
        answer = start_run.sync_detailed(client=there, body=request)
    assert (answer.status_code == 200) == (one.step.call == "works")
    assert (answer.status_code == 422) == (one.step.call == "refused")
    if one.step.call == "works":
        assert answer.parsed.id.startswith("bmr_")
        assert answer.parsed.state == "running"


def judged(served: dict[str, Any], wanted: dict[str, Any], folder: Path) -> Result:
    """What the suite says of a server of one contract, put to another."""
    for name, document in (("server", served), ("contract", wanted)):
        (folder / f"{name}.yaml").write_text(dumped(document), encoding="utf-8")
    contract = load_contract(folder / "contract.yaml")
    with in_process(Dated(served, TOKEN), clock=VirtualClock()) as server:
        options = Options(server, TOKEN, (), Limits(60, timeout=4.0), seed=0)
        return Suite(contract, options).run()


@pytest.mark.parametrize("name", NAMES)
def test_a_server_of_the_old_contract_is_told_by_what_changed(name: str, tmp_path: Path) -> None:
    step = STEPS[NAMES.index(name)]
    result = judged(step.before, step.after, tmp_path)
    failed = {finding.clause.id: finding.clause.level for finding in result.findings if finding.status == "fail"}
    clauses = moved(tmp_path / "server.yaml", tmp_path / "contract.yaml")
    assert clauses
    assert step.caught <= failed.keys()
    assert failed.keys() <= {*clauses.came, *clauses.others}, "it is told by what did not change"
    assert ("must" in failed.values()) == (step.servers == "breaks" and bool(step.caught))
    assert bool(failed) == bool(step.caught)


@pytest.mark.parametrize("version", chain())
def test_a_server_of_a_version_keeps_the_contract_of_that_version(version: str, tmp_path: Path) -> None:
    document = chain()[version]
    result = judged(document, document, tmp_path)
    assert [finding.clause.id for finding in result.findings if finding.status == "fail"] == []
    assert result.verdict == "conformant"
