"""Valid requests that make the server fail at times."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import RunRequest
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
FAILS = RULE + "no-server-error"


@MUTANTS.mutant(FAILS, *repeated(4, start_run()), at_once=True)
class FailsTogether(Reference):
    """Simultaneous runs run into a lock, and fail."""

    starting = 0

    async def respond(self, request: Request) -> Response:
        self.starting += 1
        try:
            await asyncio.sleep(0.02)
            alone = self.starting == 1
            response = await super().respond(request)
            return response if alone or response.status_code != 200 else self.reject(RejectionError(500, "Deadlock."))
        finally:
            self.starting -= 1


class Now(Reference):
    """Fails at times at requests that it should accept."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        self.accepted = getattr(self, "accepted", 0) + 1
        if self.fails(self.accepted):
            raise RejectionError(self.status(), "The database is locked.")

    def fails(self, accepted: int) -> bool:
        return accepted % 8 == 0

    def status(self) -> int:
        return 500


@MUTANTS.mutant(FAILS, *repeated(8, start_run()))
class FailsNowAndThen(Now):
    """Every eighth run fails to start."""


@MUTANTS.mutant(FAILS, *repeated(10, start_run()))
class UnavailableNowAndThen(Now):
    """Every tenth run fails to start, with 502."""

    def fails(self, accepted: int) -> bool:
        return accepted % 10 == 0

    def status(self) -> int:
        return 502


@MUTANTS.mutant(FAILS, *repeated(6, start_run()))
class FailsAtTheSixth(Now):
    """The sixth run fails to start: the pool had five connections."""

    def fails(self, accepted: int) -> bool:
        return accepted == 6
