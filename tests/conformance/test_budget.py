"""Every success costs somebody money: what the server counts never exceeds what was allowed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from runloop_conformance.clock import VirtualClock
from runloop_conformance.proof.mutants.mutant import patched
from runloop_conformance.proof.mutants.pointers import PROFILE
from runloop_conformance.sending.in_process.driven import DrivenTransport
from runloop_conformance.sending.sender import Limits
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite
from starlette.responses import Response

from tests.conformance.miniatures import AcceptsEverything, LosesResponses, RespondsLate, Watched, reference
from tests.conformance.outside import CONTRACT, TOKEN, conformance

LIMITS = [0, 1, 3, 10, 25]


class KeepsIds(Reference):
    """The reference server, and the ids that it gave."""

    def __init__(self) -> None:
        super().__init__(CONTRACT.document, TOKEN)
        self.given: list[str] = []

    def new_id(self) -> str:
        self.given.append(super().new_id())
        return self.given[-1]


@pytest.mark.parametrize("limit", LIMITS)
def test_no_more_runs_are_started_than_were_allowed(limit: int) -> None:
    server = KeepsIds()
    with running(server) as url:
        done = conformance(url, "--max-runs", limit)
    assert server.runs <= done.report["runs_started"] <= limit
    assert sorted(done.report["run_ids"]) == sorted(server.given)
    assert done.code == (0 if limit == 25 else 3), done.output
    assert f"{done.report['runs_started']} of {limit} run" in done.out


def test_no_runs_at_all_still_shows_a_check_that_is_missing() -> None:
    with running(AcceptsEverything(CONTRACT.document, TOKEN)) as url:
        done = conformance(url, "--max-runs", 0)
    assert done.code == 1, done.output
    assert {"authorization.required", "authorization.token"} <= done.failed("must")


def test_at_no_runs_a_correct_server_is_never_called_conformant() -> None:
    with running(reference()) as url:
        done = conformance(url, "--max-runs", 0)
    assert (done.code, done.report["verdict"], done.report["runs_started"]) == (3, "inconclusive", 0)
    assert all(one["request"]["intent"] == "refuse" for one in done.recording)


def test_requests_that_only_a_should_rejects_leave_the_budget_for_every_must() -> None:
    """A server that does not look into what the page does not name starts runs by mistake, and conforms."""
    loose = patched(CONTRACT.document, {PROFILE + name: {} for name in ("launchParameters", "mounts")})
    with running(Reference(loose, TOKEN)) as url:
        done = conformance(url, "--max-runs", 25)
    assert done.report["runs_started"] == 50
    assert (done.code, done.report["verdict"]) == (0, "conformant"), done.output
    assert done.failed("should")


@pytest.mark.parametrize("limit", [0, 3, 25])
def test_a_server_that_takes_everything_is_stopped(limit: int) -> None:
    server = AcceptsEverything(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = conformance(url, "--max-runs", limit)
    # What a HEAD starts cannot be seen: its response has no body.
    assert server.runs - 1 <= done.report["runs_started"] <= limit + max(limit, 10)
    assert done.report["verdict"] == "nonconformant"


def test_a_clause_is_not_tried_again_once_it_has_started_a_run() -> None:
    server = AcceptsEverything(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = conformance(url, "--max-runs", 5, "--select", "authorization.required")
    mistaken = [one for one in done.recording if one["request"]["intent"] == "refuse"]
    assert len(mistaken) == 1


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_a_lost_response_counts_as_a_run(limit: int) -> None:
    server = LosesResponses()
    with running(server) as url:
        done = conformance(url, "--max-runs", limit)
    assert server.within.runs <= done.report["runs_started"] <= limit
    assert done.code in (1, 3)


def test_a_late_response_counts_as_a_run() -> None:
    server = RespondsLate(CONTRACT.document, TOKEN)
    with running(server) as url:
        done = conformance(url, "--max-runs", 4, "--timeout", 0.2, "--select", "run")
    assert server.runs <= 4
    assert done.report["runs_started"] >= server.runs


def test_no_valid_request_is_sent_again_after_a_failure() -> None:
    class FailsThenWorks(Reference):
        async def respond(self, request):
            answer = await super().respond(request)
            if answer.status_code == 200 and self.runs % 2:
                answer = self.refuse_with(500)
            return answer

        def refuse_with(self, status):
            answer = self.accept({})
            answer.status_code = status
            return answer

    server = Watched(FailsThenWorks(CONTRACT.document, TOKEN))
    with running(server) as url:
        done = conformance(url, "--max-runs", 10)
    assert server.app.runs <= 10
    # Two lengths that differ never reach an application; what is sent on a used connection comes after another request.
    framings = [one["request"]["framing"] for one in done.recording]
    reached = len(framings) - framings.count("two lengths") + framings.count("kept")
    assert len(framings) == done.report["requests"]
    assert len(server.requests) == reached
    assert done.report["runs_started"] >= server.app.runs


class HangsInsteadOfRefusing(Reference):
    """Responds to accepted requests only."""

    async def respond(self, request: Any) -> Any:
        answer = await super().respond(request)
        if answer.status_code != 200:
            await asyncio.sleep(3600)
        return answer


def test_a_server_that_hangs_at_everything_costs_twelve_waits() -> None:
    with DrivenTransport(HangsInsteadOfRefusing(CONTRACT.document, TOKEN), VirtualClock()) as to:
        options = Options(to, TOKEN, (), Limits(25))
        result = Suite(CONTRACT, options).run()
    hung = [one for one in result.exchanges if one.probe.intent == "refuse" and one.failure]
    assert (len(hung), {one.failure.kind for one in hung if one.failure}) == (12, {"timeout"})
    assert result.verdict == "nonconformant"


class Gateway(Reference):
    """Starts each run, and responds in place of the server that did."""

    status, headers = 504, {}

    async def respond(self, request: Any) -> Any:
        response = await super().respond(request)
        if response.status_code == 200:
            response = Response(b"later", self.status, self.headers)
        return response


class Brotli(Gateway):
    status, headers = 200, {"Content-Encoding": "br", "Content-Type": "application/json"}


class Broken(Gateway):
    status = 500


@pytest.mark.parametrize(
    ("kind", "runs", "verdict", "reason"),
    [
        (Gateway, 5, "inconclusive", "could be used: 504"),
        (Broken, 5, "nonconformant", "could be used: 500"),
        (Brotli, 3, "inconclusive", "coded as 'br'"),
    ],
)
def test_a_server_that_never_gives_a_usable_response_does_not_get_the_whole_budget(
    kind: type[Gateway], runs: int, verdict: str, reason: str
) -> None:
    server = kind(CONTRACT.document, TOKEN)
    with DrivenTransport(server, VirtualClock()) as to:
        result = Suite(CONTRACT, Options(to, TOKEN, (), Limits(25))).run()
    assert (server.runs, result.verdict) == (runs, verdict)
    assert reason in str(result.reason)
