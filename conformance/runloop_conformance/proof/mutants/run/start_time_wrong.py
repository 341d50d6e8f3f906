"""Start times that are not now, or not in milliseconds."""

import time
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import change_property, every_nth, from_nth, set_properties
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run

MUTANTS = Mutants(__name__)
NOW = RULE + "starts-now"
FULL = start_run(run_name="nightly", runProfile={"purpose": "regression", "envVars": {"A": "1"}})
SHIFTS: dict[str, tuple[str, Callable[[int], int]]] = {
    "start-time-in-seconds": ("The start time is in seconds.", lambda ms: ms // 1000),
    "start-time-in-microseconds": ("The start time is in microseconds.", lambda ms: ms * 1000),
    "start-time-in-nanoseconds": ("The start time is in nanoseconds.", lambda ms: ms * 1_000_000),
    "start-time-an-hour-ahead": ("The start time is local time in place of UTC.", lambda ms: ms + 3_600_000),
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
    MUTANTS.change_response(name, NOW, summary, change_property("start_time_ms", shift))
MUTANTS.change_response(
    "start-time-shifted-now-and-then",
    NOW,
    "One run in eight started two hours ago.",
    change_property("start_time_ms", lambda ms: ms - 7_200_000),
    *repeated(8, start_run()),
    when=every_nth(8),
)
MUTANTS.change_response(
    "start-time-in-seconds-when-named",
    NOW,
    "The start time of a run with a name is in seconds.",
    change_property("start_time_ms", lambda ms: ms // 1000),
    FULL,
    when=lambda _, run_request: "run_name" in run_request,
)
MUTANTS.change_response(
    "start-time-zero-from-the-fifth",
    NOW,
    "From the fifth run on the start is not known yet, and 0.",
    set_properties(start_time_ms=0),
    *repeated(5, start_run()),
    when=from_nth(5),
)
