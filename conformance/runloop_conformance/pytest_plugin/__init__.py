"""The clauses as tests of pytest: `from runloop_conformance.pytest_plugin import test_clause` in a module of tests."""

from __future__ import annotations

from runloop_conformance.pytest_plugin.outcome import Outcome

__all__ = ["test_clause"]


def test_clause(runloop_clause: Outcome) -> None:
    """One clause, of the server of `--server` or of the application that the fixture `conformance_app` returns."""
    runloop_clause.check()
