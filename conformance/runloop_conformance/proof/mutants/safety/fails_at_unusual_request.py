"""Unusual headers, ids and bodies that make the server fail."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request

from runloop_conformance.proof.mutants.changes import RunRequest
from runloop_conformance.proof.mutants.coercion import parsed
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.safety.fails_at_invalid_request import MINIMAL, Failing
from runloop_conformance.proof.mutants.tolerant import as_object
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_body, with_profile

MUTANTS = Mutants(__name__)
FAILS = RULE + "no-server-error"
LAST = MINIMAL[:-1]
UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def failing(name: str, summary: str, condition: Callable[[Request, bytes], object], *witness: WitnessRequest) -> None:
    """Register a server that fails at some requests, whether it should accept or reject them."""

    class FailingSo(Failing):
        statuses = tuple(range(200, 500))

        def fails(self, request: Request, body: bytes) -> bool:
            return bool(condition(request, body))

    MUTANTS.add(f"fails-at-{name}", FAILS, summary, FailingSo, *witness)


def header(name: str, value: str) -> WitnessRequest:
    return with_body(MINIMAL, headers=((name, value),))


def authorized(value: str) -> WitnessRequest:
    return with_body(MINIMAL, authorization=(value,))


def authorization(request: Request) -> str:
    return request.headers.get("authorization", "")


failing(
    "accept",
    "An Accept header without a slash breaks its parsing.",
    lambda request, _: "/" not in request.headers.get("accept", "/"),
    header("accept", "json"),
)
failing(
    "request-id",
    "An X-Request-ID that is no UUID breaks a column.",
    lambda request, _: "x-request-id" in request.headers and not UUID.fullmatch(request.headers["x-request-id"]),
    header("x-request-id", "nightly-1"),
)
failing(
    "trace-parent",
    "A traceparent that is malformed breaks the tracing.",
    lambda request, _: "traceparent" in request.headers and not TRACE_PARENT.fullmatch(request.headers["traceparent"]),
    header("traceparent", "00-x-y-01"),
)
failing(
    "compression",
    "A body that is said to be compressed, and is not, cannot be unpacked.",
    lambda request, body: request.headers.get("content-encoding") == "gzip" and body[:2] != b"\x1f\x8b",
    header("content-encoding", "gzip"),
)
failing(
    "long-token",
    "A token of more than 1,000 characters breaks a column.",
    lambda request, _: len(authorization(request)) > 1000,
    authorized(f"Bearer {'x' * 1000}"),
)
failing(
    "three-part-token",
    "A token in three parts counts as a JWT, and cannot be decoded.",
    lambda request, _: authorization(request).count(".") == 2,
    authorized("Bearer aaaa.bbbb.cccc"),
)
failing(
    "any-query",
    "A query is merged into the body, and its properties are not strings.",
    lambda request, _: request.url.query,
    with_body(MINIMAL, query="a=1"),
)


def ids(matches: Callable[[str], object]) -> Callable[[RunRequest], bool]:
    return lambda run_request: bool(matches(run_request["benchmark_id"]))


for name, summary, wanted, sample in (
    ("slash-in-id", "A slash in the benchmark's id breaks a path.", re.compile("/").search, "bmd/30xCT"),
    ("id-beyond-ascii", "A benchmark's id that is not ASCII breaks a URL.", re.compile(r"[^\0-\x7f]").search, "bmd_ü"),
    ("empty-id", "An empty benchmark's id breaks the key of a cache.", re.compile(r"\A\Z").search, ""),
    (
        "huge-id",
        "A benchmark's id of more than 1,000 characters breaks a key.",
        re.compile(".{1001}").search,
        "b" * 1001,
    ),
    ("long-id", "A benchmark's id of more than 64 characters breaks a column.", re.compile(".{65}").search, "b" * 65),
):
    MUTANTS.reject(f"fails-at-{name}", FAILS, summary, ids(wanted), start_run(benchmark_id=sample), status=500)


def mounts_in(body: bytes) -> list[Any]:
    condition = as_object(as_object(read(body)).get("runProfile")).get("mounts")
    return condition if isinstance(condition, list) else []


def read(body: bytes) -> Any:
    try:
        return parsed(body.decode())
    except (ValueError, RecursionError):
        return None


def keys_in(value: Any) -> Iterable[str]:
    """Return the keys of a body and of its metadata."""
    return [*as_object(value), *as_object(as_object(value).get("metadata"))]


MOUNTS = {"object_mount", "agent_mount", "code_mount", "file_mount"}
failing(
    "unknown-mount",
    "A mount of a type that is not known finds no handler.",
    lambda _, body: any(isinstance(kind := as_object(mount).get("type"), str) and kind not in MOUNTS
                        for mount in mounts_in(body)),
    with_profile(mounts=[{"type": "nfs_mount"}]),
)  # fmt: skip
failing(
    "null-mount",
    "A mount that is null is dereferenced.",
    lambda _, body: None in mounts_in(body),
    with_profile(mounts=[None]),
)
failing(
    "surrogate-in-key",
    "A lone surrogate in a key cannot be encoded.",
    lambda _, body: any(re.search("[\ud800-\udfff]", key) for key in keys_in(read(body))),
    start_run(metadata={"\ud800": "x"}),
)
failing(
    "deep-arrays",
    "Arrays of more than 500 levels exhaust the stack.",
    lambda _, body: body.count(b"[") > 500,
    with_body(LAST + b', "more": ' + b"[" * 501 + b"]" * 501 + b"}"),
)
failing(
    "large-exponent",
    "A number whose exponent has three digits is infinite.",
    lambda _, body: re.search(rb":\s*-?[0-9.]+[eE]\+?[0-9]{3}", body),
    with_body(LAST + b', "more": 1e400}'),
)
