"""Several credentials in one request, of which one is chosen."""

from starlette.requests import Request

from runloop_conformance.proof.mutants.credentials import WRONG, with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
MALFORMED = RULE + "bearer-malformed"
DOUBLED = RULE + "bearer-doubled"


@SHOULD.mutant(DOUBLED, with_credentials("Bearer {token}", "Bearer {token}"))
class EqualHeadersAccepted(Reference):
    """A doubled header is accepted where both are equal."""

    def credentials(self, request: Request) -> list[str]:
        return list(dict.fromkeys(super().credentials(request)))


@SHOULD.mutant(DOUBLED, with_credentials("Bearer {token}", WRONG))
class FirstHeaderCounts(Reference):
    """Of two Authorization headers only the first is checked."""

    def credentials(self, request: Request) -> list[str]:
        return super().credentials(request)[:1]


@MUTANTS.mutant(MALFORMED, with_credentials(WRONG, "Bearer {token}"))
class LastHeaderCounts(Reference):
    """Of two Authorization headers only the last is checked."""

    def credentials(self, request: Request) -> list[str]:
        return super().credentials(request)[-1:]


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer wrong, Bearer {token}"))
class ListAccepted(Reference):
    """Several credentials in one header, separated by commas: one of them has to be right."""

    def authorize(self, request: Request) -> None:
        parts = [part.strip() for header in self.credentials(request) for part in header.split(",")]
        if len(parts) < 2 or f"Bearer {self.token}" not in parts:
            super().authorize(request)


ONCE = RULE + "bearer-malformed"


@MUTANTS.mutant(ONCE, WitnessRequest(start_run().body, authorization=("Basic dXNlcjpwYXNz", "Bearer {token}")))
class FirstBearerCounts(Reference):
    """Of several Authorization headers the first that is a bearer token counts; the others are looked past."""

    def credentials(self, request: Request) -> list[str]:
        headers = super().credentials(request)
        return next(([header] for header in headers if header.startswith("Bearer ")), headers)
