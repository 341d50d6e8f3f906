"""How a request gets to a server: over a socket, or to an application in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runloop_conformance.clock import Clock
from runloop_conformance.exchanges.exchange import Failure, Response


class Transport(Protocol):
    """One server. `send` may be called from several threads at once."""

    @property
    def url(self) -> str:
        """Where the server is, or would be, with its path prefix; without a slash at the end."""
        ...

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine, so that a run probably costs nothing."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock that the server uses."""
        ...

    def expect(self, count: int) -> None:
        """Announce that so many requests are about to be sent at the same time."""
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
        """Send one request, once, and read its response within so many seconds, or say why there is none.

        target: below the server's prefix, with the query.
        framing: see `exchange.Framing`.
        """
        ...
