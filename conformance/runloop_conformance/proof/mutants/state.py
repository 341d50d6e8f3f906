"""Faults in what the answer says about the run itself: its time, its state, its benchmark."""

import time
from collections.abc import Callable
from typing import Any

from runloop_conformance.proof.mutants.fault import RULE, VIEW, Chapter, ask, every, put, since, times, turn

CHAPTER = Chapter("run")
SHOULD = CHAPTER.should()
edit = CHAPTER.edit

NOW = RULE + "starts-now"
SCORE = RULE + "score-once-completed"
DURATION = RULE + "duration-not-negative"
FULL = ask(run_name="nightly", runProfile={"purpose": "regression", "envVars": {"A": "1"}})

# --- the time ---

SHIFTS: dict[str, tuple[str, Callable[[int], int]]] = {
    "start-time-in-seconds": ("The start time is in seconds.", lambda ms: ms // 1000),
    "start-time-in-microseconds": ("The start time is in microseconds.", lambda ms: ms * 1000),
    "start-time-in-nanoseconds": ("The start time is in nanoseconds.", lambda ms: ms * 1_000_000),
    "start-time-an-hour-ahead": ("The start time is local time taken for UTC.", lambda ms: ms + 3_600_000),
    "start-time-five-hours-behind": ("The start time is five hours behind.", lambda ms: ms - 5 * 3_600_000),
    "start-time-a-day-ahead": ("The start time is tomorrow.", lambda ms: ms + 86_400_000),
    "start-time-ten-minutes-behind": ("The clock is ten minutes slow.", lambda ms: ms - 600_000),
    "start-time-zero": ("The start time is 0.", lambda ms: ms * 0),
    "start-time-minus-one": ("The start time is -1.", lambda ms: ms * 0 - 1),
    "start-time-in-32-bits": ("The start time is cut to 32 bits.", lambda ms: ms & 0x7FFFFFFF),
    "start-time-of-the-day": ("The start time is the day's.", lambda ms: ms - ms % 86_400_000 - 600_000),
    "start-time-of-the-process": (
        "The start time counts from the server's own start.",
        lambda _: int(time.monotonic()),
    ),
    "start-time-in-net-ticks": ("The start time counts from the year 1.", lambda ms: ms + 62_135_596_800_000),
}
for name, (summary, shift) in SHIFTS.items():
    edit(name, NOW, summary, turn("start_time_ms", shift))
edit(
    "start-time-shifted-now-and-then",
    NOW,
    "One run in eight started two hours ago.",
    turn("start_time_ms", lambda ms: ms - 7_200_000),
    *times(8, ask()),
    when=every(8),
)
edit(
    "start-time-in-seconds-when-named",
    NOW,
    "The start time of a run with a name is in seconds.",
    turn("start_time_ms", lambda ms: ms // 1000),
    FULL,
    when=lambda _, asked: "run_name" in asked,
)
edit(
    "start-time-zero-from-the-fifth",
    NOW,
    "From the fifth run on the start is not known yet, and 0.",
    put(start_time_ms=0),
    *times(5, ask()),
    when=since(5),
)


# --- state, score and duration ---

DONE: dict[str, Any] = {"state": "completed", "duration_ms": 1250, "score": 0.75}
edit("completed-without-score", SCORE, "A completed run has no score.", put(**DONE | {"score": None}))
edit(
    "completed-without-score-member",
    SCORE,
    "A completed run's answer leaves the score out.",
    lambda run, _: {name: value for name, value in (run | DONE).items() if name != "score"},
)
edit(
    "completed-without-score-now-and-then",
    SCORE,
    "One run in eight is completed without a score.",
    put(**DONE | {"score": None}),
    *times(8, ask()),
    when=every(8),
)
edit("score-while-running", SCORE, "A running run has the score 0.", put(score=0))
edit(
    "score-while-running-now-and-then",
    SCORE,
    "One running run in eight has a score.",
    put(score=0.5),
    *times(8, ask()),
    when=every(8),
)
edit(
    "score-of-the-purpose",
    SCORE,
    "A running run with a purpose has a score already.",
    put(score=1),
    FULL,
    when=lambda _, asked: bool(asked.get("runProfile", {}).get("purpose")),
)
edit("score-when-canceled", SCORE, "A canceled run has a score.", put(state="canceled", duration_ms=3, score=0.0))
edit("duration-negative", DURATION, "The duration is negative.", put(**DONE | {"duration_ms": -1250}))
edit("duration-minus-one", DURATION, "A duration that is not known is -1.", put(duration_ms=-1))
edit(
    "duration-negative-now-and-then",
    DURATION,
    "One run in eight ended before it began.",
    put(**DONE | {"duration_ms": -3}),
    *times(8, ask()),
    when=every(8),
)
SHOULD.edit(
    "duration-while-running", RULE + "duration-while-running", "A running run lasts 0 already.", put(duration_ms=0)
)
SHOULD.edit(
    "duration-while-running-with-profile",
    RULE + "duration-while-running",
    "A running run with a runProfile has a duration.",
    put(duration_ms=12),
    FULL,
    when=lambda _, asked: "runProfile" in asked,
)

# --- the benchmark ---

SPELLINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "benchmark-id-lower-cased": ("The benchmark's id is lower-cased.", str.lower),
    "benchmark-id-upper-cased": ("The benchmark's id is upper-cased.", str.upper),
    "benchmark-id-without-prefix": (
        "The benchmark's id has lost its prefix.",
        lambda text: text.partition("_")[2] or text,
    ),
    "benchmark-id-as-a-path": ("The benchmark's id is a path.", lambda text: f"/v1/benchmarks/{text}"),
    "benchmark-id-cut": ("The benchmark's id is cut at 20 characters.", lambda text: text[:20]),
    "benchmark-id-empty": ("The benchmark's id is empty.", lambda text: text[:0]),
    "benchmark-id-of-the-example": ("The benchmark's id is the one of an example.", lambda text: text[:0] + "<string>"),
}
for name, (summary, spelling) in SPELLINGS.items():
    edit(name, VIEW + "benchmark_id", summary, turn("benchmark_id", spelling))
edit(
    "benchmark-id-the-runs",
    VIEW + "benchmark_id",
    "The benchmark's id is the run's.",
    lambda run, _: run | {"benchmark_id": run["id"]},
)
edit(
    "benchmark-id-lower-cased-with-profile",
    VIEW + "benchmark_id",
    "With a runProfile the benchmark's id is lower-cased.",
    turn("benchmark_id", str.lower),
    FULL,
    when=lambda _, asked: "runProfile" in asked,
)
