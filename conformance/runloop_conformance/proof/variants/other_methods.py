"""Legal responses to other methods than POST."""

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference, RejectionError

VARIANTS = Variants()


class OtherMethods(Reference):
    """Responds to other methods differently."""

    async def respond(self, request: Request) -> Response:
        return (self.other(request) if request.method != "POST" else None) or await super().respond(request)

    def other(self, request: Request) -> Response | None:
        raise NotImplementedError


@VARIANTS.variant("options-and-head")
class OptionsAndHeadAnswered(OtherMethods):
    """OPTIONS and HEAD get 200."""

    def other(self, request: Request) -> Response | None:
        return Response(media_type="application/json") if request.method in {"OPTIONS", "HEAD"} else None


@VARIANTS.variant("options-and-head")
class CrossOriginRequests(OtherMethods):
    """OPTIONS gets 204 and what a browser wants to know."""

    def other(self, request: Request) -> Response | None:
        allow = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Allow": "POST"}
        return Response(None, 204, allow) if request.method == "OPTIONS" else None


@VARIANTS.variant("options-and-head")
class HeadNotFound(OtherMethods):
    """There is nothing to HEAD."""

    def other(self, request: Request) -> Response | None:
        return Response(None, 404) if request.method in {"OPTIONS", "HEAD"} else None


@VARIANTS.variant(RULE + "method-not-allowed", warns=True)
class OtherMethodsNotFound(OtherMethods):
    """Another method finds nothing at this path."""

    def other(self, request: Request) -> Response | None:
        return self.reject(RejectionError(404, f"There is nothing to {request.method}."))


@VARIANTS.variant(RULE + "no-server-error", warns=True)
class OtherMethodsNotImplemented(OtherMethods):
    """A method that HTTP does not know gets 501."""

    def other(self, request: Request) -> Response | None:
        known = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}
        return None if request.method in known else self.reject(RejectionError(501, "Not implemented."))
