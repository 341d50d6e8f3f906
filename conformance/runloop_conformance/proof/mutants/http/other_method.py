"""Other methods than POST that start a run, or are rejected with a wrong response."""

import json

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.http.error_not_json import with_method
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK, start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
ONLY_POST = RULE + "only-post"
NOT_ALLOWED = RULE + "method-not-allowed"


class Methods(Reference):
    """Starts runs also for other methods."""

    methods: tuple[str, ...] = ()

    def check_method(self, request: Request) -> None:
        if request.method not in self.methods:
            super().check_method(request)


for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"):
    MUTANTS.add(
        f"{method.lower()}-starts-a-run",
        ONLY_POST,
        f"{method} with a body starts a run.",
        type(method, (Methods,), {"methods": (method,)}),
        with_method(method),
    )


@MUTANTS.mutant(ONLY_POST, with_method("PUT"), with_method("PURGE"))
class AnyMethodStartsARun(Reference):
    """The method is not checked."""

    def check_method(self, request: Request) -> None:
        """Accept every method."""


@MUTANTS.mutant(ONLY_POST, with_body(b"", method="GET", query=f"benchmark_id={BENCHMARK}"))
class GetWithQueryStartsARun(Reference):
    """GET with a query starts a run."""

    def check_method(self, request: Request) -> None:
        if request.method != "GET" or "benchmark_id" not in request.query_params:
            super().check_method(request)

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        return json.dumps(dict(request.query_params)).encode() if request.method == "GET" else body


@MUTANTS.mutant(ONLY_POST, start_run(), with_method("PUT"))
class PutStartsARunAfterPost(Reference):
    """Once there was a run, PUT starts it again."""

    def check_method(self, request: Request) -> None:
        if request.method != "PUT" or not self.runs:
            super().check_method(request)


class OtherRefusal(Reference):
    """Rejects other methods with another response."""

    rejection = RejectionError(404, "There is nothing here.")

    def check_method(self, request: Request) -> None:
        if request.method != "POST":
            raise self.rejection


@SHOULD.mutant(NOT_ALLOWED, with_method("GET"), with_method("PUT"))
class OtherMethodsNotFound(OtherRefusal):
    """Other methods find nothing."""


@SHOULD.mutant(NOT_ALLOWED, with_method("GET"), with_method("PUT"))
class OtherMethodsInvalid(OtherRefusal):
    """Other methods get 400."""

    rejection = RejectionError(400, "Use POST.")


@SHOULD.mutant(NOT_ALLOWED, with_method("GET"), with_method("DELETE"))
class NoAllow(OtherRefusal):
    """A 405 does not say what is allowed."""

    rejection = RejectionError(405, "Use POST.")


@SHOULD.mutant(NOT_ALLOWED, with_method("PATCH"))
class NoAllowForPatch(Reference):
    """A 405 to PATCH does not say what is allowed."""

    def check_method(self, request: Request) -> None:
        if request.method == "PATCH":
            raise RejectionError(405, "Use POST.")
        super().check_method(request)


@SHOULD.mutant(NOT_ALLOWED, with_method("GET"))
class GetListsRuns(Reference):
    """GET gets 200 and a list that is empty."""

    async def respond(self, request: Request) -> Response:
        if request.method == "GET":
            return Response(b'{"runs":[]}', media_type="application/json")
        return await super().respond(request)


@SHOULD.mutant(NOT_ALLOWED, with_method("PUT"))
class PutIsForbidden(OtherRefusal):
    """Other methods are forbidden."""

    rejection = RejectionError(403, "Forbidden.")


STANDARD = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}


@MUTANTS.mutant(ONLY_POST, with_body(start_run().body, method="GET", headers=(("x-http-method-override", "POST"),)))
class MethodOverridden(Reference):
    """Any method starts a run where X-HTTP-Method-Override says POST."""

    def check_method(self, request: Request) -> None:
        if request.headers.get("x-http-method-override", "").upper() != "POST":
            super().check_method(request)


@MUTANTS.mutant(ONLY_POST, with_method("PROPFIND"))
class UnknownMethodsStartARun(Reference):
    """A method that the framework does not know goes to the handler of POST."""

    def check_method(self, request: Request) -> None:
        if request.method in STANDARD:
            super().check_method(request)
