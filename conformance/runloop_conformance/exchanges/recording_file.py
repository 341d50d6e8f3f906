"""`recording.jsonl`: every exchange, complete, one a line, so that it can be judged and sent again.

Secrets are redacted. A mark of its own replaces the token in a response, so that a recheck still sees that it leaked.
A long body that is repeated is written once, and named by the number of the exchange that has it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from runloop_conformance.exchanges.document import exchange_document
from runloop_conformance.exchanges.exchange import NOTHING, Exchange, Failure, Probe, Response
from runloop_conformance.exchanges.redaction import TOKEN_MARK, Redaction
from runloop_conformance.exchanges.strict_json import dump

REPEATED = 64 * 1024  # bytes; an equal body that is longer is not written twice
NO_MARK = TOKEN_MARK.replace("]", "?]")


class UnreadableRecordingError(Exception):
    """Not a recording that this version reads. The message says which line, and why."""


def lines(exchanges: Iterable[Exchange], redaction: Redaction) -> Iterator[str]:
    """The lines of `recording.jsonl`."""
    held: dict[bytes, int] = {}
    for exchange in exchanges:
        line = _line(exchange, redaction)
        if exchange.response is not None and len(exchange.response.body) > REPEATED:
            first = held.setdefault(exchange.response.body, exchange.number)
            if first != exchange.number:
                line["response"] = {name: v for name, v in line["response"].items() if not name.startswith("body")}
                line["response"]["body_as_in"] = first
        yield json.dumps(line)


def _line(exchange: Exchange, redaction: Redaction) -> dict[str, Any]:
    probe, response = exchange.probe, exchange.response
    if response is not None:  # a server that sends the mark itself has leaked nothing
        body = response.body.replace(TOKEN_MARK.encode(), NO_MARK.encode())
        headers = tuple((name, value.replace(TOKEN_MARK, NO_MARK)) for name, value in response.headers)
        exchange = evolve(exchange, response=evolve(response, body=body, headers=headers))
    probe_line = {
        "operation": probe.operation,
        "safe": probe.safe,
        "clauses": list(probe.clauses),
        "control": probe.control,
        "change": probe.change,
        "together": probe.together,
        **_content(probe, redaction),
    }
    if redaction.raw(probe.body) != probe.body:
        probe_line["body_redacted"] = True  # so it cannot be sent again byte for byte
    return {**exchange_document(exchange, redaction), "tries": exchange.tries, "probe": probe_line}


def _content(probe: Probe, redaction: Redaction) -> dict[str, Any]:
    """Where the content is: nowhere, in the body as JSON, or here if its spelling in the body is unusual."""
    if probe.content is NOTHING:
        return {"asked": "nothing"}
    if dump(probe.content) == probe.body == redaction.raw(probe.body):
        return {"asked": "body"}
    return {"asked": "value", "value": _cleaned(probe.content, redaction)}


def _cleaned(value: Any, redaction: Redaction) -> Any:
    """A JSON value without secrets, also if a secret is a number."""
    if isinstance(value, dict):
        return {redaction.text(name): _cleaned(item, redaction) for name, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, redaction) for item in value]
    if isinstance(value, str):
        return redaction.text(value)
    text = json.dumps(value)
    return value if redaction.text(text) == text else redaction.text(text)


def read(text: Iterable[str]) -> Iterator[Exchange]:
    """The exchanges of a recording.

    Raises:
        UnreadableRecordingError: this version does not read a line.
    """
    bodies: dict[int, bytes] = {}
    for number, line in enumerate(text, 1):
        try:
            exchange = _exchange(json.loads(line), bodies)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableRecordingError(
                f"line {number} is no exchange of a recording that this version reads: {error!r}"
            ) from error
        yield exchange


def redacted(line: Mapping[str, Any]) -> bool:
    """Whether the request of a recorded exchange held a secret, which is no longer in it."""
    return bool(line["probe"].get("body_redacted"))


def _exchange(line: dict[str, Any], bodies: dict[int, bytes]) -> Exchange:
    content, response, failure = line["response"], None, None
    if "failure" in content:
        failure = Failure(content["failure"]["kind"], content["failure"]["text"])
    else:
        body = bodies[content["body_as_in"]] if "body_as_in" in content else _body(content)
        if len(body) > REPEATED:
            bodies[line["number"]] = body
        headers = tuple((str(name), str(value)) for name, value in content["headers"])
        response = Response(content["status"], headers, body)
    return Exchange(
        line["number"],
        _probe(line["request"], line["probe"]),
        response,
        failure,
        content["began_ms"],
        content["ended_ms"],
        line["tries"],
    )


def _probe(request: dict[str, Any], probe_line: dict[str, Any]) -> Probe:
    body = _body(request)
    content = {"nothing": NOTHING, "value": probe_line.get("value")}.get(probe_line["asked"], NOTHING)
    if probe_line["asked"] == "body":
        content = json.loads(body)
    return Probe(
        name=request["name"],
        intent=request["intent"],
        clauses=tuple(probe_line["clauses"]),
        method=request["method"],
        body=body,
        headers=tuple((name, value.replace("{$RUNLOOP_API_KEY", "{token")) for name, value in request["headers"]),
        path=request["path"],
        operation=probe_line["operation"],
        content=content,
        query=request["query"],
        control=probe_line["control"],
        change=probe_line["change"],
        together=probe_line["together"],
        framing=request["framing"],
        safe=probe_line["safe"],
    )


def _body(side: dict[str, Any]) -> bytes:
    if "body_base64" in side:
        return base64.b64decode(side["body_base64"], validate=True)
    text: str = side["body"]
    return text.encode("utf-8")
