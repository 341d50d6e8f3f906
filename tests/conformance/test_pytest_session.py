"""One run of the suite for a session of pytest, also when the item or the worker that sends the requests ends early."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from runloop_conformance.pytest_plugin.outcome import Outcome, Outcomes
from runloop_conformance.pytest_plugin.session import BROKE_OFF, once

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

BROKEN_OFF = """
    import os, signal
    import pytest
    from runloop_conformance.contract.reading import load_contract
    from runloop_conformance.pytest_plugin import test_clause
    from runloop_conformance.servers.reference import Reference

    REFERENCE = Reference(load_contract().document, "right-token")
    requests = 0

    async def app(scope, receive, send):
        global requests
        requests += scope["type"] == "http"
        if requests == 3:
            os.kill(os.getpid(), signal.SIGALRM)  # as pytest-timeout breaks an item off
        await REFERENCE(scope, receive, send)

    @pytest.fixture(autouse=True)
    def limit():
        signal.signal(signal.SIGALRM, lambda *_: pytest.fail("Timeout", pytrace=False))

    @pytest.fixture
    def conformance_app():
        return app

    @pytest.fixture
    def conformance_token():
        return "right-token"

    def test_last():
        assert requests < 6
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGALRM")
def test_an_interrupted_item_is_the_only_one_that_sends(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BROKEN_OFF)
    options = ("-rN", "-p", "no:schemathesis", "--conformance-profile", "quick", "--conformance-max-runs", "12")
    result = pytester.runpytest_subprocess(*options, "-k", "run.id or run.name or last")
    outcomes = result.parseoutcomes()
    shown = result.stdout.str()
    assert outcomes["passed"] == 1, shown
    assert outcomes["errors"] > 1
    assert shown.count("They are not sent again in this session.") == outcomes["errors"] - 1


def test_a_worker_that_died_has_spent_the_budget(tmp_path: Path) -> None:
    made: list[int] = []

    def work() -> Outcomes:
        made.append(1)
        if len(made) == 1:
            raise KeyboardInterrupt
        return Outcomes(items={"a": Outcome("pass")})

    with pytest.raises(KeyboardInterrupt):
        once(tmp_path / "run", work)
    assert once(tmp_path / "run", work) == Outcomes(BROKE_OFF)
    other = once(tmp_path / "other", work)
    assert other == once(tmp_path / "other", work)
    assert len(made) == 2
