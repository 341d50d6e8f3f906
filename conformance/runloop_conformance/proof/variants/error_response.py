"""Legal error responses: any 4xx, and any body or none."""

from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference, RejectionError

VARIANTS = Variants()


class Rejections(Reference):
    """Rejects with other statuses."""

    statuses: ClassVar[dict[int, int]] = {}

    def reject(self, rejection: RejectionError) -> Response:
        status = self.statuses.get(rejection.status, rejection.status)
        return super().reject(RejectionError(status, rejection.message, rejection.headers))


@VARIANTS.variant("error-response")
class InvalidIs400(Rejections):
    """Every invalid body gets 400."""

    statuses: ClassVar = {422: 400, 404: 400, 413: 400, 415: 400}


@VARIANTS.variant("error-response")
class InvalidIs422(Rejections):
    """Every invalid body gets 422, JSON or not."""

    statuses: ClassVar = {400: 422, 415: 422}

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError as rejection:
            raise RejectionError(401, rejection.message, {"WWW-Authenticate": "Bearer"}) from None


@VARIANTS.variant("error-response")
class InvalidIs404(Rejections):
    """A request without a valid benchmark_id gets 404."""

    statuses: ClassVar = {422: 404}


@VARIANTS.variant("error-response")
class InvalidIs409(Rejections):
    """Invalid requests get unusual, legal statuses."""

    statuses: ClassVar = {422: 409, 415: 406, 413: 417}


@VARIANTS.variant("error-response")
class ForbiddenNotUnauthorized(Rejections):
    """A request without valid credentials gets 403."""

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RejectionError:
            raise RejectionError(403, "Forbidden") from None


@VARIANTS.variant("error-response")
class OnlyWrongTokensForbidden(Rejections):
    """Missing credentials get 401, wrong ones 403."""

    statuses: ClassVar = {401: 401}

    def is_token(self, token: str) -> bool:
        if not super().is_token(token):
            raise RejectionError(403, "Forbidden")
        return True


class ErrorBody(Reference):
    """Rejects with another body."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(self.dump(self.error(rejection)), rejection.status, rejection.headers, "application/json")

    def error(self, rejection: RejectionError) -> Any:
        raise NotImplementedError


@VARIANTS.variant("error-response")
class EmptyErrors(Reference):
    """Rejections have no body."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(b"", rejection.status, rejection.headers)


@VARIANTS.variant("error-response", warns=True)
class TextErrors(Reference):
    """Rejections are reported in plain text."""

    def reject(self, rejection: RejectionError) -> Response:
        return PlainTextResponse(rejection.message, rejection.status, rejection.headers)


@VARIANTS.variant("error-response", warns=True)
class HtmlErrors(Reference):
    """Rejections are reported in HTML, as a proxy does."""

    def reject(self, rejection: RejectionError) -> Response:
        return HTMLResponse(f"<h1>{rejection.status}</h1>\n<p>It was refused.</p>", rejection.status, rejection.headers)


@VARIANTS.variant("error-response")
class ProblemDetails(Reference):
    """Rejections are reported as problem details."""

    def reject(self, rejection: RejectionError) -> Response:
        problem = {"type": "about:blank", "title": rejection.message, "status": rejection.status}
        return Response(self.dump(problem), rejection.status, rejection.headers, "application/problem+json")


@VARIANTS.variant("error-response")
class DetailList(ErrorBody):
    """Rejections are reported as a list of details, as FastAPI does."""

    def error(self, rejection: RejectionError) -> Any:
        return {"detail": [{"loc": ["body"], "msg": rejection.message, "type": "value_error"}]}


@VARIANTS.variant("error-response")
class ErrorIsAString(ErrorBody):
    """The body of a rejection is a JSON string."""

    def error(self, rejection: RejectionError) -> Any:
        return rejection.message


@VARIANTS.variant("error-response")
class ErrorIsNull(Reference):
    """The body of a rejection is null."""

    def reject(self, rejection: RejectionError) -> Response:
        return Response(b"null", rejection.status, rejection.headers, "application/json")


@VARIANTS.variant("error-response")
class LongErrors(ErrorBody):
    """Rejections are explained at length."""

    def error(self, rejection: RejectionError) -> Any:
        return {"message": rejection.message, "help": ["Read the reference page. " * 400] * 20}
