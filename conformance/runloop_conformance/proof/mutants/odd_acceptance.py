"""Faults in what is accepted: text, names and sizes that somebody thought nobody would send."""

import re
import unicodedata
from collections.abc import Callable

from runloop_conformance.proof.mutants.acceptance import KNOWN, TEXT, UNKNOWN, VALID, inside
from runloop_conformance.proof.mutants.fault import RULE, Asked, Chapter, any_text, ask, env, has, profile
from runloop_conformance.proof.mutants.maps import many

CHAPTER = Chapter("request")
SHOULD = CHAPTER.should()
refuse = CHAPTER.refuse

SIZES = RULE + "accepts-sizes"

# --- text ---


def noncharacter(letter: str) -> bool:
    return ord(letter) & 0xFFFE == 0xFFFE or "\ufdd0" <= letter <= "\ufdef"


def unassigned(text: str) -> bool:
    return any(unicodedata.category(letter) == "Cn" and not noncharacter(letter) for letter in text)


Matches = Callable[[str], object]
TEXTS: tuple[tuple[str, str, Matches, str, int], ...] = (
    (
        "lookup",
        "A firewall refuses what looks like a lookup of Log4j.",
        re.compile(r"\$\{").search,
        "${jndi:ldap://x}",
        403,
    ),
    (
        "link",
        "A filter of spam refuses what has a link.",
        re.compile("https?://").search,
        "see https://example.org",
        422,
    ),
    (
        "private-use",
        "Characters of private use are refused.",
        lambda text: any(unicodedata.category(letter) == "Co" for letter in text),
        "\ue000",
        422,
    ),
    ("unassigned", "Characters that are not assigned yet are refused.", unassigned, "\u0378", 422),
    ("c1-control", "The control characters behind ASCII are refused.", re.compile("[\x7f-\x9f]").search, "a\x85b", 422),
    (
        "combining-start",
        "Text that begins with a combining mark is refused.",
        lambda text: unicodedata.combining(text[:1] or " "),
        "\u0301a",
        422,
    ),
)
for name, summary, matches, sample, status in TEXTS:
    refuse(f"{name}-refused", TEXT, summary, any_text(matches), ask(run_name=sample), status=status)


def name_is(pattern: str) -> Callable[[Asked], bool]:
    return lambda asked: bool(re.fullmatch(pattern, asked.get("run_name") or "", re.DOTALL))


for name, summary, pattern, sample in (
    ("blank-name", "A name of blanks is refused.", r"\s+", "  "),
    ("name-of-one", "A name of one character is refused.", ".", "x"),
    ("name-of-signs", "A name without a letter or a digit is refused.", r"\W+", "--"),
):
    refuse(f"{name}-refused", TEXT, summary, name_is(pattern), ask(run_name=sample), status=422)


def any_key(pattern: str) -> Callable[[Asked], bool]:
    return lambda asked: any(re.search(pattern, key) for key in asked.get("metadata", {}))


refuse(
    "control-in-key-refused",
    TEXT,
    "Keys with a control character are refused.",
    any_key("[\x01-\x1f]"),
    ask(metadata={"a\tb": "x"}),
    status=422,
)
refuse(
    "slash-in-key-refused",
    TEXT,
    "Keys with a slash are refused.",
    any_key("/"),
    ask(metadata={"ci/build": "x"}),
    status=422,
)
refuse(
    "purpose-beyond-ascii-refused",
    TEXT,
    "A purpose that is not ASCII is refused.",
    lambda asked: not (inside(asked).get("purpose") or "").isascii(),
    profile(purpose="Prüfung"),
    status=422,
)

# --- variables, and what else is in a profile ---


def any_variable(pattern: str) -> Callable[[Asked], bool]:
    return lambda asked: any(re.search(pattern, key) for key in env(asked))


for name, summary, pattern, sample in (
    (
        "variable-ending-in-digit",
        "A variable whose name ends in a digit or an underscore is refused.",
        "(?<=.)[0-9_]$",
        "PORT_1",
    ),
    ("variable-path", "PATH is the server's own, and refused.", "^PATH$", "PATH"),
    ("variable-of-runloop", "Variables that begin with RUNLOOP are refused.", "^RUNLOOP", "RUNLOOP_API_URL"),
):
    refuse(f"{name}-refused", VALID, summary, any_variable(pattern), profile(envVars={sample: "x"}), status=422)
SHOULD.refuse(
    "null-purpose-beside-variables-refused",
    KNOWN,
    "Beside variables a purpose that is null is refused.",
    lambda asked: inside(asked).get("purpose", "") is None and has("runProfile", "envVars")(asked),
    profile(purpose=None, envVars={"A": "1"}),
    status=422,
)
refuse(
    "secrets-beyond-20-refused",
    SIZES,
    "More than 20 secrets are refused.",
    lambda asked: len(inside(asked).get("secrets") or {}) > 20,
    profile(secrets=many(21)),
    status=422,
)


def launch(asked: Asked) -> Asked:
    found: Asked = inside(asked).get("launchParameters") or {}
    return found


SHOULD.refuse(
    "long-launch-command-refused",
    KNOWN,
    "A launch command of more than 256 characters is refused.",
    lambda asked: any(len(command) > 256 for command in launch(asked).get("launch_commands", [])),
    profile(launchParameters={"launch_commands": ["x" * 257]}),
    status=422,
)
LAUNCH_PARAMETERS = {
    "after_idle", "architecture", "available_ports", "custom_cpu_cores", "custom_disk_size", "custom_gb_memory",
    "keep_alive_time_seconds", "launch_commands", "required_services", "resource_size_request", "user_parameters",
}  # fmt: skip
SHOULD.refuse(
    "unknown-launch-parameter-refused",
    UNKNOWN,
    "A member of launchParameters that is not known is refused.",
    lambda asked: not launch(asked).keys() <= LAUNCH_PARAMETERS,
    profile(launchParameters={"more": 1}),
    status=422,
)

# --- sizes that nobody thinks of ---

refuse(
    "long-word-refused",
    SIZES,
    "A word of more than 500 letters is refused.",
    any_text(re.compile(r"\S{501}").search),
    ask(run_name="x" * 501),
    status=422,
)
refuse(
    "variables-beyond-8192-refused",
    SIZES,
    "Variables of more than 8,192 characters in all are refused.",
    lambda asked: sum(len(key) + len(value) for key, value in env(asked).items()) > 8192,
    profile(envVars={f"KEY_{number}": "x" * 1000 for number in range(9)}),
    status=422,
)
refuse(
    "members-beyond-100-refused",
    SIZES,
    "More than 100 members of metadata and variables together are refused.",
    lambda asked: len(asked.get("metadata", {})) + len(env(asked)) > 100,
    ask(metadata=many(60), runProfile={"envVars": many(60)}),
    status=422,
)
