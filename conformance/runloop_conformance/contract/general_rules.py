"""The rules for an operation without its own: what HTTP and OpenAPI themselves require."""

from __future__ import annotations

from collections.abc import Iterator

from runloop_conformance.contract.operation import Level, Operation, Rule, types


def general_rules(operation: Operation) -> dict[str, Rule]:
    """The rules by the names under which `x-rules` would state them; each points to the operation."""
    return {
        name: Rule(name, operation.pointer, level, source, f"{operation.method} {operation.path}: {text}")
        for name, level, source, text in _rules(operation)
    }


def _rules(operation: Operation) -> Iterator[tuple[str, Level, str, str]]:
    yield "no-server-error", "must", "RFC 9110, 15.6", "no request gets a 5xx response."
    yield "always-answers", "must", "RFC 9110, 3.4", "every request gets a complete, well-formed response in time."
    yield "nothing-leaks", "should", "RFC 9110, 17", "no response holds the token or a stack trace."
    yield "method-not-allowed", "should", "RFC 9110, 15.5.6", "a method that the path lacks is rejected with 405."
    # Only a link says that something exists which a parameter names; a made-up value may name nothing.
    if all(parameter.link or not parameter.required for parameter in operation.parameters):
        level: Level = "should" if operation.takes_json else "must"
        yield "accepts-valid", level, "OpenAPI", "a request that fits the contract is accepted."
    if operation.secured and operation.bearer:
        yield "bearer-required", "must", "RFC 6750", "a request without a valid token is rejected with 401 or 403."
        yield "bearer-malformed", "must", "RFC 6750", "malformed credentials are rejected with 400, 401 or 403."
        yield "challenge", "should", "RFC 9110, 11.6.1", "a 401 carries a WWW-Authenticate header."
        if operation.method != "DELETE":  # a deleted thing cannot be requested again in another spelling
            yield "scheme-case", "should", "RFC 9110, 11.1", "the scheme is matched without regard to case."
    if operation.takes_json:
        yield "refuses-not-json", "must", "RFC 8259", "a body that is nothing like JSON is rejected with a 4xx."
        yield "accepts-spelling", "must", "RFC 8259", "property order, white space and escapes change nothing."
        yield "refuses-other-media-types", "should", "RFC 9110, 15.5.16", "a body of another media type is rejected."
        yield "refuses-invalid", "must", "OpenAPI", "a missing or mistyped property is rejected with a 4xx."
    if operation.takes_json and types(operation.request_schema) == ["object"]:
        yield "refuses-json-extensions", "should", "RFC 8259", "JSON extensions are rejected."
        yield "refuses-not-object", "must", "OpenAPI", "a body that is not an object is rejected with a 4xx."
        yield "ignores-unknown-members", "should", "OpenAPI", "properties that the contract does not name are ignored."
    if operation.gives_json:
        yield "json-answer", "must", "OpenAPI", "a successful response is one JSON value, labelled as JSON."
        yield "json-answer-exact", "should", "RFC 8259", "a response has no duplicate names and no byte order mark."
