"""An exchange as JSON, without secrets: in `report.json` with its bodies cut, in `recording.jsonl` whole."""

from __future__ import annotations

import base64
from typing import Any

from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.redaction import Redaction


def exchange_document(exchange: Exchange, redaction: Redaction, longest: int | None = None) -> dict[str, Any]:
    """One exchange, without secrets. A body longer than `longest` bytes is cut, and says so."""
    probe, response = exchange.probe, exchange.response
    request: dict[str, Any] = {
        "name": probe.name,
        "intent": probe.intent,
        "method": probe.method,
        "path": probe.path,
        "query": probe.query,
        "headers": [[name, _named(value)] for name, value in probe.headers],
        "framing": probe.framing,
        **_body(probe.body, redaction, longest),
    }
    content: dict[str, Any] = {}
    if response is not None:
        headers = [[redaction.text(name), redaction.text(value)] for name, value in response.headers]
        content = {"status": response.status, "headers": headers, **_body(response.body, redaction, longest)}
    elif exchange.failure is not None:
        content = {"failure": {"kind": exchange.failure.kind, "text": redaction.text(exchange.failure.text)}}
    content |= {"began_ms": exchange.began_ms, "ended_ms": exchange.ended_ms}
    return {"number": exchange.number, "request": request, "response": content}


def _named(template: str) -> str:
    """The token's placeholder under the name that a reader knows."""
    return template.replace("{token", "{$RUNLOOP_API_KEY")


def _body(raw: bytes, redaction: Redaction, longest: int | None) -> dict[str, Any]:
    raw = redaction.raw(raw)
    note: dict[str, Any] = {}
    if longest is not None and len(raw) > longest:
        note = {"body_cut_from": len(raw)}
        raw = raw[:longest]
        while raw and (raw[-1] & 0xC0) == 0x80:  # not in the middle of a character
            raw = raw[:-1]
        raw = raw[:-1] if raw and raw[-1] >= 0xC0 else raw
    try:
        return {"body": raw.decode("utf-8"), **note}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(raw).decode("ascii"), **note}
