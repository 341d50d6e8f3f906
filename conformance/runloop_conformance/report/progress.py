"""Where a run stands, while it works: a line that is rewritten on a terminal, now and then a plain one in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from attrs import define, field
from rich.console import Console
from rich.live import Live
from rich.text import Text

REDRAWN = 0.1  # seconds between two looks of the line
LOGGED = 30.0  # seconds between two lines of a log: so long a silence makes some CI services give a job up
SHARE = 10  # judging, to count what is settled, may take one part in so many of the time


@define
class Progress:
    """Shows clauses settled, requests sent, runs started of the budget, and the time.

    settled: counts the clauses of which something is known by now. It judges, so it is asked seldom.
    """

    console: Console
    clauses: int
    settled: Callable[[], int]
    now: Callable[[], float] = time.monotonic
    _live: Live | None = field(default=None, init=False)
    _began: float = field(init=False)
    _shown: float = field(init=False)
    _judged_again: float = field(default=0.0, init=False)
    _settled: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self._shown = self.now()

    def __enter__(self) -> Self:
        if self.console.file.isatty() and not self.console.is_dumb_terminal:
            self._live = Live(console=self.console, auto_refresh=False, transient=True, redirect_stdout=False)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, requests: int, runs: int, limit: int) -> None:
        """Show how far the run is: requests sent, runs started, and how many runs may be."""
        now = self.now()
        if now - self._shown < (REDRAWN if self._live else LOGGED):
            return
        self._shown = now
        line = self._line(requests, runs, limit, now)
        if self._live is not None:
            self._live.update(Text(line, style="dim", no_wrap=True, overflow="ellipsis"), refresh=True)
        else:
            self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _line(self, requests: int, runs: int, limit: int, now: float) -> str:
        if now >= self._judged_again:
            self._settled = self.settled()
            self._judged_again = self.now() + SHARE * (self.now() - now)
        return (
            f"{self._settled} of {self.clauses} clauses settled · {requests} requests ·"
            f" {runs} of {limit} runs started · {now - self._began:.0f} s"
        )
