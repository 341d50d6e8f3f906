"""Judging is pure: the same recording gives the same findings, and needs no network for it."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clauses.safety import STACK_TRACE, STACK_TRACES
from runloop_conformance.exchanges.excerpt import SHOWN, Difference, Excerpt
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.recording import Recording, marks_in
from runloop_conformance.exchanges.redaction import Redaction
from runloop_conformance.judging.judge import Finding, judge, verdict
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.servers.hosting import running
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite

from tests.conformance.outside import CONTRACT, TOKEN

CLAUSES = all_clauses(CONTRACT)


@pytest.fixture(scope="module", params=["answer-labelled-html", "any-token-accepted", "name-cut-at-64"])
def exchanges(request: pytest.FixtureRequest) -> tuple[Exchange, ...]:
    mutant = next(mutant for mutant in MUTANTS if mutant.name == request.param)
    with running(mutant.build(CONTRACT.document, TOKEN, ())) as url:
        options = Options(address(url), TOKEN, (), Limits(25))
        result = Suite(CONTRACT, options).run()
    assert result.verdict == "nonconformant"
    return result.exchanges


def findings(exchanges: tuple[Exchange, ...]) -> tuple[Finding, ...]:
    return judge(CLAUSES, Recording(CONTRACT, exchanges, (TOKEN,)))


def test_the_same_recording_gives_the_same_findings(exchanges: tuple[Exchange, ...]) -> None:
    recording = Recording(CONTRACT, exchanges, (TOKEN,))
    first = judge(CLAUSES, recording)
    assert judge(CLAUSES, recording) == first
    assert findings(exchanges) == first
    assert findings(tuple(exchanges)) == first


def test_judging_needs_no_network_and_no_clock(
    exchanges: tuple[Exchange, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = findings(exchanges)

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("judging reached out")

    for owner, name in ((socket, "socket"), (socket, "create_connection"), (socket, "getaddrinfo")):
        monkeypatch.setattr(owner, name, forbidden)
    for name in ("time", "time_ns", "monotonic", "sleep"):
        monkeypatch.setattr(f"time.{name}", forbidden)
    first_findings = findings(exchanges)
    monkeypatch.undo()
    assert first_findings == expected


def test_without_exchanges_every_clause_is_not_tested() -> None:
    no_findings = findings(())
    assert {finding.status for finding in no_findings} == {"not_tested"}
    assert verdict(no_findings, "must", None)[0] == "inconclusive"


def test_the_verdicts_take_precedence_as_designed(exchanges: tuple[Exchange, ...]) -> None:
    judged = findings(exchanges)
    assert verdict(judged, "must", None)[0] == "nonconformant"
    assert verdict(judged, "must", "it is not there") == ("inconclusive", "it is not there")
    passing = tuple(finding for finding in judged if finding.status == "pass")
    assert verdict(passing, "must", None) == ("conformant", None)
    assert verdict((), "must", None)[0] == "inconclusive"
    open_must = next(finding for finding in findings(()) if finding.clause.level == "must")
    assert verdict((*passing, open_must), "must", None)[0] == "inconclusive"
    open_should = next(finding for finding in findings(()) if finding.clause.level == "should")
    assert verdict((*passing, open_should), "must", None)[0] == "conformant"


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_server_that_detects_the_coding_does_not_fail_for_responding_to_another_request(coding: str) -> None:
    """Python's `json.loads` and the frameworks that use it accept UTF-16."""
    assert marks_in('{"benchmark_id":"mk0000x002z"}'.encode(coding)) == ["mk0000x002z"]


TRACES = [
    "Traceback (most recent call last)",
    'File "app.py", line 3',
    "Error: no\n    at Object.<anonymous> (/srv/app.js:1:2)",
    "java.lang.Error at a.b.C.main(C.java:12)",
    "goroutine 17 [running]:",
    "\npanic: runtime error",
    "\n#0 /srv/index.php(12): run()",
    "app.rb:3:in `run'",
    "stack backtrace:",
    "thread 'main' panicked at src/main.rs:42:9:",
    "   at Api.Runs.Post(Request r) in C:\\src\\Runs.cs:line 42",
]


def test_the_words_that_are_looked_for_first_are_in_every_stack_trace() -> None:
    assert [trace for trace in TRACES if not STACK_TRACE.search(trace)] == []
    for words, pattern in STACK_TRACES.items():
        matching = [trace for trace in TRACES if re.search(pattern, trace)]
        assert matching, pattern
        assert all(words in trace for trace in matching)


@pytest.mark.parametrize("end", [False, True])
def test_an_excerpt_is_redacted_before_it_is_cut(*, end: bool) -> None:
    redaction = Redaction((TOKEN,))
    parts = [TOKEN[at : at + 6] for at in range(len(TOKEN) - 5)]
    for before in range(SHOWN + 1):
        text = "." * before + TOKEN + "." * (SHOWN - before)
        for whole in (text, text.encode()):
            shown = Excerpt(whole, end=end).text(redaction)
            assert len(shown) <= SHOWN
            assert [part for part in parts if part in shown] == []
        difference = Difference("." * before + "x", text)
        assert [part for part in parts if part in difference.text(redaction)] == []
        assert TOKEN not in repr((Excerpt(text, end=end), difference))
