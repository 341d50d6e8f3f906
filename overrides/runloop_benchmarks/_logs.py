"""`RUNLOOP_LOG=debug|info`, as in the official SDK: the log on stderr, for those who have not set up `logging`.

The logger is `runloop_benchmarks`. It is told of attempts, statuses, waits and idempotency keys; never of headers,
bodies or queries.
"""

from __future__ import annotations

import logging
import os


def set_up_from_environment() -> None:
    """Set the level that RUNLOOP_LOG names, and a handler where there is none."""
    level = {"debug": logging.DEBUG, "info": logging.INFO}.get(os.environ.get("RUNLOOP_LOG", "").lower())
    if level is None:
        return
    logger = logging.getLogger("runloop_benchmarks")
    logger.setLevel(level)
    if not logger.handlers and not logging.getLogger().handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("[%(asctime)s %(name)s %(levelname)s] %(message)s"))
        logger.addHandler(handler)
