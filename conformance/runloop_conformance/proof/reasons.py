"""The reasons for what the proof shows: undetected mutants, clauses without mutants, clauses that fail also."""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {
    "drops-at-huge-body": "resetting the connection is a legal way to reject a body beyond the sizes that are required",
}
"""Mutants that no client can distinguish from a correct server, each with the reason. No clause detects them."""

GAPS: dict[str, str] = {}
"""Mutants that their own clause does not detect yet, each with the reason."""

UNBREAKABLE: dict[str, str] = {
    "request.runProfile.mounts[[]].*.accepted": (
        "an item of a list is sent whole, so its rejection fails the clauses about the list and about known properties"
    ),
    "response.schema": (
        "every keyword of the response schema has its own clause; this one covers keywords that an edit may add"
    ),
}
"""Clauses (or patterns) without the mutants that others have, each with the reason."""

ONE_KIND: dict[str, str] = {
    "authorization.bearer": (
        "a token that is rejected from some request on has expired: a failed precondition, and not a fault"
    ),
    "request.run_name.null-accepted": (
        "a single request tests it; request.accepted detects servers that reject it at times"
    ),
}
"""MUST clauses (or patterns) whose mutants are all of one kind, always or at times, each with the reason."""

VALID = "a valid request was rejected, and this clause is also about valid requests"
FAILED = "the server failed instead of rejecting the request, so the rejection is missing"
SEVERAL = "the fault accepts more than one kind of invalid request"
NO_RUN = "the invalid request was accepted, and the response to it is not a run"
OTHER = "a request that had to be rejected for one reason was rejected for the fault, with another status"
SHAPE = "a property of the wrong shape cannot have the right value"
ELSEWHERE = "a response that belongs to another request has several wrong properties: its id, its time, its content"

RELATED: tuple[tuple[str, str, str], ...] = (
    ("authorization", "authorization.*", "the fault accepts, or rejects, more than one kind of credentials"),
    ("safety", "authorization.scheme-case", VALID),
    ("safety", "authorization.*", FAILED),
    ("*", "authorization.scheme-case", VALID),
    ("request", "authorization.bearer", "a valid request was rejected with 403, as firewalls do"),
    ("request", "authorization.*", OTHER),
    ("request", "http.*", OTHER),
    *(
        ("*", pattern, VALID)
        for pattern in (
            "request.accepted",
            "request.text",
            "request.sizes",
            "request.spelling",
            "request.known-members",
            "request.unknown-members",
            "request.*.accepted",
            "request.*.optional",
            "request.*.null-accepted",
        )
    ),
    ("safety", "request.*", FAILED),
    ("safety", "http.method-not-allowed", FAILED),
    ("http", "http.method-not-allowed", "the response to another method is a run, or missing, and not a 405"),
    ("http", "run.*", "a body that is not what its headers declare cannot have the right content"),
    ("request", "request.*", SEVERAL),
    ("request", "response.*", NO_RUN),
    ("request", "run.*", "a property of an unusual request was lost, so the response does not repeat it"),
    ("response", "response.*", SHAPE),
    ("response", "run.*", SHAPE),
    ("run", "run.only-what-was-asked", "a changed key is also a key that was not requested"),
    ("run", "run.*", ELSEWHERE),
    ("run", "response.*", "the value that replaces the requested one also has another type"),
)
"""The mutant's chapter, the other clause (both patterns), and why that clause fails also. The first match counts."""
