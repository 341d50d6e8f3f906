"""Requests whose token is not checked: without a header, by what they contain, or at times."""

from typing import Any

from starlette.requests import Request

from runloop_conformance.proof.mutants.authorization.token_read_elsewhere import MINIMAL_BODY
from runloop_conformance.proof.mutants.credentials import MINIMAL, WRONG, with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import repeated, start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
REQUIRED = RULE + "bearer-required"


@MUTANTS.mutant(REQUIRED, with_credentials())
class NoHeaderAccepted(Reference):
    """A request without an Authorization header starts a run."""

    def authorize(self, request: Request) -> None:
        if self.credentials(request):
            super().authorize(request)


@MUTANTS.mutant(REQUIRED, with_credentials(body=MINIMAL | {"runProfile": {}}))
class UncheckedWithProfile(Reference):
    """Requests with a runProfile are routed around the authorization."""

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        request.state.body = body
        return body

    def authorize(self, request: Request) -> None:
        if b'"runProfile"' not in request.state.body:
            super().authorize(request)


@MUTANTS.mutant(REQUIRED, with_credentials(body=MINIMAL | {"run_name": "nightly"}))
class UncheckedUnlessMinimal(UncheckedWithProfile):
    """Only a body with nothing but the benchmark's id is checked."""

    def authorize(self, request: Request) -> None:
        if b"," not in request.state.body:
            Reference.authorize(self, request)


@MUTANTS.mutant(REQUIRED, start_run(), with_credentials(WRONG))
class UncheckedAfterTheFirst(Reference):
    """Once a request was authorized, the ones after it are as well."""

    def authorize(self, request: Request) -> None:
        if not self.runs or not self.credentials(request):
            super().authorize(request)


@MUTANTS.mutant(REQUIRED, *repeated(5, with_credentials()))
class UncheckedFromTheFifth(Reference):
    """From the fifth request without credentials on, none are needed."""

    lacking = 0

    def authorize(self, request: Request) -> None:
        self.lacking += not self.credentials(request)
        if self.lacking < 5 or self.credentials(request):
            super().authorize(request)


CURL = (("user-agent", "curl/8.5.0"),)


class Lapsing(Reference):
    """Accepts some requests that it should reject."""

    rejections = 0

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError:
            if not self.lapses():
                raise
        else:
            self.passed()

    def lapses(self) -> bool:
        self.rejections += 1
        return self.rejections % 5 == 0

    def passed(self) -> None:
        """Store that a request was authorized."""


@MUTANTS.mutant(REQUIRED, *repeated(5, with_credentials(WRONG)))
class OneInFiveUnchecked(Lapsing):
    """One in five requests without the right token is let through."""


@MUTANTS.mutant(REQUIRED, *repeated(4, with_credentials(WRONG)))
class LimiterFailsOpen(Lapsing):
    """After three rejections in a row the rate limiter accepts the next request."""

    def lapses(self) -> bool:
        self.rejections = (self.rejections + 1) % 4
        return self.rejections == 0

    def passed(self) -> None:
        self.rejections = 0


@MUTANTS.mutant(
    REQUIRED, with_body(MINIMAL_BODY, headers=CURL), with_body(MINIMAL_BODY, authorization=(), headers=CURL)
)
class SessionByUserAgent(Reference):
    """After one valid token, requests with the same User-Agent need none."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.known: set[str | None] = set()

    def authorize(self, request: Request) -> None:
        agent = request.headers.get("user-agent")
        if self.credentials(request) or agent not in self.known:
            super().authorize(request)
            self.known.add(agent)
