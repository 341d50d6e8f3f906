"""The published proof is true: every clause has faults that it finds, and the matrix says today what the file says.

The smoke test tries a few of each chapter with every change; what is marked `slow` tries all of them.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from runloop_conformance.proof import document as proof
from runloop_conformance.proof.matrix import Case, Outcome, attempt, needs_socket, prove
from runloop_conformance.proof.mutants import CHAPTERS, MUTANTS
from runloop_conformance.proof.page import bound, markdown
from runloop_conformance.proof.variants import VARIANTS

from tests.conformance.outside import call

TOLD = proof.load()
BY_CHANCE = {one.name for one in MUTANTS if one.at_once or one.needs_socket}
"""Servers whose fault depends on which of two requests is first, or on the time that a machine takes."""

MORE = [
    "token-case-ignored",
    "id-array-of-one-accepted",
    "hangs-at-empty-body",
    "trailing-comma-taken",
    "token-in-a-cookie",
]
SOON = [next(one.name for one in chapter.mutants if not one.name.startswith("hangs")) for chapter in CHAPTERS]
FAULTS = [*SOON, *MORE]
CORRECT = [
    "invalid-is-422", "empty-errors", "extra-members", "nulls-omitted", "completed-at-once", "ids-are-uuids",
    "validates-first", "replays-by-request-id", "refuses-secrets", "refuses-unknown-members", "http-10", "gzipped",
    "drops-connections", "headers-in-capitals",
]  # fmt: skip
CHUNKS = 60


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


def otherwise(outcome: Outcome) -> Iterator[str]:
    """What the proof says otherwise about this case."""
    case, entry = outcome.case, TOLD[f"{outcome.case.kind}s"][outcome.case.name]
    now = proof.document([outcome])[f"{case.kind}s"][case.name]
    if case.kind != "mutant":
        (how, verdict), *_ = now["verdicts"].items()
        if entry["verdicts"][how] != verdict:
            yield f"{case.name}, {how}: {verdict}, and the proof says {entry['verdicts'][how]}"
        return
    budget = str(case.max_runs)
    if entry["found"][budget] != now["found"][budget] and (case.name not in BY_CHANCE or not outcome.failed):
        yield f"{case}: found by {now['found'][budget]!r}, and the proof says {entry['found'][budget]!r}"
    for told in ("own", "beside") if case.max_runs == proof.BUDGETS[-1] and case.name not in BY_CHANCE else ():
        if set(entry[told]) != set(now[told]):
            yield f"{case}: {told} {sorted(now[told])}, and the proof says {sorted(entry[told])}"


EVERY = list(proof.matrix())
ON_A_SOCKET = [case for case in EVERY if needs_socket(case)]
IN_PROCESS = [case for case in EVERY if not needs_socket(case)]


@pytest.mark.slow
def test_the_matrix_of_what_needs_a_socket_says_what_the_proof_says() -> None:
    assert [wrong for outcome in prove(ON_A_SOCKET) for wrong in otherwise(outcome)] == []


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_matrix_says_what_the_proof_says(chunk: int) -> None:
    assert [wrong for case in IN_PROCESS[chunk::CHUNKS] for wrong in otherwise(attempt(case))] == []


def test_nothing_is_without_its_server_or_its_reason() -> None:
    assert list(proof.problems(TOLD)) == []


def test_the_proof_is_about_these_servers() -> None:
    assert set(TOLD["mutants"]) == {one.name for one in MUTANTS}
    assert set(TOLD["variants"]) == {one.name for one in VARIANTS}
    assert (len(MUTANTS) >= 200, len(VARIANTS) >= 40) == (True, True)


def test_the_page_is_what_the_document_says() -> None:
    assert (proof.FOLDER / "PROOF.md").read_text("utf-8") == markdown(TOLD, proof.measured())


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    told: dict[str, Any] = copy.deepcopy(dict(TOLD))
    holder = told
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return told


def test_each_way_in_which_a_proof_can_fail_is_told() -> None:
    name = proof.found(TOLD, 100)[0]
    missed = changed(("mutants", name, "found", "100"), "")
    assert any(said.startswith(f"{name}: not found") for said in proof.problems(missed))
    assert f"{name} at 100 runs" in proof.fallen(TOLD, missed)
    assert proof.fallen(missed, TOLD) == []
    variant = next(iter(TOLD["variants"]))
    accused = changed(("variants", variant, "verdicts"), {"100 runs, seed 0": "nonconformant"})
    assert f"{variant}: nonconformant with 100 runs, seed 0" in proof.problems(accused)
    degenerate = next(iter(TOLD["degenerates"]))
    passed = changed(("degenerates", degenerate, "verdicts"), {"100 runs, seed 0": "conformant"})
    assert f"{degenerate}: conformant with 100 runs, seed 0" in proof.problems(passed)
    alone = copy.deepcopy(dict(TOLD))
    for one in alone["mutants"].values():
        one["own"].pop("response.id.type", None)
    assert any(said.startswith("response.id.type: no faulty server") for said in proof.problems(alone))
    alike = copy.deepcopy(dict(TOLD))
    for one in alike["mutants"].values():
        if "response.id.type" in one["own"]:
            one["own"]["response.id.type"] = "always"
    assert any(said.startswith("response.id.type: a MUST needs a fault that shows") for said in proof.problems(alike))
    beside = changed(("mutants", name, "beside"), ["no.such.clause"])
    assert f"{name}: no.such.clause fails beside it, and proof/reasons.py gives no reason" in proof.problems(beside)


def test_the_bound_is_that_of_no_failure_in_so_many_trials() -> None:
    assert bound(100) == pytest.approx(0.02951, abs=1e-4)
    assert (1 - bound(37)) ** 37 == pytest.approx(0.05)


def test_the_command_tries_the_servers_that_break_a_clause() -> None:
    done = call("prove", "--clause", "http.only-post", "--max-runs", "25", "--max-runs", "100")
    assert done.code == 0, done.said
    assert "at most 25 runs:" in done.out
    assert "at most 100 runs:" in done.out


def test_what_a_smaller_budget_leaves_unfound_is_no_failure_of_the_larger() -> None:
    smaller = call("prove", "blank-name-refused", "--max-runs", "0")
    assert (smaller.code, "not found by its own clause: blank-name-refused" in smaller.out) == (1, True), smaller.said
    both = call("prove", "blank-name-refused", "--max-runs", "0", "--max-runs", "100")
    assert (both.code, "not found" in both.out) == (0, False), both.said


def test_a_fault_that_no_client_can_tell_from_none_is_no_failure_and_the_reason_is_said() -> None:
    done = call("prove", "drops-at-huge-body")
    assert (done.code, "drops-at-huge-body (100 runs, seed 0): conformant (equivalent: " in done.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["no-such-server"], "no server is called no-such-server"), (["--clause", "no.such"], "no faulty server breaks")],
)
def test_who_asks_for_what_is_not_there_is_told(arguments: list[str], says: str) -> None:
    done = call("prove", *arguments)
    assert done.code == 2
    assert says in " ".join(done.err.split())


def test_the_document_is_written_as_it_is_kept(tmp_path: Path) -> None:
    proof.write(TOLD, markdown(TOLD, proof.measured()), tmp_path)
    assert json.loads((tmp_path / "proof.json").read_text("utf-8")) == TOLD
    assert (tmp_path / "proof.json").read_bytes() == (proof.FOLDER / "proof.json").read_bytes()
    done = subprocess.run([sys.executable, "benchmarks/readme.py", "--check"], cwd=proof.FOLDER.parent, check=False)
    assert done.returncode == 0


def test_a_stale_proof_is_noticed_without_a_run() -> None:
    """More of this is in tests/changes/test_unfinished.py, on edited copies of the repository."""
    assert proof.changed_sources(TOLD) == []
    assert proof.changed_sources({**TOLD, "made_from": {**TOLD["made_from"], "schemas": "other"}}) == ["schemas"]
    assert call("prove", "--check").code == 0
