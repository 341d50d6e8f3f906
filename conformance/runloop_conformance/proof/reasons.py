"""Why a fault is not found, why nothing breaks a clause, why another clause fails beside a fault's own."""

from __future__ import annotations

SURVIVORS: dict[str, str] = {
    "drops-at-huge-body": (
        "equivalent: to reset the connection is how a server may refuse a body beyond what it must take (413)"
    ),
}
"""Mutants that their own clause does not find at the largest budget: `equivalent: …` or `gap: …`, and the reason."""

UNBREAKABLE: dict[str, str] = {
    "request.runProfile.mounts[[]].*.accepted": (
        "an item of a list is sent whole, so its refusal breaks the clauses about the list and about what is known"
    ),
    "response.schema": (
        "every keyword of today's answer has a clause of its own; this one is for those that an edit may add"
    ),
}
"""Clauses (or patterns) without the mutants that others have, each with the reason."""

ONE_KIND: dict[str, str] = {
    "request.run_name.null-accepted": (
        "one request asks for it by itself; who refuses it at times is found by request.accepted"
    ),
}
"""Clauses of a MUST (or patterns) whose faults are all of one kind, always or at times, each with the reason."""

VALID = "a valid request was not accepted, and this too is about valid requests"
FAILED = "the failure came instead of a refusal, so nothing was refused either"
SEVERAL = "the fault takes in more than one kind of invalid request"
NO_RUN = "what was accepted by mistake was answered with something that is no run"
OTHER = "what was to be refused for one reason was refused for the fault, with another status"
SHAPE = "a member of the wrong shape cannot be right in what it says either"
ELSEWHERE = "an answer that comes from elsewhere is wrong in several ways: its id, its time, what was asked for"

BESIDE: tuple[tuple[str, str, str], ...] = (
    ("authorization", "authorization.*", "the fault lets in, or shuts out, more than one kind of credentials"),
    ("safety", "authorization.scheme-case", VALID),
    ("safety", "authorization.*", FAILED),
    ("*", "authorization.scheme-case", VALID),
    ("request", "authorization.bearer", "a valid request was refused with 403, as a firewall does"),
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
    ("http", "http.method-not-allowed", "another method was answered with a run, or not at all, and not with 405"),
    ("http", "run.*", "an answer that is not what its bytes say cannot be right in what it says"),
    ("request", "request.*", SEVERAL),
    ("request", "response.*", NO_RUN),
    ("request", "run.*", "what a member of an odd request says was lost on the way, so it is not repeated"),
    ("response", "response.*", SHAPE),
    ("response", "run.*", SHAPE),
    ("run", "run.only-what-was-asked", "a key that was changed on the way is one that nobody has asked for"),
    ("run", "run.*", ELSEWHERE),
    ("run", "response.*", "what is put in place of what was asked for is of another type as well"),
)
"""The mutant's chapter, the other clause (both patterns), and why that fails as well. The first that fits counts."""
