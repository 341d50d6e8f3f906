"""Who may start a run: the Authorization header with a bearer token, and nothing in its place."""

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


def clauses(contract: Contract, operation: Operation) -> Iterator[Clause]:
    """The chapter's clauses."""
    rules = operation.rules
    if not operation.secured:
        return
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if operation.bearer and scheme.get("scheme", "bearer").lower() == "bearer":
            text = str(scheme.get("description") or "A bearer token is taken.")
            pointer = f"#/components/securitySchemes/{escape(name)}"
            pointer += "/description" if "description" in scheme else ""
            yield Clause("authorization.bearer", "must", pointer, text, _bearer)
            break
    required = rules.get("bearer-required")
    malformed = rules.get("bearer-malformed")
    yield from by_rule("authorization.required", required, rejection("authorization.required", DENIED))
    yield from by_rule("authorization.token", required, rejection("authorization.token", DENIED))
    yield from by_rule("authorization.header-only", required, rejection("authorization.header-only", DENIED))
    yield from by_rule("authorization.scheme", required, rejection("authorization.scheme", MALFORMED))
    yield from by_rule("authorization.form", malformed, rejection("authorization.form", MALFORMED))
    yield from by_rule("authorization.once", malformed, rejection("authorization.once", MALFORMED))
    yield from by_rule(
        "authorization.doubled", rules.get("bearer-doubled"), rejection("authorization.doubled", MALFORMED)
    )
    yield from by_rule("authorization.scheme-case", rules.get("scheme-case"), acceptance("authorization.scheme-case"))
    yield from by_rule("authorization.challenge", rules.get("challenge"), _challenge)


def _bearer(recording: Recording) -> Iterator[Observation]:
    """The right token, in the form that the contract says, opens the door each time."""
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
                yield failed("a WWW-Authenticate header beside the 401", "none", exchange)
