"""What came of one attempt, and what it means."""

from __future__ import annotations

import email.utils
import json
import re
import ssl
import time
import zlib
from typing import TYPE_CHECKING, Any

import httpx
from attrs import field, frozen

from ._arguments import view_from
from ._settings import MAX_ANSWER_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runloop_benchmarks_api.models import BenchmarkRunView


@frozen(repr=False)
class Received:
    """A complete answer; or the beginning of one, cut where it could not be read on, with the `problem`.

    `body` is after decompression.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    problem: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


@frozen(repr=False)
class Failed:
    """No complete answer. `sent` is False only where the server cannot have seen a complete request."""

    cause: BaseException | None
    sent: bool
    timed_out: bool
    part: Received | None = None


Outcome = Received | Failed


class Body:
    """Collects the body of an answer, decompresses it, and stops at the limit, so that a small bomb stays small."""

    def __init__(self, headers: httpx.Headers) -> None:
        self.problem: str | None = None
        self._parts: list[bytes] = []
        self._size = 0
        codings = headers.get("content-encoding", "identity").strip().lower()
        self._decompress = None
        if codings in {"gzip", "x-gzip", "deflate"}:
            # 32 + 15: zlib and gzip headers alike.
            self._decompress = zlib.decompressobj(47)
        elif codings not in {"identity", ""}:
            self.problem = "it is compressed in a way that was not offered"

    def feed(self, chunk: bytes) -> bool:
        """Take a piece; False when no more is wanted."""
        if self._decompress is not None:
            try:
                chunk = self._decompress.decompress(chunk, MAX_ANSWER_BYTES + 1 - self._size)
            except zlib.error:
                self.problem = "its compression is broken"
                return False
        self._size += len(chunk)
        self._parts.append(chunk)
        if self._size > MAX_ANSWER_BYTES:
            self.problem = f"it is longer than {MAX_ANSWER_BYTES} bytes"
            return False
        return True

    def finished(self) -> None:
        """All pieces were fed."""
        if self._decompress is not None and self._size and not self._decompress.eof and self.problem is None:
            self.problem = "its compression is cut short"

    def content(self) -> bytes:
        """What came, at most the limit."""
        return b"".join(self._parts)[:MAX_ANSWER_BYTES]


@frozen
class Meaning:
    """What an outcome that is not a success says about the run and about another attempt."""

    ambiguous: bool
    retryable: bool
    asked: float | None = field(default=None)
    """Seconds that the server asked to wait."""
    willing: bool = True
    """False where the server said `x-should-retry: false`."""


def meaning_of(outcome: Outcome) -> Meaning:
    """Whether the server may have acted, and whether another attempt is safe and sensible.

    Safe are only: what failed before the request was sent, 429, and 503 with Retry-After. A gateway can answer any
    other 503 after its upstream has acted. 301, 307 and 308 say that the request belongs elsewhere, other redirects
    may be the result of having acted.
    """
    if isinstance(outcome, Failed):
        return Meaning(ambiguous=outcome.sent, retryable=not outcome.sent and not _is_hopeless(outcome.cause))
    status, headers = outcome.status, outcome.headers
    asked = asked_wait(headers)
    willing = headers.get("x-should-retry", "").strip().lower() != "false"
    if status == 429 or (status == 503 and asked is not None):
        return Meaning(ambiguous=False, retryable=willing, asked=asked, willing=willing)
    ambiguous = status >= 500 or status == 408 or (status < 400 and status not in {301, 307, 308})
    return Meaning(ambiguous=ambiguous, retryable=False, asked=asked, willing=willing)


def _is_hopeless(cause: BaseException | None) -> bool:
    """Whether the next attempt would fail in the same way: a certificate, or a request that the library refuses."""
    if isinstance(cause, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return True
    if not isinstance(cause, httpx.TransportError | TimeoutError):
        return True
    # httpcore raises `from None`, so the certificate is found in the context of the last cause.
    return any(
        isinstance(e, ssl.SSLCertVerificationError) for link in causes_of(cause) for e in (link, link.__context__)
    )


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what caused it, what caused that.

    By `__cause__` alone: the context may be an error that the caller is handling, and says nothing about this call.
    """
    while error is not None:
        yield error
        error = error.__cause__


_SECONDS = re.compile(r"\d+(?:\.\d+)?\Z")


def asked_wait(headers: httpx.Headers) -> float | None:
    """Seconds from `retry-after-ms`, or from `Retry-After` as seconds or as a date; None when there is no valid one.

    A date is taken against the answer's own Date, so that a wrong clock here does not matter (RFC 9110, section
    10.2.3).
    """
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _SECONDS.match(milliseconds):
        return float(milliseconds) / 1000
    text = headers.get("retry-after", "").strip()
    if _SECONDS.match(text):
        return float(text)
    until = _timestamp(text)
    if until is None:
        return None
    now = _timestamp(headers.get("date", ""))
    return max(0.0, until - (time.time() if now is None else now))


def _timestamp(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def read(received: Received) -> BenchmarkRunView:
    """The run in a 2xx. Raises ValueError with what is wrong with it, in words that end the sentence "… since it …"."""
    if received.problem is not None:
        raise ValueError(received.problem)
    try:
        members = json.loads(received.body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError(f"it is not JSON ({_excerpt(received)})") from None
    if not isinstance(members, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - the wrong kind of answer, not of argument
    try:
        return view_from(members)  # pyright: ignore[reportUnknownArgumentType]
    except (TypeError, ValueError) as error:
        raise ValueError(str(error)) from None


def _excerpt(received: Received) -> str:
    return f"{received.headers.get('content-type') or 'no content type'}, {len(received.body)} bytes"


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_JSON_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|[{}\[\]]', re.DOTALL)
_JSON_VALUE = re.compile(r'\s*:\s*"((?:[^"\\]|\\.)+)"', re.DOTALL)


def run_id_in(received: Received | None) -> str | None:
    """The `id` of the outermost object, also where the text breaks off or breaks down after it. Other objects have
    ids too."""
    if received is None or not 200 <= received.status < 300:
        return None
    text = received.body.decode("utf-8-sig", errors="replace")
    depth = 0
    if not text.lstrip().startswith("{"):
        return None
    for token in _JSON_TOKEN.finditer(text):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif depth == 1 and token[1] == "id" and (value := _JSON_VALUE.match(text, token.end())):
            return _unescaped(value[1])
    return None


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
