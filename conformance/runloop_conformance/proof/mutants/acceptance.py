"""Faults in what is accepted: requests that fit the page, and are refused."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runloop_conformance.proof.mutants.fault import (
    PROFILE,
    RULE,
    Asked,
    Chapter,
    any_text,
    ask,
    env,
    has,
    profile,
    times,
)
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("request")
SHOULD = CHAPTER.should()
fault, refuse = CHAPTER.fault, CHAPTER.refuse

VALID = RULE + "accepts-valid"
TEXT = RULE + "accepts-text"
UNKNOWN = RULE + "ignores-unknown-members"
KNOWN = RULE + "accepts-known-members"


def inside(asked: Asked) -> Asked:
    found: Asked = asked.get("runProfile", {})
    return found


# --- combinations of members ---

refuse(
    "null-name-refused",
    VALID,
    "A run_name that is null is refused.",
    lambda asked: "run_name" in asked and asked["run_name"] is None,
    ask(run_name=None),
    status=422,
)
refuse(
    "empty-name-refused",
    TEXT,
    "An empty run_name is refused.",
    lambda asked: asked.get("run_name") == "",
    ask(run_name=""),
)
refuse(
    "name-without-metadata-refused",
    VALID,
    "A name without metadata is refused.",
    lambda asked: bool(asked.get("run_name")) and not asked.get("metadata"),
    ask(run_name="nightly"),
)
refuse(
    "name-refused", VALID, "Any name is refused.", lambda asked: bool(asked.get("run_name")), ask(run_name="nightly")
)
refuse("name-required", VALID, "A request without run_name is refused.", lambda asked: "run_name" not in asked)
refuse("metadata-required", VALID, "A request without metadata is refused.", lambda asked: "metadata" not in asked)
refuse("profile-required", VALID, "A request without runProfile is refused.", lambda asked: "runProfile" not in asked)
refuse(
    "empty-metadata-refused",
    VALID,
    "Empty metadata is refused.",
    lambda asked: asked.get("metadata") == {},
    ask(metadata={}),
)
refuse(
    "empty-profile-refused",
    VALID,
    "An empty runProfile is refused.",
    lambda asked: asked.get("runProfile") == {},
    profile(),
)
refuse(
    "empty-variables-refused",
    VALID,
    "Empty envVars are refused.",
    lambda asked: inside(asked).get("envVars") == {},
    profile(envVars={}),
)
refuse(
    "null-variables-refused",
    PROFILE + "envVars",
    "A runProfile whose envVars are null is refused.",
    lambda asked: inside(asked).get("envVars", {}) is None,
    profile(envVars=None),
)
refuse(
    "null-purpose-refused",
    PROFILE + "purpose",
    "A purpose that is null is refused.",
    lambda asked: inside(asked).get("purpose", "") is None,
    profile(purpose=None),
)
refuse(
    "purpose-required",
    PROFILE + "purpose",
    "A runProfile without a purpose is refused.",
    lambda asked: "runProfile" in asked and "purpose" not in inside(asked),
    profile(envVars={"A": "1"}),
)
refuse(
    "variables-required",
    PROFILE + "envVars",
    "A runProfile without envVars is refused.",
    lambda asked: "runProfile" in asked and "envVars" not in inside(asked),
    profile(purpose="x"),
)
refuse(
    "empty-purpose-refused",
    TEXT,
    "An empty purpose is refused.",
    lambda asked: inside(asked).get("purpose") == "",
    profile(purpose=""),
)
refuse(
    "empty-value-refused",
    TEXT,
    "An empty value in metadata is refused.",
    lambda asked: "" in asked.get("metadata", {}).values(),
    ask(metadata={"a": ""}),
)
refuse(
    "empty-key-refused",
    TEXT,
    "An empty key in metadata is refused.",
    lambda asked: "" in asked.get("metadata", {}),
    ask(metadata={"": "x"}),
)
refuse(
    "empty-variable-refused",
    TEXT,
    "An empty variable is refused.",
    lambda asked: "" in env(asked).values(),
    profile(envVars={"A": ""}),
)
refuse(
    "name-beside-metadata-refused",
    VALID,
    "A name and metadata together are refused.",
    lambda asked: has("run_name")(asked) and has("metadata")(asked),
    ask(run_name="x", metadata={"a": "1"}),
)
refuse(
    "purpose-beside-variables-refused",
    VALID,
    "A purpose and variables together are refused.",
    lambda asked: has("runProfile", "purpose")(asked) and has("runProfile", "envVars")(asked),
    profile(purpose="x", envVars={"A": "1"}),
)
refuse(
    "metadata-beside-profile-refused",
    VALID,
    "Metadata and a runProfile together are refused.",
    lambda asked: has("metadata")(asked) and "runProfile" in asked,
    ask(metadata={"a": "1"}, runProfile={}),
)


class Conflicting(Reference):
    """Refuses what was asked for before."""

    member = "run_name"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.taken: set[str] = set()

    def look_up(self, asked: Asked) -> None:
        super().look_up(asked)
        value = json.dumps(self.unique(asked))
        if value in self.taken:
            raise RefusalError(409, "That was there before.")
        self.taken |= {value} - {"null"}

    def unique(self, asked: Asked) -> Any:
        return asked.get(self.member)


@fault(VALID, *times(2, ask(run_name="nightly")))
class NameTaken(Conflicting):
    """The name of a run has to be unique."""


@fault(VALID, *times(2, ask(metadata={"a": "1"})))
class MetadataTaken(Conflicting):
    """Metadata has to be unique."""

    member = "metadata"


@fault(VALID, *times(2, ask()))
class EqualRequestRefused(Conflicting):
    """An equal request is taken for a duplicate, and refused."""

    def unique(self, asked: Asked) -> Any:
        return asked


@fault(VALID, *times(3, ask()), at_once=True)
class OneAtATime(Reference):
    """While one request is being answered, others are refused."""

    busy = False

    async def respond(self, request: Request) -> Response:
        if self.busy:
            with contextlib.suppress(RefusalError):
                await self.read(request)
            return self.refuse(RefusalError(423, "Another run is being started."))
        self.busy = True
        try:
            await asyncio.sleep(0.02)
            return await super().respond(request)
        finally:
            self.busy = False


# --- text ---


def any_key(pattern: str) -> Callable[[Asked], bool]:
    return lambda asked: any(re.search(pattern, key) for key in asked.get("metadata", {}))


for name, summary, pattern, sample, status in (
    ("non-ascii", "Text that is not ASCII is refused.", r"[^\x00-\x7f]", "café", 400),
    ("emoji", "Text beyond the BMP is refused.", "[\U00010000-\U0010ffff]", "\U0001f3c3", 422),
    ("line-break", "Line breaks are refused.", r"[\r\n]", "one\ntwo", 422),
    ("control", "Control characters are refused.", r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", "a\x07b", 400),
    ("surrounding-blanks", "Blanks at the ends are refused.", r"^\s|\s$", " x ", 422),
    ("right-to-left", "Marks of direction are refused.", "[\u202a-\u202e]", "\u202ertl\u202c", 400),
    ("zero-width", "Characters without a width are refused.", "[\u200b-\u200d]", "a\u200db", 400),
    ("noncharacter", "Noncharacters are refused.", "[\ufdd0-\ufdef\ufffe\uffff]", "\uffff", 400),
    ("separator", "U+2028 is refused.", "[\u2028\u2029]", "a\u2028b", 400),
    ("markup", "A firewall refuses what looks like a script.", "<script", "<script>alert(1)</script>", 403),
    ("angle-bracket", "Angle brackets are refused.", "[<>]", "a < b", 400),
    ("sql", "SQL is refused by a firewall.", r"(?i)drop\s+table|union\s+select|' or ", "'; DROP TABLE runs; --", 403),
    ("path", "A firewall refuses what looks like a path traversal.", r"\.\./", "../../etc/passwd", 403),
    ("shell", "Characters of a shell are refused.", "[$`;|]", "$(id); `id`", 400),
    ("percent", "Percent signs are refused.", "%", "100%", 400),
    ("quote", "Quotes are refused.", "['\"]", "it's", 400),
    ("backslash", "Backslashes are refused.", r"\\", "a\\b", 400),
    ("brace", "Braces are refused.", "[{}]", "{{x}}", 400),
    ("word-null", "The word null is refused.", "^null$", "null", 422),
    ("digits", "Text of digits alone is refused.", r"^\d+$", "42", 422),
):  # fmt: skip
    refuse(f"{name}-refused", TEXT, summary, any_text(re.compile(pattern).search), ask(run_name=sample), status=status)

for name, summary, pattern, key in (
    ("dotted-key", "Keys with a dot are refused, as by older MongoDBs.", r"\.", "a.b"),
    ("dollar-key", "Keys that begin with a dollar are refused.", r"^\$", "$ref"),
    ("proto-key", "The key `__proto__` is refused.", "^__proto__$", "__proto__"),
    ("blank-in-key", "Keys with a blank are refused.", " ", "a b"),
    ("non-ascii-key", "Keys that are not ASCII are refused.", r"[^\x00-\x7f]", "café"),
    ("capital-in-key", "Keys with a capital letter are refused.", "[A-Z]", "Team"),
    ("key-of-digits", "Keys of digits are refused.", r"^\d+$", "0"),
    ("dashed-key", "Keys with a dash are refused.", "-", "a-b"),
):
    refuse(
        f"{name}-refused",
        TEXT,
        summary,
        any_key(pattern),
        ask(metadata={key: "x"}),
    )
refuse(
    "underscored-variable-refused",
    VALID,
    "A variable that begins with an underscore is refused.",
    lambda asked: any(key.startswith("_") for key in env(asked)),
    profile(envVars={"_A": "1"}),
)
refuse(
    "lower-case-variable-refused",
    VALID,
    "A variable that is not in capitals is refused.",
    lambda asked: any(key != key.upper() for key in env(asked)),
    profile(envVars={"log_level": "1"}),
)
refuse(
    "equals-in-variable-refused",
    TEXT,
    "An equals sign in a variable is refused.",
    lambda asked: any("=" in value for value in env(asked).values()),
    profile(envVars={"A": "a=b"}),
)
refuse(
    "line-break-in-variable-refused",
    TEXT,
    "A line break in a variable is refused.",
    lambda asked: any("\n" in value for value in env(asked).values()),
    profile(envVars={"A": "a\nb"}),
)

# --- what only SHOULD be accepted ---


def asks_for(member: str, value: Any) -> Callable[[Asked], bool]:
    def asked_for(asked: Asked) -> bool:
        given: Asked = inside(asked).get("launchParameters") or {}
        return bool(given.get(member) == value)

    return asked_for


SHOULD.refuse(
    "unknown-member-refused",
    UNKNOWN,
    "A member that is not known is refused.",
    lambda asked: not asked.keys() <= {"benchmark_id", "run_name", "metadata", "runProfile"},
    ask(more=1),
    status=422,
)
SHOULD.refuse(
    "unknown-member-of-profile-refused",
    UNKNOWN,
    "A member of runProfile that is not known is refused.",
    lambda asked: not inside(asked).keys() <= {"envVars", "secrets", "purpose", "launchParameters", "mounts"},
    profile(more=1),
)
for member, example in (
    ("secrets", {"A": "ONE"}),
    ("launchParameters", {"architecture": "x86_64"}),
    ("mounts", [{"type": "file_mount", "target": "/a", "content": ""}]),
):
    SHOULD.refuse(
        f"{member.lower()}-refused",
        KNOWN,
        f"A runProfile with {member} is refused.",
        has("runProfile", member),
        profile(**{member: example}),
        status=422,
    )
for member, value in (
    ("architecture", "arm64"), ("resource_size_request", "XX_LARGE"), ("keep_alive_time_seconds", 172800),
    ("available_ports", [80]), ("custom_cpu_cores", 2), ("launch_commands", ["true"]),
):  # fmt: skip
    SHOULD.refuse(
        f"{member.replace('_', '-')}-refused",
        KNOWN,
        f"A legal value of {member} is refused.",
        asks_for(member, value),
        profile(launchParameters={member: value}),
        status=422,
    )
