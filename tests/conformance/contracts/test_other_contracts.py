"""Contracts that the suite was not tuned for: the public Petstore, and ours with one operation more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from runloop_conformance.clauses import all_clauses, inapplicable
from runloop_conformance.clauses.ledger import ledger
from runloop_conformance.clock import VirtualClock
from runloop_conformance.commands import main
from runloop_conformance.contract.document import Contract
from runloop_conformance.contract.reading import load_contract
from runloop_conformance.judging.result import Result
from runloop_conformance.sending.in_process import in_process
from runloop_conformance.sending.sender import Limits
from runloop_conformance.servers.hosting import running
from runloop_conformance.suite.options import Options
from runloop_conformance.suite.run import Suite
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.conformance.contracts.petstore import CONTRACT, Petstore
from tests.conformance.contracts.second import Both, document
from tests.conformance.outside import TOKEN, conformance


def judged(contract: Contract, app: Any, runs: int = 100, seed: int = 0, select: tuple[str, ...] = ()) -> Result:
    with in_process(app, clock=VirtualClock()) as to:
        options = Options(to, TOKEN, (), Limits(runs, 4.0), seed=seed, select=select)
        return Suite(contract, options).run()


def failed(result: Result) -> set[str]:
    return {finding.clause.id for finding in result.findings if finding.status == "fail"}


@pytest.fixture(scope="module")
def petstore() -> Contract:
    return load_contract(CONTRACT)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("grown") / "openapi.yaml"
    path.write_text(yaml.safe_dump(document(), sort_keys=False, allow_unicode=True), "utf-8")
    return load_contract(path)


@pytest.mark.parametrize("name", ["petstore", "grown"])
def test_every_statement_has_a_clause_and_every_clause_an_id_of_its_own(
    name: str, request: pytest.FixtureRequest
) -> None:
    contract = request.getfixturevalue(name)
    every = all_clauses(contract)
    assert len({clause.id for clause in every}) == len(every) > 250
    assert [entry.statement.pointer for entry in ledger(contract, every) if entry.orphan] == []


def test_clauses_about_start_run_are_reported_as_not_applicable(petstore: Contract, grown: Contract) -> None:
    assert {"run.id.new", "run.isolation", "http.only-post"} <= set(inapplicable(petstore))
    assert not any("request.benchmark_id" in name or "response." in name for name in inapplicable(petstore))
    assert inapplicable(grown) == ()
    said = CliRunner().invoke(main, ["clauses", "--contract", str(CONTRACT)]).output
    assert re.search(r"not applicable: \d+ clauses about what the contract does not state", said)


def test_operations_that_cannot_be_tested_are_reported(petstore: Contract) -> None:
    assert petstore.untested == {
        "POST /pet/{petId}/uploadImage": "it takes application/octet-stream, and the suite writes JSON"
    }


@pytest.mark.parametrize(("seed", "runs"), [(0, 100), (1, 100), (2, 100), (0, 30)])
def test_a_correct_petstore_is_conformant(petstore: Contract, seed: int, runs: int) -> None:
    result = judged(petstore, Petstore(TOKEN).app, runs, seed)
    assert (result.verdict, result.reason, failed(result)) == ("conformant", None, set())
    assert result.runs_started <= runs


class OpenDoor(Petstore):
    def authorize(self, request: Request, *, by_key: bool = False) -> None:
        if request.method != "DELETE":
            super().authorize(request, by_key=by_key)


class TextForNumber(Petstore):
    async def order(self, request: Request) -> Response:
        response = await super().order(request)
        if request.method == "GET" and response.status_code == 200:
            order = json.loads(bytes(response.body))
            return JSONResponse({**order, "id": str(order["id"])})
        return response


class TakesAnyPet(Petstore):
    async def body(self, request: Request, schema: str, *, many: bool = False, needed: bool = True) -> Any:
        try:
            return await super().body(request, schema, many=many, needed=needed)
        except HTTPException as error:
            told = json.loads(await request.body()) if error.status_code == 422 else None
            if schema != "Pet" or not isinstance(told, dict) or "name" in told:
                raise
            return {**told, "name": "nameless", "photoUrls": []}


class FailsAtWords(Petstore):
    def number(self, request: Request) -> int:
        try:
            return super().number(request)
        except HTTPException as error:
            raise HTTPException(500, "not a number") from error


class AnyStatus(Petstore):
    async def by_status(self, request: Request) -> Response:
        self.authorize(request)
        return JSONResponse([])


class Sold(Petstore):
    async def get_pet(self, request: Request) -> Response:
        response = await super().get_pet(request)
        pet = json.loads(bytes(response.body))
        return JSONResponse({**pet, "status": "SOLD"}, response.status_code)


FAULTS: dict[type[Petstore], set[str]] = {
    OpenDoor: {"deletePet/authorization.required", "deletePet/authorization.token"},
    TextForNumber: {"getOrderById/response.id.type"},
    TakesAnyPet: {"addPet/request.name.required"},
    FailsAtWords: {"getPetById/http.no-server-error", "getPetById/request.path-parameter.petId.type"},
    AnyStatus: {
        "findPetsByStatus/request.query-parameter.status.required",
        "findPetsByStatus/request.query-parameter.status.enum",
    },
    Sold: {"getPetById/response.status.enum"},
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_an_operation_fails_its_clauses(petstore: Contract, fault: type[Petstore]) -> None:
    result = judged(petstore, fault(TOKEN).app)
    assert result.verdict == "nonconformant"
    assert failed(result) >= FAULTS[fault]
    operations = {name.partition("/")[0] for name in FAULTS[fault]}
    others = {name for name in failed(result) if name.partition("/")[0] not in operations}
    assert all(self_same(name, FAULTS[fault]) for name in others), others


def self_same(name: str, faults: set[str]) -> bool:
    """Whether it is the same statement of an operation that shares the code: PUT with POST, an order with a pet."""
    kinds = {fault.partition("/")[2].split(".")[0] for fault in faults}
    return name.partition("/")[2].split(".")[0] in kinds


def test_the_command_tests_another_contract(petstore: Contract) -> None:
    with running(Petstore(TOKEN).app) as url:
        done = conformance(url, "--contract", str(petstore.path), "--max-runs", "40")
    assert (done.code, done.report["verdict"]) == (0, "conformant")
    assert {clause["id"].partition("/")[0] for clause in done.report["clauses"]} >= {"addPet", "getUserByName"}


def test_a_second_operation_is_covered_by_itself(grown: Contract) -> None:
    result = judged(grown, Both(TOKEN))
    assert (result.verdict, failed(result)) == ("conformant", set())
    about = [finding for finding in result.findings if finding.clause.operation == "get_run"]
    assert len(about) > 40
    assert result.runs_started <= 100


def test_a_server_without_the_operation_fails_only_its_clauses(grown: Contract) -> None:
    class Old(Both):
        def view_run(self, request: Request, run: str) -> Response:
            return JSONResponse({"message": f"nothing at {request.url.path} {run}"}, 404)

    result = judged(grown, Old(TOKEN))
    assert (result.verdict, failed(result)) == ("nonconformant", {"get_run/request.accepted"})


class TellsAnybody(Both):
    def authorized(self, request: Request) -> bool:
        return True if request.method == "GET" else super().authorized(request)


class OddState(Both):
    def view_run(self, request: Request, run: str) -> Response:
        response = super().view_run(request, run)
        return JSONResponse({**self.stored_runs[run], "state": "odd"}) if response.status_code == 200 else response


@pytest.mark.parametrize(
    ("server", "clause"),
    [(TellsAnybody, "get_run/authorization.required"), (OddState, "get_run/response.state.enum")],
)
def test_a_fault_of_the_second_operation_is_detected(grown: Contract, server: type[Both], clause: str) -> None:
    assert clause in failed(judged(grown, server(TOKEN)))


def test_one_operation_can_be_selected(grown: Contract) -> None:
    result = judged(grown, Both(TOKEN), select=("get_run",))
    assert {finding.clause.operation for finding in result.findings} == {"get_run"}
    assert result.verdict == "conformant"
