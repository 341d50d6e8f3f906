"""Two reports compared: each kind of change, and the exit code of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Terms
from runloop_conformance.report.document import document
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AcceptsEverything, reference
from tests.conformance.outside import CONTRACT, CONTROL_CHARACTERS, TOKEN, call, quick
from tests.conformance.report import hostile
from tests.conformance.report.synthetic import CLAUSES, finding, result, violation

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = (clause for clause in CLAUSES[:3])
OTHER = evolve(CONTRACT, sha256="0" * 64)


def report_of(statuses: dict[Any, str], **different: Any) -> dict[str, Any]:
    findings = [finding(c, status, violation() if status == "fail" else None) for c, status in statuses.items()]
    return document(result(findings, **different), Redaction((TOKEN,)))


def compared(tmp_path: Path, old: dict[str, Any], new: dict[str, Any], *options: str) -> tuple[int, str]:
    for name, report in (("old", old), ("new", new)):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "report.json").write_text(json.dumps(report), "utf-8")
    done = CliRunner().invoke(main, ["diff", str(tmp_path / "old"), str(tmp_path / "new" / "report.json"), *options])
    assert done.stderr == ""
    assert CONTROL_CHARACTERS.findall(done.stdout) == []
    return done.exit_code, done.stdout


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("pass", "pass", 0, "no difference"),
        ("fail", "fail", 0, "no difference"),
        ("fail", "pass", 0, "fixed: 1"),
        ("not_tested", "pass", 0, "newly tested, and passes: 1"),
        ("inconclusive", "pass", 0, "newly tested, and passes: 1"),
        (None, "pass", 0, "new: 1"),
        ("inconclusive", "not_tested", 0, "still without a result: 1"),
        ("pass", "fail", 1, "fails now: 1"),
        ("not_tested", "fail", 0, "newly tested, and fails: 1"),
        (None, "fail", 1, "fails now: 1"),
        ("pass", "not_tested", 1, "no longer tested: 1"),
        ("fail", "not_tested", 1, "no longer tested: 1"),
        ("pass", "inconclusive", 1, "no longer tested: 1"),
        ("pass", None, 1, "left out, though the contract is the same: 1"),
        ("not_tested", None, 0, "still without a result: 1"),
    ],
)
def test_each_change_has_a_name_and_a_code(
    tmp_path: Path, before: str | None, after: str | None, code: int, words: str
) -> None:
    old = report_of({A: "pass", **({B: before} if before else {})}, verdict="nonconformant")
    new = report_of({A: "pass", **({B: after} if after else {})}, verdict="nonconformant")
    exit_code, out = compared(tmp_path, old, new)
    assert (exit_code, words in out) == (code, True), out
    assert (B.id in out) is (words != "no difference")
    assert out.splitlines()[-1].startswith(("worse", "no worse", "no difference"))


def test_a_clause_that_the_new_contract_does_not_have_is_no_loss(tmp_path: Path) -> None:
    code, out = compared(tmp_path, report_of({A: "pass", B: "pass"}), report_of({A: "pass"}, contract=OTHER))
    assert code == 0
    assert "not in the new contract: 1" in out
    assert "another contract: " in out


def test_differences_between_the_runs_are_named(tmp_path: Path) -> None:
    new = report_of(
        {A: "pass"}, server="http://other", profile="quick", terms=Terms(fail_on="should"), suite_version="99.0"
    )
    code, out = compared(tmp_path, report_of({A: "pass"}), {**new, "complete": False})
    assert code == 0
    for words in ("another server", "another profile", "another fail-on", "another version of the suite: ", "not send"):
        assert words in out


def test_a_verdict_that_is_no_longer_conformant_is_worse(tmp_path: Path) -> None:
    new = report_of({A: "pass"}, verdict="inconclusive", reason="the server stopped answering")
    code, out = compared(tmp_path, report_of({A: "pass"}), new)
    assert code == 1
    assert "was conformant and is inconclusive: the server stopped answering" in out


def test_regressions_come_first_with_the_actual_result(tmp_path: Path) -> None:
    old = report_of({A: "fail", B: "pass", C: "pass"})
    code, out = compared(tmp_path, old, report_of({A: "pass", B: "fail", C: "not_tested"}))
    assert code == 1
    assert out.index(B.id) < out.index(C.id) < out.index(A.id)
    assert "expected refused with a 4xx; actual 200: it was accepted" in out
    assert compared(tmp_path, old, old, "-q") == (0, "no difference\n")


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_what_a_server_sends_controls_nothing(tmp_path: Path, name: str) -> None:
    code, out = compared(tmp_path, report_of({}), hostile.report(hostile.TEXTS[name]))
    assert code == 1
    assert all(line.startswith((" ", "f", "n", "w", "t")) or not line for line in out.splitlines())


def test_of_real_runs(tmp_path: Path) -> None:
    with running(reference()) as url:
        passing = quick(url, "--select", "authorization")
    with running(AcceptsEverything(CONTRACT.document, TOKEN)) as url:
        fell = quick(url, "--select", "authorization")
    worse, better = call("diff", passing.folder, fell.folder), call("diff", fell.folder, passing.folder)
    assert (worse.code, better.code) == (1, 0), worse.output + better.output
    assert "fails now" in worse.out
    assert "fixed" in better.out


def test_what_is_no_report_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("[]", "utf-8")
    for arguments in ([tmp_path, tmp_path], [tmp_path / "none", tmp_path], [tmp_path]):
        done = call("diff", *arguments)
        assert done.code == 2, done.output
        assert "Traceback" not in done.err


def test_a_report_with_only_the_documented_properties_is_read(tmp_path: Path) -> None:
    report = report_of({A: "pass"})
    added = ("started_at", "precondition", "stopped", "run_limit", "runs_by_mistake", "known_failures")
    lean = {name: value for name, value in report.items() if name not in added}
    lean["suite"] = {name: report["suite"][name] for name in ("version", "seed", "profile")}
    lean["clauses"] = [{k: v for k, v in clause.items() if k != "known"} for clause in report["clauses"]]
    assert compared(tmp_path, lean, report) == (0, "no difference\n")
