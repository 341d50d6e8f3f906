"""How an application in this process lives: its time, its lifespan, and what the suite says of it."""

from __future__ import annotations

import asyncio
import functools
import itertools
import threading
import time
from typing import Any

import pytest
from runloop_conformance.clock import VirtualClock, now_ms
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.judging.result import Result
from runloop_conformance.plan.stages import Plan
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.matrix import TOKEN
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.sending.in_process import AppCannotStartError, AsgiTransport, NotAnAppError, asgi, in_process
from runloop_conformance.sending.in_process.driven import DrivenTransport
from runloop_conformance.sending.sender import Limits
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.sending.transport import Transport
from runloop_conformance.servers.hosting import running
from runloop_conformance.servers.reference import Reference
from runloop_conformance.suite.options import Options, plan_for
from runloop_conformance.suite.run import Suite


def status_and_body(response: Response | Failure) -> Any:
    return response if isinstance(response, Failure) else (response.status, response.body)


virtual = pytest.mark.parametrize(
    "virtually", [lambda app, clock: AsgiTransport(app, clock=clock), DrivenTransport], ids=["in a thread", "driven"]
)


async def reply(send: Any, sent: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": sent})


async def sleeper(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await asyncio.sleep(0.4)
        await reply(send, b"late")


def blocker(_environ: Any, start_response: Any) -> list[bytes]:
    time.sleep(0.4)
    start_response("200 OK", [])
    return [b"late"]


async def blocking_sleeper(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        time.sleep(0.4)  # noqa: ASYNC251 - a fault that applications have
        await reply(send, b"late")


@pytest.mark.parametrize("app", [sleeper, blocker, blocking_sleeper])
def test_a_late_response_costs_no_real_time(app: Any) -> None:
    with in_process(app) as here:
        began = time.monotonic()
        assert here.send("POST", "/", [], b"", 0.1) == Failure("timeout", "no whole response within 0.1 s")
        assert time.monotonic() - began < 0.35
        assert status_and_body(here.send("POST", "/", [], b"", 10.0)) == (200, b"late")


@pytest.mark.parametrize("app", [sleeper, blocker])
def test_simultaneous_requests_are_simultaneous(app: Any) -> None:
    outcomes: list[Any] = []
    with in_process(app) as here:
        asking = [
            threading.Thread(target=lambda: outcomes.append(status_and_body(here.send("POST", "/", [], b"", 10.0))))
            for _ in "1234"
        ]
        began = time.monotonic()
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    assert outcomes == [(200, b"late")] * 4
    assert time.monotonic() - began < 1.2


@virtual
def test_virtual_time_costs_nothing_and_is_the_same_for_both_ends(virtually: Any) -> None:
    times: list[int] = []

    async def slow(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            times.append(now_ms())
            await asyncio.sleep(3600 if scope["path"] == "/hang" else 5)
            times.append(now_ms())
            await reply(send)

    clock, began = VirtualClock(), time.monotonic()
    with virtually(slow, clock) as here:
        before = clock.now_ms()
        assert status_and_body(here.send("POST", "/", [], b"", 10.0)) == (200, b"")
        assert times == [before, before + 5000]
        assert here.send("POST", "/hang", [], b"", 10.0) == Failure("timeout", "no whole response within 10 s")
        time.sleep(0.05)  # nobody asks any more, so the hour of the one that hangs must not pass
        assert clock.now_ms() == before + 15_000
    assert time.monotonic() - began < 5


@virtual
def test_requests_that_are_announced_are_together_in_virtual_time(virtually: Any) -> None:
    at_once: list[int] = []
    inside = 0

    async def counting(scope: Any, _receive: Any, send: Any) -> None:
        nonlocal inside
        if scope["type"] == "http":
            inside += 1
            await asyncio.sleep(0.02)
            at_once.append(inside)
            inside -= 1
            await reply(send)

    with virtually(counting, VirtualClock()) as here:
        here.expect(3)
        asking = [threading.Thread(target=here.send, args=("POST", "/", [], b"", 10.0)) for _ in "123"]
        for thread in asking:
            thread.start()
            time.sleep(0.01)
        for thread in asking:
            thread.join()
    assert at_once == [3, 2, 1]


@virtual
def test_requests_that_are_announced_come_in_the_same_order_whoever_is_first(virtually: Any) -> None:
    came: list[bytes] = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            came.append((await receive())["body"])
            await reply(send)

    with virtually(listening, VirtualClock()) as here:
        for bodies in ((b"a", b"b", b"c"), (b"c", b"a", b"b")):
            here.expect(3)
            asking = [threading.Thread(target=here.send, args=("POST", "/", [], body, 10.0)) for body in bodies]
            for thread in asking:
                thread.start()
                time.sleep(0.01)
            for thread in asking:
                thread.join()
        assert status_and_body(here.send("POST", "/", [], b"d", 10.0)) == (200, b"")
    assert came == [b"c", b"b", b"a", b"c", b"b", b"a", b"d"]


class Living:
    """An application with a lifespan, and what happened in it."""

    def __init__(self, at_start: str) -> None:
        self.at_start = at_start
        self.happened: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            if self.at_start == "raises":
                raise OSError("no database")
            if self.at_start == "fails":
                await send({"type": "lifespan.startup.failed", "message": "no database"})
                return
            scope["state"]["pool"] = "open"
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            self.happened.append("stopped")
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.happened.append(scope["state"]["pool"])
        await reply(send)


@pytest.mark.parametrize(
    "living",
    [in_process, lambda app: in_process(app, clock=VirtualClock()), lambda app: DrivenTransport(app, VirtualClock())],
)
def test_an_application_lives_for_as_long_as_the_block(living: Any) -> None:
    app = Living("works")
    with living(app) as here:
        assert status_and_body(here.send("POST", "/", [], b"", 10.0)) == (200, b"")
        assert app.happened == ["open"]
    assert app.happened == ["open", "stopped"]
    assert "ASGI application" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("how", ["raises", "fails"])
@pytest.mark.parametrize("living", [in_process, lambda app: DrivenTransport(app, VirtualClock())])
def test_an_application_that_cannot_start_says_why(living: Any, how: str) -> None:
    with pytest.raises(AppCannotStartError, match=r"cannot start: .*no database"), living(Living(how)):
        pass


@pytest.mark.parametrize(
    "living",
    [
        AsgiTransport,
        lambda app: AsgiTransport(app, clock=VirtualClock()),
        lambda app: DrivenTransport(app, VirtualClock()),
    ],
)
def test_an_application_that_does_not_start_is_stopped(living: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "STARTS_WITHIN", 0.2)

    async def waits(scope: Any, receive: Any, _send: Any) -> None:
        assert scope["type"] == "lifespan"
        await receive()
        for _ in itertools.count():
            await asyncio.sleep(0.01)

    with pytest.raises(AppCannotStartError, match="did not start within"), living(waits):
        pass
    assert "ASGI application" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("app", [None, 3, lambda: None, lambda _one: None, dict])
def test_an_object_that_is_no_application_is_rejected(app: Any) -> None:
    with pytest.raises(NotAnAppError, match=r"serve it and pass its URL|ASGI or a WSGI"), in_process(app):
        pass


def verdicts(to: Transport) -> dict[str, Any]:
    """The findings and outcomes of a run. Requests that are sent at once may arrive in any order."""
    options = Options(to, TOKEN, (), Limits(100, timeout=4.0))
    result: Result = Suite(load_contract(), options, planned()).run()
    outcomes = [(e.probe.name, e.status, e.failure and e.failure.kind, e.tries) for e in result.exchanges]
    return {
        "verdict": result.verdict,
        "clauses": {finding.clause.id: finding.status for finding in result.findings},
        "one by one": [outcome for outcome in outcomes if "at once" not in outcome[0]],
        "at once": sorted(str(outcome[1:]) for outcome in outcomes if "at once" in outcome[0]),
    }


@functools.cache
def planned() -> Plan:
    return plan_for(load_contract(), Options(address("http://localhost"), TOKEN, (), Limits(100)))


def built(name: str) -> Any:
    if name == "reference":
        return Reference(load_contract().document, TOKEN)
    server = next(server for server in (*MUTANTS, *VARIANTS, *DEGENERATES) if server.name == name)
    assert not server.needs_socket
    return server.build(load_contract().document, TOKEN, ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "reference",
        "global-request",
        "id-array-of-one-accepted",
        "start-time-zero-from-the-fifth",
        "refuses-secrets",
        "always-200-and-empty",
    ],
)
@virtual
def test_the_suite_says_the_same_of_a_server_in_process_and_behind_a_socket(virtually: Any, name: str) -> None:
    with running(built(name)) as url:
        behind = verdicts(address(url))
    with virtually(built(name), VirtualClock()) as here:
        began = time.process_time()
        assert verdicts(here) == behind
        assert time.process_time() - began < 10  # and not the seconds that are waited for
