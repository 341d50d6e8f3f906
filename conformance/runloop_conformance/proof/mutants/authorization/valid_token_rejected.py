"""Valid tokens that are rejected, always or at times."""

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.credentials import with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()


@SHOULD.mutant(RULE + "scheme-case", with_credentials("bearer {token}"))
class LowerCaseSchemeRefused(Reference):
    """Only `Bearer` is the scheme, and `bearer` is not."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme == "Bearer"


@SHOULD.mutant(RULE + "scheme-case", with_credentials("BEARER {token}"))
class UpperCaseSchemeRefused(Reference):
    """`Bearer` and `bearer` are the scheme, and `BEARER` is not."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme in {"Bearer", "bearer"}


BEARER = "#/components/securitySchemes/bearerAuth/description"


class RightTokenRefused(Reference):
    """Rejects the right token at times."""

    @staticmethod
    def worn(runs: int, size: int, /) -> bool:
        """Whether to reject the token, by the number of the run and the size of the body."""
        raise NotImplementedError

    size = 0

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        self.size = len(body)
        return body

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200 and self.worn(self.runs, self.size):
            return self.reject(RejectionError(401, "The token is not valid.", {"WWW-Authenticate": "Bearer"}))
        return response


@MUTANTS.mutant(BEARER, *repeated(8, start_run()))
class OneReplicaWithAnOldToken(RightTokenRefused):
    """One of eight replicas has not heard of the token."""

    @staticmethod
    def worn(runs: int, _size: int, /) -> bool:
        return runs % 8 == 0


@MUTANTS.mutant(BEARER, start_run(run_name="x" * 1000))
class SignatureOverTheBeginning(RightTokenRefused):
    """A gateway reads only the first bytes of a large request, and rejects its signature."""

    @staticmethod
    def worn(_runs: int, size: int, /) -> bool:
        return size > 900


@MUTANTS.mutant(BEARER, *repeated(12, start_run()))
class TokenWornOut(RightTokenRefused):
    """A token is good for ten runs."""

    @staticmethod
    def worn(runs: int, _size: int, /) -> bool:
        return runs > 10
