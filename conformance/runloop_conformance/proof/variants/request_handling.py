"""Legal ways to handle a request: null, media types, the order of checks, repeated requests, clocks and load."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest
from runloop_conformance.proof.mutants.mutant import patched
from runloop_conformance.proof.mutants.pointers import REQUEST, RULE
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference, RejectionError

VARIANTS = Variants()


@VARIANTS.variant("null-objects")
class NullsTaken(Reference):
    """null for metadata or runProfile counts as an empty object."""

    @staticmethod
    def build(document: Any, token: str, benchmark_ids: Any) -> Reference:
        properties = document["components"]["schemas"]["StartRunRequest"]["properties"]
        nullable = {
            REQUEST + name: {"anyOf": [properties[name], {"type": "null"}]} for name in ("metadata", "runProfile")
        }
        return NullsTaken(patched(document, nullable), token, benchmark_ids)

    def run_of(self, run_request: RunRequest) -> Run:
        return super().run_of({name: value for name, value in run_request.items() if value is not None})


@VARIANTS.variant("media-type")
class ContentTypeRequired(Reference):
    """Only application/json is accepted, and nothing like it."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            raise RejectionError(415, "The body has to be application/json.")


@VARIANTS.variant("validation-order")
class ValidatesFirst(Reference):
    """A body is validated before anything else."""

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        if request.method == "POST":
            self.check_media_type(request)
            run_request = self.parse(body)
            self.validate(run_request)
            self.look_up(run_request)
        return body


@VARIANTS.variant("validation-order")
class AuthorizesFirst(Reference):
    """Authorization comes before the method, and before the path's own 405."""

    def check_method(self, request: Request) -> None:
        if request.method not in {"OPTIONS", "HEAD"}:
            self.authorize(request)
        super().check_method(request)


class Replaying(Reference):
    """Sends the same response again if a header has the same key."""

    header = "x-request-id"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.responses: dict[str, Response] = {}

    async def respond(self, request: Request) -> Response:
        key = request.headers.get(self.header)
        if key is None or request.method != "POST" or not self.is_authorized(request):
            return await super().respond(request)
        if key in self.responses:
            return self.responses[key]
        response = await super().respond(request)
        if response.status_code == 200:
            self.responses[key] = response
        return response

    def is_authorized(self, request: Request) -> bool:
        try:
            self.authorize(request)
        except RejectionError:
            return False
        return True


@VARIANTS.variant("repeated-request")
class ReplaysByRequestId(Replaying):
    """The same response again for a repeated x-request-id."""


@VARIANTS.variant("repeated-request")
class ReplaysByIdempotencyKey(Replaying):
    """The same response again for a repeated Idempotency-Key."""

    header = "idempotency-key"


@VARIANTS.variant(RULE + "always-answers")
class Slow(Reference):
    """Every response takes 150 ms."""

    async def respond(self, request: Request) -> Response:
        await asyncio.sleep(0.15)
        return await super().respond(request)


@VARIANTS.variant(RULE + "starts-now")
class TwoMinutesFast(Reference):
    """The clock is two minutes fast."""

    def now_ms(self) -> int:
        return super().now_ms() + 120_000


@VARIANTS.variant(RULE + "starts-now")
class FourMinutesSlow(Reference):
    """The clock is four minutes slow."""

    def now_ms(self) -> int:
        return super().now_ms() - 240_000


class Busy(Reference):
    """Rejects some requests, with Retry-After."""

    requests = 0

    async def respond(self, request: Request) -> Response:
        self.requests += 1
        if not self.busy():
            return await super().respond(request)
        await self.read(request)
        return self.reject(RejectionError(self.status(), "Come again.", {"Retry-After": "1"}))

    def busy(self) -> bool:
        raise NotImplementedError

    def status(self) -> int:
        return 503


@VARIANTS.variant("#/components/responses/Failed")
class WarmingUp(Busy):
    """The first two requests get 503 and Retry-After."""

    def busy(self) -> bool:
        return self.requests <= 2


@VARIANTS.variant("#/components/responses/Refused")
class RateLimited(Busy):
    """Every fortieth request gets 429 and Retry-After."""

    def busy(self) -> bool:
        return self.requests % 40 == 39

    def status(self) -> int:
        return 429
