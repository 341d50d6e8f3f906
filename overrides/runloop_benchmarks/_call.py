"""What one call does, attempt by attempt, without a socket of its own.

`one_call` yields an Attempt or a Wait, receives the outcome, and returns the success or raises. Sync and async run the
same generator, so they cannot differ.
"""

from __future__ import annotations

import json
import logging
import random
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from ._exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APITimeoutError,
    ambiguous,
    kind_for_status,
)
from ._network import Progress
from ._outcome import Meaning, Received, meaning_of, read, run_id_in
from ._request import Deadline, Prepared

if TYPE_CHECKING:
    from collections.abc import Generator

    from runloop_benchmarks_api.models import BenchmarkRunView

    from ._outcome import Outcome

log = logging.getLogger("runloop_benchmarks")

LONGEST_WAIT = 60.0
"""Seconds that a server may ask to wait where the call has no deadline, as in the official SDK."""


@frozen(repr=False)
class Attempt:
    """Send the request now."""

    prepared: Prepared
    deadline: Deadline
    progress: Progress

    def request(self) -> httpx.Request:
        """The request of this attempt."""
        extensions = {"timeout": self.deadline.for_steps(), "trace": self.progress.report}
        return self.prepared.request(extensions)

    def async_request(self) -> httpx.Request:
        """The request of this attempt, for an async transport."""
        steps = self.deadline.for_steps()
        if self.deadline.at is not None:
            # The whole attempt is cancelled at the deadline, so a timer for each read would be one too many.
            steps |= {"read": None, "write": None}
        return self.prepared.request({"timeout": steps, "trace": self.progress.report_async})


@frozen(repr=False)
class Wait:
    """Wait before the next attempt."""

    seconds: float


if TYPE_CHECKING:
    Call = Generator[Attempt | Wait, "Outcome | None", "Success"]


@frozen(repr=False)
class Success:
    """A 2xx, and the call that it belongs to."""

    prepared: Prepared
    received: Received
    attempts: int

    def run(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError where the response cannot be read."""
        try:
            return read(self.received)
        except ValueError as problem:
            run_id = run_id_in(self.received)
            named = f"the run {run_id}" if run_id else "a run, most likely,"
            message = f"{self.received.status}: {named} was started, but the response cannot be read, since {problem}."
            details = Details(self.prepared, self.attempts)
            raise details.error(APIResponseValidationError, message, self.received) from None

    def response(self) -> httpx.Response:
        """The response as httpx has it."""
        return _response(self.received, self.prepared.harmless_request(), [])


@frozen(repr=False)
class Details:
    """What every error of a call knows."""

    prepared: Prepared
    attempts: int

    def error(self, kind: type[APIError], message: str, received: Received | None) -> APIError:
        """The error. No secret of the call is in it, not even where the server sent one back."""
        masks = self.prepared.masks()
        request = self.prepared.harmless_request()
        response = None if received is None else _response(received, request, masks)
        return kind(
            message=_printable(_masked(message, masks)),
            request=request,
            response=response,
            body=None if response is None else _body(response),
            idempotency_key=self.prepared.idempotency_key,
            attempts=self.attempts,
            run_id=run_id_in(received),
        )


def _response(received: Received, request: httpx.Request, masks: list[str]) -> httpx.Response:
    """The response as an httpx.Response, whose request holds no credential."""
    # Those left out describe the bytes on the wire, and the content is decoded. Bytes, since a server may send any.
    headers = [
        (name, _masked_bytes(value, masks))
        for name, value in received.headers.raw
        if name.lower() not in {b"content-encoding", b"content-length", b"transfer-encoding"}
    ]
    content = _masked_bytes(received.body, masks)
    response = httpx.Response(received.status, headers=headers, content=content, request=request)
    # Other codecs can fail, take quadratic time or decompress.
    response.encoding = "latin-1" if response.charset_encoding in {"latin-1", "iso-8859-1"} else "utf-8"
    return response


def one_call(prepared: Prepared) -> Call:
    """Attempts, until the response is a 2xx, or another attempt would not be safe or not be in time."""
    deadline = Deadline.starting_now(prepared.timeout)
    key = prepared.idempotency_key
    may_have_started = False
    attempts = 0
    while True:
        attempts += 1
        attempt = Attempt(prepared, deadline, Progress(deadline.at, prepared.masks))
        try:
            outcome = yield attempt
        except BaseException as interruption:
            _note(interruption, key, may_have_started=may_have_started or not attempt.progress.unsent)
            raise
        assert outcome is not None
        if isinstance(outcome, Received) and outcome.is_success:
            log.info("start_run: %s, attempt %d, key %s", outcome.status, attempts, key)
            return Success(prepared, outcome, attempts)
        meaning = meaning_of(outcome)
        may_have_started |= meaning.ambiguous
        wait, why_not = _wait_before_next(prepared, deadline, attempts, meaning)
        if wait is None:
            break
        log.info("start_run: %s, attempt %d, next in %.2f s, key %s", _for_log(outcome), attempts, wait, key)
        try:
            yield Wait(wait)
        except BaseException as interruption:
            _note(interruption, key, may_have_started=may_have_started)
            raise
    log.info("start_run: %s, attempt %d, the last, key %s", _for_log(outcome), attempts, key)
    raise _error(Details(prepared, attempts), outcome, meaning, may_have_started=may_have_started, why_not=why_not)


def _note(interruption: BaseException, key: str, *, may_have_started: bool) -> None:
    """Add to an interruption, which stays what it is, what the caller needs to find the run."""
    what = "and a run may have started" if may_have_started else "and no run was started"
    note = f"start_run was interrupted, {what}: idempotency_key={key!r}"
    interruption.add_note(note)
    log.warning(note)


def _wait_before_next(
    prepared: Prepared, deadline: Deadline, attempts: int, meaning: Meaning
) -> tuple[float | None, str]:
    """Seconds until the next attempt; or None, and the reason where it is not plain."""
    if not (meaning.retryable or (meaning.ambiguous and meaning.willing and prepared.retry_ambiguous)):
        return None, ""
    if attempts > prepared.max_retries:
        return None, ""
    asked = meaning.retry_after
    wait = backoff(attempts) if asked is None else asked
    left = deadline.left()
    reason = f"the next attempt is in {wait:.1f} s" if asked is None else f"the server asks to wait {asked:g} s"
    if left is None:
        return (wait, "") if wait <= LONGEST_WAIT else (None, f"{reason}, more than {LONGEST_WAIT:g} s")
    return (wait, "") if wait < left else (None, f"{reason}, and {left:.1f} s of the time-out are left")


def backoff(attempts: int) -> float:
    """Seconds after this many attempts: 0.5, 1, 2, 4, 8, 8, … less up to a quarter, so that clients spread out."""
    return min(0.5 * 2.0 ** (attempts - 1), 8.0) * (1 - random.random() / 4)  # noqa: S311 - no secret is made of it


def _error(details: Details, outcome: Outcome, meaning: Meaning, *, may_have_started: bool, why_not: str) -> APIError:
    kind: type[APIError]
    received = outcome if isinstance(outcome, Received) else outcome.part
    if isinstance(outcome, Received):
        kind = kind_for_status(outcome.status)
    else:
        kind = APITimeoutError if outcome.timed_out else APIConnectionError
    sentences = [_description(outcome)]
    if why_not:
        sentences.append(f"Not tried again: {why_not}.")
    if may_have_started:
        kind = ambiguous(kind)
        run_id = run_id_in(received)
        named = f"The run {run_id} has started" if run_id else "A run may have started"
        key = details.prepared.idempotency_key
        sentences.append(f"{named}. Before starting another, look for it, or call again with idempotency_key={key!r}.")
    error = details.error(kind, " ".join(sentences), received)
    if isinstance(outcome, Received):
        vars(error)["retry_after"] = meaning.retry_after
    else:
        error.__cause__ = outcome.cause
    return error


def _description(outcome: Outcome) -> str:
    """What happened, as a sentence."""
    if isinstance(outcome, Received):
        text = f"{outcome.status}: {_server_message(outcome)}"
        if 300 <= outcome.status < 400 and (location := outcome.headers.get("location")):
            text += f", a redirect to {location[:1000]}, which is not followed: check base_url"
    else:
        when = "after the request was sent" if outcome.sent else "before the request was sent"
        if outcome.part is not None:
            when = f"in the middle of a {outcome.part.status}"
        cause = outcome.cause
        what = "Timed out" if outcome.timed_out else "The connection failed"
        why = f": {type(cause).__name__}" + (f": {cause}" if str(cause) else "") if cause is not None else ""
        text = f"{what} {when}{why}"
    return text if text.endswith(".") else f"{text}."


def _for_log(outcome: Outcome) -> str:
    """What happened, without anything that the server sent: it may send secrets back."""
    return str(outcome.status) if isinstance(outcome, Received) else type(outcome.cause).__name__


def _server_message(received: Received) -> str:
    try:
        body: Any = json.loads(received.body)
        message = body["message"]
    except (ValueError, RecursionError, LookupError, TypeError):
        message = None
    if not isinstance(message, str):
        message = received.body[:200].decode(errors="replace")
    return message.strip()[:1000] or "no message"


def _body(response: httpx.Response) -> object:
    try:
        return json.loads(response.content) if response.content else None
    except (ValueError, RecursionError):
        return response.text


def _masked(text: str, masks: list[str]) -> str:
    for secret in masks:
        text = text.replace(secret, "***")
    return text


def _masked_bytes(content: bytes, masks: list[str]) -> bytes:
    for secret in masks:
        content = content.replace(secret.encode(), b"***")
    return content


def _printable(text: str) -> str:
    """The text without control characters, which a terminal or a log would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
