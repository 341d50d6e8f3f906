"""Each mutant has one fault, of a statement that exists, and the fault is visible from outside."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from runloop_conformance.proof.degenerate import DEGENERATES
from runloop_conformance.proof.mutants import MUTANTS
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body
from runloop_conformance.proof.raw_http import Wire
from runloop_conformance.proof.variants import VARIANTS
from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import Reference

from tests.conformance.servers.conftest import HANG_S

UNAUTHORIZED = [
    with_body({"benchmark_id": "b"}, authorization=values) for values in ((), ("Bearer wrong",), ("Basic eDp5",))
]
INVALID = [with_body(body) for body in ({}, {"benchmark_id": 1}, [], b"", b"{", b"nothing like JSON")]
VALID = [
    start_run(),
    start_run(run_name="nightly", metadata={"team": "agents"}, runProfile={"purpose": "x", "envVars": {"A": "1"}}),
]
METHODS = [with_body(b"", method=method) for method in ("GET", "PUT")]
# Requests to which the mutants of a chapter respond correctly.
ELSEWHERE = {
    "authorization": [*VALID, *INVALID, *METHODS],
    "request": [*UNAUTHORIZED, *METHODS],
    "response": [*UNAUTHORIZED, *INVALID, *METHODS],
    "run": [*UNAUTHORIZED, *INVALID, *METHODS],
}


CHAPTERS = sorted({mutant.chapter for mutant in MUTANTS})
by_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


def of_chapter(chapter):
    return [mutant for mutant in MUTANTS if mutant.chapter == chapter]


def at_pointer(document, pointer):
    node = document
    for step in pointer.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


@by_chapter
def test_every_mutant_differs_from_the_reference_in_the_responses_to_its_witness(chapter, document, token, observe):
    def is_same(mutant):
        server, reference = mutant.build(document, token, ()), Reference(document, token)
        correct = Wire(reference) if isinstance(server, RawServer) else reference
        response = observe(server, mutant.witness, at_once=mutant.at_once, patience=HANG_S)
        return response == observe(correct, mutant.witness, at_once=mutant.at_once)

    in_process = [mutant for mutant in of_chapter(chapter) if not mutant.needs_socket]
    waiting = [mutant for mutant in of_chapter(chapter) if mutant.needs_socket]
    with ThreadPoolExecutor(8) as pool:
        results = dict(zip(waiting, pool.map(is_same, waiting), strict=True))
    same = [mutant.name for mutant in in_process if is_same(mutant)]
    same += [mutant.name for mutant, is_like_the_reference in results.items() if is_like_the_reference]
    assert same == []


def test_no_mutant_of_a_request_is_hidden_by_the_list_of_benchmarks(document, token, observe):
    known, hidden = ["other", BENCHMARK], []
    for mutant in of_chapter("request"):
        responses = observe(mutant.build(document, token, known), mutant.witness, at_once=mutant.at_once)
        if responses == observe(Reference(document, token, known), mutant.witness, at_once=mutant.at_once):
            hidden.append(mutant.name)
    assert hidden == []


@pytest.mark.parametrize("chapter", ELSEWHERE)
def test_every_mutant_is_correct_where_it_has_no_fault(chapter, document, token, observe):
    correct = observe(Reference(document, token), ELSEWHERE[chapter])
    mutants = of_chapter(chapter)
    wrong = [each.name for each in mutants if observe(each.build(document, token, ()), ELSEWHERE[chapter]) != correct]
    assert wrong == []


AWKWARD = [
    *INVALID,
    with_body(b'{"benchmark_id":"' + b'\\"' * 20_000),
    with_body(b'{"benchmark_id":"b"' + b"\n" * 20_000),
    with_body(b"[" * 20_000),
    with_body(
        {
            "benchmark_id": {"a": [1]},
            "metadata": [[1, [2]]],
            "runProfile": {"envVars": 3, "secrets": [1], "mounts": [0]},
        }
    ),
    with_body({"benchmark_id": [[]], "run_name": [{}], "metadata": {"": {"a": None}}, "runProfile": [[[], 1]]}),
    with_body([["benchmark_id", []], [1, 2]]),
    with_body(b"\xff\xfe\0{"),
    start_run(run_name="\0", metadata={"\ud800": "'\"\\%s{}${x}#=,;<>"}, runProfile=None),
]


@by_chapter
def test_no_mutant_has_another_fault_at_awkward_requests(chapter, document, token, observe):
    # An exception would end the test: a mutant that fails on purpose sends a 5xx.
    mutants = [mutant for mutant in of_chapter(chapter) if not mutant.needs_socket]
    silent = [each.name for each in mutants if b"no answer" in observe(each.build(document, token, ()), AWKWARD)]
    assert silent == []


def test_each_breaks_a_statement_of_the_contract_at_its_level(document):
    for mutant in MUTANTS:
        statement = at_pointer(document, mutant.breaks)
        if "/x-rules/" in mutant.breaks:
            assert mutant.level == statement["level"], mutant.name


@pytest.mark.parametrize("servers", [MUTANTS, VARIANTS, DEGENERATES])
def test_the_names_are_unique_and_kebab_case(servers):
    names = [server.name for server in servers]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_the_summaries_are_single_sentences():
    assert [each.name for each in MUTANTS if not re.fullmatch(r"[A-Z`0-9].{8,115}\.", each.summary)] == []
