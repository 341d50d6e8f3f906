"""TCP and TLS on asyncio's own streams, which cost a third of what anyio's do. trio is httpcore's."""

from __future__ import annotations

import asyncio
import select
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Iterable

HAPPY_EYEBALLS_DELAY = 0.25
"""Seconds before the next address of a host is tried beside the last one (RFC 8305, section 5)."""


@asynccontextmanager
async def _mapped(seconds: float | None, expired: type[Exception], failed: type[Exception]) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise expired(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error


class AsyncioStream(httpcore.AsyncNetworkStream):
    """A connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Up to `max_bytes`; empty at the end."""
        async with _mapped(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """All of `buffer`."""
        async with _mapped(timeout, httpcore.WriteTimeout, httpcore.WriteError):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Close at once: nothing is left to be sent, and a peer that does not answer is not waited for."""
        self._writer.transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS."""
        try:
            async with _mapped(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._writer.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        if info == "is_readable":
            return self._is_readable()
        names = {"ssl_object": "ssl_object", "client_addr": "sockname", "server_addr": "peername", "socket": "socket"}
        return self._writer.get_extra_info(names[info]) if info in names else None

    def _is_readable(self) -> bool:
        """Whether an idle connection has come to its end: a server says nothing on one, so there is only the end to
        read."""
        if self._reader.at_eof() or self._writer.transport.is_closing() or self._reader.exception() is not None:
            return True
        sock = self._writer.get_extra_info("socket")
        # The loop may not have run since the end came. Windows has no poll; there the above has to do.
        if sock is None or sock.fileno() < 0 or not hasattr(select, "poll"):
            return sock is None or sock.fileno() < 0
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Connects."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that answers."""
        local = None if local_address is None else (local_address, 0)
        async with _mapped(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
            reader, writer = await asyncio.open_connection(
                host, port, local_addr=local, happy_eyeballs_delay=HAPPY_EYEBALLS_DELAY
            )
        sock = writer.get_extra_info("socket")
        for option in socket_options or []:
            sock.setsockopt(*option)
        return AsyncioStream(reader, writer)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
