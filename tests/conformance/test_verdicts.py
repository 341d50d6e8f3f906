"""What cannot be tested is inconclusive, with the reason and what to pass instead. No green out of nothing."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from attrs import define
from runloop_conformance.clock import VirtualClock
from runloop_conformance.exchanges.exchange import Failure
from runloop_conformance.sending.in_process.driven import DrivenTransport
from runloop_conformance.sending.sender import Limits
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite
from starlette.responses import JSONResponse, Response

from tests.conformance.miniatures import Always, CountsConnections, Watched, reference, running_tls
from tests.conformance.outside import CONTRACT, TOKEN, Invocation, conformance, quick
from tests.conftest import refusing_port

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runloop_conformance.clock import Clock
    from runloop_conformance.exchanges.exchange import Response as Answered
    from runloop_conformance.judging.result import Result
    from starlette.requests import Request


def inconclusive(done: Invocation, *words: str) -> str:
    """Every output says inconclusive, and the reason contains these words."""
    assert (done.code, done.report["verdict"]) == (3, "inconclusive"), done.output
    reason: str = done.report["reason"]
    assert " ".join(reason.split()) in " ".join(done.out.split())  # which wraps it
    for word in words:
        assert word in reason
    assert not [
        c["id"] for c in done.report["clauses"] if c["status"] == "pass" and c["id"].startswith(("run.", "response."))
    ]
    return reason


def test_not_found_everywhere_asks_for_a_benchmark() -> None:
    with running(Always(404)) as url:
        inconclusive(quick(url), "404", "--benchmark-id")


def test_a_dead_port_is_named() -> None:
    with refusing_port() as port:
        inconclusive(quick(f"http://127.0.0.1:{port}"), "cannot be reached", str(port))


def test_a_name_that_nobody_has_is_named() -> None:
    inconclusive(quick("http://no-such-host.invalid"), "cannot be reached", "no-such-host.invalid")


@pytest.mark.parametrize("token", ["another-token-altogether", None])
def test_a_wrong_token_gets_a_message_on_how_to_pass_a_right_one(token: str | None) -> None:
    server = Watched(reference())
    with running(server) as url:
        inconclusive(quick(url, token=token), "401", "RUNLOOP_API_KEY", "--token")
    assert len(server.requests) <= 3


def test_a_token_may_be_passed_as_an_option() -> None:
    with running(reference()) as url:
        assert quick(url, "--token", TOKEN, "--select", "run.name.echo", token="wrong-in-the-environment").code == 0


def test_forbidden_everywhere_is_about_the_token() -> None:
    with running(Always(403)) as url:
        inconclusive(quick(url), "403", "--token")


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {"Retry-After": "0"}), (503, {}), (503, {"Retry-After": "0"}), (503, {"Retry-After": "3600"})],
)
def test_put_off_everywhere_is_inconclusive(status: int, headers: dict[str, str]) -> None:
    with running(Always(status, headers)) as url:
        inconclusive(quick(url), str(status))


@pytest.mark.parametrize("status", [500, 502])
def test_a_server_that_only_fails_never_conforms(status: int) -> None:
    with running(Always(status)) as url:
        done = quick(url)
    assert done.code in (1, 3)
    assert done.report["verdict"] in ("nonconformant", "inconclusive")
    # That nothing leaks can be judged from any response; all else needs an accepted request.
    assert {c["id"] for c in done.report["clauses"] if c["status"] == "pass"} <= {"safety.nothing-leaks"}


def test_a_redirect_elsewhere_is_not_followed() -> None:
    other = CountsConnections()
    with running(other) as elsewhere, running(Always(308, {"Location": f"{elsewhere}/v1/benchmarks/start_run"})) as url:
        inconclusive(quick(url), "308", elsewhere)
    assert other.connections == 0


def test_a_server_that_says_nothing_is_named() -> None:
    with running(CountsConnections()) as url:
        inconclusive(quick(url, "--timeout", 0.5))


def test_a_rejected_benchmark_asks_for_one_that_exists() -> None:
    server = Watched(reference("bmd_first", "bmd_second"))
    with running(server) as url:
        inconclusive(quick(url), "--benchmark-id")
        server.requests.clear()
        done = conformance(url, "--profile", "quick", "--benchmark-id", "bmd_first", "--benchmark-id", "bmd_second")
    assert done.code == 0, done.output
    named = [
        one["request"]["body"]
        for one in done.recording
        if one["request"]["intent"] == "accept" and "body" in one["request"]
    ]
    assert any("bmd_first" in body for body in named)
    assert any("bmd_second" in body for body in named)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def test_a_private_authority_is_passed_as_a_bundle(certificate: tuple[Path, Path]) -> None:
    server = Watched(reference())
    with running_tls(server, *certificate) as url:
        inconclusive(quick(url), "--ca-bundle")
        assert server.requests == []
        assert quick(url, "--ca-bundle", certificate[0], "--select", "run").code == 0
        inconclusive(quick(url.replace("https", "http")))


def test_tls_where_there_is_none_is_named() -> None:
    with running(reference()) as url:
        inconclusive(quick(url.replace("http", "https")))


class Expires(Reference):
    """Its token expires after so many requests. `lax`: it accepts every body until then."""

    def __init__(self, after: int, *, lax: bool = False) -> None:
        super().__init__(CONTRACT.document, TOKEN)
        self.left, self.lax = after, lax

    async def respond(self, request: Request) -> Response:
        self.left -= 1
        if self.left < 0:
            return JSONResponse({"message": "The token has expired."}, 401)
        response = await super().respond(request)
        if self.lax and response.status_code == 400:
            response = JSONResponse(self.run_of({"benchmark_id": "bmd_1"}))
        return response


class StartsSlowly(Reference):
    """Its first requests come while it is starting up, which takes longer than anybody waits."""

    def __init__(self, count: int) -> None:
        super().__init__(CONTRACT.document, TOKEN)
        self.left = count

    async def respond(self, request: Request) -> Response:
        self.left -= 1
        if self.left >= 0:
            await asyncio.sleep(30)
        return await super().respond(request)


@pytest.mark.parametrize(("count", "verdict"), [(1, "conformant"), (2, "nonconformant")])
def test_a_server_that_has_to_start_up_for_the_first_request_is_not_accused(count: int, verdict: str) -> None:
    result = result_of(StartsSlowly(count), 25)
    assert result.verdict == verdict, result.reason
    assert [one.number for one in result.exchanges if one.failure and one.failure.kind == "timeout"] == [
        *range(1, count + 1)
    ]


class Firewall(Reference):
    """Rejects what it cannot read with 403."""

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        return JSONResponse({}, 403) if response.status_code in (400, 415, 422) else response


def result_of(server: Reference, max_runs: int) -> Result:
    with DrivenTransport(server, VirtualClock()) as to:
        return Suite(CONTRACT, Options(to, TOKEN, (), Limits(max_runs))).run()


@pytest.mark.parametrize(("after", "lax", "max_runs"), [(3, True, 25), (3, True, 3), (200, False, 25)])
def test_a_token_that_expires_in_the_middle_is_inconclusive(after: int, *, lax: bool, max_runs: int) -> None:
    result = result_of(Expires(after, lax=lax), max_runs)
    assert result.verdict == "inconclusive"
    number = result.terms.judged_until or 0
    assert number > after
    assert f"request {number} was rejected with 401" in str(result.reason)
    assert result.exchanges[number - 1].status == 401
    judged = {one.number for finding in result.findings if (seen := finding.counterexample) for one in seen.exchanges}
    assert max(judged, default=0) < number
    assert (result.requests < after + 150) is (max_runs > 3), "the run ends as soon as a run pays for the check"


def test_a_firewall_that_rejects_with_403_costs_a_few_runs_and_no_verdict() -> None:
    result = result_of(Firewall(CONTRACT.document, TOKEN), 25)
    checks = [one for one in result.exchanges if one.probe.name.endswith(", as a token is rejected")]
    assert (result.verdict, {one.status for one in checks}) == ("conformant", {200})
    assert 1 <= len(checks) <= 5


@define
class Mortal:
    """A server that a body with these bytes takes down; it is down for so many seconds, or for good."""

    to: DrivenTransport
    deadly: bytes
    seconds: float
    times: int = 99
    _up_at: float = 0.0

    @property
    def url(self) -> str:
        return self.to.url

    @property
    def loopback(self) -> bool:
        return True

    @property
    def clock(self) -> Clock:
        return self.to.clock

    def expect(self, count: int) -> None:
        self.to.expect(count)

    def send(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        seconds: float,
        framing: str = "length",
    ) -> Answered | Failure:
        if self.clock.monotonic() < self._up_at:
            return Failure("unreachable", "connection refused")
        if self.deadly in body and self.times:
            self.times -= 1
            self._up_at = self.clock.monotonic() + self.seconds
            return Failure("dropped", "the connection ended without a response")
        return self.to.send(method, target, headers, body, seconds, framing)


def result_of_mortal(seconds: float, times: int = 99) -> Result:
    with DrivenTransport(reference(), VirtualClock()) as to:
        mortal = Mortal(to, b"[[[[[[[", seconds, times)
        return Suite(CONTRACT, Options(mortal, TOKEN, (), Limits(25))).run()


def test_a_request_that_takes_the_server_down_twice_is_the_fault() -> None:
    result = result_of_mortal(3.0)
    assert (result.verdict, result.complete) == ("nonconformant", False)
    assert "took the server down, and again when it was sent once more" in str(result.reason)
    failed = {finding.clause.id for finding in result.findings if finding.status == "fail"}
    assert failed == {"http.always-answers"}


def test_a_server_that_stays_down_is_inconclusive_and_the_suspect_is_named() -> None:
    result = result_of_mortal(1e9)
    assert result.verdict == "inconclusive"
    assert re.search(r"the server is down since request \d+ \(.*\), whose connection broke", str(result.reason))


def test_a_server_that_was_restarted_for_another_reason_is_tested_on() -> None:
    result = result_of_mortal(3.0, times=1)
    assert result.complete
    again = [one for one in result.exchanges if one.probe.name.endswith(", again, as the server was down after it")]
    assert [one.status for one in again if one.response] == [400]
