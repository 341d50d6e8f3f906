"""A call that is interrupted from outside: the exception keeps its type and says how to find the run."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import signal
import threading

import pytest
import runloop_benchmarks as rb
from conftest import TOKEN, Caller
from fault_server import FaultServer, stall, stall_before_reading, status

KEY = "my-key"


class SoftTimeLimitExceeded(Exception):  # noqa: N818 - as Celery calls it
    """What the signal handler of a task queue raises."""


def raise_limit(_signal, _frame):
    raise SoftTimeLimitExceeded


def raise_timeout(_signal, _frame):
    raise TimeoutError("the task took too long")


class Handlers:
    def method(self, number, frame):
        raise_limit(number, frame)

    def __call__(self, number, frame):
        raise_limit(number, frame)


HANDLERS = {
    "a function": (raise_limit, SoftTimeLimitExceeded),
    "a time-out": (raise_timeout, TimeoutError),
    "a method": (Handlers().method, SoftTimeLimitExceeded),
    "a callable": (Handlers(), SoftTimeLimitExceeded),
    "a partial": (functools.partial(raise_limit), SoftTimeLimitExceeded),
}


@contextlib.contextmanager
def signal_when(handler, ready):
    """Send this process a signal as soon as `ready()` is true."""
    before = signal.signal(signal.SIGUSR1, handler)
    over = threading.Event()

    def watch():
        while not ready() and not over.wait(0.005):
            pass
        # Once more for as long as it takes: the call may not be waiting yet.
        if not over.wait(0.05):
            os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        signal.signal(signal.SIGUSR1, before)


def interrupted(call, expected, **arguments):
    with pytest.raises(expected) as caught:
        call.start_run(idempotency_key=KEY, **arguments)
    assert not isinstance(caught.value, rb.RunloopError)
    (note,) = caught.value.__notes__
    assert f"idempotency_key={KEY!r}" in note
    return note


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_signal_handler_that_raises_while_a_response_is_read(handler, server, caplog):
    server.faults = [stall]
    function, expected = HANDLERS[handler]
    with signal_when(function, server.started):
        note = interrupted(Caller("sync", server.url), expected)
    assert "a run may have started" in note
    assert KEY in caplog.text


def test_a_signal_handler_that_raises_in_the_middle_of_a_body():
    def half(exchange):
        body = exchange.view()
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(body) + 100) + body)
        exchange.server.stopped.wait(20)

    with FaultServer([half]) as server, signal_when(raise_limit, server.started):
        assert "may have started" in interrupted(Caller("sync", server.url), SoftTimeLimitExceeded)


def test_a_limit_that_the_caller_is_handling_is_not_raised_again(server):
    server.faults = [lambda exchange: exchange.act() and exchange.reset()]
    before = signal.signal(signal.SIGUSR1, raise_limit)
    try:
        with contextlib.suppress(SoftTimeLimitExceeded):
            signal.raise_signal(signal.SIGUSR1)
        try:
            signal.raise_signal(signal.SIGUSR1)
        except SoftTimeLimitExceeded:
            error = Caller("sync", server.url).failure()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert isinstance(error, rb.RunMayHaveStartedError)


def test_ctrl_c_between_two_attempts(caplog):
    caplog.set_level(logging.INFO, "runloop_benchmarks")
    with FaultServer([status(429, "retry-after: 30", acts=False)]) as server:

        def waiting():
            return any("next in 30" in record.getMessage() for record in caplog.records)

        with signal_when(signal.default_int_handler, waiting):
            assert "no run was started" in interrupted(Caller("sync", server.url), KeyboardInterrupt)
    assert f"idempotency_key={KEY!r}" in caplog.text
    assert server.started() == 0


def cancelled(coroutine, ready):
    """The CancelledError of a task that is cancelled as soon as `ready()` is true."""

    async def main():
        task = asyncio.create_task(coroutine)
        while not ready():  # noqa: ASYNC110 - the server is in another thread
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            return error

    return asyncio.run(main())


@pytest.mark.parametrize("after", [[], [status(500)]])
def test_a_cancellation_between_two_attempts(after, caplog):
    caplog.set_level(logging.INFO, "runloop_benchmarks")
    with FaultServer([*after, status(429, "retry-after: 30", acts=False)]) as server:
        client = rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, retry_ambiguous=True)
        call = client.benchmarks.start_run(benchmark_id="b", idempotency_key=KEY)
        cancelled(call, lambda: any("next in 30" in record.getMessage() for record in caplog.records))
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert f"idempotency_key={KEY!r}" in line
    assert ("a run may have started" in line) == bool(after)


@pytest.mark.parametrize("attempts", [1, 2])
def test_a_cancellation_while_connecting(attempts, caplog, monkeypatch):
    """The first attempt may have started a run, and the second has not come to its request."""
    import httpcore

    connecting = []
    real = httpcore.AnyIOBackend.connect_tcp

    async def connect(self, *args, **kwargs):
        connecting.append(args)
        if len(connecting) == attempts:
            await asyncio.sleep(60)
        return await real(self, *args, **kwargs)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    monkeypatch.setattr("runloop_benchmarks._call.backoff", lambda attempts: 0.01)

    def drop(exchange):
        exchange.act()

    with FaultServer([drop]) as server:
        client = rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url, retry_ambiguous=True)
        call = client.benchmarks.start_run(benchmark_id="b", idempotency_key=KEY)
        error = cancelled(call, lambda: len(connecting) == attempts)
    assert isinstance(error, asyncio.CancelledError)
    assert f"idempotency_key={KEY!r}" in caplog.text
    assert ("a run may have started" in caplog.text) == (attempts == 2)


def test_asyncio_timeout_around_a_call(server, caplog):
    server.faults = [stall]

    async def main():
        async with rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await client.benchmarks.start_run(benchmark_id="b", idempotency_key=KEY)

    asyncio.run(main())
    assert f"idempotency_key={KEY!r}" in caplog.text


def test_a_cancellation_while_a_server_does_not_read(caplog):
    with FaultServer([stall_before_reading]) as server:
        client = rb.AsyncRunloop(bearer_token=TOKEN, base_url=server.url)
        call = client.benchmarks.start_run(
            benchmark_id="b", idempotency_key=KEY, extra_body={"filling": "x" * 30_000_000}
        )
        cancelled(call, lambda: server.connections)
    assert f"idempotency_key={KEY!r}" in caplog.text
