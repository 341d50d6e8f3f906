"""Logs: `RUNLOOP_LOG=debug|info`, as in the official SDK, and no secret in the logs of httpx and httpcore.

The logger `runloop_benchmarks` gets attempts, statuses, waits and idempotency keys; never headers, bodies or queries.
"""

from __future__ import annotations

import logging
import os

from ._network import progress


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


def mask_other_logs() -> None:
    """Mask the secrets of a call in what httpx and httpcore log during it: its URL, and the response headers."""
    for name in ("httpx", "httpcore.http11", "httpcore.http2"):
        logging.getLogger(name).addFilter(_mask)


def _mask(record: logging.LogRecord) -> bool:
    current = progress.get()
    if current is not None:
        text = record.getMessage()
        for secret in current.masks():
            text = text.replace(secret, "***")
        record.msg, record.args = text, None
    return True
