"""The promise: one call never starts two runs, and a run that was started is never lost."""

from __future__ import annotations

import pytest
import runloop_benchmarks as rb
from conftest import EVERY_WAY, Caller
from fault_server import NEVER_RESPONDS, SCENARIOS, FaultServer

pytestmark = [
    pytest.mark.usefixtures("_no_backoff"),
    # httpx's own streams, left before their end: trio minds, and nothing stays open.
    pytest.mark.filterwarnings("ignore:Exception ignored in.*async_generator:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning"),
]

# Seconds. Only servers that never respond need them, and a noisy machine may take its time over the rest.
SHORT, LONG = 0.5, 20.0


@pytest.mark.parametrize("how", EVERY_WAY)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_scenario_starts_two_runs_or_loses_one(scenario, how):
    with FaultServer(list(SCENARIOS[scenario])) as server:
        timeout = SHORT if scenario in NEVER_RESPONDS else LONG
        run, error = None, None
        try:
            run = Caller(how, server.url, max_retries=2, timeout=timeout).start_run()
        except rb.RunloopError as raised:
            error = raised
        assert (run is not None) == (scenario in READABLE), error
        assert len(server.runs) <= 1
        for key, runs in server.runs.items():
            assert len(runs) == 1, "one call has started more than one run"
            if run is not None:
                assert run.id == runs[0]
                continue
            rejected = isinstance(error, rb.APIStatusError) and error.status_code < 500
            if not isinstance(error, rb.RunMayHaveStartedError):
                # A server that acts and then says 4xx lies: no client can know.
                assert rejected, f"a started run was lost: {error!r}"
            assert error.idempotency_key == key
            if getattr(error, "run_id", None) is not None:
                assert error.run_id == runs[0]


REJECTIONS = {"answers 400", "answers 404", "answers 409", *(f"redirects with {code}" for code in (301, 307, 308))}
READABLE = {"is fine", "answers an unknown state", "answers gzip"} | {
    name for name in SCENARIOS if "429" in name or "then" in name
}
NAMED = {
    "drops in the body",
    "drops between chunks",
    "trickles the body",
    "answers truncated JSON",
    "answers without benchmark_id",
    "answers a mistyped member",
    "says too short a length",
    "answers invalid UTF-8",
    "answers with 20 MB",
    "answers without end",
    "answers a gzip bomb",
    "answers broken gzip",
    "answers an unknown coding",
}


# A reset before reading is noticed while connecting, when nothing was sent, or after: it depends on the moment.
@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("scenario", sorted(SCENARIOS.keys() - {"resets before reading"}))
def test_what_the_caller_receives(scenario, how):
    with FaultServer(list(SCENARIOS[scenario])) as server:
        timeout = SHORT if scenario in NEVER_RESPONDS else LONG
        call = Caller(how, server.url, max_retries=2, timeout=timeout)
        if scenario in READABLE:
            assert call.start_run().id == next(iter(server.runs.values()))[0]
            return
        error = call.failure()
        assert isinstance(error, rb.RunMayHaveStartedError) == (scenario not in REJECTIONS), error
        if scenario in NAMED:
            assert error.run_id == next(iter(server.runs.values()))[0]
            assert error.run_id in str(error)
        if scenario in NEVER_RESPONDS:
            assert isinstance(error, rb.APITimeoutError)
        assert len(server.requests) <= 1
        assert error.attempts == 1
