"""Missing and wrong tokens that are rejected with a wrong status or without a challenge."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from runloop_conformance.proof.mutants.credentials import WRONG, with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
REQUIRED = RULE + "bearer-required"
CHALLENGE = RULE + "challenge"


class StatusOfRefusal(Reference):
    """Rejects credentials with another status."""

    status = 404

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError as rejection:
            raise RejectionError(self.status_for(request), rejection.message, rejection.headers) from None

    def status_for(self, request: Request) -> int:
        return self.status if self.credentials(request) else 401


@MUTANTS.mutant(REQUIRED, with_credentials(WRONG))
class WrongTokenIsNotFound(StatusOfRefusal):
    """A wrong token gets 404, as if the path were not there."""


@MUTANTS.mutant(REQUIRED, with_credentials())
class MissingHeaderIsInvalid(StatusOfRefusal):
    """A missing Authorization header is reported like any missing parameter, with 422."""

    def status_for(self, request: Request) -> int:
        return 401 if self.credentials(request) else 422


@MUTANTS.mutant(REQUIRED, with_credentials(WRONG))
class WrongTokenTriesAgain(StatusOfRefusal):
    """A wrong token gets 429, so clients try again."""

    status = 429


@MUTANTS.mutant(REQUIRED, with_credentials())
class LoginPage(Reference):
    """A request without credentials gets a login page, with 200."""

    def reject(self, rejection: RejectionError) -> Response:
        return HTMLResponse("<form>Log in</form>") if rejection.status == 401 else super().reject(rejection)


@MUTANTS.mutant(REQUIRED, with_credentials())
class LoginRedirect(Reference):
    """A request without credentials is redirected to a login page."""

    def reject(self, rejection: RejectionError) -> Response:
        return RedirectResponse("/login", 302) if rejection.status == 401 else super().reject(rejection)


@SHOULD.mutant(CHALLENGE, with_credentials(), with_credentials(WRONG))
class NoChallenge(Reference):
    """A 401 says nothing about how to authorize."""

    def challenge(self, message: str) -> Any:
        raise RejectionError(401, message)


@SHOULD.mutant(CHALLENGE, with_credentials(WRONG))
class NoChallengeForWrongToken(Reference):
    """Only a request without credentials is reported how to authorize."""

    def challenge(self, message: str) -> Any:
        raise RejectionError(401, message, {} if "not valid" in message else {"WWW-Authenticate": "Bearer"})
