"""The outcome of one attempt, and what it means."""

from __future__ import annotations

import codecs
import email.utils
import json
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

import httpx
from attrs import field, frozen

from ._arguments import view_from

if TYPE_CHECKING:
    from runloop_benchmarks_api.models import BenchmarkRunView


MAX_RESPONSE_BYTES = 1024 * 1024
"""The limit of a body, as it comes and after decompression. The largest request, 64 KB, comes back once."""


@frozen(repr=False)
class Received:
    """A complete response; or the beginning of one that could not be read to its end, with the `problem`.

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
    """No complete response. `sent` is False only where it is known that nothing of the request was sent."""

    cause: BaseException | None
    sent: bool
    timed_out: bool
    hopeless: bool = False
    """Whether another attempt would fail in the same way, as with a certificate that is not trusted."""
    part: Received | None = None


Outcome = Received | Failed


class Body:
    """Collects and decompresses the body of a response, within the limit."""

    def __init__(self, headers: httpx.Headers) -> None:
        self.problem: str | None = None
        self._parts: list[bytes] = []
        self._received = self._size = 0
        codings = headers.get("content-encoding", "identity").strip().lower()
        self._decompress = None
        if codings in {"gzip", "x-gzip", "deflate"}:
            # 32 + 15: both zlib and gzip headers.
            self._decompress = zlib.decompressobj(47)
        elif codings not in {"identity", ""}:
            self.problem = "it has a content coding that was not offered"

    def feed(self, chunk: bytes) -> bool:
        """Take a piece. Returns whether to read on."""
        self._received += len(chunk)
        if self._decompress is not None:
            if self._decompress.eof:
                chunk = b""  # bytes after the end of the compressed stream: counted, and not kept
            try:
                chunk = self._decompress.decompress(chunk, MAX_RESPONSE_BYTES + 1 - self._size) if chunk else chunk
            except zlib.error:
                self.problem = "its compression is broken"
                return False
        self._size += len(chunk)
        self._parts.append(chunk)
        if max(self._size, self._received) > MAX_RESPONSE_BYTES:
            self.problem = f"it is longer than {MAX_RESPONSE_BYTES} bytes"
            return False
        return True

    def finished(self) -> None:
        """All pieces were fed."""
        if self._decompress is not None and self._size and not self._decompress.eof and self.problem is None:
            self.problem = "its compression is cut short"

    def content(self) -> bytes:
        """The body, at most the limit."""
        return b"".join(self._parts)[:MAX_RESPONSE_BYTES]


@frozen
class Meaning:
    """What an outcome that is not a success means for the run and for another attempt."""

    ambiguous: bool
    retryable: bool
    retry_after: float | None = field(default=None)
    """Seconds that the server asks to wait."""
    willing: bool = True
    """False where the response has `x-should-retry: false`."""


def meaning_of(outcome: Outcome) -> Meaning:
    """Whether the server may have acted, and whether another attempt is safe and useful.

    Another attempt is safe only after a failure before the request was sent, 429, and 503 with Retry-After. A gateway
    can respond with any other 503 after its upstream has acted. 301, 307 and 308 tell that the request belongs to
    another address; other redirects may come after the server has acted.
    """
    if isinstance(outcome, Failed):
        return Meaning(ambiguous=outcome.sent, retryable=not outcome.sent and not outcome.hopeless)
    status, headers = outcome.status, outcome.headers
    retry_after = retry_after_in(headers)
    willing = headers.get("x-should-retry", "").strip().lower() != "false"
    if status == 429 or (status == 503 and retry_after is not None):
        return Meaning(ambiguous=False, retryable=willing, retry_after=retry_after, willing=willing)
    ambiguous = status >= 500 or status == 408 or (status < 400 and status not in {301, 307, 308})
    return Meaning(ambiguous=ambiguous, retryable=False, retry_after=retry_after, willing=willing)


_SECONDS = re.compile(r"\d+(?:\.\d+)?\Z")


def retry_after_in(headers: httpx.Headers) -> float | None:
    """Seconds from `retry-after-ms`, or from `Retry-After` as seconds or as a date; None when there is no valid one.

    A date is compared with the Date of the response, so that a wrong clock here does not matter (RFC 9110, section
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
    """The run in a 2xx. Raises ValueError with the problem, in words that end the sentence "… since it …"."""
    if received.problem is not None:
        raise ValueError(received.problem)
    try:
        # Not the codec utf-8-sig, which is imported at its first use: there may be no file descriptor left for that.
        members = json.loads(received.body.removeprefix(codecs.BOM_UTF8).decode(), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError(f"it is not JSON ({_excerpt(received)})") from None
    if not isinstance(members, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - the wrong kind of response, not of argument
    try:
        return view_from(members)  # pyright: ignore[reportUnknownArgumentType]
    except (TypeError, ValueError) as error:
        raise ValueError(str(error)) from None
    except Exception as error:  # noqa: BLE001 - a run was started: whatever reading it raises is a problem of the response
        raise ValueError(f"it cannot be read ({type(error).__name__})") from None


def _excerpt(received: Received) -> str:
    return f"{received.headers.get('content-type') or 'no content type'}, {len(received.body)} bytes"


def _no_constant(name: str) -> Any:
    raise ValueError(name)


# Possessive, and with an end for a string that breaks off: each byte is looked at once.
_JSON_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_JSON_VALUE = re.compile(rb'\s*+:\s*+"((?:[^"\\]|\\.)++)"', re.DOTALL)


def run_id_in(received: Received | None) -> str | None:
    """The `id` of the outermost object, also where the JSON breaks off or is invalid after it. Inner objects may have
    ids, too."""
    if received is None or not received.is_success:
        return None
    content = received.body.removeprefix(codecs.BOM_UTF8)
    if not content.lstrip().startswith(b"{"):
        return None
    depth = 0
    for token in _JSON_TOKEN.finditer(content):
        if token[0] in b"{[":
            depth += 1
        elif token[0] in b"}]":
            depth -= 1
        elif depth == 1 and token[1] == b"id" and (value := _JSON_VALUE.match(content, token.end())):
            return _unescaped(value[1].decode(errors="replace"))
    return None


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False)).encode(errors="replace").decode()  # no lone surrogates
    except ValueError:
        return text
