"""A counterexample sent again: the same bytes, no more runs than it needs, and the clause's result now."""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from runloop_conformance.commands import main
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.plan.stages import Plan
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.report import artefacts
from runloop_conformance.report.document import document
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.servers.hosting import running
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.run import Suite

from tests.conformance.miniatures import (
    AcceptsEverything,
    AddsToResponses,
    Always,
    CountsConnections,
    Watched,
    reference,
)
from tests.conformance.outside import CONTRACT, TOKEN, call

if TYPE_CHECKING:
    from collections.abc import Callable

# Of every sort: one exchange, a control beside it, another method, an answer that is no JSON, bytes that are no text.
BROKEN = [
    "purpose-latin-1", "no-header-accepted", "put-starts-a-run", "answer-truncated", "single-quotes-taken",
]  # fmt: skip


@pytest.fixture(scope="module")
def cut(plan: Plan) -> tuple[Path, dict[str, Any]]:
    """The run of a server that breaks one clause, which one request shows."""
    return recorded(mutant("purpose-latin-1")(), plan)


@pytest.fixture(scope="module")
def open_to_all(plan: Plan) -> tuple[Path, dict[str, Any]]:
    """The run of a server that needs no credentials: a control shows it, and its twin."""
    return recorded(mutant("no-header-accepted")(), plan)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_for(CONTRACT, Options(address("http://127.0.0.1"), TOKEN, (), Limits(25), profile="quick"))


def recorded(app: Any, plan: Plan, token: str = TOKEN, **options: Any) -> tuple[Path, dict[str, Any]]:
    """A run of the suite against a server, and its folder."""
    with pytest.MonkeyPatch.context() as patch, running(app) as url:
        patch.setattr("runloop_conformance.suite.run.STANDING_MS", -10_000)
        settings = Options(address(url), token, (), Limits(25, timeout=2.0), profile="quick", **options)
        result = Suite(CONTRACT, settings, plan).run()
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    report = document(result, Redaction((token,)))
    artefacts.write(folder, report, result, Redaction((token,)))
    return folder, report


def replayed(folder: Path, *arguments: object, token: str | None = TOKEN) -> Result:
    environ = {"RUNLOOP_API_KEY": token, "COLUMNS": "300"}
    done = CliRunner().invoke(main, ["replay", str(folder), *map(str, arguments)], env=environ)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def mutant(name: str) -> Callable[[], Any]:
    server = next((mutant for mutant in MUTANTS if mutant.name == name), None)
    if server is None:
        pytest.skip(f"there is no mutant {name} any more")
    return lambda: server.build(CONTRACT.document, TOKEN, ())


def failed(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [clause for clause in report["clauses"] if clause["status"] == "fail"]


@pytest.mark.parametrize("name", BROKEN)
def test_a_clause_fails_until_the_server_is_fixed(name: str, plan: Plan) -> None:
    build = mutant(name)
    folder, report = recorded(build(), plan)
    clause_ids = [clause["id"] for clause in failed(report)]
    assert clause_ids
    server = Watched(build())
    with running(server) as url:
        again = replayed(folder, "--server", url)
    assert again.exit_code == 1, again.output
    for clause in clause_ids:
        assert f"still fails: {clause}\n" in again.output
    assert sorted(request.body for request in server.requests) == sorted(
        body_of(exchange) for numbers in set(map_numbers(report)) for exchange in recording(folder, numbers)
    )
    with running(reference()) as url:
        fixed = replayed(folder, "--server", url)
    assert fixed.exit_code == 0, fixed.output
    assert "still fails: " not in fixed.output
    assert fixed.output.count("passes now: ") == len(clause_ids)


def recording(folder: Path, numbers: tuple[int, ...]) -> list[dict[str, Any]]:
    """The recorded exchanges of these numbers."""
    lines = (folder / "recording.jsonl").read_text("utf-8").splitlines()
    return [exchange for exchange in map(json.loads, lines) if exchange["number"] in numbers]


def body_of(exchange: dict[str, Any]) -> bytes:
    request = exchange["request"]
    return request["body"].encode() if "body" in request else base64.b64decode(request["body_base64"])


def map_numbers(report: dict[str, Any]) -> list[tuple[int, ...]]:
    """The exchanges of each counterexample, by their numbers."""
    return [
        tuple(exchange["number"] for exchange in clause["counterexample"]["exchanges"]) for clause in failed(report)
    ]


def test_it_is_sent_byte_for_byte(plan: Plan) -> None:
    first, then = (
        Watched(AcceptsEverything(CONTRACT.document, TOKEN)),
        Watched(AcceptsEverything(CONTRACT.document, TOKEN)),
    )
    folder, report = recorded(first, plan)
    numbers = [number for counterexample in dict.fromkeys(map_numbers(report)) for number in counterexample]
    with running(then) as url:
        replayed(folder, "--server", url)
    assert len(then.requests) == len(numbers) > 20
    sent = {request.without() for request in first.requests}
    assert {request.without() for request in then.requests} <= sent


def test_the_cost_is_announced_first_and_not_exceeded(plan: Plan) -> None:
    folder, report = recorded(AcceptsEverything(CONTRACT.document, TOKEN), plan)
    clause = next(clause for clause in failed(report) if len(clause["counterexample"]["exchanges"]) == 2)
    server = AcceptsEverything(CONTRACT.document, TOKEN)
    with running(server) as url:
        quiet = CountsConnections()
        with running(quiet) as other:
            planned = replayed(folder, clause["id"], "--server", other, "--plan")
        assert (planned.exit_code, quiet.connections) == (0, 0)
        assert "which may start 2 runs at most, 1 of them by accepting what must be rejected." in " ".join(
            planned.output.split()
        )
        assert "Nothing was sent." in planned.output
        done = replayed(folder, clause["id"], "--server", url)
    assert done.exit_code == 1
    assert server.runs == 2
    assert done.output.index("may start 2 runs") < done.output.index("still fails")
    assert "1 still fails, 0 passes now, 0 inconclusive · 2 runs started" in done.output


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (Always(401), "its control was not accepted: 401"),
        (Always(503), "its control was not accepted: 503"),
        (None, "cannot be reached|refused|control was not accepted"),
    ],
)
def test_a_replay_without_a_result(server: Any, message: str, open_to_all: tuple[Path, dict[str, Any]]) -> None:
    folder, report = open_to_all
    clause = next(
        failed_clause["id"]
        for failed_clause in failed(report)
        if len(failed_clause["counterexample"]["exchanges"]) == 2
    )
    if server is None:
        done = replayed(folder, clause, "--server", "http://127.0.0.1:1")
    else:
        with running(server) as url:
            done = replayed(folder, clause, "--server", url)
    assert done.exit_code == 3, done.output
    assert re.search(message, done.output), done.output


def test_a_token_is_sent_to_no_host_that_only_the_report_names(open_to_all: tuple[Path, dict[str, Any]]) -> None:
    folder, report = open_to_all
    path = folder / "report.json"
    path.write_text(json.dumps({**report, "server": "http://attacker.example:8080"}), "utf-8")
    done = replayed(folder)
    path.write_text(json.dumps(report), "utf-8")
    assert done.exit_code == 2
    output = " ".join(done.output.split())
    assert "runloop-conformance replay" in output
    assert "--server http://attacker.example:8080" in output


def test_a_failure_that_does_not_repeat_is_no_proof(plan: Plan) -> None:
    folder, report = recorded(mutant("id-empty-now-and-then")(), plan)
    with running(reference()) as url:
        done = replayed(folder, failed(report)[0]["id"], "--server", url)
    assert done.exit_code == 0
    assert re.search(r"in the recorded run it failed \d+ of \d+ times, so passing once proves little", done.output)


def test_the_token_is_that_of_now_and_is_not_shown(plan: Plan, cut: tuple[Path, dict[str, Any]]) -> None:
    folder, report = cut
    clause = failed(report)[0]["id"]
    other = "An-0ther-token-of-the-tests"
    with running(Watched(reference(token=other))) as url:
        assert replayed(folder, clause, "--server", url, token=other).exit_code == 0
        assert replayed(folder, clause, "--server", url).exit_code == 3
    leaky = AddsToResponses(lambda scope: ({}, str(dict(scope["headers"]).get(b"authorization"))))
    leaking, _ = recorded(leaky, plan, select=("safety",))
    with running(AddsToResponses(lambda scope: ({}, str(dict(scope["headers"]).get(b"authorization"))))) as url:
        done = replayed(leaking, "--server", url)
    assert done.exit_code == 1
    assert "[redacted token]" in done.output
    assert TOKEN not in done.output


def test_a_request_that_held_a_secret_cannot_be_sent_again(cut: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    folder, report = Path(shutil.copytree(cut[0], tmp_path / "copy")), cut[1]
    lines = [json.loads(line) for line in (folder / "recording.jsonl").read_text("utf-8").splitlines()]
    for exchange in lines:
        exchange["probe"]["body_redacted"] = True
    (folder / "recording.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    server = CountsConnections()
    with running(server) as url:
        done = replayed(folder, failed(report)[0]["id"], "--server", url)
    assert (done.exit_code, server.connections) == (3, 0)
    assert "held a secret" in done.output


def test_a_clause_that_is_unknown_or_passed_is_wrong_usage(plan: Plan) -> None:
    folder, report = recorded(reference(), plan, select=("run.name",))
    assert replayed(folder).exit_code == 0
    assert "nothing to send" in " ".join(replayed(folder).output.split())  # the path may wrap it
    passing = replayed(folder, "run.name.echo")
    assert (passing.exit_code, "did not fail: it is pass" in passing.output) == (2, True)
    assert replayed(folder, "run.nmae.echo").exit_code == 2
    (folder / "recording.jsonl").unlink()
    assert call("replay", folder).code == 2
    assert report["verdict"] == "conformant"


def test_headers_of_the_run_are_required(plan: Plan) -> None:
    folder, _ = recorded(mutant("purpose-latin-1")(), plan, headers=(("X-Team", "red"),))
    server = Watched(reference())
    with running(server) as url:
        assert "had a header x-team" in replayed(folder, "--server", url).output
    server = Watched(reference())
    with running(server) as url:
        assert "header x-team" not in replayed(folder, "--server", url, "--header", "X-Team: blue").output
    assert {tuple(request.values("x-team")) for request in server.requests} == {("blue",)}
