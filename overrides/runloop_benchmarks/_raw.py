"""`with_raw_response`: the answer before it is parsed."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._call import response_from

if TYPE_CHECKING:
    import httpx
    from runloop_benchmarks_api.models import BenchmarkRunView

    from ._call import Answer


class _Raw:
    """A 2xx answer. What is not 2xx raises, as without `with_raw_response`."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}>"

    def __reduce__(self) -> Any:
        raise TypeError("A raw response is not pickled: pickle what parse() gives, or http_response.")

    @property
    def status_code(self) -> int:
        """200, as a rule."""
        return self._answer.received.status

    @property
    def headers(self) -> httpx.Headers:
        """The headers, as they came."""
        return self._answer.received.headers

    @property
    def retries_taken(self) -> int:
        """How many attempts went before this one."""
        return self._answer.attempts - 1

    @property
    def idempotency_key(self) -> str:
        """What was sent as `x-request-id`."""
        return self._answer.order.idempotency_key

    @cached_property
    def http_response(self) -> httpx.Response:
        """The answer as an httpx.Response. Its request holds no credential and no body."""
        return response_from(self._answer.received, self._answer.order.harmless_request())

    @property
    def http_request(self) -> httpx.Request:
        """Method, URL and idempotency key of the request: no credential, no body."""
        return self.http_response.request

    @property
    def content(self) -> bytes:
        """The body, after decompression."""
        return self._answer.received.body


class RawResponse(_Raw):
    """A 2xx answer: `status_code`, `headers`, `content`, `text()`, `json()`, `parse()`."""

    def parse(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError where the answer cannot be read."""
        return self._answer.run()

    def read(self) -> bytes:
        """The body."""
        return self.content

    def text(self) -> str:
        """The body as text."""
        return self.http_response.text

    def json(self) -> object:
        """The body as JSON. Raises ValueError where it is none."""
        return json.loads(self.content)


class AsyncRawResponse(_Raw):
    """A 2xx answer: `status_code`, `headers`, `content`, `await text()`, `await json()`, `await parse()`.

    They are awaited as in the official SDK, although nothing is left to wait for.
    """

    async def parse(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError where the answer cannot be read."""
        return self._answer.run()

    async def read(self) -> bytes:
        """The body."""
        return self.content

    async def text(self) -> str:
        """The body as text."""
        return self.http_response.text

    async def json(self) -> object:
        """The body as JSON. Raises ValueError where it is none."""
        return json.loads(self.content)
