"""Faults in what is accepted: sizes, and spellings of one and the same request."""

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from runloop_conformance.proof.mutants.fault import (
    BENCHMARK,
    RULE,
    Ask,
    Asked,
    Chapter,
    any_text,
    ask,
    env,
    maps_in,
    profile,
    sent,
)
from runloop_conformance.servers.reference import Reference, RefusalError, texts_in

CHAPTER = Chapter("request")
fault, refuse = CHAPTER.fault, CHAPTER.refuse

SIZES = RULE + "accepts-sizes"
SPELLING = RULE + "accepts-spelling"

# --- sizes ---


def members(count: int) -> dict[str, str]:
    return {f"KEY_{number}": "x" for number in range(count)}


def name_beyond(length: int) -> Callable[[Asked], bool]:
    return lambda asked: len(asked.get("run_name") or "") > length


def metadata_beyond(limit: int) -> Callable[[Asked], bool]:
    return lambda asked: len(asked.get("metadata", {})) > limit


for length in (32, 64, 100, 255, 500, 999):
    refuse(
        f"name-beyond-{length}-refused",
        SIZES,
        f"A name of more than {length} characters is refused.",
        name_beyond(length),
        ask(run_name="x" * (length + 1)),
        status=422,
    )
for limit in (16, 50, 63):
    refuse(
        f"metadata-beyond-{limit}-refused",
        SIZES,
        f"More than {limit} members of metadata are refused.",
        metadata_beyond(limit),
        ask(metadata=members(64)),
        status=422,
    )
refuse(
    "variables-beyond-32-refused",
    SIZES,
    "More than 32 variables are refused.",
    lambda asked: len(env(asked)) > 32,
    profile(envVars=members(64)),
)
refuse(
    "purpose-beyond-128-refused",
    SIZES,
    "A purpose of more than 128 characters is refused.",
    lambda asked: len(asked.get("runProfile", {}).get("purpose") or "") > 128,
    profile(purpose="x" * 129),
)
refuse(
    "value-beyond-500-refused",
    SIZES,
    "A value of more than 500 characters is refused.",
    lambda asked: any(len(value) > 500 for value in asked.get("metadata", {}).values()),
    ask(metadata={"a": "x" * 501}),
)
refuse(
    "key-beyond-40-refused",
    SIZES,
    "A key of more than 40 characters is refused.",
    lambda asked: any(len(key) > 40 for key in asked.get("metadata", {})),
    ask(metadata={"k" * 41: "x"}),
)
refuse(
    "key-beyond-255-refused",
    SIZES,
    "A key of more than 255 characters is refused.",
    lambda asked: any(len(key) > 255 for each in maps_in(asked) for key in each),
    ask(metadata={"k" * 256: "x"}),
)
refuse(
    "variable-beyond-255-refused",
    SIZES,
    "A variable of more than 255 characters is refused.",
    lambda asked: any(len(value) > 255 for value in env(asked).values()),
    profile(envVars={"A": "x" * 256}),
)
refuse(
    "beyond-1000-bytes-refused",
    SIZES,
    "Text of more than 1,000 bytes is refused.",
    any_text(lambda text: len(text.encode()) > 1000),
    ask(run_name="ü" * 600),
)
refuse(
    "beyond-1000-units-refused",
    SIZES,
    "Text of more than 1,000 UTF-16 units is refused.",
    any_text(lambda text: len(text.encode("utf-16-le")) > 2000),
    ask(run_name="\U0001f600" * 600),
)
refuse(
    "beyond-20000-characters-refused",
    SIZES,
    "More than 20,000 characters in all are refused.",
    lambda asked: sum(map(len, texts_in(asked))) > 20_000,
    ask(metadata={f"{n}": "x" * 1000 for n in range(30)}),
    status=413,
)
for size in (4096, 16384, 32768):
    CHAPTER.add(
        f"body-beyond-{size}-refused",
        SIZES,
        f"A body of more than {size} bytes is refused.",
        type("SmallBodies", (Reference,), {"max_body": size}),
        ask(metadata={f"{n}": "x" * 1000 for n in range(size // 1000 + 1)}),
    )


# --- spelling ---


class Spelled(Reference):
    """Refuses some spellings of a body."""

    unwanted = rb"^[^{]"

    def parse(self, body: bytes) -> Any:
        if re.search(self.unwanted, body, re.DOTALL):
            raise RefusalError(400, "The body cannot be read.")
        return super().parse(body)


def spelled(text: str) -> Ask:
    return sent(text.replace("ID", f'"{BENCHMARK}"').encode())


@fault(SPELLING, spelled(' \r\n\t{"benchmark_id":ID}'))
class LeadingBlankRefused(Spelled):
    """White space before the body is refused."""


@fault(SPELLING, spelled('{"benchmark_id":ID}\n'))
class TrailingLineBreakRefused(Spelled):
    """A line break after the body is refused."""

    unwanted = rb"\s\Z"


@fault(SPELLING, spelled('{\n\t"benchmark_id" : ID\n}'))
class IndentedRefused(Spelled):
    """White space inside the body is refused, where a line breaks."""

    unwanted = rb"\S[^\S\n]*\n\s*\S"


@fault(SPELLING, spelled('{"benchmark_id":ID,"run_name":"caf\\u00e9"}'))
class EscapesRefused(Spelled):
    """Escapes of more than two characters are refused."""

    unwanted = rb"\\u"


@fault(SPELLING, spelled('{"benchmark_id":ID,"run_name":"\\ud83c\\udfc3"}'))
class EscapedPairsRefused(Spelled):
    """Escapes of surrogates are refused, also in pairs."""

    unwanted = rb"(?i)\\ud[89a-f]"


@fault(SPELLING, spelled('{"run_name":"x","benchmark_id":ID}'))
class OrderMatters(Spelled):
    """The benchmark's id has to come first."""

    unwanted = rb'\A\s*\{\s*"(?!benchmark_id")'


@fault(SPELLING, spelled('{"bench\\u006dark_id":ID}'))
class EscapedKeysUnread(Reference):
    """Escapes in keys are left as they are."""

    def decode(self, body: bytes) -> str:
        # A string may lack its closing quote here, which makes the scan linear.
        return re.sub(r'"((?:[^"\\]|\\.)*+)("?)(\s*:)?', self.unread, super().decode(body), flags=re.DOTALL)

    def unread(self, found: re.Match[str]) -> str:
        is_escaped_key = found[3] and re.search(r"\\u00[2-7]", found[1])
        return rf'"\\{found[1]}"{found[3]}' if is_escaped_key else found[0]


@fault(SPELLING, spelled('{"benchmark_id":ID,"run_name":"a\\/b"}'))
class EscapedSlashKept(Reference):
    """The backslash of an escaped slash is kept."""

    def decode(self, body: bytes) -> str:
        return super().decode(body).replace(r"\/", r"\\/")


class ContentTypes(Reference):
    """Refuses some spellings of the media type."""

    def check_media_type(self, request: Request) -> None:
        super().check_media_type(request)
        if self.unwanted(request.headers.get("content-type", "")):
            raise RefusalError(415, "The body has to be application/json.")

    def unwanted(self, content_type: str) -> bool:
        return ";" in content_type


@fault(SPELLING, sent(ask().body, content_type="application/json; charset=utf-8"))
class CharsetRefused(ContentTypes):
    """A Content-Type with a charset is refused."""


@fault(SPELLING, sent(ask().body, content_type="application/json;charset=utf-8"))
class CharsetWithoutBlankRefused(ContentTypes):
    """A charset without a blank before it is refused."""

    def unwanted(self, content_type: str) -> bool:
        return bool(re.search(r";\S", content_type))
