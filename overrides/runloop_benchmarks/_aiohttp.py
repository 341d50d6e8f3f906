"""`AsyncRunloop` on aiohttp: `pip install 'runloop-benchmarks[aiohttp]'`."""

from __future__ import annotations

from typing import Any

import httpx

try:
    from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient
except ImportError as missing:
    raise ImportError("aiohttp is not installed: pip install 'runloop-benchmarks[aiohttp]'") from missing


class DefaultAioHttpClient(HttpxAiohttpClient):
    """An httpx.AsyncClient on aiohttp, for many calls at once: `AsyncRunloop(http_client=DefaultAioHttpClient())`.

    Takes what httpx.AsyncClient takes. Without event hooks, auth, cookies, params, headers, proxies and mounts of its
    own, calls go to the transport directly, which halves what a call costs.
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
