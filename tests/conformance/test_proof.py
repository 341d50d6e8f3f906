"""A few of each chapter's faults are found by the right clause, and a few correct servers are believed.

`runloop-conformance prove` tries them all; this is what runs with every change.
"""

from __future__ import annotations

import pytest
from runloop_conformance.prove import Case, attempt
from runloop_conformance.servers.mutants import CHAPTERS, MUTANTS
from runloop_conformance.servers.variants import VARIANTS

MORE = [
    "token-case-ignored",
    "id-array-of-one-accepted",
    "hangs-at-empty-body",
    "trailing-comma-taken",
    "token-in-a-cookie",
]
FAULTS = [*(chapter.mutants[0].name for chapter in CHAPTERS), *MORE]
CORRECT = [
    "invalid-is-422", "empty-errors", "extra-members", "nulls-omitted", "completed-at-once", "ids-are-uuids",
    "validates-first", "replays-by-request-id", "refuses-secrets", "refuses-unknown-members", "http-10", "gzipped",
    "drops-connections", "headers-in-capitals",
]  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_a_clause_about_it(name: str) -> None:
    outcome = attempt(Case("mutant", name, 0, 100))
    breaks = next(one.breaks for one in MUTANTS if one.name == name)
    assert outcome.right, f"{breaks}: {outcome}"


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_server_conforms(name: str) -> None:
    assert name in {variant.name for variant in VARIANTS}
    outcome = attempt(Case("variant", name, 0, 100))
    assert outcome.right, outcome
