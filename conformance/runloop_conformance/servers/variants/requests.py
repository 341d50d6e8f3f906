"""Legal ways to take a request: what need not be taken, what may be, and in which order it is looked at."""

import asyncio
import json
import re
from typing import Any

from runloop_conformance.servers.mutants.fault import Asked, Run, patched
from runloop_conformance.servers.reference import Reference, RefusalError, texts_in
from runloop_conformance.servers.variants.variant import RULE, Variants
from starlette.requests import Request
from starlette.responses import Response

HERE = Variants()
variant = HERE.variant

REQUEST = "#/components/schemas/StartRunRequest/properties/"
PROFILE = "#/components/schemas/RunProfile/properties/"

# --- 5 and 6: benchmarks, characters and names that need not be taken ---


@variant(5)
class UnknownBenchmarkIs422(Reference):
    """An unknown benchmark is answered with 422."""

    def look_up(self, asked: Asked) -> None:
        try:
            super().look_up(asked)
        except RefusalError as refusal:
            raise RefusalError(422, refusal.message) from None


@variant(5)
class BenchmarkIdsChecked(Reference):
    """An id that is empty, or does not look like one, is answered with 400."""

    def look_up(self, asked: Asked) -> None:
        super().look_up(asked)
        if not re.fullmatch(r"[A-Za-z]+_[A-Za-z0-9]+", asked["benchmark_id"]) and not self.benchmark_ids:
            raise RefusalError(400, "That is not the id of a benchmark.")


@variant(6)
class AnyCharacterTaken(Reference):
    """U+0000 and lone surrogates are taken, and given back as they came."""

    def check_text(self, value: Any) -> None:
        """Nothing is wrong with any text."""

    def dump(self, value: Any) -> bytes:
        # A lone surrogate has no UTF-8: it can only be escaped.
        return json.dumps(value).encode()


@variant(6)
class PosixNamesOnly(Reference):
    """Environment variables need POSIX names."""

    def look_up(self, asked: Asked) -> None:
        super().look_up(asked)
        given = asked.get("runProfile", {})
        names = [*(given.get("envVars") or {}), *(given.get("secrets") or {})]
        if not all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in names):
            raise RefusalError(422, "That is not the name of an environment variable.")


# --- 7: sizes ---


@variant(7)
class SmallBodiesOnly(Reference):
    """A body of more than 64 KB is refused with 413."""

    max_body = 65536


@variant(7)
class ShortStringsOnly(Reference):
    """A string of more than 1,000 characters, or an object of more than 64 members, is refused with 413."""

    def look_up(self, asked: Asked) -> None:
        super().look_up(asked)
        run_profile = asked.get("runProfile", {})
        maps = [asked.get("metadata", {}), run_profile.get("envVars") or {}, run_profile.get("secrets") or {}]
        if any(len(text) > 1000 for text in texts_in(asked)) or any(len(each) > 64 for each in maps):
            raise RefusalError(413, "That is too long.")


@variant(7)
class ShortHeadersOnly(Reference):
    """A long query is refused with 414 and long headers with 431."""

    def check_method(self, request: Request) -> None:
        if len(request.url.query) > 512:
            raise RefusalError(414, "The query is too long.")
        if sum(len(name) + len(value) for name, value in request.headers.raw) > 2048:
            raise RefusalError(431, "The headers are too large.")
        super().check_method(request)


# --- 8 and 9: null, media types ---


@variant(8)
class NullsTaken(Reference):
    """null for metadata or runProfile is taken for an empty object."""

    @staticmethod
    def build(document: Any, token: str, benchmark_ids: Any) -> "NullsTaken":
        properties = document["components"]["schemas"]["StartRunRequest"]["properties"]
        nullable = {
            REQUEST + name: {"anyOf": [properties[name], {"type": "null"}]} for name in ("metadata", "runProfile")
        }
        return NullsTaken(patched(document, nullable), token, benchmark_ids)

    def run_of(self, asked: Asked) -> Run:
        return super().run_of({name: value for name, value in asked.items() if value is not None})


@variant(9)
class ContentTypeRequired(Reference):
    """Only application/json is taken, and nothing like it."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            raise RefusalError(415, "The body has to be application/json.")


# --- 10: the order of validation and authorization ---


@variant(10)
class ValidatesFirst(Reference):
    """A body is validated before anything else."""

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        if request.method == "POST":
            self.check_media_type(request)
            asked = self.parse(body)
            self.validate(asked)
            self.look_up(asked)
        return body


@variant(10)
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


@variant(11)
class OptionsAndHeadAnswered(OtherMethods):
    """OPTIONS and HEAD are answered with 200."""

    def other(self, request: Request) -> Response | None:
        return Response(media_type="application/json") if request.method in {"OPTIONS", "HEAD"} else None


@variant(11)
class CrossOriginRequests(OtherMethods):
    """OPTIONS is answered with 204 and what a browser wants to know."""

    def other(self, request: Request) -> Response | None:
        allow = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Allow": "POST"}
        return Response(None, 204, allow) if request.method == "OPTIONS" else None


@variant(11)
class HeadNotFound(OtherMethods):
    """There is nothing to HEAD."""

    def other(self, request: Request) -> Response | None:
        return Response(None, 404) if request.method in {"OPTIONS", "HEAD"} else None


@variant(RULE + "method-not-allowed", warns=True)
class OtherMethodsNotFound(OtherMethods):
    """Another method finds nothing at this path."""

    def other(self, request: Request) -> Response | None:
        return self.refuse(RefusalError(404, f"There is nothing to {request.method}."))


@variant(RULE + "no-server-error", warns=True)
class OtherMethodsNotImplemented(OtherMethods):
    """A method that HTTP does not know is answered with 501."""

    def other(self, request: Request) -> Response | None:
        known = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}
        return None if request.method in known else self.refuse(RefusalError(501, "Not implemented."))


# --- 12: the same answer for a repeated request id ---


class Replaying(Reference):
    """Gives its answer again to a request with the same key in this header."""

    header = "x-request-id"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: dict[str, Response] = {}

    async def respond(self, request: Request) -> Response:
        key = request.headers.get(self.header)
        if key is None or request.method != "POST":
            return await super().respond(request)
        self.authorize_first(request)
        if key not in self.answers:
            response = await super().respond(request)
            if response.status_code != 200:
                return response
            self.answers[key] = response
        return self.answers[key]
