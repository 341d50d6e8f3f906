"""Requests that have to be rejected and make the server fail."""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_body, with_profile
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
FAILS = RULE + "no-server-error"
MINIMAL = start_run().body
LAST = MINIMAL[:-1]
WRONG = "Bearer wr0ng-{token}"


class Failing(Reference):
    """Fails at some of the requests that should be rejected."""

    statuses: tuple[int, ...] = (422,)
    status = 500

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if response.status_code in self.statuses and self.fails(request, await self.read(request)):
            return self.reject(RejectionError(self.status, "Internal Server Error"))
        return response

    async def read(self, request: Request) -> bytes:
        # The stream of a request can be read only once.
        if not hasattr(request.state, "body"):
            request.state.body = b""
            request.state.body = await super().read(request)
        body: bytes = request.state.body
        return body

    def fails(self, request: Request, body: bytes) -> bool:
        raise NotImplementedError


def failing(
    name: str,
    summary: str,
    statuses: tuple[int, ...],
    condition: Callable[[Request, bytes], object],
    *witness: WitnessRequest,
) -> None:
    class FailingSo(Failing):
        def fails(self, request: Request, body: bytes) -> bool:
            return bool(condition(request, body))

    FailingSo.statuses = statuses
    MUTANTS.add(f"fails-at-{name}", FAILS, summary, FailingSo, *witness)


def always(_request: Request, _body: bytes) -> bool:
    return True


def matches(pattern: bytes) -> Callable[[Request, bytes], object]:
    return lambda _request, body: re.search(pattern, body, re.DOTALL)


failing(
    "missing-id",
    "A missing benchmark_id is a KeyError.",
    (422,),
    lambda _, body: b"benchmark_id" not in body and body[:1] == b"{",
    with_body({}),
)
failing(
    "null-id",
    "A benchmark_id that is null is dereferenced.",
    (422,),
    matches(rb'"benchmark_id"\s*:\s*null'),
    with_body({"benchmark_id": None}),
)
failing(
    "number-for-id",
    "A benchmark_id that is a number has no length.",
    (422,),
    matches(rb'"benchmark_id"\s*:\s*-?\d'),
    with_body({"benchmark_id": 1}),
)
failing(
    "object-for-name",
    "A run_name that is an object is a TypeError.",
    (422,),
    matches(rb'"run_name"\s*:\s*\{'),
    start_run(run_name={}),
)
failing(
    "text-for-metadata",
    "Metadata that is text has no items.",
    (422,),
    matches(rb'"metadata"\s*:\s*"'),
    start_run(metadata="x"),
)
failing(
    "array-for-metadata",
    "Metadata that is an array has no items.",
    (422,),
    matches(rb'"metadata"\s*:\s*\['),
    start_run(metadata=[]),
)
failing(
    "text-for-profile",
    "A runProfile that is text has no properties.",
    (422,),
    matches(rb'"runProfile"\s*:\s*"'),
    start_run(runProfile="x"),
)
failing(
    "array-for-variables",
    "Variables in an array have no items.",
    (422,),
    matches(rb'"envVars"\s*:\s*\['),
    with_profile(envVars=[]),
)
failing(
    "number-in-metadata",
    "A number in metadata cannot be joined.",
    (422,),
    matches(rb'"metadata"\s*:\s*\{[^}]*:\s*\d'),
    start_run(metadata={"a": 1}),
)
failing("array-body", "A body that is an array has no properties.", (422,), matches(rb"^\s*\["), with_body([]))
failing("null-body", "A body that is null is dereferenced.", (422,), matches(rb"^\s*null"), with_body(b"null"))
failing("text-body", "A body that is a string has no properties.", (422,), matches(rb'^\s*"'), with_body("x"))
failing("empty-body", "An empty body is not expected.", (400,), lambda _, body: not body, with_body(b""))
failing("blank-body", "A body of white space is not expected.", (400,), matches(rb"\A\s+\Z"), with_body(b" "))
failing(
    "truncated-body", "A truncated body is not expected.", (400,), matches(rb"\A\s*\{.*[^}\s]\s*\Z"), with_body(LAST)
)
failing(
    "unreadable-body",
    "Whatever is not JSON is a JSONDecodeError.",
    (400,),
    matches(rb"\A\s*[^\s{\[]"),
    with_body(b"nothing like JSON"),
)
failing(
    "trailing-garbage",
    "Trailing garbage is not expected.",
    (400,),
    matches(rb"\}\s*[^}\s]+\s*\Z"),
    with_body(MINIMAL + b"x"),
)
failing(
    "bad-utf-8",
    "Bytes that are not UTF-8 are a UnicodeDecodeError.",
    (400,),
    lambda _, body: "\ufffd" in body.decode("utf-8", "replace"),
    with_body(LAST + b', "run_name": "\xff"}'),
)
failing("nul", "U+0000 breaks the database.", (400,), matches(rb"\\u0000"), start_run(run_name="a\0b"))
failing(
    "lone-surrogate",
    "A lone surrogate cannot be encoded.",
    (400,),
    matches(rb"(?i)\\ud[89a-f]"),
    start_run(run_name="\ud800"),
)
failing(
    "deep-nesting",
    "Deep nesting exhausts the stack.",
    (400, 422),
    matches(rb"\[{90}|(\{[^{}]*){90}"),
    with_body(LAST + b', "runProfile": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}"),
    with_body(b"[" * 5000),
)
failing("large-body-refused", "A body that is too large breaks a proxy.", (413,), always, with_body(b" " * 1_100_000))
failing(
    "duplicate-key",
    "A duplicate key is an assertion that fails.",
    (400,),
    lambda _, body: body.count(b'"benchmark_id"') > 1,
    with_body(b'{"benchmark_id":"a","benchmark_id":"b"}'),
)
failing(
    "not-a-number",
    "NaN cannot be stored.",
    (400,),
    matches(rb"\bNaN\b|\bInfinity\b"),
    with_body(LAST + b', "more": NaN}'),
)
failing(
    "byte-order-mark",
    "A byte order mark is not expected.",
    (400,),
    matches(rb"^\xef\xbb\xbf"),
    with_body(b"\xef\xbb\xbf" + MINIMAL),
)
failing(
    "other-media-type",
    "Another media type finds no parser.",
    (415,),
    always,
    with_body(MINIMAL, content_type="text/plain"),
)
failing(
    "other-charset",
    "A charset that is not known is a LookupError.",
    (415,),
    lambda request, _: "charset" in request.headers.get("content-type", ""),
    with_body(MINIMAL, content_type="application/json; charset=latin-1"),
)
failing(
    "wrong-token",
    "A wrong token cannot be decoded.",
    (401,),
    lambda request, _: request.headers.get("authorization", "").startswith("Bearer "),
    with_body(MINIMAL, authorization=(WRONG,)),
)
failing(
    "token-beyond-ascii",
    "Python's compare_digest takes no text beyond ASCII.",
    (400, 401),
    lambda request, _: not request.headers.get("authorization", "").isascii(),
    with_body(MINIMAL, authorization=("Bearer t\xf6k\xe9n",)),
)
failing(
    "missing-header",
    "A missing Authorization header is a KeyError.",
    (401,),
    lambda request, _: "authorization" not in request.headers,
    with_body(MINIMAL, authorization=()),
)
failing(
    "scheme-alone",
    "A header without a token is an IndexError.",
    (400,),
    lambda request, _: request.headers.get("authorization", "").strip() in {"Bearer", "bearer"},
    with_body(MINIMAL, authorization=("Bearer",)),
)
failing(
    "empty-header",
    "An empty Authorization header is an IndexError.",
    (400,),
    lambda request, _: not request.headers.get("authorization", "x"),
    with_body(MINIMAL, authorization=("",)),
)
failing(
    "doubled-header",
    "A doubled Authorization header is an assertion that fails.",
    (400,),
    lambda request, _: len(request.headers.getlist("authorization")) > 1,
    with_body(MINIMAL, authorization=(WRONG, WRONG)),
)
failing(
    "basic",
    "Basic credentials are decoded, and are not base64.",
    (401,),
    lambda request, _: request.headers.get("authorization", "").lower().startswith("basic"),
    with_body(MINIMAL, authorization=("Basic x",)),
)
failing("get", "GET has no handler.", (405,), lambda request, _: request.method == "GET", with_body(b"", method="GET"))
failing(
    "delete",
    "DELETE has no handler.",
    (405,),
    lambda request, _: request.method == "DELETE",
    with_body(b"", method="DELETE"),
)
failing(
    "trace",
    "TRACE has no handler.",
    (405,),
    lambda request, _: request.method == "TRACE",
    with_body(b"", method="TRACE"),
)
failing(
    "huge-number",
    "A number beyond all bounds cannot be converted.",
    (422,),
    matches(rb"\d{20}|[eE]\d{3}"),
    with_body(LAST + b', "run_name": 1' + b"0" * 400 + b"}"),
)


@MUTANTS.mutant(RULE + "no-server-error", WitnessRequest(b"{"))
class EveryRefusalFails(Reference):
    """What is raised to reject a request is handled nowhere."""

    def reject(self, rejection: RejectionError) -> Response:
        return super().reject(RejectionError(500, rejection.message))
