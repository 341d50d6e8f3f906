"""Valid requests that are rejected for the characters in their text."""

import re
import unicodedata
from collections.abc import Callable

from runloop_conformance.proof.mutants.changes import RunRequest, any_text, profile_value
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import start_run, with_profile

MUTANTS = Mutants(__name__)
TEXT = RULE + "accepts-text"


def any_key(pattern: str) -> Callable[[RunRequest], bool]:
    return lambda run_request: any(re.search(pattern, key) for key in run_request.get("metadata", {}))


for name, summary, pattern, sample, status in (
    ("non-ascii", "Text that is not ASCII is rejected.", r"[^\x00-\x7f]", "café", 400),
    ("emoji", "Text beyond the BMP is rejected.", "[\U00010000-\U0010ffff]", "\U0001f3c3", 422),
    ("line-break", "Line breaks are rejected.", r"[\r\n]", "one\ntwo", 422),
    ("control", "Control characters are rejected.", r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", "a\x07b", 400),
    ("surrounding-blanks", "Blanks at the ends are rejected.", r"^\s|\s$", " x ", 422),
    ("right-to-left", "Marks of direction are rejected.", "[\u202a-\u202e]", "\u202ertl\u202c", 400),
    ("zero-width", "Characters without a width are rejected.", "[\u200b-\u200d]", "a\u200db", 400),
    ("noncharacter", "Noncharacters are rejected.", "[\ufdd0-\ufdef\ufffe\uffff]", "\uffff", 400),
    ("separator", "U+2028 is rejected.", "[\u2028\u2029]", "a\u2028b", 400),
    ("markup", "A firewall rejects what looks like a script.", "<script", "<script>alert(1)</script>", 403),
    ("angle-bracket", "Angle brackets are rejected.", "[<>]", "a < b", 400),
    ("sql", "SQL is rejected by a firewall.", r"(?i)drop\s+table|union\s+select|' or ", "'; DROP TABLE runs; --", 403),
    ("path", "A firewall rejects what looks like a path traversal.", r"\.\./", "../../etc/passwd", 403),
    ("shell", "Characters of a shell are rejected.", "[$`;|]", "$(id); `id`", 400),
    ("percent", "Percent signs are rejected.", "%", "100%", 400),
    ("quote", "Quotes are rejected.", "['\"]", "it's", 400),
    ("backslash", "Backslashes are rejected.", r"\\", "a\\b", 400),
    ("brace", "Braces are rejected.", "[{}]", "{{x}}", 400),
    ("word-null", "The word null is rejected.", "^null$", "null", 422),
    ("digits", "Text of digits alone is rejected.", r"^\d+$", "42", 422),
):  # fmt: skip
    MUTANTS.reject(
        f"{name}-refused",
        TEXT,
        summary,
        any_text(re.compile(pattern).search),
        start_run(run_name=sample),
        status=status,
    )
for name, summary, pattern, key in (
    ("dotted-key", "Keys with a dot are rejected, as by older MongoDBs.", r"\.", "a.b"),
    ("dollar-key", "Keys that begin with a dollar are rejected.", r"^\$", "$ref"),
    ("proto-key", "The key `__proto__` is rejected.", "^__proto__$", "__proto__"),
    ("blank-in-key", "Keys with a blank are rejected.", " ", "a b"),
    ("non-ascii-key", "Keys that are not ASCII are rejected.", r"[^\x00-\x7f]", "café"),
    ("capital-in-key", "Keys with a capital letter are rejected.", "[A-Z]", "Team"),
    ("key-of-digits", "Keys of digits are rejected.", r"^\d+$", "0"),
    ("dashed-key", "Keys with a dash are rejected.", "-", "a-b"),
):
    MUTANTS.reject(
        f"{name}-refused",
        TEXT,
        summary,
        any_key(pattern),
        start_run(metadata={key: "x"}),
    )


def noncharacter(letter: str) -> bool:
    return ord(letter) & 0xFFFE == 0xFFFE or "\ufdd0" <= letter <= "\ufdef"


def unassigned(text: str) -> bool:
    return any(unicodedata.category(letter) == "Cn" and not noncharacter(letter) for letter in text)


Matches = Callable[[str], object]
TEXTS: tuple[tuple[str, str, Matches, str, int], ...] = (
    (
        "lookup",
        "A firewall rejects what looks like a lookup of Log4j.",
        re.compile(r"\$\{").search,
        "${jndi:ldap://x}",
        403,
    ),
    (
        "link",
        "A filter of spam rejects what has a link.",
        re.compile("https?://").search,
        "see https://example.org",
        422,
    ),
    (
        "private-use",
        "Characters of private use are rejected.",
        lambda text: any(unicodedata.category(letter) == "Co" for letter in text),
        "\ue000",
        422,
    ),
    ("unassigned", "Characters that are not assigned yet are rejected.", unassigned, "\u0378", 422),
    (
        "c1-control",
        "The control characters behind ASCII are rejected.",
        re.compile("[\x7f-\x9f]").search,
        "a\x85b",
        422,
    ),
    (
        "combining-start",
        "Text that begins with a combining mark is rejected.",
        lambda text: unicodedata.combining(text[:1] or " "),
        "\u0301a",
        422,
    ),
)
for name, summary, matches, sample, status in TEXTS:
    MUTANTS.reject(f"{name}-refused", TEXT, summary, any_text(matches), start_run(run_name=sample), status=status)


def name_is(pattern: str) -> Callable[[RunRequest], bool]:
    return lambda run_request: bool(re.fullmatch(pattern, run_request.get("run_name") or "", re.DOTALL))


for name, summary, pattern, sample in (
    ("blank-name", "A name of blanks is rejected.", r"\s+", "  "),
    ("name-of-one", "A name of one character is rejected.", ".", "x"),
    ("name-of-signs", "A name without a letter or a digit is rejected.", r"\W+", "--"),
):
    MUTANTS.reject(f"{name}-refused", TEXT, summary, name_is(pattern), start_run(run_name=sample), status=422)
MUTANTS.reject(
    "control-in-key-refused",
    TEXT,
    "Keys with a control character are rejected.",
    any_key("[\x01-\x1f]"),
    start_run(metadata={"a\tb": "x"}),
    status=422,
)
MUTANTS.reject(
    "slash-in-key-refused",
    TEXT,
    "Keys with a slash are rejected.",
    any_key("/"),
    start_run(metadata={"ci/build": "x"}),
    status=422,
)
MUTANTS.reject(
    "purpose-beyond-ascii-refused",
    TEXT,
    "A purpose that is not ASCII is rejected.",
    lambda run_request: not (profile_value(run_request).get("purpose") or "").isascii(),
    with_profile(purpose="Prüfung"),
    status=422,
)
