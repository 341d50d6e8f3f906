"""`AsyncRunloop` on aiohttp."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpx

__all__ = ["DefaultAioHttpClient"]

if TYPE_CHECKING or find_spec("httpx_aiohttp"):
    from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

    class DefaultAioHttpClient(HttpxAiohttpClient):
        """An httpx.AsyncClient on aiohttp, for many calls at once: `AsyncRunloop(http_client=DefaultAioHttpClient())`.

        Takes the arguments of httpx.AsyncClient. Without event hooks, auth, cookies, params, headers, proxies and
        mounts of its own, calls go to the transport directly, which halves what a call costs.
        """

        def __init__(self, **options: Any) -> None:
            options.setdefault("follow_redirects", False)
            options.setdefault("limits", httpx.Limits(max_connections=1000, max_keepalive_connections=1000))
            self._is_plain = options.keys() <= {"follow_redirects", "limits", "timeout", "verify", "cert", "trust_env"}
            super().__init__(**options)

        def transport_if_plain(self) -> AiohttpTransport | None:
            """The transport, where nothing that the client does around it would be missed."""
            hooks = any(self.event_hooks.values())
            plain = self._is_plain and not hooks and not self._mounts and not self.is_closed and self.auth is None
            return self._transport if plain and isinstance(self._transport, AiohttpTransport) else None

else:  # a class all the same, so that `import *`, help() and mocks of this package work

    class DefaultAioHttpClient:
        """An httpx.AsyncClient on aiohttp. Not usable here: the package httpx-aiohttp is not installed."""

        def __init__(self, **_options: Any) -> None:
            raise ImportError(
                "DefaultAioHttpClient needs httpx-aiohttp, which is not installed: pip install httpx-aiohttp"
            )
