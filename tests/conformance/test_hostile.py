"""Servers about which nothing is right: bounded time, bounded memory, a report, and never `conformant`."""

from __future__ import annotations

import time

import pytest
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.servers.hosting import running

from tests.conformance.outside import CONTRACT, TOKEN, conformance

MOST_KB = 200 * 1024
LONGEST_S = 60

CHOSEN = [
    "always-the-same-run", "hangs-up", "silent", "endless-body", "endless-headers",
    "trickled-body-after-the-head",  "huge-length", "gzip-bomb", "deep-member", "huge-integer",
    "redirect-loop", "stops-in-the-middle", "not-http",
]  # fmt: skip
ANSWERED_WHOLE = {"always-the-same-run", "deep-member", "huge-integer"}
NEEDS_AN_ACCEPTED_REQUEST = ("run.", "response.", "request.", "authorization.", "http.")


@pytest.mark.parametrize("name", CHOSEN)
def test_it_ends_with_a_report_and_without_praise(name: str) -> None:
    degenerate = next(one for one in DEGENERATES if one.name == name)
    with running(degenerate.build(CONTRACT.document, TOKEN, ())) as url:
        began = time.monotonic()
        done = conformance(url, "--timeout", 1, "--max-runs", 25)
        took = time.monotonic() - began
    assert done.code in (1, 3), done.said
    assert done.report["verdict"] in ("nonconformant", "inconclusive")
    assert done.report["requests"] == len(done.recording) > 0
    assert took < LONGEST_S
    assert done.largest_kb < MOST_KB
    if name not in ANSWERED_WHOLE:
        passed = [clause["id"] for clause in done.report["clauses"] if clause["status"] == "pass"]
        assert [one for one in passed if one.startswith(NEEDS_AN_ACCEPTED_REQUEST)] == []
