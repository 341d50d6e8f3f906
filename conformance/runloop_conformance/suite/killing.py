"""Which request took the server down: its connection breaks without a response, and new ones are then refused."""

from __future__ import annotations

from attrs import define, evolve, field

from runloop_conformance.exchanges.exchange import Exchange, Probe

RESTARTS_WITHIN = 10  # seconds; so long a server that is down is waited for


@define
class Killing:
    """Asks for the suspect to be sent once more when the server is back. Sends nothing itself.

    killed: the server was down again after the second try. gone: it did not come back.
    """

    killed: bool = field(default=False, init=False)
    gone: bool = field(default=False, init=False)
    _suspect: Exchange | None = field(default=None, init=False, repr=False)
    _again: Probe | None = field(default=None, init=False, repr=False)
    _before: Exchange | None = field(default=None, init=False, repr=False)
    _down: bool = field(default=False, init=False)
    _waited: int = field(default=0, init=False)

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        before, self._before = self._before, exchange
        self._down = exchange.failure is not None and exchange.failure.kind == "unreachable"
        if not self._down or before is None or before.failure is None or before.failure.kind != "dropped":
            return
        if self._suspect is None:
            name = f"{before.probe.name}, again, as the server was down after it"
            self._suspect, self._again = before, evolve(before.probe, name=name)
        elif self._again is not None and before.probe.name == self._again.name:
            self.killed = True

    def check(self) -> Probe | None:
        """The suspect, if it is to be sent again in a second. While the server is down nothing is really sent."""
        if not self._down or self._suspect is None or self.killed or self.gone:
            return None
        if self._waited == RESTARTS_WITHIN:
            self.gone = True
            return None
        self._waited += 1
        return self._again

    @property
    def reason(self) -> str | None:
        """Why the run ends, once the server is down for good or was taken down twice."""
        if self._suspect is None or not (self.killed or self.gone):
            return None
        request = f"request {self._suspect.number} ({self._suspect.probe.name})"
        if self.killed:
            return f"{request} took the server down, and again when it was sent once more"
        return f"the server is down since {request}, whose connection broke without a response"
