"""Valid requests whose text or properties make the server fail."""

import re
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import RunRequest, any_text, env_vars, has_value
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import WitnessRequest, start_run, with_profile
from runloop_conformance.servers.reference import texts_in

MUTANTS = Mutants(__name__)
FAILS = RULE + "no-server-error"


def mounts_of(run_request: RunRequest) -> list[RunRequest]:
    return (run_request.get("runProfile") or {}).get("mounts") or []


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
    MUTANTS.reject(
        f"fails-at-{name}", FAILS, summary, any_text(re.compile(pattern).search), start_run(run_name=sample), status=500
    )


def key(pattern: str) -> Callable[[RunRequest], bool]:
    return lambda run_request: any(re.search(pattern, key, re.DOTALL) for key in run_request.get("metadata", {}))


def large(run_request: RunRequest) -> bool:
    return sum(map(len, texts_in(run_request))) > 30_000


FAILURES: tuple[tuple[str, str, Callable[[RunRequest], bool], WitnessRequest], ...] = (
    ("proto-key", "The key `__proto__` breaks an object.", key("^__proto__$"), start_run(metadata={"__proto__": "x"})),
    (
        "constructor-key",
        "The key constructor breaks an object.",
        key("^constructor$"),
        start_run(metadata={"constructor": "x"}),
    ),
    ("empty-key", "An empty key breaks a document store.", key("^$"), start_run(metadata={"": "x"})),
    ("dotted-key", "A dot in a key breaks a document store.", key(r"\."), start_run(metadata={"a.b": "x"})),
    ("dollar-key", "A dollar in a key breaks a document store.", key(r"^\$"), start_run(metadata={"$ref": "x"})),
    ("key-of-digits", "A key of digits breaks an array.", key(r"^\d+$"), start_run(metadata={"0": "x"})),
    (
        "long-key",
        "A key of more than 128 characters breaks an index.",
        key(".{129}"),
        start_run(metadata={"k" * 129: "x"}),
    ),
    (
        "many-members",
        "More than 50 properties break a statement.",
        lambda run_request: len(run_request.get("metadata", {})) > 50,
        start_run(metadata={f"{n}": "" for n in range(64)}),
    ),
    (
        "empty-value",
        "An empty value breaks a store of keys.",
        lambda run_request: "" in run_request.get("metadata", {}).values(),
        start_run(metadata={"a": ""}),
    ),
    (
        "empty-variable",
        "An empty variable breaks a shell.",
        lambda run_request: "" in env_vars(run_request).values(),
        with_profile(envVars={"A": ""}),
    ),
    (
        "equals-in-variable",
        "An equals sign in a variable breaks its parsing.",
        lambda run_request: any("=" in value for value in env_vars(run_request).values()),
        with_profile(envVars={"A": "a=b"}),
    ),
    (
        "null-name",
        "A run_name that is null is dereferenced.",
        lambda run_request: run_request.get("run_name", "") is None,
        start_run(run_name=None),
    ),
    (
        "empty-name",
        "The server reads the first letter of an empty name.",
        lambda run_request: run_request.get("run_name") == "",
        start_run(run_name=""),
    ),
    (
        "empty-profile",
        "An empty runProfile is dereferenced.",
        lambda run_request: run_request.get("runProfile") == {},
        with_profile(),
    ),
    (
        "large-body",
        "A body of more than 30,000 characters breaks a buffer.",
        large,
        start_run(metadata={f"{n}": "x" * 1000 for n in range(40)}),
    ),
    (
        "name-beside-profile",
        "A name beside a runProfile breaks a join.",
        lambda run_request: has_value("run_name")(run_request) and "runProfile" in run_request,
        start_run(run_name="x", runProfile={}),
    ),
    (
        "mounts",
        "Mounts break a service that is not there.",
        has_value("runProfile", "mounts"),
        with_profile(mounts=[{"type": "file_mount", "target": "/a", "content": ""}]),
    ),
    (
        "mount-without-options",
        "A mount of code without a command to install it breaks a template.",
        lambda run_request: any(
            mount["type"] == "code_mount" and "install_command" not in mount for mount in mounts_of(run_request)
        ),
        with_profile(mounts=[{"type": "code_mount", "repo_owner": "o", "repo_name": "r"}]),
    ),
    (
        "purpose-without-variables",
        "Where there is a purpose, variables are accepted to be there as well.",
        lambda run_request: (
            bool(has_value("runProfile", "purpose")(run_request))
            and not has_value("runProfile", "envVars")(run_request)
        ),
        with_profile(purpose="regression"),
    ),
    (
        "secrets",
        "Secrets break a service that is not there.",
        has_value("runProfile", "secrets"),
        with_profile(secrets={"A": "ONE"}),
    ),
    (
        "unknown-member",
        "A property that is not known breaks a constructor.",
        lambda run_request: not run_request.keys() <= {"benchmark_id", "run_name", "metadata", "runProfile"},
        start_run(more=1),
    ),
)
for name, summary, wanted, witness in FAILURES:
    MUTANTS.reject(f"fails-at-{name}", FAILS, summary, wanted, witness, status=500)
