"""An event loop with a virtual clock: when everything waits, the clock moves to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable

from runloop_conformance.clock import Clock

STRAGGLER = 10.0  # seconds of real time; how long a request that was announced is waited for


class _Selector(selectors.DefaultSelector):
    """Moves the clock instead of waiting. `may_pass`: whether it may; None: not before another request has arrived."""

    def __init__(self, clock: Clock, may_pass: Callable[[], bool | None]) -> None:
        super().__init__()
        self._clock = clock
        self._may_pass = may_pass

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        while not ready and (may_pass := self._may_pass()) is not True:
            ready = super().select(STRAGGLER if may_pass is None else None)
            if may_pass is None:
                break  # it is not waited for any longer
        if not ready:
            self._clock.sleep(timeout)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock, may_pass: Callable[[], bool | None]) -> None:
        self._virtual = clock
        super().__init__(_Selector(clock, may_pass))

    def time(self) -> float:
        return self._virtual.monotonic()


def virtual_loop(clock: Clock, may_pass: Callable[[], bool | None]) -> asyncio.AbstractEventLoop:
    """A new event loop with this clock."""
    return _Loop(clock, may_pass)
