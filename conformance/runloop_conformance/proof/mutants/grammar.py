"""Faults in what is taken for JSON, and which media types are."""

import ast
import json
import re
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import yaml
from starlette.requests import Request

from runloop_conformance.proof.mutants.fault import BENCHMARK, RULE, Ask, Chapter, ask, sent, times
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("request")
SHOULD = CHAPTER.should()
fault, should_fault = CHAPTER.fault, SHOULD.fault

NOT_JSON = RULE + "refuses-not-json"
EXTENSIONS = RULE + "refuses-json-extensions"
MEDIA_TYPES = RULE + "refuses-other-media-types"
DEFAULT = json.dumps({"benchmark_id": BENCHMARK})
LAST = DEFAULT[:-1]

Mend: TypeAlias = Callable[[bytes], bytes | None]


def body(text: str | bytes) -> Ask:
    return sent(text if isinstance(text, bytes) else text.encode())


def default_of(server: Reference) -> dict[str, Any]:
    """Make a request for a run of a benchmark that the server knows."""
    return {"benchmark_id": min(server.benchmark_ids, default=BENCHMARK)}


class SecondTry(Reference):
    """Mends a body that is not JSON, and reads it again."""

    def parse(self, body: bytes) -> Any:
        try:
            return super().parse(body)
        except RefusalError:
            mended = self.mend(body)
            if mended is None:
                raise
            return default_of(self) if mended == DEFAULT.encode() else super().parse(mended)

    def mend(self, body: bytes) -> bytes | None:
        raise NotImplementedError


def mending(chapter: Chapter, name: str, breaks: str, summary: str, mend: Mend, *witness: Ask) -> None:
    class Mending(SecondTry):
        def mend(self, body: bytes) -> bytes | None:
            return mend(body)

    chapter.add(name, breaks, summary, Mending, *witness)


def replaced(pattern: str, by: str) -> Mend:
    return lambda given: re.sub(pattern.encode(), by.encode(), given, flags=re.DOTALL)


def completed(given: bytes) -> bytes | None:
    """Close what is open, as lenient parsers of streams do."""
    text = given.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        return None
    in_string = len(re.findall(r'(?<!\\)"', text)) % 2 == 1
    text += '"' * in_string
    return (
        text.rstrip().rstrip(",")
        + "]" * (text.count("[") - text.count("]"))
        + "}" * (text.count("{") - text.count("}"))
    ).encode()


def python_literal(given: bytes) -> bytes | None:
    try:
        value = ast.literal_eval(given.decode())
        return json.dumps(value).encode() if isinstance(value, dict) else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def from_yaml(given: bytes) -> bytes | None:
    # Reading large YAML takes seconds, which would be a second fault.
    if len(given) > 4096:
        return None
    try:
        value = yaml.safe_load(given)
        return json.dumps(value).encode() if isinstance(value, dict) else None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None


def form(given: bytes) -> bytes | None:
    members = dict(parse_qsl(given.decode("utf-8", "replace")))
    return json.dumps(members).encode() if "benchmark_id" in members else None


def first_object(given: bytes) -> bytes | None:
    """Take the first object, and leave what follows."""
    text = given.decode("utf-8", "replace").lstrip()
    try:
        return text[: json.JSONDecoder().raw_decode(text)[1]].encode()
    except (ValueError, RecursionError):
        return None


def without_braces_too_many(given: bytes) -> bytes | None:
    found = first_object(given)
    return found if found is not None and given.strip().removeprefix(found).strip(b"} \n") == b"" else None


# --- not JSON at all ---

UNREADABLE: tuple[tuple[str, str, Mend, str], ...] = (
    (
        "empty-body-accepted",
        "An empty body starts a default run.",
        lambda given: None if given else DEFAULT.encode(),
        "",
    ),
    (
        "blank-body-accepted",
        "A body of white space starts a default run.",
        lambda given: DEFAULT.encode() if given.isspace() else None,
        " \n",
    ),
    ("truncated-body-mended", "A truncated body is completed.", completed, LAST),
    ("truncated-by-a-brace-mended", "A missing brace at the end is added.", lambda given: given + b"}", LAST),
    (
        "any-text-accepted",
        "A body that cannot be read starts a default run.",
        lambda given: DEFAULT.encode() if given[:1].isalpha() else None,
        "start the run",
    ),
    ("form-read", "A form is read, whatever the Content-Type says.", form, f"benchmark_id={BENCHMARK}"),
    ("yaml-read", "YAML is read.", from_yaml, f"benchmark_id: {BENCHMARK}"),
    (
        "xml-read",
        "XML is read.",
        lambda given: DEFAULT.encode() if given.lstrip().startswith(b"<") else None,
        f"<benchmark_id>{BENCHMARK}</benchmark_id>",
    ),
)
for name, summary, mend, sample in UNREADABLE:
    mending(CHAPTER, name, NOT_JSON, summary, mend, body(sample))


@fault(NOT_JSON, *times(6, body(LAST)))
class UnreadableAcceptedFromTheFifth(Reference):
    """From the fifth body on that cannot be read, a default run is started."""

    failures = 0

    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except RefusalError:
            self.failures += 1
            if self.failures < 5:
                raise
            return default_of(self)


# --- nearly JSON ---

NEARLY: tuple[tuple[str, str, Mend, str], ...] = (
    (
        "line-comments-taken",
        "Comments to the end of the line are taken.",
        replaced(r"//[^\n]*", ""),
        f"{DEFAULT}// a comment\n",
    ),
    ("comments-taken", "Comments are taken.", replaced(r"/\*.*?\*/", ""), f"{LAST}/* a comment */}}"),
    ("hash-comments-taken", "Comments after a hash are taken.", replaced(r"#[^\n]*", ""), f"{DEFAULT} # a comment"),
    ("trailing-comma-taken", "A comma may follow the last member.", replaced(r",(\s*[}\]])", r"\1"), f"{LAST},}}"),
    (
        "single-quotes-taken",
        "Single quotes are taken, as Python writes them.",
        python_literal,
        f"{{'benchmark_id': '{BENCHMARK}'}}",
    ),
    (
        "bare-keys-taken",
        "Keys need no quotes.",
        replaced(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3'),
        f'{{benchmark_id: "{BENCHMARK}"}}',
    ),
    ("trailing-garbage-taken", "What follows the object is ignored.", first_object, f"{DEFAULT}garbage"),
    (
        "second-document-taken",
        "A second document is ignored.",
        lambda given: first_object(given) if re.search(rb"\}\s*\{.*\}\s*$", given, re.DOTALL) else None,
        f"{DEFAULT}\n{DEFAULT}",
    ),
    ("trailing-braces-taken", "Braces too many at the end are ignored.", without_braces_too_many, f"{DEFAULT}}}"),
    ("trailing-nul-taken", "A NUL ends the body, as in C.", lambda given: given.split(b"\0")[0], f"{DEFAULT}\0"),
    ("leading-zeros-taken", "Numbers may begin with zeros.", replaced(r":\s*0+(\d)", r":\1"), f'{LAST}, "more": 007}}'),
    ("signs-taken", "Numbers may have a plus.", replaced(r":\s*\+(\d)", r":\1"), f'{LAST}, "more": +1}}'),
    (
        "hexadecimal-taken",
        "Numbers may be hexadecimal.",
        replaced(r":\s*0x[0-9a-fA-F]+", ":1"),
        f'{LAST}, "more": 0x1F}}',
    ),
    (
        "capital-words-taken",
        "True, False and None are taken.",
        replaced(r":\s*(True|False|None)\b", ":null"),
        f'{LAST}, "more": True}}',
    ),
    (
        "undefined-taken",
        "The word undefined is taken for null.",
        replaced(r":\s*undefined\b", ":null"),
        f'{LAST}, "more": undefined}}',
    ),
    (
        "bad-escapes-taken",
        "A backslash may stand before any character.",
        replaced(r'\\([^"\\/bfnrtu])', r"\1"),
        f'{LAST}, "run_name": "a\\xb"}}',
    ),
)
for name, summary, mend, sample in NEARLY:
    mending(SHOULD, name, EXTENSIONS, summary, mend, body(sample))


@should_fault(EXTENSIONS, body(f'{LAST}, "more": NaN}}'), body(f'{LAST}, "more": -Infinity}}'))
class NotANumberTaken(Reference):
    """NaN and Infinity are taken, as Python does."""

    def constant(self, name: str) -> Any:
        return float(name)


@should_fault(EXTENSIONS, body(f'{{"benchmark_id": "other", {DEFAULT[1:]}'))
class LastKeyCounts(Reference):
    """Of duplicate keys the last counts."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(members)


@should_fault(EXTENSIONS, body(f'{LAST}, "benchmark_id": "other"}}'))
class FirstKeyCounts(Reference):
    """Of duplicate keys the first counts."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(reversed(members))


@should_fault(EXTENSIONS, body(f'{LAST}, "metadata": {{"a": "1", "a": "2"}}}}'))
class InnerKeysMayRepeat(Reference):
    """Duplicate keys are refused in the body itself, and nowhere inside."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(members)
        return super().object_of(members) if "benchmark_id" in value else value


class Decoding(Reference):
    """Decodes what is not UTF-8."""

    def decode(self, body: bytes) -> str:
        try:
            return super().decode(body)
        except RefusalError:
            return self.decode_otherwise(body)

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("utf-8", "replace")


BAD_NAME = body(f'{LAST}, "run_name": "caf'.encode() + b'\xe9 \xff"}')


@should_fault(EXTENSIONS, BAD_NAME)
class BadBytesReplaced(Decoding):
    """Bytes that are not UTF-8 become replacement characters."""


@should_fault(EXTENSIONS, BAD_NAME)
class BadBytesDropped(Decoding):
    """Bytes that are not UTF-8 are dropped."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("utf-8", "ignore")


@should_fault(EXTENSIONS, BAD_NAME)
class BadBytesTakenForLatin1(Decoding):
    """A body that is not UTF-8 is taken for Latin-1."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("latin-1")


@should_fault(EXTENSIONS, body(DEFAULT.encode("utf-16")))
class EncodingDetected(Decoding):
    """UTF-16 and UTF-32 are detected, as Python's json does."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode(json.detect_encoding(body), "replace")


@should_fault(EXTENSIONS, body(f'{LAST}, "run_name": "'.encode() + b'\xed\xa0\xbd"}'))
class SurrogateBytesTaken(Decoding):
    """Surrogates encoded as UTF-8 are taken, and replaced."""

    def decode_otherwise(self, body: bytes) -> str:
        if not re.search(rb"\xed[\xa0-\xbf]", body):
            raise RefusalError(400, "The body is not valid UTF-8.")
        return re.sub("[\ud800-\udfff]", "\ufffd", body.decode("utf-8", "surrogatepass"))


@should_fault(EXTENSIONS, body(f'{LAST}, "run_name": "a\tb"}}'))
class RawControlCharactersTaken(Reference):
    """Control characters may stand in strings as they are."""

    def load(self, text: str) -> Any:
        return super().load(re.sub("[\t\n\r]", " ", text))


# --- other media types ---


def media_type(name: str, summary: str, taken: str, *witness: Ask) -> None:
    class Taking(Reference):
        def check_media_type(self, request: Request) -> None:
            if not re.search(taken, request.headers.get("content-type", "")):
                super().check_media_type(request)

    SHOULD.add(name, MEDIA_TYPES, summary, Taking, *witness)


def labelled(content_type: str) -> Ask:
    return sent(ask().body, content_type=content_type)


media_type("any-media-type-taken", "The Content-Type is not looked at.", "", labelled("text/plain"))
media_type("text-plain-taken", "JSON labelled text/plain is taken.", "^text/plain", labelled("text/plain"))
media_type(
    "form-type-taken",
    "JSON labelled as a form, as curl does, is taken.",
    "^application/x-www-form",
    labelled("application/x-www-form-urlencoded"),
)
media_type(
    "octet-stream-taken",
    "JSON labelled application/octet-stream is taken.",
    "^application/octet-stream",
    labelled("application/octet-stream"),
)
media_type("xml-type-taken", "JSON labelled as XML is taken.", "xml", labelled("application/xml"), labelled("text/xml"))
media_type("html-type-taken", "JSON labelled as HTML is taken.", "html", labelled("text/html"))
media_type(
    "multipart-type-taken",
    "JSON labelled as multipart is taken.",
    "^multipart/",
    labelled("multipart/form-data; boundary=x"),
)


@should_fault(MEDIA_TYPES, sent(f"benchmark_id={BENCHMARK}".encode(), content_type="application/x-www-form-urlencoded"))
class FormsTaken(Reference):
    """A form is taken as well as JSON."""

    is_form = False

    def check_media_type(self, request: Request) -> None:
        self.is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        if not self.is_form:
            super().check_media_type(request)

    def parse(self, body: bytes) -> Any:
        return super().parse(form(body) or body) if self.is_form else super().parse(body)
