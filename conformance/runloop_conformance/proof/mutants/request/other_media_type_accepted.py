"""Bodies of another media type that are accepted."""

import re
from typing import Any

from starlette.requests import Request

from runloop_conformance.proof.mutants.json_repair import form
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, start_run, with_body
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
MEDIA_TYPES = RULE + "refuses-other-media-types"


def media_type(name: str, summary: str, taken: str, *witness: WitnessRequest) -> None:
    class Taking(Reference):
        def check_media_type(self, request: Request) -> None:
            if not re.search(taken, request.headers.get("content-type", "")):
                super().check_media_type(request)

    SHOULD.add(name, MEDIA_TYPES, summary, Taking, *witness)


def labelled(content_type: str) -> WitnessRequest:
    return with_body(start_run().body, content_type=content_type)


media_type("any-media-type-taken", "The Content-Type is not checked.", "", labelled("text/plain"))
media_type("text-plain-taken", "JSON labelled text/plain is accepted.", "^text/plain", labelled("text/plain"))
media_type(
    "form-type-taken",
    "JSON labelled as a form, as curl does, is accepted.",
    "^application/x-www-form",
    labelled("application/x-www-form-urlencoded"),
)
media_type(
    "octet-stream-taken",
    "JSON labelled application/octet-stream is accepted.",
    "^application/octet-stream",
    labelled("application/octet-stream"),
)
media_type(
    "xml-type-taken", "JSON labelled as XML is accepted.", "xml", labelled("application/xml"), labelled("text/xml")
)
media_type("html-type-taken", "JSON labelled as HTML is accepted.", "html", labelled("text/html"))
media_type(
    "multipart-type-taken",
    "JSON labelled as multipart is accepted.",
    "^multipart/",
    labelled("multipart/form-data; boundary=x"),
)


@SHOULD.mutant(
    MEDIA_TYPES, with_body(f"benchmark_id={BENCHMARK}".encode(), content_type="application/x-www-form-urlencoded")
)
class FormsTaken(Reference):
    """A form is accepted as well as JSON."""

    is_form = False

    def check_media_type(self, request: Request) -> None:
        self.is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if not self.is_form:
            super().check_media_type(request)

    def parse(self, body: bytes) -> Any:
        return super().parse(form(body) or body) if self.is_form else super().parse(body)
