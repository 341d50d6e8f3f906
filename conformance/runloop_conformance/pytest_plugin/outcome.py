"""What a run of the suite says, as pytest tells it. Plain text, free of secrets, so that workers can hand it on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import asdict, field, frozen

SETTLED = "settled"
"""The item beside the clauses: whether each MUST was settled. Without it, nothing tested would be green."""


@frozen
class Token:
    """A bearer token that no traceback shows."""

    value: str = field(repr=False)


@frozen
class Outcome:
    """What an item does. `how`: pass, fail, warn (a SHOULD is broken), skip, or error (nothing could be tested)."""

    how: str
    text: str = ""

    def check(self) -> None:
        """Pass, fail or be skipped, as the server did. No traceback: it would be one of the suite."""
        if self.how == "skip":
            pytest.skip(self.text)
        if self.how == "warn":
            pytest.xfail(self.text)  # with --runxfail it goes on, and fails
        if self.how != "pass":
            pytest.fail(self.text, pytrace=False)


@frozen
class Outcomes:
    """Those of a whole run. `failed`: why there are none. `summary`: lines for the end of the session.

    interrupted: by Ctrl-C, so that the session is to end too.
    """

    failed: str | None = None
    interrupted: bool = False
    items: dict[str, Outcome] = field(factory=dict)
    summary: tuple[str, ...] = ()

    def of(self, item: str) -> Outcome:
        """What this item does."""
        if self.failed is not None:
            return Outcome("error", self.failed)
        return self.items.get(item, Outcome("skip", "it was not selected where the requests were sent"))

    def written(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


def read(text: str) -> Outcomes:
    """What `Outcomes.written` wrote."""
    given: dict[str, Any] = json.loads(text)
    items = {name: Outcome(**one) for name, one in given["items"].items()}
    return Outcomes(given["failed"], given["interrupted"], items, tuple(given["summary"]))
