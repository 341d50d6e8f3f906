"""Responses whose body or status is not the one of the contract."""

import json

from starlette.responses import RedirectResponse, Response

from runloop_conformance.proof.mutants.changes import COMPLETED, Run
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import OPERATION, VIEW
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.proof.mutants.written_response import json_response, rewrite_response
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
OK = f"{OPERATION}/responses/200"
BODY = "#/components/schemas/BenchmarkRunView"
MUTANTS.change_response("answer-in-data", BODY, "The run is in a property `data`.", lambda run, _: {"data": run})
MUTANTS.change_response(
    "answer-in-envelope", BODY, "The run is in a property `benchmark_run`.", lambda run, _: {"benchmark_run": run}
)


@MUTANTS.mutant(BODY)
class AnswerInAList(Reference):
    """The response is an array of one run."""

    def accept(self, run: Run) -> Response:
        return Response(self.dump([run]), media_type="application/json")


@MUTANTS.mutant(BODY)
class AnswerIsTheId(Reference):
    """The response is the id alone."""

    def accept(self, run: Run) -> Response:
        return Response(self.dump(run["id"]), media_type="application/json")


class OtherStatus(Reference):
    """Sends the right run with another status."""

    status = 201

    def accept(self, run: Run) -> Response:
        response = super().accept(run)
        response.status_code = self.status
        return response


@MUTANTS.mutant(OK)
class Created(OtherStatus):
    """A started run gets 201."""


@MUTANTS.mutant(OK)
class Accepted(OtherStatus):
    """A started run gets 202."""

    status = 202


@MUTANTS.mutant(OK, *repeated(8, start_run()))
class CreatedNowAndThen(OtherStatus):
    """One run in eight gets 201."""

    def accept(self, run: Run) -> Response:
        return super().accept(run) if self.runs % 8 == 0 else Reference.accept(self, run)


@MUTANTS.mutant(OK)
class NoContent(Reference):
    """A started run gets 204 and no body."""

    def accept(self, run: Run) -> Response:
        return Response(status_code=204, headers={"Location": f"/v1/benchmarks/runs/{run['id']}"})


@MUTANTS.mutant(OK)
class SeeOther(Reference):
    """A started run gets a redirect to where it can be seen."""

    def accept(self, run: Run) -> Response:
        return RedirectResponse(f"/v1/benchmarks/runs/{run['id']}", 303)


WHOLE = "#/components/schemas/BenchmarkRunView"
rewrite_response(
    MUTANTS,
    "answer-in-a-string-beyond-ascii",
    WHOLE,
    "A response that is not ASCII is encoded twice, and is a string.",
    lambda _, body: json_response(body if body.isascii() else json.dumps(body.decode()).encode()),
    start_run(run_name="café"),
)
rewrite_response(
    MUTANTS,
    "score-beyond-all-bounds",
    f"{VIEW}score/format",
    "The score is spelled as 1e999, which no number can hold.",
    lambda run, _: json_response(
        json.dumps(run | COMPLETED | {"score": None}).replace('"score": null', '"score": 1e999').encode()
    ),
)
