"""One attempt over one transport: whatever happens comes back as an outcome, never as an exception."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from ._answer import Body, Failed, Received, causes_of
from ._network import Passage, passage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from ._answer import Outcome
    from ._call import Attempt

    Send = Callable[[httpx.Request], httpx.Response]
    AsyncSend = Callable[[httpx.Request], Awaitable[httpx.Response]]

log = logging.getLogger("runloop_benchmarks")


def attempt(step: Attempt, send: Send, *, own: bool) -> Outcome:
    """Send it. `own`: over the network of this package, which notes when the request goes out."""
    way = Passage(step.deadline.at)
    token = passage.set(way)
    try:
        return _read(send(step.order.request(step.deadline)), way)
    except Exception as error:  # noqa: BLE001 - whatever a transport or a hook raises, a run may have started
        return _failed(error, way, own=own)
    except BaseException as interruption:  # noqa: BLE001 - it is raised on
        raise _noted(interruption, step, sent=way.sent or not own) from None
    finally:
        passage.reset(token)


def _read(response: httpx.Response, way: Passage) -> Outcome:
    if response.is_stream_consumed:
        return Received(response.status_code, response.headers, response.content)
    body = Body(response.headers)
    cause: Exception | None = None
    stream: Any = response.stream
    try:
        for chunk in stream:
            if not body.feed(chunk):
                break
            way.clamped(None, httpcore.ReadTimeout)
        else:
            body.finished()
    except Exception as error:  # noqa: BLE001 - as above
        cause = error
    with contextlib.suppress(Exception):
        response.close()
    return _concluded(response, body, cause)


def _concluded(response: httpx.Response, body: Body, cause: Exception | None) -> Outcome:
    """The answer; a refusal needs no complete body to be one."""
    status = response.status_code
    problem = body.problem if cause is None else "it breaks off"
    received = Received(status, response.headers, body.content(), problem)
    if cause is None or not 200 <= status < 300:
        return received
    return Failed(cause, sent=True, timed_out=_is_timeout(cause), part=received)


async def async_attempt(step: Attempt, send: AsyncSend, *, own: bool) -> Outcome:
    """Send it. `own`: over the network of this package, which notes when the request goes out."""
    way = Passage(None)
    token = passage.set(way)
    so_far: list[tuple[httpx.Response, Body]] = []
    try:
        async with within(step.deadline.left()):
            response = await send(step.order.request(step.deadline))
            return await _async_read(response, so_far)
    except TimeoutError as error:
        if so_far:
            return _concluded(*so_far[0], error)
        return Failed(error, sent=way.sent if own else True, timed_out=True)
    except Exception as error:  # noqa: BLE001 - whatever a transport or a hook raises, a run may have started
        return _failed(error, way, own=own)
    except BaseException as interruption:  # noqa: BLE001 - it is raised on
        raise _noted(interruption, step, sent=way.sent or not own) from None
    finally:
        passage.reset(token)


def _noted(interruption: BaseException, step: Attempt, *, sent: bool) -> BaseException:
    """A cancellation or a Ctrl-C, which stays what it is, with what the caller needs to find the run."""
    if sent:
        note = f"start_run was interrupted, and a run may have started: idempotency_key={step.order.idempotency_key!r}"
        interruption.add_note(note)
        log.warning(note)
    # The frames below hold the request in local variables.
    return interruption.with_traceback(None)


async def _async_read(response: httpx.Response, so_far: list[tuple[httpx.Response, Body]]) -> Outcome:
    if response.is_stream_consumed:
        return Received(response.status_code, response.headers, response.content)
    body = Body(response.headers)
    so_far.append((response, body))
    cause: Exception | None = None
    stream: Any = response.stream
    try:
        async for chunk in stream:
            if not body.feed(chunk):
                break
        else:
            body.finished()
    except Exception as error:  # noqa: BLE001 - as above
        cause = error
    finally:
        # Also when the time is over: a transport may not notice by itself that nobody listens any more.
        with contextlib.suppress(Exception):
            await response.aclose()
    return _concluded(response, body, cause)


def within(seconds: float | None) -> Any:
    """A context that raises TimeoutError after so many seconds, on asyncio and on trio."""
    if on_asyncio():
        return asyncio.timeout(seconds)
    return _within_on_trio(seconds)


@contextlib.asynccontextmanager
async def _within_on_trio(seconds: float | None) -> AsyncGenerator[None]:
    import anyio  # noqa: PLC0415 - httpx brings it, and only trio needs it here

    with anyio.fail_after(seconds):
        yield


async def wait(seconds: float) -> None:
    """Wait, on asyncio and on trio."""
    if on_asyncio():
        await asyncio.sleep(seconds)
        return
    import anyio  # noqa: PLC0415

    await anyio.sleep(seconds)


def on_asyncio() -> bool:
    """Whether this is asyncio, and not trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def _failed(error: Exception, way: Passage, *, own: bool) -> Failed:
    timed_out = _is_timeout(error)
    if own:
        return Failed(error, sent=way.sent, timed_out=timed_out)
    return Failed(error, sent=not _surely_unsent(error), timed_out=timed_out)


def _is_timeout(error: Exception) -> bool:
    # Over httpx-aiohttp a refused connection is a ConnectTimeout too, so what lies below it decides.
    foreign = _foreign(error)
    if foreign:
        return any(isinstance(link, TimeoutError) for link in foreign)
    return isinstance(error, httpx.TimeoutException | httpcore.TimeoutException | TimeoutError)


def _foreign(error: Exception) -> list[BaseException]:
    """What of the causes comes from another library than httpx's own transport."""
    return [link for link in causes_of(error) if type(link).__module__.partition(".")[0] not in _HTTPX_FAMILY]


def _surely_unsent(error: Exception) -> bool:
    """Whether nothing was sent, by the cause: the names that transports give are not to be trusted.

    Over httpx-aiohttp a reset after the server has read the request is a ConnectTimeout too.
    """
    causes = [link for link in causes_of(error) if link is not error]
    if any(isinstance(link, ConnectionRefusedError | socket.gaierror) for link in causes):
        return True
    foreign = _foreign(error)
    if any(base.__name__ == "ClientConnectorError" for link in foreign for base in type(link).__mro__):
        return True
    if any(type(link).__module__.startswith("aiohttp") for link in foreign):
        return False
    return isinstance(error, _UNSENT)


_HTTPX_FAMILY = {"httpx", "httpcore", "h11", "anyio", "asyncio", "trio", "builtins", "ssl", "socket"}
