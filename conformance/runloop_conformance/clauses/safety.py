"""What no response shows: the token, the value of a secret, a stack trace."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

from runloop_conformance.clauses.clause import Clause, Observation, by_rule, failed, passed
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.excerpt import Excerpt, Message
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.json_path import values_at
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.redaction import REDACTED, SHORTEST, TOKEN_MARK

LONGEST_LOOK = 1024 * 1024  # bytes of a response that are searched for a stack trace
TRACE_SHOWN = 80  # characters of a stack trace in a message
BEFORE_SECRET = 40  # characters in a message before a secret

# A pattern for each kind of stack trace, by words that are in every one: looking for the words first is ten times as
# fast. Each pattern begins with what is rare, so that the search of a large response stays linear.
STACK_TRACES = {
    "Traceback (": r"Traceback \(most recent call last\)",
    'File "': r"\bFile \"[^\"\n]{1,300}\", line \d+",
    "at ": r"\n[ \t]+at [^\n]{1,300}:\d+|\bat [^\s(]{1,200}\([\w$]{1,100}\.(?:java|kt|scala|cs):\d+\)",
    "goroutine ": r"\bgoroutine \d+ \[",
    "panic: ": r"\npanic: ",
    "\n#": r"\n#\d+ [^\n]{1,300}\(\d+\): ",
    ".rb:": r"\.rb:\d+:in [`']",
    "stack backtrace:": r"stack backtrace:",
    "panicked at ": r"\bpanicked at [^\n]{1,300}:\d+",
    ":line ": r" in [^\n]{1,300}\.\w{2,4}:line \d+",
}
STACK_TRACE = re.compile("|".join(STACK_TRACES.values()))


def clauses(_: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses."""
    yield from by_rule("safety.nothing-leaks", operation.rules.get("nothing-leaks"), _nothing_leaks)


def _nothing_leaks(recording: Recording) -> Iterator[Observation]:
    secrets, passwords = _secrets(recording), _passwords(recording)
    traces: dict[bytes, Message | None] = {}  # many responses are equal, and some are long
    for exchange in recording.with_response():
        assert exchange.response is not None
        if exchange.probe.method == "TRACE":  # the method exists to send the request back (RFC 9110, 9.3.8)
            continue
        headers = "\n".join(f"{name}: {value}" for name, value in exchange.response.headers)
        text = headers + "\n\n" + exchange.response.body.decode("utf-8", "replace")
        leak = _quoted(text, "the token", secrets, TOKEN_MARK)
        leak = leak or _quoted(text, "the value of a secret", passwords(exchange), REDACTED)
        if leak is None:
            body = exchange.response.body
            traces[body] = traces[body] if body in traces else _stack_trace(body)
            leak = traces[body]
        if leak:
            yield failed("no token, secret or stack trace", leak, exchange)
        else:
            yield passed(exchange)


def _stack_trace(body: bytes) -> Message | None:
    text = body[:LONGEST_LOOK].decode("utf-8", "replace").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    trace = STACK_TRACE.search(text) if any(words in text for words in STACK_TRACES) else None
    return ("a stack trace: ", Excerpt(text[trace.start() :], TRACE_SHOWN)) if trace else None


def _secrets(recording: Recording) -> list[str]:
    """What must not be in a response. A token that is a word of the contract (`secret`) may be."""
    secrets = [
        secret for secret in recording.secrets if len(secret) >= SHORTEST and secret not in recording.contract.text
    ]
    return [
        *secrets,
        *(base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets if secret.isascii()),
    ]


def _passwords(recording: Recording) -> Callable[[Exchange], list[str]]:
    """The values that a request has where the contract says `format: password`."""
    paths = [m.path for m in recording.operation.request if m.schema.get("format") == "password"]

    def of(exchange: Exchange) -> list[str]:
        texts = (text for path in paths for text in values_at(exchange.probe.content, path) if isinstance(text, str))
        return [text for text in texts if len(text) >= SHORTEST]

    return of


def _quoted(text: str, what: str, words: list[str], mark: str) -> Message | None:
    """The text before the first of these words, with a mark in the place of the word."""
    for word in words:
        if word in text:
            return f"{what}: ", Excerpt(text[: text.index(word)].lstrip(), BEFORE_SECRET, end=True), mark
    return None
