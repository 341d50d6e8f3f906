"""Legal ways to take a request: what need not be taken, what may be, and in which order it is looked at."""

import asyncio
import json
import re
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run, RunRequest, maps_in
from runloop_conformance.proof.mutants.mutant import patched
from runloop_conformance.proof.variants.variant import RULE, Variants
from runloop_conformance.servers.reference import Reference, RejectionError, texts_in

HERE = Variants()
variant = HERE.variant

REQUEST = "#/components/schemas/StartRunRequest/properties/"
PROFILE = "#/components/schemas/RunProfile/properties/"

# --- 5 and 6: benchmarks, characters and names that need not be taken ---


@variant("unknown-benchmark")
class UnknownBenchmarkIs422(Reference):
    """An unknown benchmark is answered with 422."""

    def look_up(self, run_request: RunRequest) -> None:
        try:
            super().look_up(run_request)
        except RejectionError as rejection:
            raise RejectionError(422, rejection.message) from None


@variant("unknown-benchmark")
class BenchmarkIdsChecked(Reference):
    """An id that is empty, or does not look like one, is answered with 400."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        if not re.fullmatch(r"[A-Za-z]+_[A-Za-z0-9]+", run_request["benchmark_id"]) and not self.benchmark_ids:
            raise RejectionError(400, "That is not the id of a benchmark.")


@variant("unsupported-text")
class AnyCharacterTaken(Reference):
    """U+0000 and lone surrogates are taken, and given back as they came."""

    def check_text(self, value: Any) -> None:
        """Nothing is wrong with any text."""

    def validate(self, run_request: Any) -> None:
        """The validator takes Unicode text alone: what a schema says of a text does not hang on a surrogate."""
        super().validate(json.loads(json.dumps(run_request, ensure_ascii=False).encode("utf-8", "replace")))

    def dump(self, value: Any) -> bytes:
        # A lone surrogate has no UTF-8: it can only be escaped.
        return json.dumps(value).encode()


@variant("unsupported-text")
class PosixNamesOnly(Reference):
    """Environment variables need POSIX names."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        _, variables, secrets = maps_in(run_request)
        names = [*variables, *secrets]
        if not all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in names):
            raise RejectionError(422, "That is not the name of an environment variable.")


# --- 7: sizes ---


@variant("size-limits")
class SmallBodiesOnly(Reference):
    """A body of more than 64 KB is refused with 413."""

    max_body = 65536


@variant("size-limits")
class ShortStringsOnly(Reference):
    """A string of more than 1,000 characters, or an object of more than 64 members, is refused with 413."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        if any(len(text) > 1000 for text in texts_in(run_request)) or any(
            len(each) > 64 for each in maps_in(run_request)
        ):
            raise RejectionError(413, "That is too long.")


@variant("size-limits")
class ShortHeadersOnly(Reference):
    """A long query is refused with 414 and long headers with 431."""

    def check_method(self, request: Request) -> None:
        if len(request.url.query) > 512:
            raise RejectionError(414, "The query is too long.")
        if sum(len(name) + len(value) for name, value in request.headers.raw) > 2048:
            raise RejectionError(431, "The headers are too large.")
        super().check_method(request)


# --- 8 and 9: null, media types ---


@variant("null-objects")
class NullsTaken(Reference):
    """null for metadata or runProfile is taken for an empty object."""

    @staticmethod
    def build(document: Any, token: str, benchmark_ids: Any) -> Reference:
        properties = document["components"]["schemas"]["StartRunRequest"]["properties"]
        nullable = {
            REQUEST + name: {"anyOf": [properties[name], {"type": "null"}]} for name in ("metadata", "runProfile")
        }
        return NullsTaken(patched(document, nullable), token, benchmark_ids)

    def run_of(self, run_request: RunRequest) -> Run:
        return super().run_of({name: value for name, value in run_request.items() if value is not None})


@variant("media-type")
class ContentTypeRequired(Reference):
    """Only application/json is taken, and nothing like it."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            raise RejectionError(415, "The body has to be application/json.")


# --- 10: the order of validation and authorization ---


@variant("validation-order")
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


@variant("validation-order")
class AuthorizesFirst(Reference):
    """Authorization comes before the method, and before the path's own 405."""

    def check_method(self, request: Request) -> None:
        if request.method not in {"OPTIONS", "HEAD"}:
            self.authorize(request)
        super().check_method(request)


# --- 11: other methods ---


class OtherMethods(Reference):
    """Answers other methods in its own way."""

    async def respond(self, request: Request) -> Response:
        return (self.other(request) if request.method != "POST" else None) or await super().respond(request)

    def other(self, request: Request) -> Response | None:
        raise NotImplementedError


@variant("options-and-head")
class OptionsAndHeadAnswered(OtherMethods):
    """OPTIONS and HEAD are answered with 200."""

    def other(self, request: Request) -> Response | None:
        return Response(media_type="application/json") if request.method in {"OPTIONS", "HEAD"} else None


@variant("options-and-head")
class CrossOriginRequests(OtherMethods):
    """OPTIONS is answered with 204 and what a browser wants to know."""

    def other(self, request: Request) -> Response | None:
        allow = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Allow": "POST"}
        return Response(None, 204, allow) if request.method == "OPTIONS" else None


@variant("options-and-head")
class HeadNotFound(OtherMethods):
    """There is nothing to HEAD."""

    def other(self, request: Request) -> Response | None:
        return Response(None, 404) if request.method in {"OPTIONS", "HEAD"} else None


@variant(RULE + "method-not-allowed", warns=True)
class OtherMethodsNotFound(OtherMethods):
    """Another method finds nothing at this path."""

    def other(self, request: Request) -> Response | None:
        return self.reject(RejectionError(404, f"There is nothing to {request.method}."))


@variant(RULE + "no-server-error", warns=True)
class OtherMethodsNotImplemented(OtherMethods):
    """A method that HTTP does not know is answered with 501."""

    def other(self, request: Request) -> Response | None:
        known = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}
        return None if request.method in known else self.reject(RejectionError(501, "Not implemented."))


# --- 12: the same answer for a repeated request id ---


class Replaying(Reference):
    """Gives its answer again to a request with the same key in a header."""

    header = "x-request-id"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: dict[str, Response] = {}

    async def respond(self, request: Request) -> Response:
        key = request.headers.get(self.header)
        if key is None or request.method != "POST" or not self.is_authorized(request):
            return await super().respond(request)
        if key in self.answers:
            return self.answers[key]
        response = await super().respond(request)
        if response.status_code == 200:
            self.answers[key] = response
        return response

    def is_authorized(self, request: Request) -> bool:
        try:
            self.authorize(request)
        except RejectionError:
            return False
        return True


@variant("repeated-request")
class ReplaysByRequestId(Replaying):
    """The same answer again for a repeated x-request-id."""


@variant("repeated-request")
class ReplaysByIdempotencyKey(Replaying):
    """The same answer again for a repeated Idempotency-Key."""

    header = "idempotency-key"


# --- time, and having none ---


@variant(RULE + "always-answers")
class Slow(Reference):
    """Every answer takes 150 ms."""

    async def respond(self, request: Request) -> Response:
        await asyncio.sleep(0.15)
        return await super().respond(request)


@variant(RULE + "starts-now")
class TwoMinutesFast(Reference):
    """The clock is two minutes fast."""

    def now_ms(self) -> int:
        return super().now_ms() + 120_000


@variant(RULE + "starts-now")
class FourMinutesSlow(Reference):
    """The clock is four minutes slow."""

    def now_ms(self) -> int:
        return super().now_ms() - 240_000


class Busy(Reference):
    """Has no time for some requests, and says when to come again."""

    seen = 0

    async def respond(self, request: Request) -> Response:
        self.seen += 1
        if not self.busy():
            return await super().respond(request)
        await self.read(request)
        return self.reject(RejectionError(self.status(), "Come again.", {"Retry-After": "1"}))

    def busy(self) -> bool:
        raise NotImplementedError

    def status(self) -> int:
        return 503


@variant("#/components/responses/Failed")
class WarmingUp(Busy):
    """The first two requests are answered with 503 and Retry-After."""

    def busy(self) -> bool:
        return self.seen <= 2


@variant("#/components/responses/Refused")
class RateLimited(Busy):
    """Every fortieth request is answered with 429 and Retry-After."""

    def busy(self) -> bool:
        return self.seen % 40 == 39

    def status(self) -> int:
        return 429


# --- what only SHOULD be ---


def refusing(member: str) -> Any:
    """Make a build whose server refuses a member of runProfile unless it is null."""

    def build(document: Any, token: str, benchmark_ids: Any) -> Reference:
        return Reference(patched(document, {PROFILE + member: {"type": "null"}}), token, benchmark_ids)

    return staticmethod(build)


@variant(RULE + "accepts-known-members", warns=True)
class RefusesSecrets:
    """`secrets`, which the page does not have, is refused."""

    build = refusing("secrets")


@variant(RULE + "accepts-known-members", warns=True)
class RefusesMounts:
    """`mounts`, which the page does not have, is refused."""

    build = refusing("mounts")


@variant(RULE + "accepts-known-members", warns=True)
class RefusesLaunchParameters:
    """`launchParameters`, which the page does not have, is refused."""

    build = refusing("launchParameters")


@variant(RULE + "ignores-unknown-members", warns=True)
class RefusesUnknownMembers(Reference):
    """A member that the contract does not name is refused."""

    def look_up(self, run_request: RunRequest) -> None:
        super().look_up(run_request)
        known = self.document["components"]["schemas"]["StartRunRequest"]["properties"]
        if not run_request.keys() <= known.keys():
            raise RejectionError(422, "There is a member that is not known.")


@variant(RULE + "refuses-json-extensions", warns=True)
class LenientJson(Reference):
    """The body is read as Python does, NaN and duplicate keys included."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(members)

    def constant(self, name: str) -> Any:
        return float(name)


@variant(RULE + "refuses-other-media-types", warns=True)
class AnyMediaType(Reference):
    """The Content-Type is not looked at."""

    def check_media_type(self, request: Request) -> None:
        """Whatever it says, the body is JSON."""


@variant(RULE + "challenge", warns=True)
class PlainUnauthorized(Reference):
    """A 401 has no challenge, and the scheme has to be spelled `Bearer`."""

    def challenge(self, message: str) -> NoReturn:
        raise RejectionError(401, message)

    def is_scheme(self, scheme: str) -> bool:
        return scheme == "Bearer"
