"""The options of the command, each seen from outside: what the server gets, what is printed, the exit code."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import threading
from collections import Counter

import pytest
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Always, Below, CountsConnections, Watched, reference
from tests.conformance.outside import (
    CONTROL_CHARACTERS,
    OPERATION,
    TOKEN,
    call,
    command,
    conformance,
    environment,
    quick,
)


def test_without_a_url_the_embedded_server_conforms() -> None:
    done = conformance(token=None)
    assert (done.code, done.report["verdict"], done.report["complete"]) == (0, "conformant", True), done.output
    assert "conformant" in done.out.splitlines()[0]
    assert done.err == ""
    assert {clause["status"] for clause in done.report["clauses"]} == {"pass"}
    assert done.report["runs_started"] <= 100


def test_the_quick_profile_gives_a_result_for_every_must() -> None:
    done = conformance("--profile", "quick")
    assert done.code == 0, done.output
    unsettled = [c["id"] for c in done.report["clauses"] if c["level"] == "must" and c["status"] != "pass"]
    assert unsettled == []


def test_without_a_url_a_known_benchmark_is_used() -> None:
    done = conformance("--benchmark-id", "bmd_known", "--max-runs", 10, "--select", "run.benchmark_id.echo")
    assert done.code == 0, done.output


def test_a_path_prefix_precedes_every_path() -> None:
    server = Watched(Below("/some/prefix", reference()))
    with running(server) as url:
        assert quick(f"{url}/some/prefix/", "--select", "run").code == 0
        assert {request.path for request in server.requests} == {f"/some/prefix{OPERATION.path}"}
        without = quick(url)
    assert without.code == 3
    assert "prefix" in without.output


def test_a_header_is_sent_with_every_request() -> None:
    server = Watched(reference())
    with running(server) as url:
        done = quick(
            url, "--header", "X-Team: red: and blue", "--header", "X-Other:two words ", "--select", "authorization"
        )
    assert done.report["requests"] == len(server.requests) > 20
    assert {tuple(request.values("x-team")) for request in server.requests} == {("red: and blue",)}
    assert {tuple(request.values("x-other")) for request in server.requests} == {("two words",)}


def test_the_mean_rate_is_not_exceeded() -> None:
    server = Watched(reference())
    with running(server) as url:
        done = conformance(url, "--rate", 40, "--max-runs", 60, "--select", "run.id.new")
    times = sorted(request.at for request in server.requests)
    assert done.code == 0, done.output
    assert times[-1] - times[0] >= 0.95 * (len(times) - 1) / 40


def test_the_same_seed_makes_the_same_requests_and_another_seed_others() -> None:
    sent: list[Counter[object]] = []
    named: list[list[object]] = []
    for seed in (7, 7, 8):
        server = Watched(reference())
        with running(server) as url:
            done = conformance(url, "--seed", seed, "--max-runs", 45)
        assert done.code == 0, done.output
        assert done.report["suite"]["seed"] == seed
        sent.append(Counter(request.without() for request in server.requests))
        named.append([(exchange["request"]["name"], exchange["request"].get("body")) for exchange in done.recording])
    assert sent[0] == sent[1]
    assert named[0] == named[1]
    assert sent[0] != sent[2]


def test_select_takes_a_clause_a_chapter_or_a_pattern() -> None:
    with running(reference()) as url:
        assert set(quick(url, "--select", "run.id.new").clauses) == {"run.id.new"}
        chapter = set(quick(url, "--select", "safety", "--select", "run.name.*").clauses)
        assert chapter == {"safety.nothing-leaks", "run.name.echo"}
        rest = set(quick(url, "--select", "run", "--deselect", "run.id.new").clauses)
    assert "run.id.new" not in rest
    assert "run.name.echo" in rest
    assert all(name.startswith("run.") for name in rest)


def test_one_selected_clause_can_be_conformant_by_itself() -> None:
    with running(reference()) as url:
        done = quick(url, "--select", "response.id.required")
    assert (done.code, done.report["verdict"]) == (0, "conformant"), done.output


def test_everything_deselected_is_no_success() -> None:
    with running(reference()) as url:
        done = quick(url, "--select", "run.id.new", "--deselect", "run")
    assert done.code in (2, 3), done.output


def test_a_failed_should_is_a_warning_without_fail_on_should() -> None:
    class NoAllow(type(reference())):
        def reject(self, rejection):
            rejection.headers.pop("Allow", None)
            return super().reject(rejection)

    with running(NoAllow(reference().document, TOKEN)) as url:
        lenient = conformance(url, "--profile", "quick")
        strict = conformance(url, "--profile", "quick", "--fail-on", "should")
    assert lenient.failed() == strict.failed() == {"http.method-not-allowed"}
    assert (lenient.code, lenient.report["verdict"]) == (0, "conformant")
    assert (strict.code, strict.report["verdict"]) == (1, "nonconformant")


def test_quiet_prints_the_verdict_and_little_else() -> None:
    with running(reference()) as url:
        done = quick(url, "-q", "--select", "run")
        assert done.out.splitlines() == [f"conformant: {url}"]
    with running(Always(404)) as url:
        lines = quick(url, "-q").out.splitlines()
    assert lines[0] == f"inconclusive: {url}"
    assert len(lines) <= 2


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_on_a_pipe_there_are_no_control_characters(environ: dict[str, str]) -> None:
    with running(Always(200, {"X-Hostile": "none"}, b"\x1b]0;title\x07\x1b[31m\x9b31m\r\x00\xe2\x80\xae{")) as url:
        done = quick(url, **environ)
    assert done.code == 1
    assert CONTROL_CHARACTERS.findall(done.output) == []


HOSTILE = b'\x1b]0;owned\x07\x1b[2J\x9b31m"\r\b\xc2\x9b31m\xe2\x80\xae'


@pytest.mark.parametrize(
    "server",
    [
        Always(200, {"Content-Type": "text/\x1b[31mhtml"}, HOSTILE),
        Always(400, {}, HOSTILE),
        Always(308, {"Location": "http://other.invalid/\x9b31m\x85"}, HOSTILE),
        Always(500, {}, HOSTILE),
    ],
    ids=lambda server: str(server.status),
)
def test_what_a_server_sends_does_not_control_the_terminal(server: Always) -> None:
    with running(server) as url:
        shown = on_a_terminal("run", url, "--max-runs", "3")
    assert "owned" not in shown or "\x1b]0;" not in shown
    # The suite's own colours and its progress line are all that may appear there.
    rest = re.sub("\x1b\\[[0-9;?]*[mKAhlG]", "", shown).replace("\r", "")
    assert CONTROL_CHARACTERS.findall(rest) == []
    assert "\x1b[2J" not in shown


def on_a_terminal(*arguments: str) -> str:
    """The output of the command on a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=environment(TERM="xterm", COLUMNS="100")
    )
    os.close(theirs)
    shown = bytearray()

    def read() -> None:
        try:
            while piece := os.read(ours, 65536):
                shown.extend(piece)
        except OSError:  # how Linux says that the other end is closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    process.wait(60)
    reader.join(10)
    os.close(ours)
    return shown.decode("utf-8", "replace")


def planned(out: str) -> list[tuple[str, str]]:
    """Intent and name of each request that `--plan` prints."""
    return re.findall(r"(?m)^(accept|refuse|either|spare) +\S+ +[\d,]+ bytes  (.*)$", out)


def test_a_plan_is_printed_and_nothing_is_sent() -> None:
    server = CountsConnections()
    with running(server) as url:
        done = call("run", url, "--plan")
    assert done.code == 0, done.output
    assert server.connections == 0
    assert len(planned(done.out)) > 300
    assert "A correct server starts 100 runs at most" in done.out
    assert CONTROL_CHARACTERS.findall(done.output) == []


@pytest.mark.parametrize("limit", [0, 1, 3, 25])
def test_a_plan_is_what_is_sent_then(limit: int) -> None:
    out = call("run", "--plan", "--max-runs", limit).out
    text = " ".join(out.split())
    assert ("only the clauses about what must be rejected can be tested" in text) is (limit == 0)
    assert f"and start {max(limit, 10)} more runs at most" in text
    names = planned(out)
    with running(reference()) as url:
        done = conformance(url, "--max-runs", limit)
    sent = [exchange["request"]["name"] for exchange in done.recording]
    assert {name for intent, name in names if intent != "spare"} <= set(sent) <= {name for _, name in names}
    assert sum(intent in ("accept", "either") for intent, _ in names) <= limit


def test_the_version_and_the_help_are_there() -> None:
    assert re.search(r"\d+\.\d+", call("--version").out)
    shown = call("run", "--help").out
    for option in (
        "--token",
        "--max-runs",
        "--plan",
        "--seed",
        "--select",
        "--fail-on",
        "--rate",
        "--header",
        "--report-dir",
    ):
        assert option in shown


def test_the_clauses_are_listed_with_where_the_contract_says_them() -> None:
    done = call("clauses")
    assert done.code == 0
    assert "run.id.new" in done.out
    assert f"{OPERATION.pointer}/x-rules/new-run" in done.out
