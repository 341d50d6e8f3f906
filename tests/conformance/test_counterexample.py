"""A counterexample shows the fault again: the printed curl, pasted into a shell, gets the same wrong response."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from attrs import evolve
from runloop_conformance.exchanges.curl import CANNOT, curl
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.plan.probes import ask
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.report.document import document
from runloop_conformance.sending.sender import Limits, Sender
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.servers.hosting import running
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.run import Suite

from tests.conformance.miniatures import Always, ReceivedRequest, Watched
from tests.conformance.outside import CONTRACT, OPERATION, TOKEN, environment
from tests.conftest import HANGS_AFTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runloop_conformance.exchanges.exchange import Probe

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")),
    reason="curl or bash is not installed, which are what is tested",
)

# As many kinds of fault as possible; each one is reproducible.
SHOWN_AGAIN = [
    "no-header-accepted", "any-scheme-accepted", "token-case-ignored", "null-name-refused",
    "metadata-beyond-16-refused",
    "id-number-accepted", "empty-body-accepted", "single-quotes-taken", "put-starts-a-run", "no-allow",
    "answer-labelled-html", "answer-truncated", "fails-at-control", "fails-at-array-body", "trace-when-invalid",
    "id-missing", "start-time-in-seconds", "metadata-keys-trimmed", "purpose-latin-1",
]  # fmt: skip


def pasted(script: str, *, token: str = TOKEN) -> bytes:
    """The output of a shell for this script, read from stdin because an argument has a smaller size limit."""
    done = subprocess.run(
        ["bash", "-s"],
        input=script.encode(),
        env=environment(token),
        capture_output=True,
        timeout=HANGS_AFTER,
        check=False,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def read(printed: bytes) -> tuple[int, bytes]:
    """Status and body from the output of `curl -i`; an informational response (100) is skipped."""
    head, _, body = printed.partition(b"\r\n\r\n")
    while head.split()[1] == b"100":
        head, _, body = body.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def comparable(body: bytes) -> object:
    """The response without the parts that differ each time."""
    try:
        value: Any = json.loads(body)
    except ValueError:
        return re.sub(rb"bmr_\w+|\d{13}", b"new", body)
    if isinstance(value, dict) and isinstance(value.get("id"), str) and value["id"]:
        value["id"] = "an id"
    if isinstance(value, dict) and isinstance(value.get("start_time_ms"), int):
        value["start_time_ms"] = len(str(value["start_time_ms"]))
    return value


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN_AGAIN)
def test_the_curl_shows_the_fault_again(name: str) -> None:
    mutant = next((one for one in MUTANTS if one.name == name), None)
    if mutant is None:
        pytest.skip(f"there is no mutant {name} any more")
    with running(mutant.build(CONTRACT.document, TOKEN, ())) as url:
        options = Options(address(url), TOKEN, (), Limits(100), profile="quick")
        result = Suite(CONTRACT, options).run()
        failed = [one for one in document(result, Redaction((TOKEN,)))["clauses"] if one["status"] == "fail"]
        assert failed
        for clause in failed:
            counterexample = clause["counterexample"]
            assert TOKEN not in counterexample["curl"]
            response = counterexample["exchanges"][-1]["response"]
            if "body" not in response or "body_cut_from" in response:
                continue
            status, body = read(pasted(counterexample["curl"]))
            assert status == response["status"], (clause["id"], counterexample["curl"])
            assert comparable(body) == comparable(response["body"].encode()), (clause["id"], counterexample["curl"])


def comparable_request(request: ReceivedRequest) -> tuple[object, ...]:
    """A request without what curl adds, and without what the suite adds."""
    method, path, query, *rest = request.without(
        "user-agent", "accept-encoding", "content-length", "connection", "accept", "expect"
    )
    return method, path, parse_qsl(str(query), keep_blank_values=True), *rest


def by_suite_and_by_curl(probes: Sequence[Probe], token: str = TOKEN) -> list[tuple[str, object, object]]:
    """Each probe as a server sees it when the suite sends it, and when its curl is pasted."""
    server = Watched(Always(400))
    with running(server) as url:
        sender = Sender(address(url), token, Limits(10_000))
        for probe in probes:
            sender.send(probe)
        sent = requests_of(server, len(probes))
        script = "\n".join(f"{curl(probe, url)} >/dev/null" for probe in probes)
        pasted(f"{script}\n", token=token)
        again = requests_of(server, len(probes))
    return [
        (probe.name, comparable_request(ours), comparable_request(theirs))
        for probe, ours, theirs in zip(probes, sent, again, strict=True)
    ]


def requests_of(server: Watched, count: int) -> list[ReceivedRequest]:
    """The requests that the server received. It may respond before it has recorded the last of them."""
    deadline = time.monotonic() + 10
    while len(server.requests) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    requests, server.requests = server.requests, []
    return requests


@pytest.mark.parametrize("token", [TOKEN, "A/b+c=d~e.f_g-h-0123456789", "odd'token\"$HOME`x`!&\\%41"])
def test_a_curl_sends_what_the_suite_sends(token: str) -> None:
    plan = plan_for(CONTRACT, Options(address("http://127.0.0.1"), token, (), Limits(100)))
    chosen = [probe for probe in plan.probes() if probe.framing not in CANNOT]
    for name, ours, theirs in by_suite_and_by_curl(chosen[::4] if token == TOKEN else chosen[:60], token):
        assert theirs == ours, name


BODIES = [
    b"", b" ", b"-n", b"--", b"-e x", b"@file", b"%s%d%%", b"\\", b"\\n\\101\\0", b"'", b"'\"'\"'", b'"',
    b"$HOME `id` !! \\", b"\xff\xfe", b"\0", b"\0\x007", b"a\0b", bytes(range(256)), b"-\xff", b"\r\n", b"line\nline\n",
    b"\n\n", b"\xe2\x80\xa8", "\u202e\U0001f600 \u00e9".encode(), b"\x1b[31m", b"{}" * 100_000, b"'" * 200_000,
    b"\xff" * 200_000, "\u6f22".encode() * 40_000,
]  # fmt: skip


def test_a_curl_leaves_the_body_untouched() -> None:
    made = [evolve(ask(OPERATION, str(number), "refuse", (), {}), body=body) for number, body in enumerate(BODIES)]
    for name, ours, theirs in by_suite_and_by_curl(made):
        assert theirs == ours, BODIES[int(name)][:40]


def test_headers_and_queries_are_left_untouched() -> None:
    probe = ask(OPERATION, "odd", "refuse", (), {})
    odd = (*probe.headers, ("X-Odd", 'it\'s "quoted" $HOME `id` \\ @x;'), ("X-Empty", ""))
    made = [evolve(probe, headers=odd), evolve(probe, query="a=%27&b=$HOME&c='d'"), evolve(probe, method="FROB")]
    for _, ours, theirs in by_suite_and_by_curl(made):
        assert theirs == ours
