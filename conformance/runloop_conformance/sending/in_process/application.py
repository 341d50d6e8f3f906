"""What an application in this process is asked with and what a client sees of its answer, whichever its interface."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence

import h11

from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.socket_transport import LARGEST_BODY, LARGEST_HEAD, answer as unpacked

URL = "http://localhost"
"""Where an application is asked as if it were there: the host that frameworks with a list of hosts take by default."""

Headers = tuple[tuple[bytes, bytes], ...]

LOGGER = logging.getLogger("runloop_conformance.sending.in_process")


class AppCannotStartError(Exception):
    """The application said, before the first request, that it cannot start."""


def log(error: BaseException) -> None:
    """Say what an application raised where a server would say it."""
    LOGGER.error("the application raised an exception", exc_info=error)


OnError = Callable[[BaseException], None]


def answered_for(method: str, status: int, text: bytes) -> Response | Failure:
    """What a server answers by itself."""
    answer = Answer(method)
    answer.start(status, ((b"content-type", b"text/plain; charset=utf-8"),))
    answer.data(text)
    answer.end()
    return answer.seen()


def refused(method: str) -> Response | Failure:
    """The answer to a request that a server cannot read."""
    return answered_for(method, 400, b"Invalid HTTP request received.")


def failed(method: str) -> Response | Failure:
    """The answer for an application that raised before it had begun to answer."""
    return answered_for(method, 500, b"Internal Server Error")


@functools.lru_cache(maxsize=1024)
def request_headers(headers: tuple[tuple[str, str], ...]) -> Headers | None:
    """The headers as a server reads them, in lower case; None where it refuses them."""
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


class Answer:
    """So much of an answer as has been written. A client has all of it as soon as its own headers say so."""

    def __init__(self, method: str) -> None:
        self._bare = method == "HEAD"
        self._status = 0
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = bytearray()
        self._length: int | None = None
        self.whole = False
        self._spoilt = False

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
            self._spoilt = True
            raise
        self._bare = self._bare or status in (204, 304)
        self._status = status
        self.whole = self._bare or self._length == 0

    def data(self, piece: bytes) -> None:
        """Write some of the body. What is more than was announced is not written, and ends the connection."""
        if self._bare or self._spoilt or not piece:
            return
        if self._length is not None and len(self._body) + len(piece) > self._length:
            self._spoilt = True
        elif len(self._body) <= LARGEST_BODY:
            self._body += piece
            self.whole = len(self._body) == self._length

    @property
    def over(self) -> bool:
        """Whether nothing that is still written changes what the client has seen."""
        return self.whole or self._spoilt or len(self._body) > LARGEST_BODY

    def end(self) -> None:
        """Nothing more is written."""
        self.whole = self.whole or (self.started and self._length is None and not self._spoilt)

    def seen(self) -> Response | Failure:
        """What the client has, now that the connection is over."""
        if sum(len(name) + len(value) + 4 for name, value in self._headers) > LARGEST_HEAD:
            return Failure("malformed", f"the headers are longer than {LARGEST_HEAD:,} bytes")
        if len(self._body) > LARGEST_BODY:
            return Failure("too_large", f"the answer is longer than {LARGEST_BODY:,} bytes")
        if self.whole:
            return unpacked(self._status, self._headers, bytes(self._body))
        if self.started:
            got = f"{len(self._body)} bytes of its body"
            return Failure("dropped", f"the connection ended after {got}, before an answer was whole")
        return Failure("dropped", "the connection ended without an answer")
