"""Faults in what methods do that are seldom sent, and in how single refusals are told."""

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.bodies import ERRORS, INVALID, Errors
from runloop_conformance.proof.mutants.fault import Chapter, ask, sent
from runloop_conformance.proof.mutants.methods import ONLY_POST, by
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("http")
fault, should_fault = CHAPTER.fault, CHAPTER.should().fault

STANDARD = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}


@fault(ONLY_POST, sent(ask().body, method="GET", headers=(("x-http-method-override", "POST"),)))
class MethodOverridden(Reference):
    """Any method starts a run where X-HTTP-Method-Override says POST."""

    def check_method(self, request: Request) -> None:
        if request.headers.get("x-http-method-override", "").upper() != "POST":
            super().check_method(request)


@fault(ONLY_POST, by("PROPFIND"))
class UnknownMethodsStartARun(Reference):
    """A method that the framework does not know goes to the handler of POST."""

    def check_method(self, request: Request) -> None:
        if request.method in STANDARD:
            super().check_method(request)


class OneTold(Errors):
    """Tells the refusals of one status in its own way."""

    body = b"<!doctype html><title>Error</title><h1>Error</h1>"
    content_type = "text/html"
    status = 422

    def refuse(self, refusal: RefusalError) -> Response:
        return super().refuse(refusal) if refusal.status == self.status else Reference.refuse(self, refusal)


@should_fault(ERRORS, INVALID)
class InvalidToldInHtml(OneTold):
    """What is invalid is told by the framework, in HTML."""


@should_fault(ERRORS, sent(ask().body, content_type="text/plain"))
class MediaTypeToldInHtml(OneTold):
    """Another media type is refused by the framework, in HTML."""

    status = 415


@should_fault(ERRORS, by("PUT"))
class MethodToldInText(OneTold):
    """The refusal of another method is labelled JSON, and is text."""

    status = 405
    body = b"Method Not Allowed"
    content_type = "application/json"
