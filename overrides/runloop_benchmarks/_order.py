"""One call, as it goes out on every attempt: the same bytes, the same idempotency key."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import httpx
from attrs import field, frozen
from runloop_benchmarks_api.api.benchmarks import start_run
from runloop_benchmarks_api.models import StartRunRequest
from runloop_benchmarks_api.types import UNSET

from ._arguments import is_list, is_mapping, json_value, query_from, request_from
from ._settings import CONNECT_TIMEOUT, headers_from, retries_from, timeout_from
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

    from ._settings import Settings, TimeoutOption

IDEMPOTENCY_HEADER = "x-request-id"


@frozen(repr=False)
class Deadline:
    """When a call has to be over, and what a step of it may take.

    Seconds as a time-out are for the whole call. An httpx.Timeout keeps its meaning: it is for single steps of an
    attempt, and sets no end to the whole.
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
        """What httpx calls the extension `timeout`, for an attempt that begins now."""
        if self.steps is not None:
            return self.steps.as_dict()
        # httpx takes 0 for "at once", which some transports read as "no limit".
        left = max(self.left() or 0.0, 0.001)
        return {"connect": min(CONNECT_TIMEOUT, left), "read": left, "write": left, "pool": left}


@frozen(repr=False)
class Base:
    """What the calls of one client share, made once: most of what a call costs here is not paid again."""

    url: httpx.URL
    headers: dict[str, tuple[str, str]]
    """Lower-case name to the name as given and the value."""

    @classmethod
    def of(cls, settings: Settings) -> Base:
        """What these settings make every request start from."""
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
class Order:
    """One call. Its `repr` shows nothing, since a traceback may show it."""

    url: httpx.URL
    headers: dict[str, str]
    content: bytes
    idempotency_key: str
    timeout: TimeoutOption
    max_retries: int
    retry_ambiguous: bool
    token: str = field(default="")

    def request(self, deadline: Deadline) -> httpx.Request:
        """The request of an attempt that begins now."""
        extensions = {"timeout": deadline.for_steps()}
        return httpx.Request("POST", self.url, headers=self.headers, content=self.content, extensions=extensions)

    def harmless_request(self) -> httpx.Request:
        """What an error may show and keep: no credential, no body, no query."""
        return httpx.Request("POST", self.url.copy_with(query=None), headers={IDEMPOTENCY_HEADER: self.idempotency_key})

    def secrets(self) -> list[str]:
        """What must not be seen in the text of an error, even where a server sends it back."""
        found = [self.token, *self.url.params.values()]
        found += [value for name, value in self.headers.items() if name.lower() not in _HARMLESS]
        profile = _members(json.loads(self.content).get("runProfile"))
        found += _strings(profile.get("envVars"), but=set())
        mounts = profile.get("mounts")
        for mount in mounts if is_list(mounts) else []:
            found += _strings(mount, but={"type", "target"})
        return found


_HARMLESS = {"accept", "accept-encoding", "user-agent", "content-type", IDEMPOTENCY_HEADER}


def _strings(value: Any, *, but: set[str]) -> list[str]:
    """The strings in a JSON object, but for some members. Sent is what the caller's extra_body made of it."""
    return [item for name, item in _members(value).items() if isinstance(item, str) and name not in but]


def _members(value: Any) -> Mapping[str, Any]:
    return value if is_mapping(value) else {}


@frozen(kw_only=True, repr=False)
class Arguments:
    """The arguments of `start_run`, held together so that a traceback that prints local variables does not print
    them."""

    benchmark_id: object
    run_name: object = UNSET
    metadata: object = None
    run_profile: object = None
    extra_headers: Mapping[str, str] | None = None
    extra_query: Mapping[str, Any] | None = None
    extra_body: Mapping[str, Any] | None = None
    timeout: TimeoutOption | EllipsisType = ...
    max_retries: int | None = None
    retry_ambiguous: bool | None = None
    idempotency_key: str | None = None

    def order(self, base: Base, settings: Settings) -> Order:
        """The checked call. Raises TypeError or ValueError for what cannot be sent."""
        headers, key = self._headers(base)
        query = query_from(self.extra_query, where="extra_query")
        url = base.url.copy_merge_params(query) if query else base.url
        timeout = settings.timeout if self.timeout is ... else timeout_from(self.timeout)
        return Order(
            url=url,
            headers=headers,
            content=self._content(),
            idempotency_key=key,
            timeout=timeout,
            max_retries=settings.max_retries if self.max_retries is None else retries_from(self.max_retries),
            retry_ambiguous=settings.retry_ambiguous if self.retry_ambiguous is None else self.retry_ambiguous,
            token=settings.bearer_token,
        )

    def _headers(self, base: Base) -> tuple[dict[str, str], str]:
        merged = base.headers.copy()
        if self.extra_headers:
            extra = headers_from(self.extra_headers, argument="extra_headers")
            merged |= {name.lower(): (name, value) for name, value in extra.items()}
        _, sent = merged.get(IDEMPOTENCY_HEADER, ("", None))
        key = self.idempotency_key
        if key is not None:
            if not key:
                raise ValueError("idempotency_key is empty.")
            headers_from({IDEMPOTENCY_HEADER: key}, argument="idempotency_key")
        if key and sent and key != sent:
            raise ValueError("idempotency_key and x-request-id in extra_headers are not the same.")
        key = key or sent or os.urandom(16).hex()
        merged[IDEMPOTENCY_HEADER] = (IDEMPOTENCY_HEADER, key)
        return dict(merged.values()), key

    def _content(self) -> bytes:
        request = request_from(
            benchmark_id=self.benchmark_id,
            run_name=self.run_name,
            metadata=self.metadata,
            run_profile=self.run_profile,
        )
        body = start_run._get_kwargs(body=request)["json"]  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if self.extra_body:
            body |= json_value(dict(self.extra_body), where="extra_body")
        try:
            return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            raise ValueError("A string has a lone surrogate in it, which UTF-8 cannot carry.") from None
