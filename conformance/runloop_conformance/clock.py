"""The time of the machine, or a virtual one that advances only when something waits for it.

With a virtual clock waiting costs nothing: a Retry-After of ten seconds, a pause, a hang. A server in this process
reads the same clock through `now_ms`.
"""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from typing import Protocol

from attrs import define, field


class Clock(Protocol):
    """A clock that can be read and waited for."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment, which never decrease."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since some moment, which never decrease."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@define
class VirtualClock:
    """Begins now, and advances only by what is waited for."""

    _began_ms: int = field(factory=lambda: time.time_ns() // 1_000_000, init=False)
    _passed: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False, repr=False)

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return self._began_ms + int(self._passed * 1000)

    def monotonic(self) -> float:
        """Seconds since it began."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Advance by so many seconds at once."""
        with self._lock:
            self._passed += max(0.0, seconds)


SYSTEM = SystemClock()

_current: ContextVar[Clock] = ContextVar("clock", default=SYSTEM)


def go_by(clock: Clock) -> None:
    """Let `now_ms` read this clock from now on, in this context."""
    _current.set(clock)


def now_ms() -> int:
    """Unix milliseconds, by the clock of this context."""
    return _current.get().now_ms()
