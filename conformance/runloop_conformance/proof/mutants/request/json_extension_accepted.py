"""Bodies with extensions of JSON, with duplicate keys or with broken UTF-8, that are accepted."""

import ast
import json
import re
from typing import Any

from runloop_conformance.proof.mutants.json_repair import DEFAULT, LAST, Repair, add_repairing, body
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import BENCHMARK
from runloop_conformance.servers.reference import Reference, RejectionError

MUTANTS = Mutants(__name__)
SHOULD = MUTANTS.should()
EXTENSIONS = RULE + "refuses-json-extensions"


def replaced(pattern: str, by: str) -> Repair:
    return lambda raw: re.sub(pattern.encode(), by.encode(), raw, flags=re.DOTALL)


def python_literal(raw: bytes) -> bytes | None:
    try:
        value = ast.literal_eval(raw.decode())
        return json.dumps(value).encode() if isinstance(value, dict) else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def first_object(raw: bytes) -> bytes | None:
    """Return the first object without what follows."""
    text = raw.decode("utf-8", "replace").lstrip()
    try:
        return text[: json.JSONDecoder().raw_decode(text)[1]].encode()
    except (ValueError, RecursionError):
        return None


def without_braces_too_many(raw: bytes) -> bytes | None:
    first = first_object(raw)
    return first if first is not None and raw.strip().removeprefix(first).strip(b"} \n") == b"" else None


NEARLY: tuple[tuple[str, str, Repair, str], ...] = (
    (
        "line-comments-taken",
        "Comments to the end of the line are accepted.",
        replaced(r"//[^\n]*", ""),
        f"{DEFAULT}// a comment\n",
    ),
    ("comments-taken", "Comments are accepted.", replaced(r"/\*.*?\*/", ""), f"{LAST}/* a comment */}}"),
    ("hash-comments-taken", "Comments after a hash are accepted.", replaced(r"#[^\n]*", ""), f"{DEFAULT} # a comment"),
    ("trailing-comma-taken", "A comma may follow the last property.", replaced(r",(\s*[}\]])", r"\1"), f"{LAST},}}"),
    (
        "single-quotes-taken",
        "Single quotes are accepted, as Python writes them.",
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
        lambda raw: first_object(raw) if re.search(rb"\}\s*\{.*\}\s*$", raw, re.DOTALL) else None,
        f"{DEFAULT}\n{DEFAULT}",
    ),
    ("trailing-braces-taken", "Braces too many at the end are ignored.", without_braces_too_many, f"{DEFAULT}}}"),
    ("trailing-nul-taken", "A NUL ends the body, as in C.", lambda raw: raw.split(b"\0")[0], f"{DEFAULT}\0"),
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
        "True, False and None are accepted.",
        replaced(r":\s*(True|False|None)\b", ":null"),
        f'{LAST}, "more": True}}',
    ),
    (
        "undefined-taken",
        "The word undefined counts as null.",
        replaced(r":\s*undefined\b", ":null"),
        f'{LAST}, "more": undefined}}',
    ),
    (
        "bad-escapes-taken",
        "A backslash may precede any character.",
        replaced(r'\\([^"\\/bfnrtu])', r"\1"),
        f'{LAST}, "run_name": "a\\xb"}}',
    ),
)
for name, summary, repair, sample in NEARLY:
    add_repairing(SHOULD, name, EXTENSIONS, summary, repair, body(sample))


@SHOULD.mutant(EXTENSIONS, body(f'{LAST}, "more": NaN}}'), body(f'{LAST}, "more": -Infinity}}'))
class NotANumberTaken(Reference):
    """NaN and Infinity are accepted, as Python does."""

    def constant(self, name: str) -> Any:
        return float(name)


@SHOULD.mutant(EXTENSIONS, body(f'{{"benchmark_id": "other", {DEFAULT[1:]}'))
class LastKeyCounts(Reference):
    """Of duplicate keys the last counts."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(members)


@SHOULD.mutant(EXTENSIONS, body(f'{LAST}, "benchmark_id": "other"}}'))
class FirstKeyCounts(Reference):
    """Of duplicate keys the first counts."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(reversed(members))


@SHOULD.mutant(EXTENSIONS, body(f'{LAST}, "metadata": {{"a": "1", "a": "2"}}}}'))
class InnerKeysMayRepeat(Reference):
    """Duplicate keys are rejected in the body itself, and nowhere inside."""

    def object_of(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(members)
        return super().object_of(members) if "benchmark_id" in value else value


class Decoding(Reference):
    """Decodes what is not UTF-8."""

    def decode(self, body: bytes) -> str:
        try:
            return super().decode(body)
        except RejectionError:
            return self.decode_otherwise(body)

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("utf-8", "replace")


BAD_NAME = body(f'{LAST}, "run_name": "caf'.encode() + b'\xe9 \xff"}')


@SHOULD.mutant(EXTENSIONS, BAD_NAME)
class BadBytesReplaced(Decoding):
    """Bytes that are not UTF-8 become replacement characters."""


@SHOULD.mutant(EXTENSIONS, BAD_NAME)
class BadBytesDropped(Decoding):
    """Bytes that are not UTF-8 are dropped."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("utf-8", "ignore")


@SHOULD.mutant(EXTENSIONS, BAD_NAME)
class BadBytesTakenForLatin1(Decoding):
    """A body that is not UTF-8 counts as Latin-1."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode("latin-1")


@SHOULD.mutant(EXTENSIONS, body(DEFAULT.encode("utf-16")))
class EncodingDetected(Decoding):
    """UTF-16 and UTF-32 are detected, as Python's json does."""

    def decode_otherwise(self, body: bytes) -> str:
        return body.decode(json.detect_encoding(body), "replace")


@SHOULD.mutant(EXTENSIONS, body(f'{LAST}, "run_name": "'.encode() + b'\xed\xa0\xbd"}'))
class SurrogateBytesTaken(Decoding):
    """Surrogates encoded as UTF-8 are accepted, and replaced."""

    def decode_otherwise(self, body: bytes) -> str:
        if not re.search(rb"\xed[\xa0-\xbf]", body):
            raise RejectionError(400, "The body is not valid UTF-8.")
        return re.sub("[\ud800-\udfff]", "\ufffd", body.decode("utf-8", "surrogatepass"))


@SHOULD.mutant(EXTENSIONS, body(f'{LAST}, "run_name": "a\tb"}}'))
class RawControlCharactersTaken(Reference):
    """Control characters in strings need no escape."""

    def load(self, text: str) -> Any:
        return super().load(re.sub("[\t\n\r]", " ", text))
