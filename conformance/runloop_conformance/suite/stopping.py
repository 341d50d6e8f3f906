"""When a run ends before its plan does: the server is silent, unreadable, or too slow. Sends nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, evolve, field

from runloop_conformance.clock import Clock
from runloop_conformance.exchanges.exchange import Exchange, Failure, Probe, costs
from runloop_conformance.exchanges.recording import response_value

LONGEST = 1800.0  # seconds; a run that takes longer is ended
HOPELESS = 40  # requests that are still sent to a server whose responses to valid ones cannot be read
UNUSABLE = 5  # responses to valid requests, none of which could be used: then no more runs are paid for
GATEWAY = (502, 503, 504)
MANY_FAILURES = 25  # requests in a row without a whole response: the server may be gone


@define
class Stopping:
    """Decides when to stop. `reason` says why, once it is time.

    inconclusive: nothing can be said about the server, since it is gone, or something in front of it responds.
    """

    clock: Clock
    reason: str | None = field(default=None, init=False)
    inconclusive: bool = field(default=False, init=False)
    _began: float = field(init=False)
    _count: int = field(default=0, init=False)
    _last: int | None = field(default=None, init=False)
    _silent: int = field(default=0, init=False)
    _patience: int = field(default=MANY_FAILURES, init=False)
    _checked: bool = field(default=False, init=False)
    _accepted: Probe | None = field(default=None, init=False, repr=False)
    _failure: Failure | None = field(default=None, init=False)
    _unusable: list[Exchange] | None = field(factory=list, init=False, repr=False)  # None after one that was usable

    def __attrs_post_init__(self) -> None:
        self._began = self.clock.monotonic()

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        self._count += 1
        self._silent = 0 if exchange.response else self._silent + 1
        self._failure = exchange.failure
        if self._accepted is None and exchange.accepted and exchange.probe.intent == "accept":
            self._accepted = exchange.probe
        if self._unusable is not None and exchange.probe.intent == "accept" and costs(exchange.probe):
            self._unusable = None if _usable(exchange) else [*self._unusable, exchange]

    def hopeless(self) -> None:
        """No response to a control could be read: stop soon."""
        self._last = self._count + HOPELESS

    def check(self) -> Probe | None:
        """A request to send now, if any: one that was accepted before, when many others got no response."""
        if self.reason or self._silent < self._patience:
            return None
        self._patience *= 2
        self._checked = True
        before = self._accepted
        return before and evolve(before, name=f"{before.name}, as others get no response", control=None, change=None)

    def over(self) -> bool:
        """Whether to stop now. Call it after the request of `check` was sent."""
        if self.reason is None:
            self.reason = self._why()
        return self.reason is not None

    def _why(self) -> str | None:
        silent, self._checked = self._checked and self._silent > 0, False
        if silent and self._failure:
            self.inconclusive = True
            return f"the server stopped responding: {self._failure.text.rstrip('.')}"
        if len(self._unusable or ()) >= UNUSABLE:
            return self._none_usable(self._unusable or ())
        if self._last is not None and self._count >= self._last:
            return "no valid request got a response that can be read, so more of them would show little"
        if self.clock.monotonic() - self._began > LONGEST:
            return f"it took longer than {LONGEST:g} s"
        return None

    def _none_usable(self, exchanges: Sequence[Exchange]) -> str:
        self.inconclusive = all(
            exchange.status in GATEWAY or (exchange.failure is not None and exchange.failure.kind == "coding")
            for exchange in exchanges
        )
        outcomes = dict.fromkeys(str(e.status or (e.failure and e.failure.text.rstrip("."))) for e in exchanges)
        reason = f"none of the first {len(exchanges)} responses to valid requests could be used: {', '.join(outcomes)}"
        return f"{reason}. A gateway in front of the server may respond in its place." if self.inconclusive else reason


def _usable(exchange: Exchange) -> bool:
    """Whether a response to a valid request says what became of it: a rejection, or a run that can be read."""
    if exchange.accepted:
        return isinstance(response_value(exchange), dict | list)
    return exchange.status is not None and exchange.status < 500
