"""Responses whose body is not one JSON value in UTF-8."""

import gzip
import html
import json
import re
from collections.abc import Callable

from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, repeated, start_run, with_profile
from runloop_conformance.proof.mutants.written_response import LONG, json_response, rewrite_response
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
JSON_RESPONSE = RULE + "json-answer"
EXACT = RULE + "json-answer-exact"
QUOTED = start_run(run_name='say "hi"')
ACCENTED = start_run(run_name="café")
Rewrite = Callable[[bytes], bytes]


def rewrite(mutants: Mutants, name: str, summary: str, change: Rewrite, *witness: WitnessRequest, nth: int = 1) -> None:
    """Register a server that changes the bytes of its 200 responses."""
    breaks = JSON_RESPONSE if mutants.level == "must" else EXACT

    class Rewritten(Reference):
        def accept(self, run: Run) -> Response:
            right = self.dump(run)
            return Response(right if self.runs % nth else change(right), media_type="application/json")

    mutants.add(name, breaks, summary, Rewritten, *witness)


def python_words(raw: bytes) -> bytes:
    return repr(json.loads(raw)).encode()


NOT_JSON: tuple[tuple[str, str, Rewrite], ...] = (
    ("answer-empty", "A 200 has an empty body.", lambda _: b""),
    ("answer-truncated", "A 200 ends before its JSON does.", lambda raw: raw[:-20]),
    ("answer-without-its-brace", "A 200 lacks its last brace.", lambda raw: raw[:-1]),
    ("answer-with-garbage", "Something follows the JSON of a 200.", lambda raw: raw + b"<!-- 12 ms -->"),
    ("answer-twice", "A 200 holds its JSON twice.", lambda raw: raw + b"\n" + raw),
    ("answer-guarded", "A 200 begins with a guard against inclusion.", lambda raw: b")]}',\n" + raw),
    ("answer-called-back", "A 200 is the call of a function.", lambda raw: b"callback(" + raw + b");"),
    ("answer-in-python", "A 200 is written as Python writes objects.", python_words),
    ("answer-in-html", "A 200 is a page.", lambda raw: b"<pre>" + html.escape(raw.decode()).encode() + b"</pre>"),
    (
        "answer-html-escaped",
        "The JSON of a 200 is escaped for HTML.",
        lambda raw: html.escape(raw.decode()).encode(),
    ),
    ("answer-in-a-string", "A 200 is JSON in a string.", lambda raw: json.dumps(raw.decode()).encode()),
    ("answer-in-utf-16", "A 200 is in UTF-16.", lambda raw: raw.decode().encode("utf-16")),
    ("answer-with-comma", "A comma follows the last property.", lambda raw: raw[:-1] + b",}"),
    (
        "answer-with-nan",
        "A score that is not known is NaN.",
        lambda raw: raw.replace(b'"score":null', b'"score":NaN'),
    ),
    (
        "answer-with-infinity",
        "A duration that is not known is Infinity.",
        lambda raw: raw.replace(b'"duration_ms":null', b'"duration_ms":Infinity'),
    ),
    (
        "answer-with-undefined",
        "A null is written as undefined.",
        lambda raw: re.sub(rb":null\b", b":undefined", raw),
    ),
    (
        "answer-as-a-form",
        "A 200 is a form.",
        lambda raw: b"&".join(b"%s=%s" % (str(k).encode(), str(v).encode()) for k, v in json.loads(raw).items()),
    ),
    ("answer-as-an-event", "A 200 is an event of a stream.", lambda raw: b"data: " + raw + b"\n\n"),
    ("answer-null", "A 200 is null.", lambda _: b"null"),
)
for name, summary, change in NOT_JSON:
    rewrite(MUTANTS, name, summary, change)
rewrite(
    MUTANTS,
    "answer-truncated-now-and-then",
    "One 200 in eight is truncated.",
    lambda raw: raw[: len(raw) // 2],
    *repeated(8, start_run()),
    nth=8,
)
rewrite(
    MUTANTS,
    "answer-truncated-at-1024",
    "A 200 is cut at 1,024 bytes.",
    lambda raw: raw[:1024],
    start_run(metadata={"a": "x" * 900, "b": "x" * 900}),
)
rewrite(
    MUTANTS,
    "answer-truncated-at-65535",
    "A 200 is cut at 65,535 bytes.",
    lambda raw: raw[:65535],
    start_run(metadata={f"{number}": "ü" * 900 for number in range(60)}),
)
rewrite(
    MUTANTS,
    "answer-cut-by-characters",
    "A 200 is as many bytes long as it has characters.",
    lambda raw: raw[: len(raw.decode())],
    ACCENTED,
)
rewrite(
    MUTANTS,
    "answer-in-latin-1",
    "A 200 is in Latin-1.",
    lambda raw: raw.decode().encode("latin-1", "replace"),
    ACCENTED,
)
rewrite(
    MUTANTS,
    "answer-in-latin-1-where-it-fits",
    "A 200 that fits Latin-1 is in Latin-1.",
    lambda raw: raw.decode().encode("latin-1") if max(map(ord, raw.decode())) < 256 else raw,
    ACCENTED,
)
rewrite(
    MUTANTS,
    "answer-in-cp1252",
    "A 200 is in Windows-1252.",
    lambda raw: raw.decode().encode("cp1252", "replace"),
    start_run(run_name="“quoted”"),
)
rewrite(
    MUTANTS,
    "answer-with-cesu-8",
    "What is beyond the BMP is written as surrogates of three bytes each.",
    lambda raw: b"".join(
        unit.encode("utf-8", "surrogatepass")
        for unit in map(chr, memoryview(raw.decode().encode("utf-16-le")).cast("H"))
    ),
    start_run(run_name="\U0001f3c3"),
)
rewrite(
    MUTANTS,
    "answer-with-raw-line-breaks",
    "Line breaks in strings are not escaped.",
    lambda raw: raw.replace(rb"\n", b"\n"),
    start_run(run_name="one\ntwo"),
)
rewrite(
    MUTANTS,
    "answer-with-raw-quotes",
    "The response is a template: quotes are not escaped.",
    lambda raw: raw.replace(rb"\"", b'"'),
    QUOTED,
)
rewrite(
    MUTANTS,
    "answer-with-raw-backslashes",
    "The response is a template: backslashes are not escaped.",
    lambda raw: raw.replace(rb"\\", b"\\"),
    start_run(run_name="a\\qb"),
)
rewrite(
    MUTANTS,
    "answer-with-hexadecimal-escapes",
    "Control characters are escaped as JavaScript may.",
    lambda raw: re.sub(rb"\\u00([0-9a-f]{2})", rb"\\x\1", raw),
    start_run(run_name="a\x01b"),
)
rewrite(
    MUTANTS,
    "answer-with-escaped-apostrophes",
    "Apostrophes are escaped.",
    lambda raw: raw.replace(b"'", b"\\'"),
    start_run(run_name="it's"),
)
rewrite(
    MUTANTS,
    "answer-empty-with-profile",
    "A 200 to a request with variables is empty.",
    lambda raw: raw if b'"environment_variables":{}' in raw else b"",
    with_profile(envVars={"A": "1"}),
)
NOT_EXACT: tuple[tuple[str, str, Rewrite], ...] = (
    ("answer-with-mark", "A 200 begins with a byte order mark.", lambda raw: b"\xef\xbb\xbf" + raw),
    (
        "answer-with-two-ids",
        "The id is there twice.",
        lambda raw: re.sub(rb'"id":("[^"]*")', rb'"id":\1,"id":\1', raw, count=1),
    ),
    ("answer-with-two-states", "The state is there twice.", lambda raw: raw[:-1] + b',"state":"running"}'),
    (
        "answer-with-float-time",
        "The start time is spelled with a fraction of zero.",
        lambda raw: re.sub(rb'("start_time_ms":\d+)', rb"\1.0", raw),
    ),
    (
        "answer-with-exponent-time",
        "The start time is spelled with an exponent.",
        lambda raw: re.sub(rb'("start_time_ms":)(\d)(\d+)', rb"\1\2.\3E12", raw),
    ),
)
for name, summary, change in NOT_EXACT:
    rewrite(SHOULD, name, summary, change)
rewrite(
    SHOULD,
    "answer-with-two-members",
    "The first property of metadata is there twice.",
    lambda raw: re.sub(rb'("metadata":\{)("[^"]*":"[^"\\]*")', rb"\1\2,\2", raw),
    start_run(metadata={"a": "1"}),
)
rewrite(
    SHOULD,
    "answer-with-float-duration",
    "The duration is spelled as a float.",
    lambda raw: raw.replace(b'"running"', b'"completed"').replace(
        b'"duration_ms":null,"score":null', b'"duration_ms":1250.0,"score":1'
    ),
)
rewrite_response(
    MUTANTS,
    "answer-labelled-hal-with-variables",
    JSON_RESPONSE,
    "A 200 to a request with variables is labelled application/hal+json.",
    lambda run, body: json_response(
        body, content_type=f"application/{'hal+' * bool(run['environment_variables'])}json"
    ),
    with_profile(envVars={"A": "1"}),
)
rewrite_response(
    MUTANTS,
    "answer-compressed-unlabelled",
    JSON_RESPONSE,
    "A 200 of more than 4 KB is compressed, and does not say so.",
    lambda _, body: json_response(gzip.compress(body, mtime=0) if len(body) > 4096 else body),
    start_run(metadata={f"{number}": LONG for number in range(5)}),
)
rewrite_response(
    MUTANTS,
    "answer-labelled-compressed-when-large",
    RULE + "always-answers",
    "A 200 of more than 2,000 bytes is labelled as compressed, and is not.",
    lambda _, body: json_response(body, **{"content_encoding": "gzip"} if len(body) > 2000 else {}),
    start_run(metadata={"a": LONG, "b": LONG, "c": LONG}),
)
