"""Everything that this client raises once its arguments are in order.

RunloopError
├── ClientClosedError                    the client was closed before the call
└── APIError                             the call has failed: message, idempotency_key, attempts
    ├── APIConnectionError               no complete answer came
    │   └── APITimeoutError              … in the time allowed
    ├── APIStatusError                   an answer came, and its status is not 2xx
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

The names are those of the official SDK, but for ClientClosedError and RunMayHaveStartedError. What is ambiguous is of
both kinds: a time-out after the request was on its way is an APITimeoutError *and* a RunMayHaveStartedError, a 500 an
InternalServerError *and* a RunMayHaveStartedError, so each `except` clause catches what it says.

Wrong arguments raise TypeError or ValueError before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ClientClosedError",
    "ConflictError",
    "InternalServerError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RunMayHaveStartedError",
    "RunloopError",
    "UnprocessableEntityError",
]


class RunloopError(Exception):
    """The base of all errors of this client."""


class ClientClosedError(RunloopError):
    """The client was closed, so it sends nothing any more. Make a new one."""


class APIError(RunloopError):
    """A call has failed.

    Attributes:
        message: what happened, what was expected, what to do next. Holds no credential.
        idempotency_key: what was sent as `x-request-id`, the same on every attempt.
        attempts: how many times the request was tried, 1 or more.
        request: method, URL without its query, and harmless headers of what was sent. No credential, no body.
        body: the decoded JSON of the answer, else its text, else None.
    """

    message: str
    idempotency_key: str
    attempts: int
    request: httpx.Request
    body: object

    def __init__(
        self, message: str, *, request: httpx.Request, body: object = None, idempotency_key: str = "", attempts: int = 1
    ) -> None:
        super().__init__(message)
        self.message = message
        self.request = request
        self.body = body
        self.idempotency_key = idempotency_key
        self.attempts = attempts

    def __reduce__(self) -> tuple[Callable[..., APIError], tuple[object, ...], dict[str, Any]]:
        # Exceptions unpickle by calling the class with `args`, which fails on required keywords. The kind is rebuilt by
        # name, so that classes joined at run time (see `joined`) unpickle too.
        ambiguous = isinstance(self, RunMayHaveStartedError)
        return _rebuilt, (_kind_of(type(self)), ambiguous, self.message), _without_credentials(self.__dict__)


class RunMayHaveStartedError(APIError):
    """The server may have started the run, and this call cannot tell. Nothing was sent again.

    Before starting another, look for the run, or ask again with `idempotency_key=error.idempotency_key` where the
    server de-duplicates on `x-request-id`.

    Attributes:
        idempotency_key: with which to ask again.
        run_id: the id of the run, where the answer still showed it; else None.
    """

    run_id: str | None = None


class APIConnectionError(APIError):
    """No complete answer came. Where the request was on its way it is a RunMayHaveStartedError too."""


class APITimeoutError(APIConnectionError):
    """No complete answer came in the time allowed. Where the request was on its way it is a RunMayHaveStartedError
    too."""


class _AnsweredError(APIError):
    """What an error knows when an answer came."""

    response: httpx.Response

    @property
    def status_code(self) -> int:
        """The status of the answer, such as 404."""
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the answer."""
        return self.response.headers


class APIStatusError(_AnsweredError):
    """An answer came, and its status is not 2xx.

    Attributes:
        response: the answer. `response.request` is `request`: it holds no credential.
        status_code: such as 404.
        retry_after: seconds that the server asked to wait, None where it did not ask.
    """

    retry_after: float | None = None


class APIResponseValidationError(RunMayHaveStartedError, _AnsweredError):
    """A 2xx that cannot be read: not JSON, or a member of the contract is missing or of the wrong kind.

    Attributes:
        response: the answer; `response.content` is its raw body, cut at the limit of its size.
        run_id: the id of the run that was started, where the answer still shows it; else None.
    """


class BadRequestError(APIStatusError):
    """400: the server does not understand the request."""


class AuthenticationError(APIStatusError):
    """401: the token is not accepted."""


class PermissionDeniedError(APIStatusError):
    """403: the token does not allow this."""


class NotFoundError(APIStatusError):
    """404: no such benchmark, or no such address."""


class ConflictError(APIStatusError):
    """409: the request is at odds with another."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is understood, and refused."""


class RateLimitError(APIStatusError):
    """429: too many requests, also after the retries."""


class InternalServerError(APIStatusError):
    """5xx: the server failed. But for a 503 with Retry-After it is a RunMayHaveStartedError too."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}


def kind_for_status(status: int) -> type[APIStatusError]:
    """The class for a status that is not 2xx."""
    return InternalServerError if status >= 500 else _BY_STATUS.get(status, APIStatusError)


E = TypeVar("E", bound=APIError)
_JOINED: dict[type[APIError], type[APIError]] = {}


def joined(kind: type[E]) -> type[E]:
    """The class that is both `kind` and RunMayHaveStartedError, called `Ambiguous…`."""
    if issubclass(kind, RunMayHaveStartedError):
        return kind
    made: Any = _JOINED.get(kind)
    if made is None:
        contents = {"__doc__": RunMayHaveStartedError.__doc__, "__module__": kind.__module__}
        made = _JOINED.setdefault(kind, type(f"Ambiguous{kind.__name__}", (RunMayHaveStartedError, kind), contents))
    result: type[E] = made
    return result


def _kind_of(cls: type[APIError]) -> type[APIError]:
    return next((kind for kind, made in _JOINED.items() if made is cls), cls)


def _rebuilt(kind: type[APIError], ambiguous: bool, message: str) -> APIError:  # noqa: FBT001 - called by pickle
    error = Exception.__new__(joined(kind) if ambiguous else kind)
    error.args = (message,)
    return error


def _without_credentials(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if not name.startswith("_")}
