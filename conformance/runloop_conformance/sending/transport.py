"""How a request gets to a server and its answer comes back: over a socket, or to an application in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runloop_conformance.clock import Clock
from runloop_conformance.exchanges.exchange import Failure, Response


class Transport(Protocol):
    """One server that can be asked. `send` may be called from several threads at once."""

    @property
    def url(self) -> str:
        """Where the server is, or would be, with the path prefix that it has; no slash at its end."""
        ...

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine, so that a run most likely costs nobody money."""
        ...

    @property
    def clock(self) -> Clock:
        """By which the server goes."""
        ...

    def expect(self, count: int) -> None:
        """So many requests are about to be sent at the same time: what waits may wait for all of them."""
        ...

    def send(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        seconds: float,
        framing: str = "length",
    ) -> Response | Failure:
        """Send one request, once, and read its answer within so many seconds, or say why there is none.

        target: below the server's prefix, with the query.
        framing: see `exchange.Framing`.
        """
        ...
