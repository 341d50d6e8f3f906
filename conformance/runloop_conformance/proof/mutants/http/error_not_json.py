"""Error responses whose body is not JSON."""

from typing import Any

from starlette.responses import Response

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()


def with_method(method: str) -> WitnessRequest:
    return with_body(start_run().body, method=method)


ERRORS = RULE + "json-errors"


class Errors(Reference):
    """Rejects with another body."""

    body: bytes = b"The request was refused."
    content_type = "text/plain"

    def reject(self, rejection: RejectionError) -> Response:
        return Response(self.body, rejection.status, rejection.headers, self.content_type)


INVALID = with_body({"benchmark_id": 1})


@SHOULD.mutant(ERRORS, INVALID, with_body([]))
class ErrorsInText(Errors):
    """A rejection is reported in plain text."""


@SHOULD.mutant(ERRORS, INVALID)
class ErrorsInHtml(Errors):
    """A rejection is reported in HTML."""

    body = b"<!doctype html><title>Bad Request</title><h1>Bad Request</h1>"
    content_type = "text/html"


@SHOULD.mutant(ERRORS, INVALID)
class ErrorsInXml(Errors):
    """A rejection is reported in XML."""

    body = b"<Error><Code>InvalidRequest</Code></Error>"
    content_type = "application/xml"


@SHOULD.mutant(ERRORS, INVALID)
class ErrorsLabelledOnly(Errors):
    """A rejection is labelled JSON, and is text."""

    content_type = "application/json"


@SHOULD.mutant(ERRORS, INVALID)
class ErrorsTruncated(Errors):
    """The JSON of a rejection ends too early."""

    body = b'{"message": "The request was ref'
    content_type = "application/json"


@SHOULD.mutant(ERRORS, with_body(b"{"))
class UnreadableToldInHtml(Errors):
    """A body that is not JSON is rejected by the framework, in HTML."""

    content_type = "text/html"

    def reject(self, rejection: RejectionError) -> Response:
        return super().reject(rejection) if rejection.status == 400 else Reference.reject(self, rejection)


@SHOULD.mutant(ERRORS, with_body(start_run().body, authorization=()))
class UnauthorizedToldInText(Errors):
    """The 401 response is plain text."""

    def reject(self, rejection: RejectionError) -> Response:
        return super().reject(rejection) if rejection.status == 401 else Reference.reject(self, rejection)


@SHOULD.mutant(ERRORS, INVALID)
class ErrorsInPython(Errors):
    """A rejection is written as Python writes objects."""

    def reject(self, rejection: RejectionError) -> Response:
        body: Any = repr({"message": rejection.message, "retry": False})
        return Response(body, rejection.status, rejection.headers, "application/json")


class OneTold(Errors):
    """Rejects with another body for one status."""

    body = b"<!doctype html><title>Error</title><h1>Error</h1>"
    content_type = "text/html"
    status = 422

    def reject(self, rejection: RejectionError) -> Response:
        return super().reject(rejection) if rejection.status == self.status else Reference.reject(self, rejection)


@SHOULD.mutant(ERRORS, INVALID)
class InvalidToldInHtml(OneTold):
    """What is invalid is reported by the framework, in HTML."""


@SHOULD.mutant(ERRORS, with_body(start_run().body, content_type="text/plain"))
class MediaTypeToldInHtml(OneTold):
    """Another media type is rejected by the framework, in HTML."""

    status = 415


@SHOULD.mutant(ERRORS, with_method("PUT"))
class MethodToldInText(OneTold):
    """The rejection of another method is labelled JSON, and is text."""

    status = 405
    body = b"Method Not Allowed"
    content_type = "application/json"
