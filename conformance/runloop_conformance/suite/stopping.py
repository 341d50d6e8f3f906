"""When a run ends before its plan does: the server is silent, unreadable, or too slow. Sends nothing itself."""

from __future__ import annotations

from attrs import define, evolve, field

from runloop_conformance.clock import Clock
from runloop_conformance.exchanges.exchange import Exchange, Failure, Probe

LONGEST = 1800.0  # seconds; a run that takes longer is ended
HOPELESS = 40  # requests that are still sent to a server whose responses to valid ones cannot be read
MANY_FAILURES = 25  # requests in a row without a whole response: the server may be gone


@define
class Stopping:
    """Decides when to stop. `reason` says why, once it is time; `gone`: the server does not respond any more."""

    clock: Clock
    reason: str | None = field(default=None, init=False)
    gone: bool = field(default=False, init=False)
    _began: float = field(init=False)
    _count: int = field(default=0, init=False)
    _last: int | None = field(default=None, init=False)
    _silent: int = field(default=0, init=False)
    _patience: int = field(default=MANY_FAILURES, init=False)
    _checked: bool = field(default=False, init=False)
    _accepted: Probe | None = field(default=None, init=False, repr=False)
    _failure: Failure | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self.clock.monotonic()

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        self._count += 1
        self._silent = 0 if exchange.response else self._silent + 1
        self._failure = exchange.failure
        if self._accepted is None and exchange.accepted and exchange.probe.intent == "accept":
            self._accepted = exchange.probe

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
            self.gone = True
            return f"the server stopped responding: {self._failure.text.rstrip('.')}"
        if self._last is not None and self._count >= self._last:
            return "no valid request was answered with an object, so little can be learned from more of them"
        if self.clock.monotonic() - self._began > LONGEST:
            return f"it took longer than {LONGEST:g} s"
        return None
