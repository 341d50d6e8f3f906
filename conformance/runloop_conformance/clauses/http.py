"""What holds for every request, whatever is in it: a response, no 5xx, and no run by another method."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from runloop_conformance.clauses.clause import Clause, Observation, body_of, by_rule, failed, passed
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import CLOSABLE, Exchange, Failure
from runloop_conformance.exchanges.recording import Recording
from runloop_conformance.exchanges.strict_json import NotJsonError, parse

LONG_HEADER = 8000  # characters; many servers reject a longer line
OVERSIZE = 64 * 1024  # bytes; a larger body may be cut off by closing the connection (413)


def clauses(_: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses."""
    rules = operation.rules
    yield from by_rule("http.no-server-error", rules.get("no-server-error"), _no_server_error)
    yield from by_rule("http.always-answers", rules.get("always-answers"), _always_answers)
    yield from by_rule("http.only-post", rules.get("only-post"), _only_post)
    yield from by_rule("http.method-not-allowed", rules.get("method-not-allowed"), _method_not_allowed)
    yield from by_rule("http.json-errors", rules.get("json-errors"), _json_errors)


def _other_method(recording: Recording, exchange: Exchange) -> bool:
    return exchange.probe.method != recording.operation.method


def _unusual(exchange: Exchange) -> bool:
    """Whether the method is one that a server, or a proxy in front of it, may handle outside of the API."""
    return exchange.probe.method in ("OPTIONS", "HEAD", "TRACE", "QUERY", "FROB")


def _no_server_error(recording: Recording) -> Iterator[Observation]:
    for exchange in recording.with_response():
        status = exchange.status or 0
        if exchange.probe.method in ("OPTIONS", "HEAD"):
            continue
        legal = status == 501 and _other_method(recording, exchange)
        if status >= 500 and not legal:
            if status == 503 and not recording.runs:
                yield Observation(None, (exchange,))
                continue
            control = recording.control(exchange)
            exchanges = (control, exchange) if control else (exchange,)
            yield failed("any response but a 5xx", (f"{status}: ", body_of(exchange)), *exchanges)
        elif recording.runs:  # a server that accepted no request has not been tested
            yield passed(exchange)


def _always_answers(recording: Recording) -> Iterator[Observation]:
    took_down = _took_down(recording)
    for exchange in recording.exchanges:
        failure = exchange.failure
        if exchange.number == 1 and failure and failure.kind == "timeout" and recording.runs:
            yield Observation(None, (exchange,))  # a server may take its time to start up
        elif failure is None:
            if recording.runs:
                yield passed(exchange)
        elif failure.kind in ("unreachable", "tls", "coding") or (
            exchange.number not in took_down and _may_close(exchange, failure)
        ):
            yield Observation(None, (exchange,))
        else:
            control = recording.control(exchange)
            exchanges = (control, exchange) if control else (exchange,)
            yield failed("a complete, well-formed response in time", failure.text, *exchanges)


def _took_down(recording: Recording) -> set[int]:
    """The exchanges of a request that took the server down twice: no response, and the next connection refused."""
    numbers: dict[object, list[int]] = {}
    for exchange, following in itertools.pairwise(recording.exchanges):
        failures = (exchange.failure, following.failure)
        if [failure and failure.kind for failure in failures] == ["dropped", "unreachable"]:
            probe = exchange.probe
            request = (probe.method, probe.path, probe.query, probe.headers, probe.body)
            numbers.setdefault(request, []).append(exchange.number)
    return {number for same in numbers.values() if len(same) > 1 for number in same}


def _may_close(exchange: Exchange, failure: Failure) -> bool:
    """Whether closing early is a legal response: the body is too large, its end is unclear, or the client went away."""
    if _unusual(exchange):
        return failure.kind in ("malformed", "dropped")
    free = len(exchange.probe.body) > OVERSIZE or exchange.probe.framing in CLOSABLE
    return failure.kind == "dropped" and free


def _only_post(recording: Recording) -> Iterator[Observation]:
    for exchange in recording.exchanges:
        if not _other_method(recording, exchange) or exchange.response is None:
            continue
        control = recording.control(exchange)
        exchanges = (control, exchange) if control else (exchange,)
        if exchange.accepted and exchange.probe.method not in ("HEAD", "OPTIONS") and _is_run(recording, exchange):
            yield failed("no run", (f"{exchange.status}, and a run: ", body_of(exchange)), *exchanges)
        else:
            yield Observation(True if control else None, exchanges)


def _is_run(recording: Recording, exchange: Exchange) -> bool:
    """Whether a response is a run, rather than a page or an empty success."""
    assert exchange.response is not None
    try:
        body = parse(exchange.response.body).value
    except NotJsonError:
        return False
    required = [m.path[0] for m in recording.operation.response if m.required and len(m.path) == 1]
    return isinstance(body, dict) and sum(name in body for name in required) * 2 > len(required)


def _method_not_allowed(recording: Recording) -> Iterator[Observation]:
    for exchange in recording.exchanges:
        if not _other_method(recording, exchange) or exchange.response is None:
            continue
        if _unusual(exchange):
            continue
        allowed = exchange.response.header("Allow")
        if exchange.status == 405 and allowed is not None:
            yield passed(exchange)
        elif exchange.status == 501:
            continue
        else:
            yield failed("405 with an Allow header", f"{exchange.status}, Allow: {allowed or 'absent'}", exchange)


def _below_the_api(exchange: Exchange) -> bool:
    """Whether the HTTP server may have rejected it, in its own format, before it reached the API."""
    long = any(len(value) > LONG_HEADER for _, value in exchange.probe.headers)
    return long or exchange.probe.framing in CLOSABLE


def _json_errors(recording: Recording) -> Iterator[Observation]:
    for exchange in recording.with_response():
        assert exchange.response is not None
        if not exchange.rejected or not exchange.response.body or _unusual(exchange) or _below_the_api(exchange):
            continue
        try:
            parse(exchange.response.body)
        except NotJsonError as error:
            yield failed("JSON", (f"{exchange.status}: {error}: ", body_of(exchange)), exchange)
        else:
            yield passed(exchange)
