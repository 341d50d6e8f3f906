"""Sends requests to an ASGI or WSGI application in this process, with the responses that a client would get."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from runloop_conformance.clock import SYSTEM, Clock
from runloop_conformance.sending.in_process.application import URL, AppCannotStartError, OnError, log
from runloop_conformance.sending.in_process.asgi import AsgiTransport
from runloop_conformance.sending.in_process.wsgi import WsgiTransport
from runloop_conformance.sending.transport import Transport

__all__ = ["AppCannotStartError", "AsgiTransport", "NotAnAppError", "WsgiTransport", "in_process"]


class NotAnAppError(TypeError):
    """The object is neither ASGI nor WSGI. The message says what to do instead."""


@contextmanager
def in_process(app: Any, url: str = URL, clock: Clock = SYSTEM, on_error: OnError = log) -> Generator[Transport]:
    """Run an ASGI or WSGI application during the block, as if it were at `url`.

    on_error: is called with what the application raises, in the application's thread.

    Raises:
        NotAnAppError: it is neither.
        AppCannotStartError: its lifespan failed.
    """
    transport = (AsgiTransport if is_asgi(app) else WsgiTransport)(app, url, clock, on_error)
    with transport:
        yield transport


def is_asgi(app: Any) -> bool:
    """Whether it is ASGI; if not, it is WSGI.

    Raises:
        NotAnAppError: it is neither.
    """
    if not callable(app):
        raise NotAnAppError(f"{app!r} is no application: give an ASGI or a WSGI one, or serve it and pass its URL.")
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__):
        return True
    try:
        parameters = [*inspect.signature(app).parameters.values()]
    except ValueError:
        parameters = []
    plain = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    needed = sum(each.default is each.empty for each in plain)
    if needed <= 3 <= len(plain) and needed != 2:
        return True
    if needed <= 2 <= len(plain) or any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return False
    raise NotAnAppError(
        f"{app!r} takes neither (scope, receive, send), as ASGI does, nor (environ, start_response), as WSGI does:"
        " serve it and pass its URL."
    )
