"""Requests beyond the required sizes, or with unusual headers, that make the server fail."""

from collections.abc import Callable
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import any_text, maps_in
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
FAILS = RULE + "no-server-error"


def longer(length: int) -> Callable[[str], bool]:
    return lambda text: len(text) >= length


for length in (2_000, 10_000, 100_000):
    MUTANTS.reject(
        f"fails-at-{length}-characters",
        FAILS,
        f"Text of {length} characters breaks a buffer.",
        any_text(longer(length)),
        start_run(run_name="x" * length),
        status=500,
    )
MUTANTS.reject(
    "fails-at-65-members",
    FAILS,
    "More than 64 properties break an array of 64.",
    lambda run_request: any(len(entries) > 64 for entries in maps_in(run_request)),
    start_run(metadata={f"{n}": "" for n in range(65)}),
    status=500,
)
MUTANTS.reject(
    "fails-at-huge-number-elsewhere",
    FAILS,
    "A number of more than 64 bits, where nothing is known about the property, breaks a database.",
    lambda run_request: any(isinstance(value, int | float) and abs(value) >= 2**64 for value in run_request.values()),
    start_run(more=10**30),
    status=500,
)


class Beside(Reference):
    """Fails at a part of the request outside its body."""

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if self.breaks(request):
            return self.reject(RejectionError(500, "Internal Server Error"))
        return response

    def breaks(self, request: Request) -> bool:
        raise NotImplementedError


@MUTANTS.mutant(FAILS, with_body(start_run().body, query="%ff=%zz"))
class FailsAtQuery(Beside):
    """A query that is not UTF-8 breaks its parsing."""

    def breaks(self, request: Request) -> bool:
        return "\ufffd" in unquote(request.url.query)


@MUTANTS.mutant(FAILS, with_body(start_run().body, headers=(("x-long", "x" * 5000),)))
class FailsAtLongHeader(Beside):
    """A header of more than 4 KB breaks a buffer."""

    def breaks(self, request: Request) -> bool:
        return any(len(value) > 4096 for _, value in request.headers.raw)


@MUTANTS.mutant(FAILS, with_body(start_run().body, content_type="application"))
class FailsAtContentType(Beside):
    """A Content-Type without a slash breaks its parsing."""

    def breaks(self, request: Request) -> bool:
        return "/" not in request.headers.get("content-type", "/")
