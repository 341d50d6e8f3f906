"""Faults in how an answer is written: its label, its encoding, its JSON."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import RULE, Ask, Chapter, Run, ask, profile, sent, times
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("http")
SHOULD = CHAPTER.should()
fault, should_fault = CHAPTER.fault, SHOULD.fault

ANSWER = RULE + "json-answer"
EXACT = RULE + "json-answer-exact"
ERRORS = RULE + "json-errors"
NAMED = ask(run_name="nightly")
QUOTED = ask(run_name='say "hi"')
ACCENTED = ask(run_name="café")

# --- the label ---


def label(name: str, summary: str, content_type: str | None, *witness: Ask, nth: int = 1) -> None:
    class Labelled(Reference):
        def answer(self, run: Run) -> Response:
            if self.runs % nth:
                return super().answer(run)
            return Response(self.dump(run), headers={} if content_type is None else {"Content-Type": content_type})

    CHAPTER.add(name, ANSWER, summary, Labelled, *witness)


label("answer-unlabelled", "A 200 has no Content-Type.", None)
label("answer-labelled-text", "A 200 is labelled text/plain.", "text/plain; charset=utf-8")
label("answer-labelled-html", "A 200 is labelled text/html.", "text/html; charset=utf-8")
label("answer-labelled-octets", "A 200 is labelled application/octet-stream.", "application/octet-stream")
label("answer-labelled-javascript", "A 200 is labelled as JavaScript.", "text/javascript")
label("answer-labelled-text-json", "A 200 is labelled text/json.", "text/json")
label("answer-labelled-vaguely", "A 200 is labelled with a type that is none.", "json")
label("answer-labelled-lines", "A 200 is labelled as lines of JSON.", "application/x-ndjson")
label(
    "answer-labelled-html-now-and-then", "One 200 in eight is labelled text/html.", "text/html", *times(8, ask()), nth=8
)


# --- what is not JSON, or not one value of it ---

Rewrite = Callable[[bytes], bytes]


def rewrite(chapter: Chapter, name: str, summary: str, change: Rewrite, *witness: Ask, nth: int = 1) -> None:
    """Register a server that writes its answers to accepted requests, and changes them then."""
    breaks = ANSWER if chapter.level == "must" else EXACT

    class Rewritten(Reference):
        def answer(self, run: Run) -> Response:
            right = self.dump(run)
            return Response(right if self.runs % nth else change(right), media_type="application/json")

    chapter.add(name, breaks, summary, Rewritten, *witness)


def python_words(given: bytes) -> bytes:
    return repr(json.loads(given)).encode()


NOT_JSON: tuple[tuple[str, str, Rewrite], ...] = (
    ("answer-empty", "A 200 has an empty body.", lambda _: b""),
    ("answer-truncated", "A 200 ends before its JSON does.", lambda given: given[:-20]),
    ("answer-without-its-brace", "A 200 lacks its last brace.", lambda given: given[:-1]),
    ("answer-with-garbage", "Something follows the JSON of a 200.", lambda given: given + b"<!-- 12 ms -->"),
    ("answer-twice", "A 200 holds its JSON twice.", lambda given: given + b"\n" + given),
    ("answer-guarded", "A 200 begins with a guard against inclusion.", lambda given: b")]}',\n" + given),
    ("answer-called-back", "A 200 is the call of a function.", lambda given: b"callback(" + given + b");"),
    ("answer-in-python", "A 200 is written as Python writes objects.", python_words),
    ("answer-in-html", "A 200 is a page.", lambda given: b"<pre>" + html.escape(given.decode()).encode() + b"</pre>"),
    (
        "answer-html-escaped",
        "The JSON of a 200 is escaped for HTML.",
        lambda given: html.escape(given.decode()).encode(),
    ),
    ("answer-in-a-string", "A 200 is JSON in a string.", lambda given: json.dumps(given.decode()).encode()),
    ("answer-in-utf-16", "A 200 is in UTF-16.", lambda given: given.decode().encode("utf-16")),
    ("answer-with-comma", "A comma follows the last member.", lambda given: given[:-1] + b",}"),
    (
        "answer-with-nan",
        "A score that is not known is NaN.",
        lambda given: given.replace(b'"score":null', b'"score":NaN'),
    ),
    (
        "answer-with-infinity",
        "A duration that is not known is Infinity.",
        lambda given: given.replace(b'"duration_ms":null', b'"duration_ms":Infinity'),
    ),
    ("answer-with-undefined", "What is null is undefined.", lambda given: re.sub(rb":null\b", b":undefined", given)),
    (
        "answer-as-a-form",
        "A 200 is a form.",
        lambda given: b"&".join(b"%s=%s" % (str(k).encode(), str(v).encode()) for k, v in json.loads(given).items()),
    ),
    ("answer-as-an-event", "A 200 is an event of a stream.", lambda given: b"data: " + given + b"\n\n"),
    ("answer-null", "A 200 is null.", lambda _: b"null"),
)
for name, summary, change in NOT_JSON:
    rewrite(CHAPTER, name, summary, change)
rewrite(
    CHAPTER,
    "answer-truncated-now-and-then",
    "One 200 in eight is truncated.",
    lambda given: given[: len(given) // 2],
    *times(8, ask()),
    nth=8,
)
rewrite(
    CHAPTER,
    "answer-truncated-at-1024",
    "A 200 is cut at 1,024 bytes.",
    lambda given: given[:1024],
    ask(metadata={"a": "x" * 900, "b": "x" * 900}),
)
rewrite(
    CHAPTER,
    "answer-truncated-at-65535",
    "A 200 is cut at 65,535 bytes.",
    lambda given: given[:65535],
    ask(metadata={f"{number}": "ü" * 900 for number in range(60)}),
)
rewrite(
    CHAPTER,
    "answer-cut-by-characters",
    "A 200 is as many bytes long as it has characters.",
    lambda given: given[: len(given.decode())],
    ACCENTED,
)
rewrite(
    CHAPTER,
    "answer-in-latin-1",
    "A 200 is in Latin-1.",
    lambda given: given.decode().encode("latin-1", "replace"),
    ACCENTED,
)
rewrite(
    CHAPTER,
    "answer-in-latin-1-where-it-fits",
    "A 200 all of whose characters are in Latin-1 is sent so.",
    lambda given: given.decode().encode("latin-1") if max(map(ord, given.decode())) < 256 else given,
    ACCENTED,
)
rewrite(
    CHAPTER,
    "answer-in-cp1252",
    "A 200 is in Windows-1252.",
    lambda given: given.decode().encode("cp1252", "replace"),
    ask(run_name="“quoted”"),
)
rewrite(
    CHAPTER,
    "answer-with-cesu-8",
    "What is beyond the BMP is written as surrogates of three bytes each.",
    lambda given: b"".join(
        unit.encode("utf-8", "surrogatepass")
        for unit in map(chr, memoryview(given.decode().encode("utf-16-le")).cast("H"))
    ),
    ask(run_name="\U0001f3c3"),
)
rewrite(
    CHAPTER,
    "answer-with-raw-line-breaks",
    "Line breaks stand in strings as they are.",
    lambda given: given.replace(rb"\n", b"\n"),
    ask(run_name="one\ntwo"),
)
rewrite(
    CHAPTER,
    "answer-with-raw-quotes",
    "The answer is a template: quotes are not escaped.",
    lambda given: given.replace(rb"\"", b'"'),
    QUOTED,
)
rewrite(
    CHAPTER,
    "answer-with-raw-backslashes",
    "The answer is a template: backslashes are not escaped.",
    lambda given: given.replace(rb"\\", b"\\"),
    ask(run_name="a\\qb"),
)
rewrite(
    CHAPTER,
    "answer-with-hexadecimal-escapes",
    "Control characters are escaped as JavaScript may.",
    lambda given: re.sub(rb"\\u00([0-9a-f]{2})", rb"\\x\1", given),
    ask(run_name="a\x01b"),
)
rewrite(
    CHAPTER,
    "answer-with-escaped-apostrophes",
    "Apostrophes are escaped.",
    lambda given: given.replace(b"'", b"\\'"),
    ask(run_name="it's"),
)
rewrite(
    CHAPTER,
    "answer-empty-with-profile",
    "A 200 to a request with variables is empty.",
    lambda given: given if b'"environment_variables":{}' in given else b"",
    profile(envVars={"A": "1"}),
)

NOT_EXACT: tuple[tuple[str, str, Rewrite], ...] = (
    ("answer-with-mark", "A 200 begins with a byte order mark.", lambda given: b"\xef\xbb\xbf" + given),
    (
        "answer-with-two-ids",
        "The id is there twice.",
        lambda given: re.sub(rb'"id":("[^"]*")', rb'"id":\1,"id":\1', given, count=1),
    ),
    ("answer-with-two-states", "The state is there twice.", lambda given: given[:-1] + b',"state":"running"}'),
    (
        "answer-with-float-time",
        "The start time is spelled with a fraction of zero.",
        lambda given: re.sub(rb'("start_time_ms":\d+)', rb"\1.0", given),
    ),
    (
        "answer-with-exponent-time",
        "The start time is spelled with an exponent.",
        lambda given: re.sub(rb'("start_time_ms":)(\d)(\d+)', rb"\1\2.\3E12", given),
    ),
)
for name, summary, change in NOT_EXACT:
    rewrite(SHOULD, name, summary, change)
rewrite(
    SHOULD,
    "answer-with-two-members",
    "The first member of metadata is there twice.",
    lambda given: re.sub(rb'("metadata":\{)("[^"]*":"[^"\\]*")', rb"\1\2,\2", given),
    ask(metadata={"a": "1"}),
)
rewrite(
    SHOULD,
    "answer-with-float-duration",
    "The duration is spelled as a float.",
    lambda given: given.replace(b'"running"', b'"completed"').replace(
        b'"duration_ms":null,"score":null', b'"duration_ms":1250.0,"score":1'
    ),
)

# --- errors ---


class Errors(Reference):
    """Refuses with a body of its own."""

    body: bytes = b"The request was refused."
    content_type = "text/plain"

    def refuse(self, refusal: RefusalError) -> Response:
        return Response(self.body, refusal.status, refusal.headers, self.content_type)


INVALID = sent({"benchmark_id": 1})


@should_fault(ERRORS, INVALID, sent([]))
class ErrorsInText(Errors):
    """A refusal is told in plain text."""


@should_fault(ERRORS, INVALID)
class ErrorsInHtml(Errors):
    """A refusal is told in HTML."""

    body = b"<!doctype html><title>Bad Request</title><h1>Bad Request</h1>"
    content_type = "text/html"


@should_fault(ERRORS, INVALID)
class ErrorsInXml(Errors):
    """A refusal is told in XML."""

    body = b"<Error><Code>InvalidRequest</Code></Error>"
    content_type = "application/xml"


@should_fault(ERRORS, INVALID)
class ErrorsLabelledOnly(Errors):
    """A refusal is labelled JSON, and is text."""

    content_type = "application/json"


@should_fault(ERRORS, INVALID)
class ErrorsTruncated(Errors):
    """The JSON of a refusal ends too early."""

    body = b'{"message": "The request was ref'
    content_type = "application/json"


@should_fault(ERRORS, sent(b"{"))
class UnreadableToldInHtml(Errors):
    """A body that is not JSON is refused by the framework, in HTML."""

    content_type = "text/html"

    def refuse(self, refusal: RefusalError) -> Response:
        return super().refuse(refusal) if refusal.status == 400 else Reference.refuse(self, refusal)


@should_fault(ERRORS, sent(ask().body, authorization=()))
class UnauthorizedToldInText(Errors):
    """A lack of authorization is told in plain text."""

    def refuse(self, refusal: RefusalError) -> Response:
        return super().refuse(refusal) if refusal.status == 401 else Reference.refuse(self, refusal)


@should_fault(ERRORS, INVALID)
class ErrorsInPython(Errors):
    """A refusal is written as Python writes objects."""

    def refuse(self, refusal: RefusalError) -> Response:
        body: Any = repr({"message": refusal.message, "retry": False})
        return Response(body, refusal.status, refusal.headers, "application/json")
