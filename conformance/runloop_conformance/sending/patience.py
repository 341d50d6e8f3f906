"""How long a response is waited for. Only the server's time counts, not that in which this process did not run."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

SLICE = 0.05  # seconds; of one wait no more than that is charged, however late this process gets to run again


class LateError(Exception):
    """The time for this response is over."""


class Patience:
    """Seconds of waiting for one response.

    On a busy machine this process may be kept from running while the bytes are there already, or it may take long to
    read them. Neither says anything about the server. So a wait is cut into slices, of which each is charged at most
    with its own length, and the work of this thread is counted by the processor's time. It has the same limit, for
    responses that are cheap to send and expensive to read.
    """

    def __init__(
        self,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self.seconds = seconds
        self._now, self._worked = now, worked
        self._waited, self._began = 0.0, worked()

    @contextmanager
    def wait(self) -> Generator[float]:
        """One slice: how many seconds may be waited in this block.

        Raises:
            LateError: there are none left.
        """
        left = min(SLICE, self.seconds - self._waited)
        if left <= 0 or self._worked() - self._began > self.seconds:
            raise LateError(f"nothing came within {self.seconds:g} s")
        before = self._now()
        try:
            yield left
        finally:
            self._waited += min(left, self._now() - before)

    def take(self, source: queue.SimpleQueue[T]) -> T:
        """The next of a queue.

        Raises:
            LateError: it did not come in time.
        """
        while True:
            with self.wait() as seconds:
                try:
                    return source.get(timeout=seconds)
                except queue.Empty:
                    continue
