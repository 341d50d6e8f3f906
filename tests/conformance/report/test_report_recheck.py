"""A recording judged again, with no network, gives the verdict and the findings of the run, exactly."""

from __future__ import annotations

import functools
import json
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import attrs
import pytest
from runloop_conformance.exchanges.redaction import TOKEN_MARK, Redaction
from runloop_conformance.plan.stages import Plan
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.report import artefacts
from runloop_conformance.report.document import document
from runloop_conformance.report.stored import stored
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.servers.hosting import running
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.recheck import recheck
from runloop_conformance.suite.run import Suite

from tests.conformance.miniatures import AddsToResponses, Always, RespondsLate, reference
from tests.conformance.outside import CONTRACT, TOKEN, call, conformance, started
from tests.conftest import HANGS_AFTER

# Of each kind a few: every chapter, every sort of failure, answers that hold the token, nothing but failures.
SERVERS = [
    "secrets-refused", "eighth-invalid-accepted", "id-empty-now-and-then", "variables-unquoted",
    "fails-at-null-body", "start-time-in-seconds", "purpose-latin-1", "answer-truncated",
    "trace-when-invalid", "put-starts-a-run",
    "empty-errors", "pretty-printed", "completed-with-whole-score",
    "always-404", "always-503", "always-the-same-run", "always-html", "hangs-up", "endless-header",
]  # fmt: skip
HEADER = ("X-Canary", 'canary/"value 8Yp2')


@pytest.fixture(autouse=True)
def _without_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pause in which a stopped clock would be noticed: other tests cover it."""
    monkeypatch.setattr("runloop_conformance.suite.run.STANDING_MS", -10_000)


@functools.cache
def plan() -> Plan:
    return plan_for(CONTRACT, options("http://127.0.0.1"))


def options(url: str, **settings: Any) -> Options:
    return Options(address(url), TOKEN, (), Limits(25, timeout=1.0), profile="quick", headers=(HEADER,), **settings)


def twice(app: Any, **settings: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report of a run of the suite, and the report of its recording on disk."""
    with running(app) as url:
        result = Suite(CONTRACT, options(url, **settings), plan()).run()
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    redaction = Redaction((TOKEN, HEADER[1]))
    report = document(result, redaction)
    artefacts.write(folder, report, result, redaction)
    again = document(recheck(stored(folder), CONTRACT), Redaction())
    return json.loads(json.dumps(report)), json.loads(json.dumps(again))


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_the_findings_are_the_same(name: str) -> None:
    server = next((server for server in (*MUTANTS, *VARIANTS, *DEGENERATES) if server.name == name), None)
    if server is None:
        pytest.skip(f"there is no server {name} any more")
    report, again = twice(server.build(CONTRACT.document, TOKEN, ()))
    assert report == again
    assert report["requests"] > 0


@pytest.mark.parametrize("spelled", [TOKEN, f"{TOKEN}x", TOKEN[:-1], HEADER[1], "[redacted]", TOKEN_MARK], ids=repr)
@pytest.mark.parametrize("where", ["header", "member"])
def test_a_leak_is_still_detected(spelled: str, where: str) -> None:
    additions = ({"X-Told": f"before {spelled} after"}, "") if where == "header" else ({}, f"before {spelled} after")
    report, again = twice(AddsToResponses(lambda _: additions), select=("safety",))
    failed = {clause["id"] for clause in report["clauses"] if clause["status"] == "fail"}
    assert ("safety.nothing-leaks" in failed) is (TOKEN in spelled)
    assert report == again
    assert TOKEN not in json.dumps(again)


@pytest.mark.parametrize("token", ["value", "1000", "mk00"])
def test_a_token_that_is_a_common_word_is_masked_and_yet_read_back(token: str) -> None:
    with running(reference(token=token)) as url:
        settings = attrs.evolve(options(url), token=token)
        result = Suite(CONTRACT, settings).run()
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    artefacts.write(folder, document(result, Redaction((token,))), result, Redaction((token,)))
    again = recheck(stored(folder), CONTRACT)
    assert len(again.exchanges) == len(result.exchanges)
    assert stored(folder).masked
    lines = (folder / "recording.jsonl").read_text("utf-8").splitlines()
    assert not [line for line in lines if token in json.dumps(json.loads(line)["probe"].get("value"))]


def test_the_terms_of_the_run_apply_again() -> None:
    rejecting = next(server for server in MUTANTS if server.name == "secrets-refused").build(
        CONTRACT.document, TOKEN, ()
    )
    report, again = twice(rejecting, fail_on="should", select=("run", "request"), deselect=("run.id.*",))
    assert report == again
    assert report["verdict"] == "nonconformant"
    assert not [c for c in again["clauses"] if c["id"].startswith("run.id.")]


def test_the_command_says_that_it_is_the_same() -> None:
    with running(Always(500, {"Content-Type": "application/json"}, b"{}")) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick")
    again = Path(tempfile.mkdtemp(prefix="report-"))
    rechecked = call("recheck", done.folder, "--report-dir", again, token=None, folder=again)
    assert rechecked.code == done.code == 1, rechecked.output
    assert "the same as in the report" in rechecked.out
    assert rechecked.report == done.report
    assert rechecked.recording == done.recording


def test_a_run_that_was_interrupted_is_judged_as_far_as_it_got() -> None:
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    server = RespondsLate(CONTRACT.document, TOKEN)
    with running(server) as url, started("run", url, "--report-dir", folder) as process:
        while server.runs < 2 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=HANGS_AFTER)
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["stopped"] == "it was interrupted"
    rechecked = call("recheck", folder, folder=folder, token=None)
    assert rechecked.code == process.returncode == 3
    assert "the same as in the report" in rechecked.out


def test_a_different_judgement_is_reported() -> None:
    with running(reference()) as url:
        done = conformance(url, "--max-runs", 5, "--profile", "quick", "--select", "run.name.echo")
    lines = (done.folder / "recording.jsonl").read_text("utf-8").replace('\\"name\\":\\"', '\\"name\\":\\"not ')
    (done.folder / "recording.jsonl").write_text(lines, "utf-8")
    rechecked = call("recheck", done.folder, folder=done.folder)
    assert rechecked.code == 1, rechecked.output
    assert "the recorded verdict was conformant" in rechecked.out
    assert "run.name.echo" in rechecked.out
    assert "suite and contract are the same, so the recording is not" in rechecked.out


@pytest.mark.parametrize("fault", ["no folder", "no recording", "no report", "no JSON", "another JSON", "a torn line"])
def test_what_is_no_report_is_wrong_usage(fault: str, tmp_path: Path) -> None:
    with running(Always(404)) as url:
        folder = conformance(url, "--profile", "quick").folder
    recording, report = folder / "recording.jsonl", folder / "report.json"
    if fault == "no folder":
        folder = tmp_path / "none"
    elif fault == "no recording":
        recording.unlink()
    elif fault == "no report":
        report.unlink()
    elif fault == "no JSON":
        report.write_text("{", "utf-8")
    elif fault == "another JSON":
        report.write_text('{"verdict": "conformant"}', "utf-8")
    else:
        recording.write_text(recording.read_text("utf-8")[:-100], "utf-8")
    done = call("recheck", folder, folder=folder)
    assert done.code == 2, done.output
    assert folder.name in done.err.replace("\n", "")
    assert "Traceback" not in done.err
