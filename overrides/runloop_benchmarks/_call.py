"""The judgement of this client: what one call does, attempt by attempt, without a socket or a clock of its own.

`one_call` yields an Attempt or a Wait, is sent the outcome, and returns the answer or raises. Sync and async drive the
same generator, so they cannot differ.
"""

from __future__ import annotations

import json
import logging
import random
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from ._answer import Meaning, Received, causes_of, meaning_of, read, run_id_in
from ._exceptions import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APITimeoutError,
    joined,
    kind_for_status,
)
from ._order import Deadline, Order

if TYPE_CHECKING:
    from collections.abc import Generator

    from runloop_benchmarks_api.models import BenchmarkRunView

    from ._answer import Outcome

log = logging.getLogger("runloop_benchmarks")

LONGEST_WAIT = 60.0
"""Seconds that a server's wish to wait is granted where the call has no deadline of its own, as in the official SDK."""
SHORTEST_MASKED = 6
"""Shorter values are not masked in an error's text: they are everywhere (`1`, `debug`), and no secret is that short."""


@frozen(repr=False)
class Attempt:
    """Send it now."""

    order: Order
    deadline: Deadline


@frozen(repr=False)
class Wait:
    """Wait before the next attempt."""

    seconds: float


if TYPE_CHECKING:
    Call = Generator[Attempt | Wait, "Outcome | None", "Answer"]


@frozen(repr=False)
class Answer:
    """A 2xx, and the call that it answers."""

    order: Order
    received: Received
    attempts: int

    def run(self) -> BenchmarkRunView:
        """The run. Raises APIResponseValidationError where the answer cannot be read."""
        try:
            return read(self.received)
        except ValueError as problem:
            error = self._unreadable(str(problem))
        raise error

    def _unreadable(self, problem: str) -> APIError:
        run_id = run_id_in(self.received)
        named = f"the run {run_id}" if run_id else "a run, most likely,"
        message = f"{self.received.status}: {named} was started, but the answer cannot be read, since {problem}."
        details = Details(self.order, self.attempts)
        return details.error(APIResponseValidationError, message, self.received)


@frozen(repr=False)
class Details:
    """What every error of a call is given."""

    order: Order
    attempts: int

    def error(self, kind: type[APIError], message: str, received: Received | None) -> APIError:
        """An error that can be shown to anybody."""
        order = self.order
        request = order.harmless_request()
        masks = _masks(order.secrets())
        error = kind(
            _masked(message, masks), request=request, idempotency_key=order.idempotency_key, attempts=self.attempts
        )
        if received is not None:
            response = response_from(received, request, masks)
            error.body = _body(response)
            if not issubclass(kind, APIConnectionError):
                vars(error)["response"] = response
        if (run_id := run_id_in(received)) is not None:
            vars(error)["run_id"] = run_id
        return error


def response_from(received: Received, request: httpx.Request, masks: list[str] | None = None) -> httpx.Response:
    """The answer as an httpx.Response, whose request holds no credential."""
    headers = [
        (name, _masked(value, masks or []))
        for name, value in received.headers.multi_items()
        # They describe the bytes on the wire, and the content is what was in them.
        if name.lower() not in {"content-encoding", "content-length", "transfer-encoding"}
    ]
    content = received.body
    for secret in masks or []:
        content = content.replace(secret.encode(), b"***")
    return httpx.Response(received.status, headers=headers, content=content, request=request)


def one_call(order: Order) -> Call:
    """Attempts, until one is answered with 2xx or another would not be safe or not be in time."""
    deadline = Deadline.starting_now(order.timeout)
    may_have_started = False
    attempts = 0
    while True:
        attempts += 1
        outcome = yield Attempt(order, deadline)
        assert outcome is not None
        if isinstance(outcome, Received) and outcome.is_success:
            log.info("start_run: %s, attempt %d, key %s", outcome.status, attempts, order.idempotency_key)
            return Answer(order, outcome, attempts)
        meaning = meaning_of(outcome)
        may_have_started |= meaning.ambiguous
        wait, why_not = _wait_before_next(order, deadline, attempts, meaning)
        if wait is None:
            break
        log.info(
            "start_run: %s, attempt %d, next in %.2f s, key %s", _kept(outcome), attempts, wait, order.idempotency_key
        )
        yield Wait(wait)
    log.info("start_run: %s, attempt %d, the last, key %s", _kept(outcome), attempts, order.idempotency_key)
    raise _error(Details(order, attempts), outcome, meaning, may_have_started=may_have_started, why_not=why_not)


def _wait_before_next(order: Order, deadline: Deadline, attempts: int, meaning: Meaning) -> tuple[float | None, str]:
    """Seconds until the next attempt; or None, and why there is none where that is not plain."""
    if not (meaning.retryable or (meaning.ambiguous and meaning.willing and order.retry_ambiguous)):
        return None, ""
    if attempts > order.max_retries:
        return None, ""
    wait = backoff(attempts) if meaning.asked is None else meaning.asked
    left = deadline.left()
    asked = (
        f"the server asked to wait {wait:g} s" if meaning.asked is not None else f"the next attempt is in {wait:.1f} s"
    )
    if left is None:
        return (wait, "") if wait <= LONGEST_WAIT else (None, f"{asked}, more than {LONGEST_WAIT:g} s")
    return (wait, "") if wait < left else (None, f"{asked}, and {left:.1f} s of the time-out are left")


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
    sentences = [_told(outcome) + "."]
    if why_not:
        sentences.append(f"Not tried again: {why_not}.")
    if may_have_started:
        kind = joined(kind)
        run_id = run_id_in(received)
        named = f"The run {run_id} has started" if run_id else "A run may have started"
        sentences.append(
            f"{named}. Before starting another, look for it, or ask again with "
            f"idempotency_key={details.order.idempotency_key!r}."
        )
    error = details.error(kind, " ".join(sentences), received)
    if isinstance(outcome, Received):
        vars(error)["retry_after"] = meaning.asked
    else:
        error.__cause__ = without_secrets(outcome.cause)
    return error


def _told(outcome: Outcome) -> str:
    """What happened, as the beginning of a message."""
    if isinstance(outcome, Received):
        return f"{outcome.status}: {_server_message(outcome)}"
    after = "after the request was sent" if outcome.sent else "before the request was sent"
    if outcome.part is not None:
        after = f"in the middle of a {outcome.part.status}"
    cause = outcome.cause
    what = "Timed out" if outcome.timed_out else "The connection failed"
    why = f": {type(cause).__name__}" + (f": {cause}" if str(cause) else "") if cause is not None else ""
    return f"{what} {after}{why}"


def _kept(outcome: Outcome) -> str:
    """What happened, for the log: nothing that the server said, since it may say again what it was told."""
    return str(outcome.status) if isinstance(outcome, Received) else type(outcome.cause).__name__


def _server_message(received: Received) -> str:
    body: Any = None
    try:
        body = json.loads(received.body)
    except (ValueError, RecursionError):
        text = received.body[:200].decode("utf-8", errors="replace").strip()
        return text or "no message"
    if isinstance(body, dict) and isinstance(body.get("message"), str):  # pyright: ignore[reportUnknownMemberType]
        return str(body["message"])[:1000]  # pyright: ignore[reportUnknownArgumentType]
    return json.dumps(body)[:200]


def _body(response: httpx.Response) -> object:
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return response.text


def _masks(secrets: list[str]) -> list[str]:
    """The secrets as they are and as JSON spells them, the longest first so that none is left in part."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_MASKED:
            found |= {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return sorted(found, key=len, reverse=True)


def _masked(text: str, masks: list[str]) -> str:
    for secret in masks:
        text = text.replace(secret, "***")
    return text


def without_secrets(cause: BaseException | None) -> BaseException | None:
    """The cause without its traceback: the frames below hold the request's headers in their local variables."""
    for link in causes_of(cause):
        link.__traceback__ = link.__context__ = None
        if isinstance(link, httpx.RequestError):
            link._request = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - it has no public way to drop it
    return cause
