"""Scores and durations that do not fit the state of the run."""

from runloop_conformance.proof.mutants.changes import COMPLETED, every_nth, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.run.start_time_wrong import FULL
from runloop_conformance.proof.mutants.witness import repeated, start_run

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
SCORE = RULE + "score-once-completed"
DURATION = RULE + "duration-not-negative"
MUTANTS.change_response(
    "completed-without-score", SCORE, "A completed run has no score.", set_properties(**COMPLETED | {"score": None})
)
MUTANTS.change_response(
    "completed-without-score-member",
    SCORE,
    "A completed run's response leaves the score out.",
    lambda run, _: {name: value for name, value in (run | COMPLETED).items() if name != "score"},
)
MUTANTS.change_response(
    "completed-without-score-now-and-then",
    SCORE,
    "One run in eight is completed without a score.",
    set_properties(**COMPLETED | {"score": None}),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response("score-while-running", SCORE, "A running run has the score 0.", set_properties(score=0))
MUTANTS.change_response(
    "score-while-running-now-and-then",
    SCORE,
    "One running run in eight has a score.",
    set_properties(score=0.5),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "score-of-the-purpose",
    SCORE,
    "A running run with a purpose has a score already.",
    set_properties(score=1),
    FULL,
    when=lambda _, run_request: bool(run_request.get("runProfile", {}).get("purpose")),
)
MUTANTS.change_response(
    "score-when-canceled",
    SCORE,
    "A canceled run has a score.",
    set_properties(state="canceled", duration_ms=3, score=0.0),
)
MUTANTS.change_response(
    "duration-negative", DURATION, "The duration is negative.", set_properties(**COMPLETED | {"duration_ms": -1250})
)
MUTANTS.change_response(
    "duration-minus-one", DURATION, "A duration that is not known is -1.", set_properties(duration_ms=-1)
)
MUTANTS.change_response(
    "duration-negative-now-and-then",
    DURATION,
    "One run in eight ended before it began.",
    set_properties(**COMPLETED | {"duration_ms": -3}),
    *repeated(8, start_run()),
    when=every_nth(8),
)
SHOULD.change_response(
    "duration-while-running",
    RULE + "duration-while-running",
    "A running run lasts 0 already.",
    set_properties(duration_ms=0),
)
SHOULD.change_response(
    "duration-while-running-with-profile",
    RULE + "duration-while-running",
    "A running run with a runProfile has a duration.",
    set_properties(duration_ms=12),
    FULL,
    when=lambda _, run_request: "runProfile" in run_request,
)
