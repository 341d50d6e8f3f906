"""report.json: what its schema says, what the contract says, and what is left when somebody presses Ctrl-C."""

from __future__ import annotations

import base64
import json
import signal
import tempfile
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from runloop_conformance.commands import main
from runloop_conformance.report.document import schema
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import AcceptsEverything, Always, RespondsLate, reference
from tests.conformance.outside import CONTRACT, TOKEN, Invocation, conformance, quick, started
from tests.conftest import HANGS_AFTER


@pytest.fixture(scope="module")
def conforming() -> Invocation:
    with running(reference()) as url:
        return conformance(url)


@pytest.fixture(scope="module")
def failing() -> Invocation:
    with running(AcceptsEverything(CONTRACT.document, TOKEN)) as url:
        return conformance(url, "--max-runs", 10)


@pytest.fixture(scope="module")
def reports(conforming: Invocation, failing: Invocation) -> list[Invocation]:
    with running(Always(404)) as url:
        return [conforming, failing, quick(url), conformance("http://127.0.0.1:1")]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_report_keeps_the_schema(reports: list[Invocation]) -> None:
    for done in reports:
        jsonschema.Draft202012Validator(schema()).validate(done.report)


def test_every_finding_points_into_the_contract(reports: list[Invocation]) -> None:
    for done in reports:
        for clause in done.report["clauses"]:
            CONTRACT.at(clause["pointer"])
            assert clause["text"].strip()


def test_no_clause_is_reported_twice(reports: list[Invocation]) -> None:
    for done in reports:
        names = [clause["id"] for clause in done.report["clauses"]]
        assert len(names) == len(set(names)) > 100


def test_the_report_names_the_contract_that_was_read(conforming: Invocation) -> None:
    assert conforming.report["contract"] == {"version": CONTRACT.version, "sha256": CONTRACT.sha256}


def test_a_clause_passes_only_with_an_exchange(reports: list[Invocation]) -> None:
    for done in reports:
        for clause in done.report["clauses"]:
            assert (clause["judged"] > 0) or clause["status"] == "not_tested"
            assert clause["reason"] or clause["status"] == "pass"


def test_the_recording_holds_every_exchange(reports: list[Invocation]) -> None:
    for done in reports:
        assert len(done.recording) == done.report["requests"]
        assert sorted(exchange["number"] for exchange in done.recording) == list(range(1, len(done.recording) + 1))


def test_a_body_that_is_no_utf_8_is_written_as_base64(conforming: Invocation) -> None:
    bodies = [request["request"] for request in conforming.recording]
    assert all(("body" in request) != ("body_base64" in request) for request in bodies)
    raw = [base64.b64decode(request["body_base64"]) for request in bodies if "body_base64" in request]
    assert raw
    for body in raw:
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")


def test_an_accepted_twin_is_shown_with_its_control(failing: Invocation) -> None:
    counterexample = failing.clauses["authorization.required"]["counterexample"]
    control, twin = counterexample["exchanges"]
    assert counterexample["change"]
    assert control["response"]["status"] == twin["response"]["status"] == 200
    assert control["request"]["body"] == twin["request"]["body"]
    assert any(name == "Authorization" for name, _ in control["request"]["headers"])
    assert not any(name == "Authorization" for name, _ in twin["request"]["headers"])
    assert "Authorization" not in counterexample["curl"]
    assert counterexample["expected"] != counterexample["actual"]


def test_an_id_used_twice_is_shown_by_both_responses() -> None:
    class OneId(type(reference())):
        def new_id(self):
            return "bmr_always"

    with running(OneId(CONTRACT.document, TOKEN)) as url:
        done = quick(url)
    assert done.failed("must") == {"run.id.new"}
    exchanges = done.clauses["run.id.new"]["counterexample"]["exchanges"]
    assert [json.loads(exchange["response"]["body"])["id"] for exchange in exchanges] == ["bmr_always", "bmr_always"]


def test_what_is_printed_names_every_failure(failing: Invocation) -> None:
    for clause in failing.failed():
        assert clause in failing.out
    assert failing.out.startswith("nonconformant: ")


def interrupted(url: str, server: RespondsLate, how: signal.Signals = signal.SIGINT) -> Invocation:
    """The command, ended once a few runs have been started, so that some have a response."""
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    for name in ("report.json", "recording.jsonl"):
        (folder / name).write_text("of yesterday")
    with started("run", url, "--report-dir", folder) as process:
        while server.runs < 3 and process.poll() is None:
            time.sleep(0.05)
        time.sleep(server.pause_s / 2)
        process.send_signal(how)
        out, err = process.communicate(timeout=HANGS_AFTER)
    return Invocation(process.returncode, out, err, folder)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_partial_report(how: signal.Signals) -> None:
    server = RespondsLate(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = interrupted(url, server, how)
    assert (done.code, done.report["complete"], done.report["verdict"]) == (3, False, "inconclusive"), done.output
    assert "interrupted" in done.report["reason"]
    assert "Traceback" not in done.output
    jsonschema.Draft202012Validator(schema()).validate(done.report)
    assert done.clauses["response.id.required"]["status"] == "pass"
    assert "not_tested" in {clause["status"] for clause in done.report["clauses"]}
    assert done.report["runs_started"] >= server.runs > 0
    assert (done.folder / "run_ids.txt").read_text().splitlines() == done.report["run_ids"]


def test_a_killed_run_leaves_the_ids_of_its_runs_and_no_file_of_another_run() -> None:
    server = RespondsLate(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = interrupted(url, server, signal.SIGKILL)
    ids = (done.folder / "run_ids.txt").read_text().splitlines()
    assert len(ids) >= 2
    assert all(run_id.startswith("bmr_") for run_id in ids), ids
    assert [path.name for path in done.folder.iterdir()] == ["run_ids.txt"]


def test_ctrl_c_before_anything_was_sent_is_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("runloop_conformance.suite.run.plan_for", interrupt)
    assert CliRunner().invoke(main, ["run"]).exit_code == 3


def test_ctrl_c_after_a_fault_was_seen_keeps_the_fault() -> None:
    class WithoutId(RespondsLate):
        def run_of(self, run_request):
            return {name: value for name, value in super().run_of(run_request).items() if name != "id"}

    server = WithoutId(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = interrupted(url, server)
    assert done.report["complete"] is False
    assert "response.id.required" in done.failed("must")
    assert done.code in (1, 3)
