"""Whether the token expired in the middle of a run: then a 401 or 403 says nothing about the request that got it."""

from __future__ import annotations

from attrs import define, evolve, field

from runloop_conformance.exchanges.exchange import TOKEN, Exchange, Probe

UNAUTHORIZED = (401, 403)
FEW = 10  # times as many responses with 401 or 403 as with anything else
GROWTH = 8  # times as many rejections with 401 or 403 before the next check; each check is a run


@define
class Expiry:
    """Asks for a control to be sent again when a token that was accepted before is rejected. Sends nothing itself.

    reason: why the run ends, once the control is rejected as well. judged_until: the number of the first exchange
    that is not judged then.
    """

    reason: str | None = field(default=None, init=False)
    judged_until: int | None = field(default=None, init=False)
    _control: Probe | None = field(default=None, init=False, repr=False)
    _suspect: Exchange | None = field(default=None, init=False, repr=False)
    _count: int = field(default=0, init=False)
    _patience: int = field(default=1, init=False)
    _others: int = field(default=0, init=False)

    def observe(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        if not _has_token(exchange.probe) or exchange.response is None:
            return
        if exchange.accepted and exchange.probe.intent == "accept":
            self._control = self._control or exchange.probe
            self._suspect, self._count = None, 0
        elif self._control is not None and exchange.status in UNAUTHORIZED:
            if self._suspect is None:
                self._suspect, self._others = exchange, 0
            elif self._control.body == exchange.probe.body and exchange.probe.intent == "accept":
                self._expired(self._suspect, exchange)
            self._count += 1
        else:
            self._others += 1

    def check(self, *, last: bool = False) -> Probe | None:
        """The control, if it is to be sent again now. `last`: nothing else is left to send."""
        if self.reason or self._control is None or self._suspect is None:
            return None
        if self._count < self._patience and not last:
            return None
        self._patience *= GROWTH
        return evolve(self._control, name=f"{self._control.name}, as a token is rejected", control=None, change=None)

    def conclude(self) -> None:
        """Decide without a check, if the budget had none left: whether nearly every response since was a 401 or 403.

        A server may reject a few malformed requests with 400 before it looks at the token.
        """
        if self.reason is None and self._suspect is not None and self._count > max(1, FEW * self._others):
            self._expired(self._suspect, None)

    def _expired(self, suspect: Exchange, control: Exchange | None) -> None:
        proof = f"and request {control.number}, which was accepted before, with {control.status}" if control else ""
        self.judged_until = suspect.number
        self.reason = (
            f"The token seems to have expired: request {suspect.number} was rejected with {suspect.status},"
            f" {proof or 'as was nearly every request after it'}. Nothing from request {suspect.number} on is"
            " judged: pass a token that is valid for longer."
        )


def _has_token(probe: Probe) -> bool:
    """Whether the right token is all that a request has for credentials."""
    credentials = [value for name, value in probe.headers if name.lower() == "authorization"]
    return credentials == [f"Bearer {TOKEN}"]
