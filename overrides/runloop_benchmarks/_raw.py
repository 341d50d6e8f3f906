"""`with_raw_response`: the response before it is parsed."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._frames import frameless

__all__ = ["AsyncRawResponse", "RawResponse"]

if TYPE_CHECKING:
    import httpx
    from runloop_benchmarks_api.models import BenchmarkRunView

    from ._call import Success


class _Raw:
    """A 2xx response. Any other status raises, as without `with_raw_response`."""

    def __init__(self, success: Success) -> None:
        self._success = success

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}>"

    def __reduce__(self) -> Any:
        raise TypeError("A raw response cannot be pickled: pickle the result of parse(), or http_response.")

    @property
    def status_code(self) -> int:
        """The status, such as 200."""
        return self._success.received.status

    @property
    def headers(self) -> httpx.Headers:
        """The headers as they were sent."""
        return self._success.received.headers

    @property
    def retries_taken(self) -> int:
        """The number of attempts before this one."""
        return self._success.attempts - 1

    @property
    def idempotency_key(self) -> str:
        """The value that was sent as `x-request-id`."""
        return self._success.prepared.idempotency_key

    @cached_property
    def http_response(self) -> httpx.Response:
        """The response as an httpx.Response. Its request has no credential and no body."""
        return self._success.response()

    @property
    def http_request(self) -> httpx.Request:
        """Method, URL and idempotency key of the request, without credential and body."""
        return self.http_response.request

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return self._success.received.body


class RawResponse(_Raw):
    """A 2xx response: `status_code`, `headers`, `content`, `text()`, `json()`, `parse()`."""

    @frameless
    def parse(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError if the response is not valid."""
        return self._success.run()

    def read(self) -> bytes:
        """The body."""
        return self.content

    def text(self) -> str:
        """The body as text."""
        return self.http_response.text

    def json(self) -> object:
        """The body as JSON. Raises ValueError if it is not JSON."""
        return json.loads(self.content)


class AsyncRawResponse(_Raw):
    """A 2xx response: `status_code`, `headers`, `content`, `await text()`, `await json()`, `await parse()`.

    The methods are awaited as in the official SDK, although they have nothing to wait for.
    """

    @frameless
    async def parse(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError if the response is not valid."""
        return self._success.run()

    async def read(self) -> bytes:
        """The body."""
        return self.content

    async def text(self) -> str:
        """The body as text."""
        return self.http_response.text

    async def json(self) -> object:
        """The body as JSON. Raises ValueError if it is not JSON."""
        return json.loads(self.content)
