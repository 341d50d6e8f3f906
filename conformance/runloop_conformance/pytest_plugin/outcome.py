"""The outcome of each item. Plain text without secrets, so that a worker can pass it to the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import asdict, field, frozen

CLAUSE = "runloop_clause"
"""The fixture of a clause, and the parameter of its items."""

SETTLED = "settled"
"""The item beside the clauses: whether each MUST was tested. Without it, a session that tests nothing is green."""


@frozen
class Token:
    """A bearer token that no traceback shows."""

    value: str = field(repr=False)


@frozen
class Outcome:
    """What an item does. `how`: pass, fail, warn (a SHOULD failed), skip, or error (nothing could be tested)."""

    how: str
    text: str = ""

    def check(self) -> None:
        """Pass, fail or be skipped. No traceback: it would be one of the suite."""
        if self.how == "skip":
            pytest.skip(self.text)
        if self.how == "warn":
            pytest.xfail(self.text)  # with --runxfail it continues, and fails
        if self.how != "pass":
            pytest.fail(self.text, pytrace=False)


@frozen
class Outcomes:
    """The outcomes of a whole run. `failed`: why there are none. `summary`: lines for the end of the session.

    interrupted: by Ctrl-C, so that the session must end too.
    """

    failed: str | None = None
    interrupted: bool = False
    items: dict[str, Outcome] = field(factory=dict)
    summary: tuple[str, ...] = ()

    def of(self, item: str) -> Outcome:
        """What this item does."""
        if self.failed is not None:
            return Outcome("error", self.failed)
        return self.items.get(item, Outcome("skip", "not selected in the worker that sent the requests"))

    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


RUNS: pytest.StashKey[dict[str, Outcomes]] = pytest.StashKey()
"""The runs of this session."""


def read(text: str) -> Outcomes:
    """What `Outcomes.written` wrote."""
    written: dict[str, Any] = json.loads(text)
    items = {name: Outcome(**outcome) for name, outcome in written["items"].items()}
    return Outcomes(written["failed"], written["interrupted"], items, tuple(written["summary"]))
