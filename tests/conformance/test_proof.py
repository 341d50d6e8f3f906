"""The recorded proof (proof.json, PROOF.md) is correct: the matrix has the same outcomes today.

A sample of each chapter runs always; the whole matrix runs with the marker `matrix`.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from runloop_conformance.clauses import all_clauses
from runloop_conformance.commands import main
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.proof import document as proof, matrix, recorded
from runloop_conformance.proof.matrix import attempt, needs_socket
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.outcome import Case, Outcome
from runloop_conformance.proof.page import bound, markdown
from runloop_conformance.proof.variants import VARIANTS

from tests.conformance.outside import call

RECORDED = recorded.load()
BY_CHANCE = {mutant.name for mutant in MUTANTS if mutant.at_once or mutant.needs_socket}
"""Mutants whose outcome depends on which of two requests is first, or on the speed of the machine."""

ALL_CASES = list(matrix.whole())
IN_PROCESS = [case for case in ALL_CASES if not needs_socket(case)]
CHAPTERS = sorted({mutant.chapter for mutant in MUTANTS})
CHUNKS = 30


def differences(outcomes: Iterable[Outcome]) -> list[str]:
    """How the outcomes differ from the recorded ones."""
    return list(itertools.chain.from_iterable(map(difference, outcomes)))


def difference(outcome: Outcome) -> Iterator[str]:
    case = outcome.case
    entry, now = (document[f"{case.kind}s"][case.name] for document in (RECORDED, proof.document([outcome])))
    budget, seed = str(case.max_runs), str(case.seed)
    if case.kind != "mutant":
        verdicts = entry["verdicts"][budget][seed], outcome.verdict
        if verdicts[0] != verdicts[1]:
            yield f"{case}: recorded is {verdicts[0]}, and it is now {verdicts[1]}"
        return
    if entry["found"][budget] != now["found"][budget] and (case.name not in BY_CHANCE or not outcome.failed):
        yield f"{case}: recorded is {entry['found'][budget]!r}, and it is now {now['found'][budget]!r}"
    for failed in ("own", "beside") if case.max_runs == recorded.BUDGETS[-1] and case.name not in BY_CHANCE else ():
        if set(entry[failed]) != set(now[failed]):
            yield f"{case}: recorded for {failed} is {sorted(entry[failed])}, and it is now {sorted(now[failed])}"


def spread(cases: Sequence[Case], count: int) -> list[Case]:
    """So many of the cases, evenly spread by name."""
    ordered = sorted(cases, key=lambda case: (case.name, case.seed, case.max_runs))
    return ordered[:: max(1, len(ordered) // count)][:count]


def sample_of(chapter: str) -> list[Case]:
    """Four mutants of a chapter with the largest budget, and one with each smaller budget."""
    names = {mutant.name for mutant in MUTANTS if mutant.chapter == chapter and mutant.name not in BY_CHANCE}
    cases = [case for case in IN_PROCESS if case.kind == "mutant" and case.name in names]
    return [
        case
        for budget in recorded.BUDGETS
        for case in spread([case for case in cases if case.max_runs == budget], 4 if budget == 100 else 1)
    ]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_sample_of_the_mutants_has_the_recorded_outcomes(chapter: str) -> None:
    assert differences(map(attempt, sample_of(chapter))) == []


@pytest.mark.parametrize(("kind", "count"), [("variant", 12), ("degenerate", 6)])
def test_a_sample_of_the_other_servers_has_the_recorded_verdicts(kind: str, count: int) -> None:
    cases = spread([case for case in IN_PROCESS if case.kind == kind], count)
    assert differences(map(attempt, cases)) == []


def test_the_sample_detects_faults_by_clauses_of_every_chapter() -> None:
    names = {case.name for chapter in CHAPTERS for case in sample_of(chapter) if case.max_runs == 100}
    chapters = {clause.partition(".")[0] for name in names for clause in RECORDED["mutants"][name]["own"]}
    assert chapters == {clause.id.partition(".")[0] for clause in all_clauses(load_contract())}


@pytest.mark.matrix
def test_the_matrix_on_sockets_has_the_recorded_outcomes() -> None:
    assert differences(matrix.prove(case for case in ALL_CASES if needs_socket(case))) == []


@pytest.mark.matrix
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_matrix_has_the_recorded_outcomes(chunk: int) -> None:
    assert differences(map(attempt, IN_PROCESS[chunk::CHUNKS])) == []


def test_every_clause_has_its_mutants_or_a_reason() -> None:
    assert list(recorded.problems(RECORDED)) == []


def test_the_proof_is_about_these_servers() -> None:
    assert set(RECORDED["mutants"]) == {mutant.name for mutant in MUTANTS}
    assert set(RECORDED["variants"]) == {variant.name for variant in VARIANTS}


def test_the_page_is_made_from_the_document() -> None:
    assert (recorded.FOLDER / "PROOF.md").read_text("utf-8") == markdown(RECORDED, recorded.compared()), (
        "run `runloop-conformance prove --page`"
    )


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(dict(RECORDED))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


def test_each_problem_of_a_proof_is_reported() -> None:
    name = recorded.detected(RECORDED, 100)[0]
    missed = changed(("mutants", name, "found", "100"), "")
    assert any(
        problem.startswith(f"{name}: its own clause does not detect it") for problem in recorded.problems(missed)
    )
    assert f"{name} at 100 runs" in recorded.lost(RECORDED, missed)
    assert recorded.lost(missed, RECORDED) == []
    variant = next(iter(RECORDED["variants"]))
    accused = changed(("variants", variant, "verdicts"), {"100": {"0": "nonconformant"}})
    assert f"{variant}: nonconformant with 100 runs, seed 0" in recorded.problems(accused)
    degenerate = next(iter(RECORDED["degenerates"]))
    passed = changed(("degenerates", degenerate, "verdicts"), {"100": {"0": "conformant"}})
    assert f"{degenerate}: conformant with 100 runs, seed 0" in recorded.problems(passed)
    without, always = copy.deepcopy(dict(RECORDED)), copy.deepcopy(dict(RECORDED))
    for mutant in without["mutants"].values():
        mutant["own"].pop("response.id.type", None)
    assert any(problem.startswith("response.id.type: it detects no mutant") for problem in recorded.problems(without))
    for mutant in always["mutants"].values():
        if "response.id.type" in mutant["own"]:
            mutant["own"]["response.id.type"] = "always"
    assert any(problem.startswith("response.id.type: a MUST needs mutants") for problem in recorded.problems(always))
    beside = changed(("mutants", name, "beside"), ["no.such.clause"])
    assert f"{name}: no.such.clause fails also, and proof/reasons.py gives no reason" in recorded.problems(beside)


def test_the_bound_is_that_of_no_failure_in_so_many_trials() -> None:
    assert bound(100) == pytest.approx(0.02951, abs=1e-4)
    assert (1 - bound(37)) ** 37 == pytest.approx(0.05)


@pytest.fixture
def prove(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command with two variants and in this process."""
    monkeypatch.setattr(matrix, "VARIANTS", VARIANTS[:2])
    monkeypatch.setattr(matrix, "prove", lambda cases: map(attempt, cases))

    def call_prove(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["prove", *arguments])

    return call_prove


def test_prove_tries_the_mutants_of_a_clause_and_the_variants(prove: Any) -> None:
    result = prove("--clause", "http.only-post", "--max-runs", "0", "--max-runs", "25")
    assert result.exit_code == 0, result.output
    assert "at most 25 runs:" in result.stdout
    assert "2 runs against correct servers: no false alarm" in result.stdout


def test_a_mutant_may_stay_undetected_with_the_smaller_of_two_budgets(prove: Any) -> None:
    smaller = prove("blank-name-refused", "--max-runs", "0")
    assert smaller.exit_code == 1
    assert "blank-name-refused, 0 runs, seed 0: its own clause does not detect it" in smaller.stdout
    both = prove("blank-name-refused", "--max-runs", "0", "--max-runs", "100")
    assert (both.exit_code, "does not detect" in both.stdout) == (0, False), both.output


def test_a_false_alarm_is_reported(prove: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = next(mutant for mutant in MUTANTS if mutant.name == "token-case-ignored")
    monkeypatch.setattr(matrix, "VARIANTS", [mutant])
    monkeypatch.setattr(matrix, "MUTANTS", [])
    matrix._by_name.cache_clear()  # noqa: SLF001 - it holds the real servers
    result = prove("token-case-ignored")
    matrix._by_name.cache_clear()  # noqa: SLF001
    assert result.exit_code == 1
    assert "token-case-ignored, 100 runs, seed 0: false alarm: nonconformant" in result.stdout
    assert "1 run against a correct server: 1 false alarm" in result.stdout


def test_a_mutant_that_no_client_can_distinguish_does_not_fail_the_command(prove: Any) -> None:
    result = prove("drops-at-huge-body")
    assert (result.exit_code, "does not detect it: conformant" in result.stdout) == (0, True), result.output
    assert "(resetting the connection is a legal way" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["no-such-server"], "no server has the name no-such-server"), (["--clause", "no.such"], "no mutant breaks")],
)
def test_unknown_names_are_wrong_usage(prove: Any, arguments: list[str], message: str) -> None:
    result = prove(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.matrix
def test_the_command_proves_a_clause_with_all_variants() -> None:
    done = call("prove", "--clause", "http.only-post")
    assert done.code == 0, done.output
    assert f"{len(VARIANTS)} runs against correct servers: no false alarm" in done.out


def test_the_files_are_written_as_they_are_committed(tmp_path: Path) -> None:
    recorded.write(RECORDED, markdown(RECORDED, recorded.compared()), tmp_path)
    assert json.loads((tmp_path / "proof.json").read_text("utf-8")) == RECORDED
    assert (tmp_path / "proof.json").read_bytes() == (recorded.FOLDER / "proof.json").read_bytes()


def test_a_stale_proof_is_reported_without_a_run() -> None:
    """More of this is in tests/changes/test_unfinished.py, on edited copies of the repository."""
    assert proof.changed_sources(RECORDED) == []
    assert proof.changed_sources(changed(("made_from", "schemas"), "other")) == ["schemas"]
    assert call("prove", "--check").code == 0
