"""Sends probes within the budget, the rate and the limits of waiting."""

from __future__ import annotations

import email.utils
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

from attrs import define, evolve, field, frozen

from runloop_conformance.clock import Clock
from runloop_conformance.exchanges.exchange import Exchange, Failure, Probe, Response, costs, started
from runloop_conformance.exchanges.redaction import substitute
from runloop_conformance.sending.transport import Transport

LONGEST_WAIT = 15.0  # seconds; a longer Retry-After is not waited for
MOST_WAITS = 3  # for one probe
MOST_STUCK = 3  # requests that the server puts off for good; then twins are not waited for any more
PATIENCE = 240.0  # seconds of waiting in all
SLOWER = 20  # times the slowest response, which a request that is waited for less long may still take
MOST_STORED = 96 * 1024 * 1024  # bytes of different response bodies
SHORTENED = 1.0  # seconds; at least so long is waited once the server has hung


@frozen
class Limits:
    """What a run may cost. `max_runs`: valid requests. `rate`: requests a second, None for no limit."""

    max_runs: int
    timeout: float = 10.0
    rate: float | None = None

    @property
    def most_by_mistake(self) -> int:
        """How many runs the requests that must be rejected may start; then no more of them are sent."""
        return max(self.max_runs, 10)


@define
class Budget:
    """Counts the runs that were, or may have been, started."""

    limit: int
    spent: int = 0
    by_mistake: int = 0

    @property
    def left(self) -> int:
        return max(0, self.limit - self.spent)


class BudgetSpentError(Exception):
    """The budget does not allow this request."""


@define
class Sender:
    """Sends probes, and never more valid requests than the budget allows."""

    to: Transport
    token: str = field(repr=False)
    limits: Limits
    extra_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    on_exchange: Callable[[Exchange], None] = field(default=lambda _: None, repr=False)
    budget: Budget = field(init=False)
    exchanges: list[Exchange] = field(factory=list, init=False, repr=False)
    _stuck: int = field(default=0, init=False)
    _waited: float = field(default=0.0, init=False)
    _last: float = field(default=0.0, init=False)
    _number: int = field(default=0, init=False)
    _bodies: dict[bytes, bytes] = field(factory=dict, init=False, repr=False)
    _stored: int = field(default=0, init=False)
    _hung: int = field(default=0, init=False)
    _slowest: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.budget = Budget(self.limits.max_runs)

    def affords(self, *probes: Probe) -> bool:
        """Whether these may still be sent."""
        if self.budget.by_mistake >= self.limits.most_by_mistake and any(p.intent == "refuse" for p in probes):
            return False
        return sum(costs(probe) for probe in probes) <= self.budget.left

    def send(self, probe: Probe) -> Exchange:
        """Send it, waiting where the server asks for it within limits.

        Raises:
            BudgetSpentError: the budget does not allow it.
        """
        return self.send_together([probe])[0]

    def send_together(self, probes: Sequence[Probe]) -> list[Exchange]:
        """Send several at the same time; their exchanges come in the order of the probes.

        Raises:
            BudgetSpentError: the budget does not allow all of them.
        """
        if not self.affords(*probes):
            raise BudgetSpentError
        charged = sum(costs(probe) for probe in probes)
        self.budget.spent += charged  # before sending: a lost response counts as a run
        if len(probes) == 1:
            done = [self._exchange(probes[0])]
        else:
            barrier = threading.Barrier(len(probes))
            self.to.expect(len(probes))

            def send_at_once(probe: Probe) -> Exchange:
                barrier.wait()
                return self._exchange(probe)

            with ThreadPoolExecutor(len(probes)) as pool:
                done = list(pool.map(send_at_once, probes))
        for exchange in done:
            if exchange.probe.intent == "refuse":
                self.budget.by_mistake += started(exchange)
            elif costs(exchange.probe) and (
                (exchange.response is not None and 300 <= exchange.response.status < 500) or not_sent(exchange)
            ):
                self.budget.spent -= 1  # rejected, put off or never sent: nothing was started
            self.exchanges.append(exchange)
            self.on_exchange(exchange)
        return done

    def _exchange(self, probe: Probe) -> Exchange:
        exchange = self._once(probe)
        while exchange.tries <= MOST_WAITS and not (self._stuck >= MOST_STUCK and probe.intent == "refuse"):
            wait = seconds_to_wait(exchange.response, self.to.clock)
            if wait is None or wait > LONGEST_WAIT or self._waited + wait > PATIENCE:
                return exchange
            self._waited += wait
            self.to.clock.sleep(wait)
            exchange = evolve(self._once(probe), tries=exchange.tries + 1)
        self._stuck += seconds_to_wait(exchange.response, self.to.clock) is not None and exchange.tries > MOST_WAITS
        return exchange

    def _once(self, probe: Probe) -> Exchange:
        clock = self.to.clock
        if self.limits.rate:
            clock.sleep(max(0.0, self._last + 1 / self.limits.rate - clock.monotonic()))
        self._last = clock.monotonic()
        # Without a token there are no credentials to send, right or wrong.
        own = [(name, value) for name, value in probe.headers if self.token or "{token" not in value]
        headers = [(name, substitute(value, self.token)) for name, value in (*own, *self.extra_headers)]
        target = probe.path + (f"?{substitute(probe.query, self.token)}" if probe.query else "")
        # A hang is a finding; once it is certain, the next ones need not cost the full timeout each.
        seconds = self.limits.timeout
        if self._hung:
            seconds = min(seconds, max(SHORTENED * 4 / self._hung, SHORTENED, SLOWER * self._slowest))
        began, before = clock.now_ms(), clock.monotonic()
        outcome = self.to.send(probe.method, target, headers, probe.body, seconds, probe.framing)
        ended = clock.now_ms()
        with self._lock:
            number = self._number = self._number + 1
            if isinstance(outcome, Response):
                self._slowest = max(self._slowest, clock.monotonic() - before)
            elif outcome.kind == "timeout" and number > 1:  # the first may have to wait for the server to start up
                self._hung += 1
            outcome = self._shared(outcome)
        if isinstance(outcome, Failure):
            return Exchange(number, probe, None, outcome, began, ended)
        return Exchange(number, probe, outcome, None, began, ended)

    def _shared(self, outcome: Response | Failure) -> Response | Failure:
        """The response with its body stored once, however often it comes, as long as there is room for it."""
        if isinstance(outcome, Failure):
            return outcome
        body = self._bodies.get(outcome.body)
        if body is None:
            body = outcome.body
            self._stored += len(body)
            if self._stored > MOST_STORED:
                return Failure("too_large", f"the responses are longer than {MOST_STORED:,} bytes in all")
            self._bodies[body] = body
        return evolve(outcome, body=body)


def not_sent(exchange: Exchange) -> bool:
    """Whether the request never left."""
    return exchange.failure is not None and exchange.failure.kind in ("unreachable", "tls")


def seconds_to_wait(response: Response | None, clock: Clock) -> float | None:
    """The seconds from now that a 429 or 503 asks for; None if it asks for nothing, or cannot be read.

    A 503 without Retry-After may come from a gateway whose upstream has acted, so only one with it is tried again.
    """
    if response is None or response.status not in (429, 503):
        return None
    stated = response.header("Retry-After")
    if stated is None:
        return 1.0 if response.status == 429 else None
    stated = stated.strip()
    if stated.isdigit():
        return float(stated) if len(stated) < 10 else None
    try:
        moment = email.utils.parsedate_to_datetime(stated)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - clock.now_ms() / 1000)
