"""Invalid requests whose response has a status that is not a rejection."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
INVALID = RULE + "refuses-invalid"


class Status(Reference):
    """Responds to invalid requests with another status."""

    status = 200

    def validate(self, run_request: Any) -> None:
        try:
            super().validate(run_request)
        except RejectionError as rejection:
            raise RejectionError(self.status, rejection.message) from None


INVALID_ASKS = (with_body({}), start_run(run_name=1), with_body([]))


@MUTANTS.mutant(INVALID, *INVALID_ASKS)
class InvalidIs200(Status):
    """What is invalid gets 200 and an error in the body."""


@MUTANTS.mutant(INVALID, *INVALID_ASKS)
class InvalidIs408(Status):
    """What is invalid gets 408, so clients try again."""

    status = 408


@MUTANTS.mutant(INVALID, *INVALID_ASKS)
class InvalidIs429(Status):
    """What is invalid gets 429, so clients try again."""

    status = 429


@MUTANTS.mutant(INVALID, *INVALID_ASKS)
class InvalidIsRedirected(Status):
    """What is invalid is redirected to the documentation."""

    def reject(self, rejection: RejectionError) -> Response:
        return (
            RedirectResponse("https://docs.example.org", 302) if rejection.status == 200 else super().reject(rejection)
        )


@MUTANTS.mutant(INVALID, *INVALID_ASKS)
class InvalidIs202(Status):
    """What is invalid is accepted for later, with 202."""

    status = 202
