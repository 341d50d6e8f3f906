"""A slow machine is not a slow server: what counts against a response is the time that the server takes."""

from __future__ import annotations

import asyncio
import functools
import itertools
import queue
import threading
from typing import TYPE_CHECKING

import pytest
from attrs import define
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.proof.raw_http import RawRequest, RawResponse, Wire
from runloop_conformance.sending import socket_transport
from runloop_conformance.sending.in_process import WsgiTransport, wsgi
from runloop_conformance.sending.patience import SLICE, LateError, Patience
from runloop_conformance.sending.socket_transport import address, send
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import reference
from tests.conformance.outside import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADERS = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]


@define
class Times:
    """The time and the work of a thread, set by the test."""

    now: float = 0.0
    worked: float = 0.0

    def patience(self, seconds: float) -> Patience:
        return Patience(seconds, lambda: self.now, lambda: self.worked)


def waits(times: Times, patience: Patience, took: float) -> int:
    """How many slices are waited before it is late."""
    for count in itertools.count():
        try:
            with patience.wait():
                times.now += took
        except LateError:
            return count
    raise AssertionError


def test_what_a_server_takes_counts_whole() -> None:
    times = Times()
    assert waits(times, times.patience(2.0), SLICE) == pytest.approx(40, abs=1)


def test_a_process_that_did_not_run_is_charged_one_slice() -> None:
    times = Times()
    assert waits(times, times.patience(2.0), 30.0) == pytest.approx(40, abs=1)


def test_what_is_ready_at_once_costs_only_what_it_took() -> None:
    times = Times()
    assert waits(times, times.patience(2.0), SLICE / 10) == pytest.approx(400, abs=1)


def test_time_between_two_waits_is_not_charged_but_the_work_of_this_thread_is_bounded() -> None:
    times = Times()
    patience = times.patience(2.0)
    times.now += 1000
    times.worked += 1.9
    with patience.wait():
        pass
    times.worked += 0.2
    with pytest.raises(LateError, match="nothing came within 2 s"), patience.wait():
        pass


def test_a_queue_is_waited_for_no_longer() -> None:
    empty: queue.SimpleQueue[None] = queue.SimpleQueue()
    with pytest.raises(LateError):
        Patience(0.01).take(empty)


class InPieces(Wire):
    """Sends its response in many pieces."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        for letter in response.head((b"content-length", b"%d" % len(response.body))) + response.body:
            writer.write(bytes([letter]))
            await writer.drain()
            await asyncio.sleep(0)
        return True


def stopping(seconds: float) -> Iterable[float]:
    """A clock between each two looks at which the process stood still."""
    return itertools.count(0.0, seconds)


def test_a_machine_that_stops_again_and_again_accuses_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    now = functools.partial(next, iter(stopping(3.0)))
    monkeypatch.setattr(socket_transport, "Patience", functools.partial(Patience, now=now, worked=lambda: 0.0))
    with running(InPieces(reference())) as url:
        response = send(address(url), "POST", "/v1/benchmarks/start_run", HEADERS, b'{"benchmark_id":"bmd_1"}', 60.0)
    assert isinstance(response, Response), response
    assert response.status == 200


def test_an_application_in_this_process_is_waited_for_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    now = functools.partial(next, iter(stopping(3.0)))
    monkeypatch.setattr(wsgi, "Patience", functools.partial(Patience, now=now, worked=lambda: 0.0))
    go_on = threading.Event()

    def app(_environ: object, start_response: object) -> list[bytes]:
        go_on.wait(10)
        start_response("200 OK", [])  # type: ignore[operator]
        return [b"{}"]

    with WsgiTransport(app) as transport:
        assert isinstance(transport.send("POST", "/", [], b"", 2 * SLICE), Failure)
        go_on.set()
        assert isinstance(transport.send("POST", "/", [], b"", 60.0), Response)


class ClosesIdle(Wire):
    """Closes its first connections before anything came, as if they had been idle for long."""

    def __init__(self, count: int) -> None:
        super().__init__(reference())
        self.left = count
        self.closed = threading.Semaphore(0)

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.left:
            self.left -= 1
            writer.close()
            await writer.wait_closed()
            self.closed.release()
        else:
            self.closed.release()
            await super().connection(reader, writer)


def test_a_connection_that_was_closed_before_the_request_left_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ClosesIdle(2)

    class Slow(socket_transport._Connection):  # noqa: SLF001 - stands still between the connection and the request
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            assert server.closed.acquire(timeout=10)

    monkeypatch.setattr(socket_transport, "_Connection", Slow)
    with running(server) as url:
        response = send(address(url), "POST", "/v1/benchmarks/start_run", HEADERS, b'{"benchmark_id":"bmd_1"}', 5.0)
    assert isinstance(response, Response), response
    assert server.left == 0
