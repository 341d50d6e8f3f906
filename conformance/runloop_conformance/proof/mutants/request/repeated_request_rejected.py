"""Valid requests that are rejected because of another request."""

import asyncio
import contextlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import RunRequest
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
VALID = RULE + "accepts-valid"


class Conflicting(Reference):
    """Rejects a request that conflicts with an earlier one."""

    member = "run_name"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.taken: set[str] = set()

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        value = json.dumps(self.unique(run_request))
        if value in self.taken:
            raise RejectionError(409, "That was there before.")
        self.taken |= {value} - {"null"}

    def unique(self, run_request: RunRequest) -> Any:
        return run_request.get(self.member)


@MUTANTS.mutant(VALID, *repeated(2, start_run(run_name="nightly")))
class NameTaken(Conflicting):
    """The name of a run has to be unique."""


@MUTANTS.mutant(VALID, *repeated(2, start_run(metadata={"a": "1"})))
class MetadataTaken(Conflicting):
    """Metadata has to be unique."""

    member = "metadata"


@MUTANTS.mutant(VALID, *repeated(2, start_run()))
class EqualRequestRefused(Conflicting):
    """An equal request is rejected as a duplicate."""

    def unique(self, run_request: RunRequest) -> Any:
        return run_request


@MUTANTS.mutant(VALID, *repeated(3, start_run()), at_once=True)
class OneAtATime(Reference):
    """While one request is processed, others are rejected."""

    busy = False

    async def respond(self, request: Request) -> Response:
        if self.busy:
            with contextlib.suppress(RejectionError):
                await self.read(request)
            return self.reject(RejectionError(423, "Another run is being started."))
        self.busy = True
        try:
            await asyncio.sleep(0.02)
            return await super().respond(request)
        finally:
            self.busy = False
