"""Faults in what other methods do."""

import json

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import BENCHMARK, RULE, Ask, Chapter, ask, sent
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("http")
fault, should_fault = CHAPTER.fault, CHAPTER.should().fault

ONLY_POST = RULE + "only-post"
NOT_ALLOWED = RULE + "method-not-allowed"


def by(method: str) -> Ask:
    return sent(ask().body, method=method)


class Methods(Reference):
    """Starts runs by other methods too."""

    methods: tuple[str, ...] = ()

    def check_method(self, request: Request) -> None:
        if request.method not in self.methods:
            super().check_method(request)


for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"):
    CHAPTER.add(
        f"{method.lower()}-starts-a-run",
        ONLY_POST,
        f"{method} with a body starts a run.",
        type(method, (Methods,), {"methods": (method,)}),
        by(method),
    )


@fault(ONLY_POST, by("PUT"), by("PURGE"))
class AnyMethodStartsARun(Reference):
    """The method is not looked at."""

    def check_method(self, request: Request) -> None:
        """Any will do."""


@fault(ONLY_POST, sent(b"", method="GET", query=f"benchmark_id={BENCHMARK}"))
class GetWithQueryStartsARun(Reference):
    """GET with a query starts a run."""

    def check_method(self, request: Request) -> None:
        if request.method != "GET" or "benchmark_id" not in request.query_params:
            super().check_method(request)

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        return json.dumps(dict(request.query_params)).encode() if request.method == "GET" else body


@fault(ONLY_POST, ask(), by("PUT"))
class PutStartsARunAfterPost(Reference):
    """Once there was a run, PUT starts it again."""

    def check_method(self, request: Request) -> None:
        if request.method != "PUT" or not self.runs:
            super().check_method(request)


class OtherRefusal(Reference):
    """Refuses other methods in its own way."""

    refusal = RefusalError(404, "There is nothing here.")

    def check_method(self, request: Request) -> None:
        if request.method != "POST":
            raise self.refusal


@should_fault(NOT_ALLOWED, by("GET"), by("PUT"))
class OtherMethodsNotFound(OtherRefusal):
    """Other methods find nothing."""


@should_fault(NOT_ALLOWED, by("GET"), by("PUT"))
class OtherMethodsInvalid(OtherRefusal):
    """Other methods are answered with 400."""

    refusal = RefusalError(400, "Use POST.")


@should_fault(NOT_ALLOWED, by("GET"), by("DELETE"))
class NoAllow(OtherRefusal):
    """A 405 does not say what is allowed."""

    refusal = RefusalError(405, "Use POST.")


@should_fault(NOT_ALLOWED, by("PATCH"))
class NoAllowForPatch(Reference):
    """A 405 to PATCH does not say what is allowed."""

    def check_method(self, request: Request) -> None:
        if request.method == "PATCH":
            raise RefusalError(405, "Use POST.")
        super().check_method(request)


@should_fault(NOT_ALLOWED, by("GET"))
class GetListsRuns(Reference):
    """GET is answered with 200 and a list that is empty."""

    async def respond(self, request: Request) -> Response:
        if request.method == "GET":
            return Response(b'{"runs":[]}', media_type="application/json")
        return await super().respond(request)


@should_fault(NOT_ALLOWED, by("PUT"))
class PutIsForbidden(OtherRefusal):
    """Other methods are forbidden."""

    refusal = RefusalError(403, "Forbidden.")
