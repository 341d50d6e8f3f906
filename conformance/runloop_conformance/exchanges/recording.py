"""Exchanges, indexed for judging. Judging them again needs no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from attrs import define, field, frozen

from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import NOTHING, Exchange
from runloop_conformance.exchanges.strict_json import NotJsonError, Parsed, parse

MARK = re.compile(r"mk[0-9a-f]{4}x[0-9a-f]{3}z")


@frozen
class Run:
    """An accepted request and its response. `received` is NOTHING if the body is not JSON; `unreadable` says why."""

    exchange: Exchange
    parsed: Parsed | None
    unreadable: str | None

    @property
    def received(self) -> Any:
        """The JSON value of the response."""
        return self.parsed.value if self.parsed else NOTHING

    @property
    def fields(self) -> dict[str, Any]:
        """The response if it is an object, else an empty one."""
        return self.received if isinstance(self.received, dict) else {}

    @property
    def sent(self) -> dict[str, Any]:
        """The request's body if it is an object, else an empty one."""
        return self.exchange.probe.content if isinstance(self.exchange.probe.content, dict) else {}


@define
class Recording:
    """All exchanges of a run of the suite, in the order in which they were sent."""

    contract: Contract
    exchanges: Sequence[Exchange]
    secrets: tuple[str, ...] = field(default=(), repr=False)
    operation_id: str = ""
    _views: dict[str, Recording] = field(factory=dict, init=False, repr=False)

    @property
    def operation(self) -> Operation:
        """The operation that this is a recording of; the main one if it is of several."""
        return self.contract.find(self.operation_id)

    def of(self, operation: str) -> Recording:
        """The exchanges of one operation alone."""
        if operation == self.operation_id:
            return self
        if operation not in self._views:
            exchanges = self._by_operation.get(operation, [])
            self._views[operation] = Recording(self.contract, exchanges, self.secrets, operation)
        return self._views[operation]

    @cached_property
    def _by_operation(self) -> dict[str, list[Exchange]]:
        exchanges: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            exchanges.setdefault(exchange.probe.operation, []).append(exchange)
        return exchanges

    @cached_property
    def runs(self) -> list[Run]:
        """The accepted requests, of those that a server may accept."""
        method = self.operation.method
        return [
            _read(exchange)
            for exchange in self.exchanges
            if exchange.accepted and exchange.probe.intent != "refuse" and exchange.probe.method == method
        ]

    @cached_property
    def accepted_names(self) -> dict[str, Exchange]:
        """The accepted exchange of each probe's name: the controls."""
        return {exchange.probe.name: exchange for exchange in self.exchanges if exchange.accepted}

    @cached_property
    def rejected_names(self) -> frozenset[str]:
        """The names of the probes that were rejected and never accepted."""
        return (
            frozenset(exchange.probe.name for exchange in self.exchanges if exchange.rejected)
            - self.accepted_names.keys()
        )

    @cached_property
    def by_clause(self) -> dict[str, list[Exchange]]:
        """The exchanges that a clause is judged on, by its id."""
        exchanges: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            for clause in exchange.probe.clauses:
                exchanges.setdefault(clause, []).append(exchange)
        return exchanges

    def control(self, exchange: Exchange) -> Exchange | None:
        """The accepted exchange that this one is a twin of."""
        return self.accepted_names.get(exchange.probe.control or "")

    def with_response(self) -> Iterator[Exchange]:
        """Those with a response."""
        return (exchange for exchange in self.exchanges if exchange.response is not None)

    @cached_property
    def marks(self) -> dict[str, set[str]]:
        """The marks of each probe, by its name."""
        return {exchange.probe.name: set(marks_in(exchange.probe.body)) for exchange in self.exchanges}


def marks_in(raw: bytes) -> Iterable[str]:
    """The marks in a body, also if its characters are written as escapes, or in UTF-16."""
    text = raw.replace(b"\0", b"").decode("utf-8", "replace")
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return MARK.findall(text)


def _read(exchange: Exchange) -> Run:
    assert exchange.response is not None  # an accepted exchange has a response
    try:
        return Run(exchange, parse(exchange.response.body), None)
    except NotJsonError as error:
        return Run(exchange, None, str(error))


def response_value(exchange: Exchange) -> object:
    """The JSON value of the response of an accepted exchange, None if there is none."""
    if exchange.response is None or not exchange.accepted:
        return None
    try:
        return parse(exchange.response.body).value
    except NotJsonError:
        return None


def run_id(exchange: Exchange) -> str | None:
    """The id of the run in a response, None if there is none."""
    received = response_value(exchange)
    identifier = received.get("id") if isinstance(received, dict) else None
    return identifier if isinstance(identifier, str) else None
