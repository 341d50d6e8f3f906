"""Faults of a server that fails at requests that fit the page."""

import asyncio
import re
from collections.abc import Callable
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import (
    RULE,
    Ask,
    Asked,
    Chapter,
    any_text,
    ask,
    env,
    has,
    maps_in,
    profile,
    sent,
    times,
)
from runloop_conformance.servers.reference import Reference, RefusalError, texts_in

CHAPTER = Chapter("safety")
fault, refuse = CHAPTER.fault, CHAPTER.refuse

FAILS = RULE + "no-server-error"


def mounts_of(asked: Asked) -> list[Asked]:
    return (asked.get("runProfile") or {}).get("mounts") or []


# --- fails at text that fits the page ---

for name, summary, pattern, sample in (
    ("emoji", "Text beyond the BMP breaks the database.", "[\U00010000-\U0010ffff]", "\U0001f3c3"),
    ("non-ascii", "Text that is not ASCII breaks a log line.", r"[^\x00-\x7f]", "café"),
    ("beyond-latin-1", "Text that is not Latin-1 breaks a header.", r"[^\x00-\xff]", "日本"),
    ("single-quote", "A single quote breaks an SQL statement.", "'", "it's"),
    ("double-quote", "A double quote breaks a template.", '"', 'say "hi"'),
    ("backslash", "A backslash breaks a regular expression.", r"\\", "a\\b"),
    ("percent", "A percent sign breaks a format.", "%(?!%)", "100%"),
    ("brace", "A brace breaks a format.", "[{}]", "{0} {name}"),
    ("dollar-brace", "A reference to a variable breaks a template.", r"\$\{", "${HOME}"),
    ("line-break", "A line break breaks a header.", r"[\r\n]", "one\ntwo"),
    ("separator", "U+2028 breaks a script.", "[\u2028\u2029]", "a\u2028b"),
    ("right-to-left", "Marks of direction break a layout.", "[\u202a-\u202e]", "\u202ertl\u202c"),
    ("joiner", "A joiner breaks a tokenizer.", "\u200d", "\U0001f469\u200d\U0001f4bb"),
    ("control", "A control character breaks an XML document.", r"[\x01-\x08\x0b\x0c\x0e-\x1f]", "a\x01b"),
    ("noncharacter", "A noncharacter breaks a parser.", "[\ufffe\uffff]", "\uffff"),
    ("angle-bracket", "An angle bracket breaks a page.", "[<>]", "a < b"),
    ("combining", "A combining mark breaks a comparison.", "[\u0300-\u036f]", "cafe\u0301"),
    ("long-text", "Text of more than 255 characters breaks a column.", "(?s).{256}", "x" * 256),
    ("longer-text", "Text of more than 900 characters breaks a buffer.", "(?s).{901}", "x" * 901),
):
    refuse(f"fails-at-{name}", FAILS, summary, any_text(re.compile(pattern).search), ask(run_name=sample), status=500)


def key(pattern: str) -> Callable[[Asked], bool]:
    return lambda asked: any(re.search(pattern, each, re.DOTALL) for each in asked.get("metadata", {}))


def large(asked: Asked) -> bool:
    return sum(map(len, texts_in(asked))) > 30_000


FAILURES: tuple[tuple[str, str, Callable[[Asked], bool], Ask], ...] = (
    ("proto-key", "The key `__proto__` breaks an object.", key("^__proto__$"), ask(metadata={"__proto__": "x"})),
    (
        "constructor-key",
        "The key constructor breaks an object.",
        key("^constructor$"),
        ask(metadata={"constructor": "x"}),
    ),
    ("empty-key", "An empty key breaks a document store.", key("^$"), ask(metadata={"": "x"})),
    ("dotted-key", "A dot in a key breaks a document store.", key(r"\."), ask(metadata={"a.b": "x"})),
    ("dollar-key", "A dollar in a key breaks a document store.", key(r"^\$"), ask(metadata={"$ref": "x"})),
    ("key-of-digits", "A key of digits breaks an array.", key(r"^\d+$"), ask(metadata={"0": "x"})),
    ("long-key", "A key of more than 128 characters breaks an index.", key(".{129}"), ask(metadata={"k" * 129: "x"})),
    (
        "many-members",
        "More than 50 members break a statement.",
        lambda asked: len(asked.get("metadata", {})) > 50,
        ask(metadata={f"{n}": "" for n in range(64)}),
    ),
    (
        "empty-value",
        "An empty value breaks a store of keys.",
        lambda asked: "" in asked.get("metadata", {}).values(),
        ask(metadata={"a": ""}),
    ),
    (
        "empty-variable",
        "An empty variable breaks a shell.",
        lambda asked: "" in env(asked).values(),
        profile(envVars={"A": ""}),
    ),
    (
        "equals-in-variable",
        "An equals sign in a variable breaks its parsing.",
        lambda asked: any("=" in value for value in env(asked).values()),
        profile(envVars={"A": "a=b"}),
    ),
    (
        "null-name",
        "A run_name that is null is dereferenced.",
        lambda asked: asked.get("run_name", "") is None,
        ask(run_name=None),
    ),
    (
        "empty-name",
        "The first letter of an empty name is looked at.",
        lambda asked: asked.get("run_name") == "",
        ask(run_name=""),
    ),
    ("empty-profile", "An empty runProfile is dereferenced.", lambda asked: asked.get("runProfile") == {}, profile()),
    (
        "large-body",
        "A body of more than 30,000 characters breaks a buffer.",
        large,
        ask(metadata={f"{n}": "x" * 1000 for n in range(40)}),
    ),
    (
        "name-beside-profile",
        "A name beside a runProfile breaks a join.",
        lambda asked: has("run_name")(asked) and "runProfile" in asked,
        ask(run_name="x", runProfile={}),
    ),
    (
        "mounts",
        "Mounts break a service that is not there.",
        has("runProfile", "mounts"),
        profile(mounts=[{"type": "file_mount", "target": "/a", "content": ""}]),
    ),
    (
        "mount-without-options",
        "A mount of code without a command to install it breaks a template.",
        lambda asked: any(one["type"] == "code_mount" and "install_command" not in one for one in mounts_of(asked)),
        profile(mounts=[{"type": "code_mount", "repo_owner": "o", "repo_name": "r"}]),
    ),
    (
        "purpose-without-variables",
        "Where there is a purpose, variables are taken to be there as well.",
        lambda asked: bool(has("runProfile", "purpose")(asked)) and not has("runProfile", "envVars")(asked),
        profile(purpose="regression"),
    ),
    (
        "secrets",
        "Secrets break a service that is not there.",
        has("runProfile", "secrets"),
        profile(secrets={"A": "ONE"}),
    ),
    (
        "unknown-member",
        "A member that is not known breaks a constructor.",
        lambda asked: not asked.keys() <= {"benchmark_id", "run_name", "metadata", "runProfile"},
        ask(more=1),
    ),
)
for name, summary, wanted, witness in FAILURES:
    refuse(f"fails-at-{name}", FAILS, summary, wanted, witness, status=500)


def longer(length: int) -> Callable[[str], bool]:
    return lambda text: len(text) >= length


# --- fails at what is beyond the sizes that must be taken, or beside the body: to refuse it would do ---

for length in (2_000, 10_000, 100_000):
    refuse(
        f"fails-at-{length}-characters",
        FAILS,
        f"Text of {length} characters breaks a buffer.",
        any_text(longer(length)),
        ask(run_name="x" * length),
        status=500,
    )
refuse(
    "fails-at-65-members",
    FAILS,
    "More than 64 members break an array of 64.",
    lambda asked: any(len(each) > 64 for each in maps_in(asked)),
    ask(metadata={f"{n}": "" for n in range(65)}),
    status=500,
)
refuse(
    "fails-at-huge-number-elsewhere",
    FAILS,
    "A number of more than 64 bits, where nothing is known about the member, breaks a database.",
    lambda asked: any(isinstance(value, int | float) and abs(value) >= 2**64 for value in asked.values()),
    ask(more=10**30),
    status=500,
)


class Beside(Reference):
    """Fails at something of the request that is not its body."""

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        if self.breaks(request):
            return self.refuse(RefusalError(500, "Internal Server Error"))
        return response

    def breaks(self, request: Request) -> bool:
        raise NotImplementedError


@fault(FAILS, sent(ask().body, query="%ff=%zz"))
class FailsAtQuery(Beside):
    """A query that is not UTF-8 breaks its parsing."""

    def breaks(self, request: Request) -> bool:
        return "\ufffd" in unquote(request.url.query)


@fault(FAILS, sent(ask().body, headers=(("x-long", "x" * 5000),)))
class FailsAtLongHeader(Beside):
    """A header of more than 4 KB breaks a buffer."""

    def breaks(self, request: Request) -> bool:
        return any(len(value) > 4096 for _, value in request.headers.raw)


@fault(FAILS, sent(ask().body, content_type="application"))
class FailsAtContentType(Beside):
    """A Content-Type without a slash breaks its parsing."""

    def breaks(self, request: Request) -> bool:
        return "/" not in request.headers.get("content-type", "/")


@fault(FAILS, *times(4, ask()), at_once=True)
class FailsTogether(Reference):
    """Simultaneous runs run into a lock, and fail."""

    starting = 0

    async def respond(self, request: Request) -> Response:
        self.starting += 1
        try:
            await asyncio.sleep(0.02)
            alone = self.starting == 1
            response = await super().respond(request)
            return response if alone or response.status_code != 200 else self.refuse(RefusalError(500, "Deadlock."))
        finally:
            self.starting -= 1


class Now(Reference):
    """Fails now and then, at requests that it should accept."""

    def look_up(self, asked: Asked) -> None:
        super().look_up(asked)
        self.accepted = getattr(self, "accepted", 0) + 1
        if self.fails(self.accepted):
            raise RefusalError(self.status(), "The database is locked.")

    def fails(self, accepted: int) -> bool:
        return accepted % 8 == 0

    def status(self) -> int:
        return 500


@fault(FAILS, *times(8, ask()))
class FailsNowAndThen(Now):
    """Every eighth run fails to start."""


@fault(FAILS, *times(10, ask()))
class UnavailableNowAndThen(Now):
    """Every tenth run fails to start, with 502."""

    def fails(self, accepted: int) -> bool:
        return accepted % 10 == 0

    def status(self) -> int:
        return 502


@fault(FAILS, *times(6, ask()))
class FailsAtTheSixth(Now):
    """The sixth run fails to start: the pool had five connections."""

    def fails(self, accepted: int) -> bool:
        return accepted == 6
