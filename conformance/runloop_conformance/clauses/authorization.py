"""Who may start a run: a request with a bearer token in the Authorization header, and no other."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.clauses.clause import (
    Clause,
    Observation,
    acceptance,
    body_of,
    by_rule,
    failed,
    passed,
    rejection,
)
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.operation import Operation, escape
from runloop_conformance.exchanges.recording import Recording

DENIED = frozenset({401, 403})
MALFORMED = frozenset({400, 401, 403})
REJECTED = (
    ("authorization.required", "bearer-required", DENIED, "Tested without an Authorization header."),
    ("authorization.token", "bearer-required", DENIED, "Tested with wrong tokens."),
    ("authorization.header-only", "bearer-required", DENIED, "Tested with the token anywhere else."),
    ("authorization.scheme", "bearer-required", MALFORMED, "Tested with other schemes, such as Basic."),
    ("authorization.form", "bearer-malformed", MALFORMED, "Tested with a header that is not `Bearer <token>`."),
    ("authorization.once", "bearer-malformed", MALFORMED, "Tested with two headers, the first of them wrong."),
    ("authorization.doubled", "bearer-doubled", MALFORMED, ""),
)  # fmt: skip
"""Clause, rule, the statuses of a rejection, and what the clause tests of a rule that several clauses share."""


def clauses(contract: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses."""
    rules = operation.rules
    if not operation.secured:
        return
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if operation.bearer and scheme.get("scheme", "bearer").lower() == "bearer":
            text = str(scheme.get("description") or "A bearer token is accepted.")
            pointer = f"#/components/securitySchemes/{escape(name)}"
            pointer += "/description" if "description" in scheme else ""
            yield Clause("authorization.bearer", "must", pointer, text, _bearer)
            break
    for identifier, rule, statuses, tested in REJECTED:
        yield from by_rule(identifier, rules.get(rule), rejection(identifier, statuses), tested)
    yield from by_rule("authorization.scheme-case", rules.get("scheme-case"), acceptance("authorization.scheme-case"))
    yield from by_rule("authorization.challenge", rules.get("challenge"), _challenge)


def _bearer(recording: Recording) -> Iterator[Observation]:
    """Requests with the right token, in the form that the contract states, are not rejected with 401 or 403."""
    for exchange in recording.exchanges:
        if exchange.probe.intent != "accept" or "authorization.scheme-case" in exchange.probe.clauses:
            continue
        if exchange.accepted:
            yield passed(exchange)
        elif exchange.status in DENIED:
            yield failed("accepted with 200", (f"{exchange.status}: ", body_of(exchange)), exchange)


def _challenge(recording: Recording) -> Iterator[Observation]:
    for exchange in recording.with_response():
        assert exchange.response is not None
        if exchange.status == 401:
            if exchange.response.header("WWW-Authenticate"):
                yield passed(exchange)
            else:
                yield failed("a WWW-Authenticate header in the 401", "none", exchange)
