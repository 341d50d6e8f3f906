"""The request of one call, the same on every attempt: bytes, headers and idempotency key."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen
from runloop_benchmarks_api.api.benchmarks import start_run
from runloop_benchmarks_api.models import StartRunRequest
from runloop_benchmarks_api.types import UNSET, Unset

from ._arguments import is_list, is_mapping, json_value, query_from, request_from
from ._settings import CONNECT_TIMEOUT, checked_headers, checked_retries, checked_timeout
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._settings import Settings, TimeoutOption

IDEMPOTENCY_HEADER = "x-request-id"
SHORTEST_MASKED = 6
"""Shorter values are not masked in texts: they are everywhere (`1`, `debug`), and no secret is that short."""


@frozen(repr=False)
class Deadline:
    """When a call has to end, and how long a step of it may take.

    Seconds limit the whole call. An httpx.Timeout keeps its meaning: it limits the single steps of an attempt, and not
    the whole.
    """

    at: float | None
    steps: httpx.Timeout | None

    @classmethod
    def starting_now(cls, timeout: TimeoutOption) -> Deadline:
        """The deadline of a call that begins now."""
        if timeout is None:
            return cls(None, httpx.Timeout(None, connect=CONNECT_TIMEOUT))
        if isinstance(timeout, httpx.Timeout):
            return cls(None, timeout)
        return cls(time.monotonic() + timeout, None)

    def left(self) -> float | None:
        """Seconds left, never below 0; None for no end."""
        return None if self.at is None else max(0.0, self.at - time.monotonic())

    def for_steps(self) -> dict[str, float | None]:
        """The extension `timeout` of httpx, for an attempt that begins now."""
        if self.steps is not None:
            return self.steps.as_dict()
        # 0 means "at once" to httpx, and "no limit" to some transports.
        left = max(self.left() or 0.0, 0.001)
        return {"connect": min(CONNECT_TIMEOUT, left), "read": left, "write": left, "pool": left}


@frozen(repr=False)
class Base:
    """What all calls of a client share, computed once."""

    url: httpx.URL
    headers: dict[str, tuple[str, str]]
    """Lower-case name to the name as it was passed and the value."""

    @classmethod
    def of(cls, settings: Settings) -> Base:
        """What every request under these settings starts from."""
        shape = start_run._get_kwargs(body=StartRunRequest(benchmark_id=""))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the generated address, not written again
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"runloop-benchmarks/{__version__}",
            **shape["headers"],
            "Authorization": f"Bearer {settings.bearer_token}",
        }
        url = httpx.URL(settings.base_url + shape["url"])
        if query := query_from(settings.default_query, where="default_query"):
            url = url.copy_merge_params(query)
        merged = {name.lower(): (name, value) for name, value in headers.items()}
        merged |= {name.lower(): (name, value) for name, value in settings.default_headers.items()}
        return cls(url=url, headers=merged)


@frozen(repr=False)
class Prepared:
    """One call, checked and ready to be sent."""

    url: httpx.URL
    headers: dict[str, str]
    content: bytes
    idempotency_key: str
    timeout: TimeoutOption
    max_retries: int
    retry_ambiguous: bool
    token: str

    def request(self, extensions: dict[str, Any]) -> httpx.Request:
        """The request of an attempt."""
        return httpx.Request("POST", self.url, headers=self.headers, content=self.content, extensions=extensions)

    def harmless_request(self) -> httpx.Request:
        """What an error may show and keep: no credential, no body, no query."""
        return httpx.Request("POST", self.url.copy_with(query=None), headers={IDEMPOTENCY_HEADER: self.idempotency_key})

    def masks(self) -> list[str]:
        """The secrets of the call in every spelling that an error or a log may have, the longest first, so that none
        is left in part."""
        spellings: set[str] = set()
        for secret in self._secrets():
            if len(secret) >= SHORTEST_MASKED:
                spellings |= {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
                spellings |= {repr(secret.encode())[2:-1], str(httpx.QueryParams({"": secret}))[1:]}
        return sorted(spellings, key=len, reverse=True)

    def _secrets(self) -> list[str]:
        secrets = [self.token, *self.url.params.values()]
        secrets += [value for name, value in self.headers.items() if name.lower() not in _HARMLESS]
        profile = _properties(json.loads(self.content).get("runProfile"))
        secrets += _strings(profile.get("envVars"), but=set())
        mounts = profile.get("mounts")
        for mount in mounts if is_list(mounts) else []:
            secrets += _strings(mount, but={"type", "target"})
        return secrets


_HARMLESS = {"accept", "accept-encoding", "user-agent", "content-type", IDEMPOTENCY_HEADER}


def _strings(value: Any, *, but: set[str]) -> list[str]:
    """The strings in a JSON object, except for some properties. `extra_body` may have put anything there."""
    return [item for name, item in _properties(value).items() if isinstance(item, str) and name not in but]


def _properties(value: Any) -> Mapping[str, Any]:
    return value if is_mapping(value) else {}


@frozen(kw_only=True, repr=False)
class Arguments:
    """The arguments of `start_run`."""

    benchmark_id: object
    run_name: object = UNSET
    metadata: object = None
    run_profile: object = None
    extra_headers: Mapping[str, str] | None = None
    extra_query: Mapping[str, Any] | None = None
    extra_body: Mapping[str, Any] | None = None
    timeout: TimeoutOption | Unset = UNSET
    max_retries: int | None = None
    retry_ambiguous: bool | None = None
    idempotency_key: str | None = None

    def prepared(self, base: Base, settings: Settings) -> Prepared:
        """The checked call. Raises TypeError or ValueError for what cannot be sent."""
        headers, key = self._headers(base)
        query = query_from(self.extra_query, where="extra_query")
        url = base.url.copy_merge_params(query) if query else base.url
        timeout = settings.timeout if isinstance(self.timeout, Unset) else checked_timeout(self.timeout)
        return Prepared(
            url=url,
            headers=headers,
            content=self._content(),
            idempotency_key=key,
            timeout=timeout,
            max_retries=settings.max_retries if self.max_retries is None else checked_retries(self.max_retries),
            retry_ambiguous=settings.retry_ambiguous if self.retry_ambiguous is None else self.retry_ambiguous,
            token=settings.bearer_token,
        )

    def _headers(self, base: Base) -> tuple[dict[str, str], str]:
        merged = base.headers.copy()
        if self.extra_headers:
            extra = checked_headers(self.extra_headers, argument="extra_headers")
            merged |= {name.lower(): (name, value) for name, value in extra.items()}
        _, sent = merged.get(IDEMPOTENCY_HEADER, ("", None))
        key = self.idempotency_key
        if key is not None:
            if not key:
                raise ValueError("idempotency_key is empty.")
            checked_headers({IDEMPOTENCY_HEADER: key}, argument="idempotency_key")
        if key and sent and key != sent:
            raise ValueError("idempotency_key and x-request-id in extra_headers are not the same.")
        key = key or sent or os.urandom(16).hex()
        merged[IDEMPOTENCY_HEADER] = (IDEMPOTENCY_HEADER, key)
        return dict(merged.values()), key

    def _content(self) -> bytes:
        body = start_run._get_kwargs(body=request_from(self))["json"]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if self.extra_body:
            body |= json_value(dict(self.extra_body), where="extra_body")
        try:
            return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            raise ValueError("A string has a lone surrogate in it, which UTF-8 cannot encode.") from None
