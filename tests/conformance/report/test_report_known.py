"""Known failures: they do not count, they are reported, and a stale entry fails the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import CountsConnections, reference
from tests.conformance.outside import CONTRACT, TOKEN, Invocation, call, conformance

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = "run.name.echo"
REASON = "issue 12: names are cut"


def run_with(file: Path, text: str, *arguments: object, name: str) -> Invocation:
    file.write_text(text, encoding="utf-8")
    mutant = next((mutant for mutant in MUTANTS if mutant.name == name), None)
    server = mutant.build(CONTRACT.document, TOKEN, ()) if mutant else reference()
    few = ("--max-runs", 20, "--profile", "quick", "--select", "run.name", "--select", "run.id")
    with running(server) as url:
        return conformance(url, *few, "--known-failures", file, *arguments)


@pytest.fixture(scope="module")
def cutting() -> str:
    """A server that breaks the echo of names, and no other clause that is selected here."""
    return next(mutant.name for mutant in MUTANTS if mutant.name.startswith("name-cut"))


@pytest.mark.parametrize("spelled", ['"run.name.echo" =', "run.name.echo =", "[run.name]\necho ="])
def test_a_known_failure_does_not_count(tmp_path: Path, cutting: str, spelled: str) -> None:
    done = run_with(tmp_path / "known.toml", f'{spelled} "{REASON}"', name=cutting)
    assert (done.code, done.report["verdict"]) == (0, "conformant"), done.output
    assert done.report["reason"] == f"1 known failure does not count: {BROKEN}"
    assert (done.clauses[BROKEN]["status"], done.clauses[BROKEN]["known"]) == ("fail", REASON)
    assert done.report["known_failures"] == [{"clause": BROKEN, "reason": REASON, "stale": False}]
    assert f"{BROKEN}: {REASON}" in done.out


def test_an_unknown_failure_counts(tmp_path: Path, cutting: str) -> None:
    done = run_with(tmp_path / "known.toml", '"run.id.new" = "sometimes"', name=cutting)
    assert (done.code, done.report["verdict"]) == (1, "nonconformant")
    assert done.clauses[BROKEN]["known"] is None


def test_a_stale_known_failure_fails_the_run(tmp_path: Path) -> None:
    done = run_with(tmp_path / "known.toml", f'"{BROKEN}" = "{REASON}"', name="none")
    assert (done.code, done.report["verdict"]) == (2, "conformant"), done.output
    assert done.report["known_failures"] == [{"clause": BROKEN, "reason": REASON, "stale": True}]
    output = " ".join(done.out.split())
    assert f"stale: {BROKEN} passes, so remove it from --known-failures" in output
    quietly = run_with(tmp_path / "known.toml", f'"{BROKEN}" = "{REASON}"', "-q", name="none")
    assert "stale" in quietly.out


def test_a_known_failure_that_was_not_tested_is_not_stale(tmp_path: Path) -> None:
    done = run_with(tmp_path / "known.toml", '"authorization.required" = "the gateway has it"', name="none")
    assert done.code == 0, done.output
    assert [entry["stale"] for entry in done.report["known_failures"]] == [False]


def test_a_recheck_knows_them_too(tmp_path: Path, cutting: str) -> None:
    done = run_with(tmp_path / "known.toml", f'"{BROKEN}" = "{REASON}"', name=cutting)
    again = call("recheck", done.folder)
    assert (again.code, "the same as in the report" in again.out) == (0, True), again.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"run.name.ehco" = "why"', "run.name.ehco: there is no such clause"),
        ('"run.name.echo" = ""', "run.name.echo: say why"),
        ('"run.name.echo" = "  "', "run.name.echo: say why"),
        ('"run.name.echo" = 12', "run.name.echo: say why"),
        ('"run.name.echo" = {}', "run.name.echo: say why"),
        ("run.name.echo", "is not TOML"),
        ("- run.name.echo: why", "is not TOML"),
        ('"run.name.echo" = "a"\n"run.name.echo" = "b"', "is not TOML"),
    ],
)
def test_an_invalid_file_is_rejected_before_anything_is_sent(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text, encoding="utf-8")
    server = CountsConnections()
    with running(server) as url:
        done = CliRunner().invoke(main, ["run", url, "--known-failures", str(file)])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
    assert server.connections == 0
