"""Valid requests that are rejected for the spelling of their JSON or of a header."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK, WitnessRequest, start_run, with_body
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
VALID = RULE + "accepts-valid"
SPELLING = RULE + "accepts-spelling"


class Spelled(Reference):
    """Rejects some spellings of a body."""

    unwanted = rb"^[^{]"

    def parse(self, body: bytes) -> Any:
        if re.search(self.unwanted, body, re.DOTALL):
            raise RejectionError(400, "The body cannot be read.")
        return super().parse(body)


def spelled(text: str) -> WitnessRequest:
    return with_body(text.replace("ID", f'"{BENCHMARK}"').encode())


@MUTANTS.mutant(SPELLING, spelled(' \r\n\t{"benchmark_id":ID}'))
class LeadingBlankRefused(Spelled):
    """White space before the body is rejected."""


@MUTANTS.mutant(SPELLING, spelled('{"benchmark_id":ID}\n'))
class TrailingLineBreakRefused(Spelled):
    """A line break after the body is rejected."""

    unwanted = rb"\s\Z"


@MUTANTS.mutant(SPELLING, spelled('{\n\t"benchmark_id" : ID\n}'))
class IndentedRefused(Spelled):
    """White space inside the body is rejected, where a line breaks."""

    unwanted = rb"\S[^\S\n]*\n\s*\S"


@MUTANTS.mutant(SPELLING, spelled('{"benchmark_id":ID,"run_name":"caf\\u00e9"}'))
class EscapesRefused(Spelled):
    """Escapes of more than two characters are rejected."""

    unwanted = rb"\\u"


@MUTANTS.mutant(SPELLING, spelled('{"benchmark_id":ID,"run_name":"\\ud83c\\udfc3"}'))
class EscapedPairsRefused(Spelled):
    """Escapes of surrogates are rejected, also in pairs."""

    unwanted = rb"(?i)\\ud[89a-f]"


@MUTANTS.mutant(SPELLING, spelled('{"run_name":"x","benchmark_id":ID}'))
class OrderMatters(Spelled):
    """The benchmark's id has to come first."""

    unwanted = rb'\A\s*\{\s*"(?!benchmark_id")'


@MUTANTS.mutant(SPELLING, spelled('{"bench\\u006dark_id":ID}'))
class EscapedKeysUnread(Reference):
    """Escapes in keys are left as they are."""

    def decode(self, body: bytes) -> str:
        # A string may lack its closing quote here, which makes the scan linear.
        return re.sub(r'"((?:[^"\\]|\\.)*+)("?)(\s*:)?', self.unread, super().decode(body), flags=re.DOTALL)

    def unread(self, match: re.Match[str]) -> str:
        is_escaped_key = match[3] and re.search(r"\\u00[2-7]", match[1])
        return rf'"\\{match[1]}"{match[3]}' if is_escaped_key else match[0]


@MUTANTS.mutant(SPELLING, spelled('{"benchmark_id":ID,"run_name":"a\\/b"}'))
class EscapedSlashKept(Reference):
    """The backslash of an escaped slash is kept."""

    def decode(self, body: bytes) -> str:
        return super().decode(body).replace(r"\/", r"\\/")


class ContentTypes(Reference):
    """Rejects some spellings of the media type."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if self.unwanted(request.headers.get("content-type", "")):
            raise RejectionError(415, "The body has to be application/json.")

    def unwanted(self, content_type: str) -> bool:
        return ";" in content_type


@MUTANTS.mutant(SPELLING, with_body(start_run().body, content_type="application/json; charset=utf-8"))
class CharsetRefused(ContentTypes):
    """A Content-Type with a charset is rejected."""


@MUTANTS.mutant(SPELLING, with_body(start_run().body, content_type="application/json;charset=utf-8"))
class CharsetWithoutBlankRefused(ContentTypes):
    """A charset without a blank before it is rejected."""

    def unwanted(self, content_type: str) -> bool:
        return bool(re.search(r";\S", content_type))


MINIMAL = start_run().body


class Choosy(Reference):
    """Rejects some valid requests because of their headers."""

    status = 406

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code == 200 and self.unwanted(request):
            return self.reject(RejectionError(self.status, "The request is not acceptable."))
        return response

    def unwanted(self, request: Request) -> bool:
        return "accept" not in request.headers


@MUTANTS.mutant(VALID)
class AcceptRequired(Choosy):
    """A request without an Accept header is rejected."""


@MUTANTS.mutant(VALID, with_body(MINIMAL, headers=(("accept", "*/*"),)))
class AcceptOfAnythingRefused(Choosy):
    """An Accept header that takes anything is rejected."""

    def unwanted(self, request: Request) -> bool:
        return request.headers.get("accept") == "*/*"


@MUTANTS.mutant(SPELLING, with_body(MINIMAL, content_type="application/json; charset=UTF-8"))
class CharsetInCapitalsRefused(ContentTypes):
    """A charset in capitals is rejected."""

    def unwanted(self, content_type: str) -> bool:
        return "UTF-8" in content_type


@MUTANTS.mutant(SPELLING, with_body(MINIMAL, content_type="Application/JSON"))
class TypeInCapitalsRefused(ContentTypes):
    """A media type with capital letters is rejected."""

    def unwanted(self, content_type: str) -> bool:
        return bool(re.match("[A-Z]", content_type))


@MUTANTS.mutant(SPELLING, spelled('{\t"benchmark_id":\tID\r\n}'))
class TabsRefused(Spelled):
    """Tabs and carriage returns between tokens are rejected."""

    unwanted = rb"[\t\r]"
