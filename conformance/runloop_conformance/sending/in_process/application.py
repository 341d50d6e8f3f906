"""The headers that an application in this process gets, and its response as a client sees it."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence

import h11

from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.socket_transport import LARGEST_BODY, LARGEST_HEAD, unpacked

URL = "http://localhost"
"""The address of an application without one: frameworks with a list of hosts accept this one by default."""

Headers = tuple[tuple[bytes, bytes], ...]

LOGGER = logging.getLogger("runloop_conformance.sending.in_process")


class AppCannotStartError(Exception):
    """The application cannot start. Raised before the first request."""


def log(error: BaseException) -> None:
    """Log what an application raised, as a server would."""
    LOGGER.error("the application raised an exception", exc_info=error)


OnError = Callable[[BaseException], None]


def own_response(method: str, status: int, text: bytes) -> Response | Failure:
    """The response that a server gives by itself."""
    writer = ResponseWriter(method)
    writer.start(status, ((b"content-type", b"text/plain; charset=utf-8"),))
    writer.data(text)
    writer.end()
    return writer.outcome()


def unreadable(method: str) -> Response | Failure:
    """The response to a request that a server cannot read."""
    return own_response(method, 400, b"Invalid HTTP request received.")


def raised(method: str) -> Response | Failure:
    """The response for an application that raised before it had begun to respond."""
    return own_response(method, 500, b"Internal Server Error")


@functools.lru_cache(maxsize=1024)
def request_headers(headers: tuple[tuple[str, str], ...]) -> Headers | None:
    """The headers as a server reads them, in lower case; None if it rejects them."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    try:
        return tuple(h11.Request(method="POST", target="/", headers=raw).headers)
    except h11.LocalProtocolError:
        return None


@functools.lru_cache(maxsize=1024)
def _head(status: int, headers: Headers) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """The headers as they leave, and the length that they announce.

    Raises:
        h11.LocalProtocolError: no server could write them.
    """
    response = h11.Response(status_code=status, headers=list(headers))
    chunked = any(name == b"transfer-encoding" for name, _ in response.headers)
    stated = next((int(value) for name, value in response.headers if name == b"content-length" and not chunked), None)
    raw = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items())
    return raw, stated


class ResponseWriter:
    """The part of a response that has been written. It is complete as soon as its own headers say so."""

    def __init__(self, method: str) -> None:
        self._bare = method == "HEAD"
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()
        self._length: int | None = None
        self.whole = False
        self._broken_off = False

    @property
    def started(self) -> bool:
        """Whether its head has been written."""
        return bool(self._status)

    def start(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Write the head.

        Raises:
            h11.LocalProtocolError: no server could write it.
        """
        try:
            self._headers, self._length = _head(status, tuple((bytes(name), bytes(value)) for name, value in headers))
        except h11.LocalProtocolError:
            self._broken_off = True
            raise
        self._bare = self._bare or status in (204, 304)
        self._status = status
        self.whole = self._bare or self._length == 0

    def data(self, piece: bytes) -> None:
        """Write a part of the body. What exceeds the announced length is not written, and ends the connection."""
        if self._bare or self._broken_off or not piece:
            return
        if self._length is not None and len(self._body) + len(piece) > self._length:
            self._broken_off = True
        elif len(self._body) <= LARGEST_BODY:
            self._body += piece
            self.whole = len(self._body) == self._length

    @property
    def over(self) -> bool:
        """Whether nothing that is written from now on changes what the client gets."""
        return self.whole or self._broken_off or len(self._body) > LARGEST_BODY

    def end(self) -> None:
        """End the response."""
        self.whole = self.whole or (self.started and self._length is None and not self._broken_off)

    def outcome(self) -> Response | Failure:
        """What the client has when the connection ends."""
        if sum(len(name) + len(value) + 4 for name, value in self._headers) > LARGEST_HEAD:
            return Failure("malformed", f"the headers are longer than {LARGEST_HEAD:,} bytes")
        if len(self._body) > LARGEST_BODY:
            return Failure("too_large", f"the response is longer than {LARGEST_BODY:,} bytes")
        if self.whole:
            return unpacked(self._status, self._headers, bytes(self._body))
        if self.started:
            received = f"{len(self._body)} bytes of its body"
            return Failure("dropped", f"the connection ended after {received}, before the response was complete")
        return Failure("dropped", "the connection ended without a response")
