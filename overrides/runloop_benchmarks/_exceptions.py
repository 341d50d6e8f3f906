"""The errors of this client.

RunloopError
├── ClientClosedError                    the client was closed before the call
├── MissingTokenError                    no token at construction; also a ValueError
└── APIError                             the call has failed: message, idempotency_key, attempts
    ├── APIConnectionError               no complete response came
    │   └── APITimeoutError              … in the time allowed
    ├── APIStatusError                   a response came, and its status is not 2xx
    │   ├── BadRequestError              400
    │   ├── AuthenticationError          401
    │   ├── PermissionDeniedError        403
    │   ├── NotFoundError                404
    │   ├── ConflictError                409
    │   ├── UnprocessableEntityError     422
    │   ├── RateLimitError               429
    │   └── InternalServerError          5xx
    └── RunMayHaveStartedError           the server may have started the run; run_id where it is known
        └── APIResponseValidationError   a 2xx that cannot be read

The names are those of the official SDK, except for ClientClosedError, MissingTokenError and RunMayHaveStartedError.
What is ambiguous is of both kinds: a time-out after the request was sent is an AmbiguousAPITimeoutError, which is an
APITimeoutError *and* a RunMayHaveStartedError; a 500 is an AmbiguousInternalServerError; and so on for each class under
APIConnectionError and APIStatusError.

Wrong arguments raise TypeError or ValueError before anything is sent.
"""

from __future__ import annotations

import copyreg
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


class RunloopError(Exception):
    """The base of all errors of this client."""


class ClientClosedError(RunloopError):
    """The client was closed and sends nothing any more. Make a new one."""


class MissingTokenError(RunloopError, ValueError):
    """There is no token: neither `bearer_token` nor the environment variable RUNLOOP_API_KEY."""


class APIError(RunloopError):
    """A call has failed.

    For tests of your own, all arguments after the message may be left out.

    Attributes:
        message: what happened, what was expected, what to do next. Holds no credential.
        idempotency_key: what was sent as `x-request-id`, the same on every attempt.
        attempts: how many times the request was tried, 1 or more.
        request: method, URL without its query, and harmless headers of what was sent. No credential, no body.
        body: the decoded JSON of the response, else its text, else None.
    """

    def __init__(
        self,
        message: str,
        request: httpx.Request | None = None,
        *,
        response: httpx.Response | None = None,
        body: object = None,
        idempotency_key: str = "",
        attempts: int = 1,
        run_id: str | None = None,
    ) -> None:
        super().__init__(message)
        if response is not None:
            self.response = response
            with suppress(RuntimeError):  # a response that was built in a test may have no request
                request = request or response.request
        self.message = message
        self.request = request or httpx.Request("POST", "")
        self.body = body
        self.idempotency_key = idempotency_key
        self.attempts = attempts
        self.run_id = run_id

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...], dict[str, Any]]:
        # Without a call of __init__, whose arguments differ from class to class.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class RunMayHaveStartedError(APIError):
    """The server may have started the run, and this call cannot tell. Nothing was sent again.

    Before starting another, look for the run, or call again with `idempotency_key=error.idempotency_key` where the
    server de-duplicates on `x-request-id`.

    Attributes:
        idempotency_key: the key to call again with.
        run_id: the id of the run, where the response still showed it; else None.
    """


class APIConnectionError(APIError):
    """No complete response came. If the request was sent, it is a RunMayHaveStartedError, too."""

    def __init__(self, message: str = "Connection error.", request: httpx.Request | None = None, **more: Any) -> None:
        super().__init__(message, request, **more)


class APITimeoutError(APIConnectionError):
    """No complete response came in the time allowed. If the request was sent, it is a RunMayHaveStartedError, too."""

    def __init__(self, request: httpx.Request | None = None, message: str = "Request timed out.", **more: Any) -> None:
        super().__init__(message, request, **more)


class _ResponseError(APIError):
    """What an error knows when a response came."""

    response: httpx.Response

    @property
    def status_code(self) -> int:
        """The status of the response, such as 404."""
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the response."""
        return self.response.headers


class APIStatusError(_ResponseError):
    """A response came, and its status is not 2xx.

    Attributes:
        response: the response. `response.request` is `request`: it holds no credential.
        status_code: such as 404.
        retry_after: seconds that the server asks to wait; None where it does not ask.
    """

    retry_after: float | None = None


class APIResponseValidationError(RunMayHaveStartedError, _ResponseError):
    """A 2xx that cannot be read: not JSON, or a property of the contract is missing or has the wrong type.

    Attributes:
        response: the response; `response.content` is its body, cut at the limit of its size.
        run_id: the id of the run that was started, where the response still shows it; else None.
    """

    def __init__(
        self,
        response: httpx.Response | None = None,
        body: object = None,
        *,
        message: str = "Data returned by API invalid for expected schema.",
        **more: Any,
    ) -> None:
        super().__init__(message, response=response, body=body, **more)


class BadRequestError(APIStatusError):
    """400: the server does not understand the request."""


class AuthenticationError(APIStatusError):
    """401: the token is not accepted."""


class PermissionDeniedError(APIStatusError):
    """403: the token does not allow this."""


class NotFoundError(APIStatusError):
    """404: no such benchmark, or no such address."""


class ConflictError(APIStatusError):
    """409: the request conflicts with another."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is understood and rejected."""


class RateLimitError(APIStatusError):
    """429: too many requests, also after the retries."""


class InternalServerError(APIStatusError):
    """5xx: the server failed. Except for a 503 with Retry-After it is a RunMayHaveStartedError, too."""


class AmbiguousAPIConnectionError(RunMayHaveStartedError, APIConnectionError):
    """A RunMayHaveStartedError that is also an APIConnectionError."""


class AmbiguousAPITimeoutError(RunMayHaveStartedError, APITimeoutError):
    """A RunMayHaveStartedError that is also an APITimeoutError."""


class AmbiguousAPIStatusError(RunMayHaveStartedError, APIStatusError):
    """A RunMayHaveStartedError that is also an APIStatusError."""


class AmbiguousBadRequestError(RunMayHaveStartedError, BadRequestError):
    """A RunMayHaveStartedError that is also a BadRequestError."""


class AmbiguousAuthenticationError(RunMayHaveStartedError, AuthenticationError):
    """A RunMayHaveStartedError that is also an AuthenticationError."""


class AmbiguousPermissionDeniedError(RunMayHaveStartedError, PermissionDeniedError):
    """A RunMayHaveStartedError that is also a PermissionDeniedError."""


class AmbiguousNotFoundError(RunMayHaveStartedError, NotFoundError):
    """A RunMayHaveStartedError that is also a NotFoundError."""


class AmbiguousConflictError(RunMayHaveStartedError, ConflictError):
    """A RunMayHaveStartedError that is also a ConflictError."""


class AmbiguousUnprocessableEntityError(RunMayHaveStartedError, UnprocessableEntityError):
    """A RunMayHaveStartedError that is also a UnprocessableEntityError."""


class AmbiguousRateLimitError(RunMayHaveStartedError, RateLimitError):
    """A RunMayHaveStartedError that is also a RateLimitError."""


class AmbiguousInternalServerError(RunMayHaveStartedError, InternalServerError):
    """A RunMayHaveStartedError that is also an InternalServerError."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
_AMBIGUOUS: dict[type[APIError], type[APIError]] = {
    kind.__bases__[1]: kind for kind in RunMayHaveStartedError.__subclasses__() if kind.__name__.startswith("Ambiguous")
}


def kind_for_status(status: int) -> type[APIStatusError]:
    """The class for a status that is not 2xx."""
    return InternalServerError if status >= 500 else _BY_STATUS.get(status, APIStatusError)


def ambiguous(kind: type[APIError]) -> type[APIError]:
    """The class that is both `kind` and RunMayHaveStartedError."""
    return _AMBIGUOUS[kind]


if not TYPE_CHECKING:  # type checkers take every name without an underscore
    __all__ = [name for name in globals() if name.endswith("Error") and not name.startswith("_")]
