"""Faults in what is accepted: requests refused for a header, or for white space, that changes nothing about them."""

import re

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.acceptance import VALID
from runloop_conformance.proof.mutants.fault import Chapter, ask, sent
from runloop_conformance.proof.mutants.limits import SPELLING, ContentTypes, Spelled, spelled
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("request")
fault = CHAPTER.fault

MINIMAL = ask().body


class Choosy(Reference):
    """Refuses some requests that it would accept, for their headers."""

    status = 406

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200 and self.unwanted(request):
            return self.refuse(RefusalError(self.status, "The request is not acceptable."))
        return response

    def unwanted(self, request: Request) -> bool:
        return "accept" not in request.headers


@fault(VALID)
class AcceptRequired(Choosy):
    """A request without an Accept header is refused."""


@fault(VALID, sent(MINIMAL, headers=(("accept", "*/*"),)))
class AcceptOfAnythingRefused(Choosy):
    """An Accept header that takes anything is refused."""

    def unwanted(self, request: Request) -> bool:
        return request.headers.get("accept") == "*/*"


@fault(SPELLING, sent(MINIMAL, content_type="application/json; charset=UTF-8"))
class CharsetInCapitalsRefused(ContentTypes):
    """A charset in capitals is refused."""

    def unwanted(self, content_type: str) -> bool:
        return "UTF-8" in content_type


@fault(SPELLING, sent(MINIMAL, content_type="Application/JSON"))
class TypeInCapitalsRefused(ContentTypes):
    """A media type with capital letters is refused."""

    def unwanted(self, content_type: str) -> bool:
        return bool(re.match("[A-Z]", content_type))


@fault(SPELLING, spelled('{\t"benchmark_id":\tID\r\n}'))
class TabsRefused(Spelled):
    """Tabs and carriage returns between tokens are refused."""

    unwanted = rb"[\t\r]"
