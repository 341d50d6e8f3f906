"""One attempt over one transport: what happens comes back as an outcome. Only an interruption is raised."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
from typing import TYPE_CHECKING, Any

import anyio
import httpcore
import httpx

from ._network import on_asyncio, progress
from ._outcome import Body, Failed, Received

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

    from ._call import Attempt
    from ._outcome import Outcome

    Send = Callable[[httpx.Request], httpx.Response]
    AsyncSend = Callable[[httpx.Request], Awaitable[httpx.Response]]


def attempt(step: Attempt, send: Send) -> Outcome:
    """Send the request."""
    token = progress.set(step.progress)
    try:
        return _read(send(step.request()), step)
    except Exception as error:  # noqa: BLE001 - whatever a transport or a hook raises, a run may have started
        return _failed(error, step)
    finally:
        progress.reset(token)


def _read(response: httpx.Response, step: Attempt) -> Outcome:
    if response.is_stream_consumed:
        return Received(response.status_code, response.headers, response.content)
    body = Body(response.headers)
    cause: Exception | None = None
    stream: Any = response.stream
    try:
        for chunk in stream:
            if not body.feed(chunk):
                break
            step.progress.clamped(None, httpcore.ReadTimeout)
        else:
            body.finished()
    except Exception as error:  # noqa: BLE001 - as above
        cause = error
    with contextlib.suppress(Exception):
        response.close()
    return _concluded(response, body, cause, step)


async def async_attempt(step: Attempt, send: AsyncSend) -> Outcome:
    """Send the request."""
    token = progress.set(step.progress)
    begun: list[tuple[httpx.Response, Body]] = []
    try:
        async with within(step.deadline.left()):
            response = await send(step.async_request())
            return await _async_read(response, begun, step)
    except Exception as error:  # noqa: BLE001 - as above
        if begun and isinstance(error, TimeoutError):
            return _concluded(*begun[0], error, step)
        return _failed(error, step)
    finally:
        progress.reset(token)


async def _async_read(response: httpx.Response, begun: list[tuple[httpx.Response, Body]], step: Attempt) -> Outcome:
    if response.is_stream_consumed:
        return Received(response.status_code, response.headers, response.content)
    body = Body(response.headers)
    begun.append((response, body))
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
        # Also at the deadline: a transport may not notice by itself that nobody reads any more.
        with contextlib.suppress(Exception):
            await response.aclose()
    return _concluded(response, body, cause, step)


def _concluded(response: httpx.Response, body: Body, cause: Exception | None, step: Attempt) -> Outcome:
    """The response. A rejection needs no complete body."""
    _raise_signalled(cause, step.progress.handled)
    status = response.status_code
    problem = body.problem if cause is None else "it breaks off"
    received = Received(status, response.headers, body.content(), problem)
    if cause is None or not received.is_success:
        return received
    return Failed(cause, sent=True, timed_out=_is_timeout(cause), part=received)


def within(seconds: float | None) -> Any:
    """A context that raises TimeoutError after so many seconds, on asyncio and on trio."""
    return asyncio.timeout(seconds) if on_asyncio() else _within_on_trio(seconds)


@contextlib.asynccontextmanager
async def _within_on_trio(seconds: float | None) -> AsyncGenerator[None]:
    with anyio.fail_after(seconds):
        yield


_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def _failed(error: Exception, step: Attempt) -> Failed:
    _raise_signalled(error, step.progress.handled)
    reached = step.progress
    known = isinstance(error, httpx.TransportError | TimeoutError) and reached.unsent
    sent = reached.sent or not (known or _surely_unsent(error))
    hopeless = _is_hopeless(error, step.progress.handled)
    return Failed(error, sent=sent, timed_out=_is_timeout(error), hopeless=hopeless)


def _raise_signalled(error: BaseException | None, handled: BaseException | None) -> None:
    """Raise what the handler of a signal raised, such as the time limit of a task queue: it is not for this client.

    `handled` is the exception that the caller was handling at the time of the call.
    """
    links = list(_links(error, handled))
    if not links:
        return
    handlers = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    for link in links:
        trace = link.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code in handlers:
                raise link
            trace = trace.tb_next


def _links(error: BaseException | None, handled: BaseException | None) -> Iterator[BaseException]:
    """The error, its causes and contexts. httpcore raises `from None`, which leaves the context alone."""
    while error is not None and error is not handled:
        yield error
        error = error.__cause__ or error.__context__


def _code_of(handler: Any) -> Any:
    """The code of a function, of a bound method, of what a functools.partial calls, or of a callable object."""
    handler = getattr(handler, "func", handler)
    handler = getattr(handler, "__func__", handler)
    call: Any = vars(type(handler)).get("__call__")
    return getattr(handler, "__code__", getattr(call, "__code__", None))


def _is_hopeless(error: Exception, handled: BaseException | None) -> bool:
    """Whether the next attempt would fail in the same way: a certificate, or a request that the library rejects."""
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return True
    if not isinstance(error, httpx.TransportError | TimeoutError):
        return True
    return any(isinstance(link, ssl.SSLCertVerificationError) for link in _links(error, handled))


def _is_timeout(error: Exception) -> bool:
    # Over httpx-aiohttp a rejected connection is a ConnectTimeout, too, so aiohttp's own error decides.
    inner = _of_aiohttp(error)
    if inner:
        return any(isinstance(link, TimeoutError) for link in inner)
    return isinstance(error, httpx.TimeoutException | httpcore.TimeoutException | TimeoutError)


def _surely_unsent(error: Exception) -> bool:
    """Whether nothing was sent, by the error alone.

    Over httpx-aiohttp a reset after the server has read the request is a ConnectTimeout, too.
    """
    if any(isinstance(link, ConnectionRefusedError | socket.gaierror) for link in _causes(error)):
        return True
    inner = _of_aiohttp(error)
    if inner:
        return any(base.__name__ == "ClientConnectorError" for link in inner for base in type(link).__mro__)
    return isinstance(error, _UNSENT)


def _of_aiohttp(error: Exception) -> list[BaseException]:
    return [link for link in _causes(error) if type(link).__module__.startswith("aiohttp")]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, its cause, the cause of that. Contexts are no part of it: they may come from anywhere."""
    while error is not None:
        yield error
        error = error.__cause__
