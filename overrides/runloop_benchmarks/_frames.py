"""No frame of this package in a traceback: the local variables there hold the token and the body, and tools that report
errors print them."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")  # the type itself, so that editors still find the docstring


def frameless(function: F) -> F:
    """The same function. Where it raises, the traceback ends with the code that called it."""
    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def call_async(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except BaseException as error:
                _clear(error)
                raise  # a bare one adds no frame

        return cast("F", call_async)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            _clear(error)
            raise

    return cast("F", call)


def _clear(error: BaseException) -> None:
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = link.__context__ = None
        if isinstance(link, httpx.RequestError):
            link._request = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - it has no public way to drop it
        link = link.__cause__
