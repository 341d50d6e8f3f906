"""What a run decides between two requests: each policy alone, with exchanges that are made here and no server."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from runloop_conformance.clauses import all_clauses
from runloop_conformance.clock import VirtualClock
from runloop_conformance.exchanges.exchange import Exchange, Failure, FailureKind, Probe
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.plan.probes import ask, twin
from runloop_conformance.sending.sender import Budget
from runloop_conformance.suite.expiry import Expiry
from runloop_conformance.suite.explaining import Explaining
from runloop_conformance.suite.relevance import HANGS, MOST_HANGS, Relevance, musts_first
from runloop_conformance.suite.shares import Shares
from runloop_conformance.suite.shrinking import shrinkable
from runloop_conformance.suite.stopping import HOPELESS, LONGEST, MANY_FAILURES, UNUSABLE, Stopping

from tests.conformance.outside import CONTRACT, OPERATION
from tests.conformance.report.synthetic import responded

CLAUSES = all_clauses(CONTRACT)
TYPE, TOKEN_CLAUSE = "request.benchmark_id.type", "authorization.bearer"
CONTROL = ask(OPERATION, "full", "accept", ("request.accepted",), {"benchmark_id": "bmd_1", "run_name": "nightly"})


def wrong(number: int = 1, clause: str = TYPE, **different: Any) -> Probe:
    return twin(CONTROL, f"change {number}", (clause,), **different or {"content": {"benchmark_id": number}})


def failed(probe: Probe, kind: FailureKind = "timeout") -> Exchange:
    return Exchange(1, probe, None, Failure(kind, "no whole response."), 0, 1)


@pytest.fixture
def relevance() -> Relevance:
    made = Relevance(CONTRACT, {clause.id for clause in CLAUSES})
    made.observe(responded(CONTROL))
    return made


# --- relevance ---


def test_a_twin_needs_its_accepted_control() -> None:
    made = Relevance(CONTRACT, {TYPE})
    assert not made.of_twin(wrong())
    made.observe(responded(CONTROL, 400))
    assert not made.of_twin(wrong())
    made.observe(responded(CONTROL))
    assert made.of_twin(wrong())
    assert not made.of_twin(wrong(clause=TOKEN_CLAUSE)), "its clause was not selected"
    assert Relevance(CONTRACT, {TYPE}, without_controls=True).of_twin(wrong())


def test_a_clause_that_has_started_a_run_is_not_tried_again(relevance: Relevance) -> None:
    kept = evolve(wrong(3), framing="kept")
    assert relevance.safe_framing([kept]) == [kept]
    relevance.observe(responded(wrong(1), 400))
    assert relevance.of_twin(wrong(2))
    relevance.observe(responded(wrong(1)))
    assert not relevance.of_twin(wrong(2))
    assert relevance.of_twin(wrong(2, TOKEN_CLAUSE))
    assert relevance.safe_framing([kept]) == [evolve(kept, framing="length")]


def test_a_request_that_was_put_off_for_good_is_not_tried_again(relevance: Relevance) -> None:
    relevance.observe(evolve(responded(wrong(1), 429), tries=3))
    assert relevance.of_twin(wrong(2))
    relevance.observe(evolve(responded(wrong(1), 429), tries=4))
    assert not relevance.of_twin(wrong(2))


def test_fewer_twins_about_each_clause_are_sent_the_more_requests_hang(relevance: Relevance) -> None:
    for number in range(HANGS):
        assert relevance.of_twin(wrong(number))
        relevance.observe(failed(wrong(number)))
    assert not relevance.of_twin(wrong(HANGS))
    assert relevance.of_twin(wrong(1, TOKEN_CLAUSE))
    for number in range(MOST_HANGS - HANGS):
        relevance.observe(failed(wrong(number, "request.run_name.type")))
    assert not relevance.of_twin(wrong(1, TOKEN_CLAUSE))


def test_what_a_must_rejects_is_sent_before_what_only_a_should_rejects() -> None:
    should = next(clause.id for clause in CLAUSES if clause.level == "should")
    probes = [wrong(1, should), wrong(2), wrong(3, should), wrong(4)]
    assert musts_first(CONTRACT, CLAUSES, probes) == [probes[1], probes[3], probes[0], probes[2]]


# --- stopping ---


def test_silence_is_checked_with_an_accepted_request_before_the_run_ends() -> None:
    stopping = Stopping(VirtualClock())
    stopping.observe(responded(CONTROL))
    for _ in range(MANY_FAILURES - 1):
        stopping.observe(failed(wrong()))
    assert stopping.check() is None
    stopping.observe(failed(wrong()))
    check = stopping.check()
    assert check is not None
    assert (check.body, check.control) == (CONTROL.body, None)
    stopping.observe(responded(check))
    assert not stopping.over()
    for _ in range(2 * MANY_FAILURES):  # more patience, now that it has been seen to live
        assert stopping.check() is None
        stopping.observe(failed(wrong()))
    check = stopping.check()
    assert check is not None
    stopping.observe(failed(check, "unreachable"))
    assert stopping.over()
    assert (stopping.inconclusive, stopping.reason) == (True, "the server stopped responding: no whole response")
    assert stopping.check() is None


def test_a_silent_server_that_never_accepted_anything_is_gone() -> None:
    stopping = Stopping(VirtualClock())
    for _ in range(MANY_FAILURES):
        assert not stopping.over()
        stopping.observe(failed(wrong()))
    assert stopping.check() is None
    assert stopping.over()


def test_a_run_that_takes_too_long_ends() -> None:
    clock = VirtualClock()
    stopping = Stopping(clock)
    clock.sleep(LONGEST)
    assert not stopping.over()
    clock.sleep(1)
    assert stopping.over()
    assert stopping.reason == "it took longer than 1800 s"


def test_a_server_whose_responses_cannot_be_read_gets_few_more_requests() -> None:
    stopping = Stopping(VirtualClock())
    stopping.observe(responded(CONTROL, body=b"<html>"))
    stopping.hopeless()
    for _ in range(HOPELESS):
        assert not stopping.over()
        stopping.observe(responded(wrong(), 400))
    assert stopping.over()


@pytest.mark.parametrize(
    ("exchanges", "inconclusive"),
    [
        ([responded(CONTROL, 504)] * UNUSABLE, True),
        ([responded(CONTROL, 502), *[failed(CONTROL, "coding")] * (UNUSABLE - 1)], True),
        ([responded(CONTROL, 500), *[responded(CONTROL, 504)] * (UNUSABLE - 1)], False),
        ([responded(CONTROL, body=b"<html>")] * UNUSABLE, False),
        ([failed(CONTROL, "malformed")] * UNUSABLE, False),
    ],
)
def test_a_server_none_of_whose_responses_can_be_used_gets_no_more_runs(
    exchanges: list[Exchange], *, inconclusive: bool
) -> None:
    stopping = Stopping(VirtualClock())
    for exchange in exchanges:
        assert not stopping.over()
        stopping.observe(exchange)
        stopping.observe(responded(wrong(), 500))
    assert stopping.over()
    assert stopping.inconclusive is inconclusive
    assert stopping.reason
    assert stopping.reason.startswith("none of the first 5 responses to valid requests could be used: ")


@pytest.mark.parametrize("usable", [responded(CONTROL, body=b'{"id":"bmr_1"}'), responded(CONTROL, 400)])
def test_one_usable_response_is_enough_to_go_on(usable: Exchange) -> None:
    stopping = Stopping(VirtualClock())
    for exchange in [responded(CONTROL, 504)] * 4 + [usable] + [responded(CONTROL, 504)] * 20:
        stopping.observe(exchange)
        assert not stopping.over()


# --- expiry ---


def numbered(number: int, exchange: Exchange) -> Exchange:
    return evolve(exchange, number=number)


def test_a_rejected_token_is_checked_with_an_accepted_request() -> None:
    expiry = Expiry()
    expiry.observe(numbered(1, responded(wrong(), 401)))
    assert expiry.check() is None, "no token was accepted before"
    expiry.observe(numbered(2, responded(CONTROL)))
    expiry.observe(numbered(3, responded(wrong(), 400)))
    assert expiry.check() is None
    expiry.observe(numbered(4, responded(evolve(wrong(), headers=(("Authorization", "Bearer wrong"),)), 401)))
    assert expiry.check() is None, "another token"
    expiry.observe(numbered(5, responded(wrong(), 403)))
    check = expiry.check()
    assert check is not None
    assert (check.body, check.headers) == (CONTROL.body, CONTROL.headers)
    expiry.observe(numbered(6, responded(check)))
    assert (expiry.check(), expiry.reason) == (None, None)
    for number in range(7, 14):  # a firewall rejects with 403: not each of them costs a check
        expiry.observe(numbered(number, responded(wrong(), 403)))
        assert expiry.check() is None
    expiry.observe(numbered(14, responded(wrong(), 403)))
    check = expiry.check()
    assert check is not None
    expiry.observe(numbered(15, responded(check, 401)))
    assert expiry.judged_until == 7
    assert expiry.reason
    assert "request 7 was rejected with 403, and request 15, which was accepted before, with 401." in expiry.reason


@pytest.mark.parametrize(
    ("since", "expired"), [((401, 401), True), ((401, 400), False), ((401,), False), ((*[401] * 12, 400), True)]
)
def test_without_a_budget_for_the_check_the_other_responses_decide(since: tuple[int, ...], *, expired: bool) -> None:
    expiry = Expiry()
    expiry.observe(numbered(1, responded(CONTROL)))
    for number, status in enumerate(since, 2):
        expiry.observe(numbered(number, responded(wrong(), status)))
    expiry.conclude()
    assert (expiry.reason is not None) is expired
    assert expiry.judged_until == (2 if expired else None)


# --- explaining ---


def test_what_no_accepted_request_had_is_tried_alone_first() -> None:
    def single(name: str, asked: dict[str, Any]) -> Probe:
        return evolve(ask(OPERATION, name, "accept", ("request.accepted",), asked), rank="single", control="minimal")

    minimal = ask(OPERATION, "minimal", "accept", ("request.accepted",), {"benchmark_id": "bmd_1"})
    named, metadata = (
        single("a name", {"benchmark_id": "bmd_1", "run_name": "x"}),
        single("metadata", {"benchmark_id": "bmd_1", "metadata": {"a": "b"}}),
    )
    explaining = Explaining(CONTRACT, OPERATION, CLAUSES)
    queue = [(minimal,), (named,), (metadata,)]
    for exchange in (responded(minimal), responded(CONTROL)):
        explaining.observe(exchange)
    explaining.reorder(queue, musts_settled=True)
    assert queue == [(minimal,), (named,), (metadata,)]
    fuller = ask(OPERATION, "much", "accept", ("request.accepted",), {"benchmark_id": "b", "metadata": {"a": "b"}})
    explaining.observe(responded(fuller, 400))
    explaining.reorder(queue, musts_settled=False)
    assert queue == [(metadata,), (minimal,), (named,)], "a name was accepted in the control, metadata was not"


# --- shares ---


def test_the_main_operation_gets_what_settles_it_and_the_others_an_equal_share() -> None:
    other = evolve(OPERATION, id="other", own_rules=False)
    budget = Budget(30)
    shares = Shares((OPERATION, other, evolve(other, id="reads", method="GET")), budget)
    shares.begin(OPERATION)
    assert (shares.left, shares.reserve, shares.settled) == (20, False, False)
    budget.spent = 20
    assert (shares.left, shares.reserve, shares.settled) == (0, True, True)
    assert not shares.allow([CONTROL])
    assert shares.allow([wrong()])
    shares.begin(other)
    assert shares.left == 10
    budget.spent = 26
    assert shares.reserve
    assert shares.last_third


# --- shrinking ---


def test_a_counterexample_is_made_small_as_long_as_its_clause_fails() -> None:
    asked = {"benchmark_id": "bmd_1", "run_name": "n" * 40, "metadata": {str(n): "x" * 20 for n in range(20)}}
    big = ask(OPERATION, "much", "accept", ("request.accepted",), asked)
    recording = Recording(CONTRACT, [responded(CONTROL), responded(big, 500, number=2)])
    clause = next(clause for clause in CLAUSES if clause.id == "http.no-server-error")
    (shrinking,) = shrinkable([clause], recording)
    probes = shrinking.probes()
    sent = [next(probes)]
    with suppress(StopIteration):
        while True:  # the fault lies in the metadata
            status = 500 if "metadata" in sent[-1].content else 200
            sent.append(probes.send(responded(sent[-1], status, number=len(sent) + 2)))
    smallest = [probe.content for probe in sent if "metadata" in probe.content][-1]
    assert len(str(smallest)) < 160 < len(str(asked))
    assert smallest["benchmark_id"] == "bmd_1"
    assert len({probe.name for probe in sent}) == len(sent)
