"""Strings that break databases, templates, shells, encodings and JavaScript objects."""

from __future__ import annotations

WHOLE = (
    # what a server may mistake for a value of another type, or for none
    "", "007", "null", " ", "no", "42", "2026-11-23", "\u00e9t\u00e9", "[]", "12:30", "false", "0", "None", "true", "1e3", "undefined", "-1",
    '{"a":1}', "NaN", "1.10", "x", "{}", "=1+1", "~/x", "on", "YES", ":a", "https://user:pass@example.org/",
    "3F2504E0-4F89-11D3-9A0C-0305E82C3301", '"quoted"', "'quoted'", "9007199254740993", "2026-11-23T00:00:00Z", "12:30:45", "0x1F", "1_000",
    "+1", ".5", "N/A", "~",
    # what is trimmed, folded, normalised or cut
    "  both ends  ", "MiXeD cAsE", "mixed case", "e\u0301 decomposed", "\u00e9 precomposed", "\u212b \ufb01 \u2460 compatibility",
    "\u0130stanbul \u0131", "Stra\u00dfe \u1e9e", "\u03a3\u03c2\u03c3", "trailing newline\n", "\ttab", "a\r\nb\rc\n", "two  spaces",
    # what encodings lose
    "\u20ac \u2019 cp1252", "\u00ff\u0100", "\u6f22\u5b57", "\U0001f600", "\U0001f3c3\u200d\u2640\ufe0f", "\u200b\u200d\ufeff zero width", "no\u00a0break",
    "\u202eright to left\u202c \u05d0\u05d1 \u0627\u0644", "\u2028\u2029", "\u007f\u0085", "\u0001\u001f", "\ufffd", "\uffff\ufdd0", "\U0010ffff",
    "\u1112\u1161\u11ab \uf900 \uff11\uff21 \u00ad \x0b\x0c", "\U0001f3f4\U000e0067\U000e0062\U000e007f \U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd \x1b[31m",
    # what means something in templates, shells, queries, markup, paths and formats
    "'; DROP TABLE runs; --", '" OR "1"="1', "{{7*7}}", "${7*7} ${HOME}", "%s %d %n %00", "$(id) `id`", "*a* 100%% #b #{x}", "<script>alert(1)</script>",
    "&amp; & &lt;", "\\n \\u0041 \\", "a/b\\c", "../../etc/passwd", "a=b;c,d|e", "*)(uid=*", "http://example.org/?a=b#c", "caf%C3%A9+x",
    "nil", "TRUE", "False", "12", "5.0", "1,000", "4111111111111111", "[1,2]", "!!!", "   ", "Y", "off",
    "' OR 1=1 --", "x' UNION SELECT 1 --", "\u0301 combining first", "\ufeffmarked", "wait... (c) :smile:",
    "someone@example.org", "\ue000 private", "\u0378 unassigned", "many " + " " * 450 + "blanks",
    "@file", "# comment // /* */", "C:\\new\\table", "a, b", "a;b", "x" * 81, "word " * 30,
)  # fmt: skip
"""Texts that are sent as whole values, those that break most first."""

KEYS = (
    "__proto__", "constructor", "toString", "hasOwnProperty", "$where", "a.b", "a[0]", "10", "2", "Key", "key", "id",
    "length", "name", "run_name", "benchmark_id", "metadata", "state", "purpose", "password", "authorization",
    "api_key", "token", "caf\u00e9", "cafe\u0301", "cafe", "a", "a ", "a:b", "a-b", "a_b", "aB", "\u00df", "ss",
    "same", "k" * 300 + "1", "k" * 300 + "2",
)  # fmt: skip
"""Names of properties that JavaScript objects, document stores and case-folding columns handle wrongly."""

ENVIRONMENT_NAMES = (
    "A", "a", "_", "PATH", "HOME", "PATH_", "X1", "lower_case", "MixedCase", "__proto__", "constructor",
    "DB_PASSWORD", "API_TOKEN", "SECRET_KEY", "RUNLOOP_TEAM", "AWS_REGION", "PYTHONPATH", "USER", "PORT", "DEBUG",
    "CI", "Z" * 100, "Z" * 300, "Z" * 1000,
)  # fmt: skip
"""POSIX names (IEEE 1003.1, 3.216): letters, digits and underscores, not beginning with a digit."""

LENGTHS = (
    31, 32, 33, 63, 64, 65, 100, 101, 127, 128, 129, 200, 201, 254, 255, 256, 257, 500, 501, 511, 512, 513, 767, 768,
    999, 1000,
)  # fmt: skip
"""Characters. On both sides of the sizes at which columns and buffers cut."""

PLAIN = 40  # of the texts; the others are also awkward inside of a longer one
TELLING = (
    "\u00c9e\u0301\u00df\U0001f600\u6f22 \"q\" 'q' <b>&amp;</b> %s ${HOME} {{7*7}} a,b;c=d \u00a0 \\n\\\\\\\\\n\t.\r\n "
)


def telling(name: str, mark: str) -> str:
    """A text that almost any conversion changes: case, accents, both ends, quotes, markup, separators, escapes."""
    return f" {name} {mark} {TELLING}"


def joined(limit: int = 1000, half: int = 0) -> str:
    """Many of the awkward texts in one string of at most `limit` characters, with white space at both ends."""
    text = "\ufeff" if half else " "
    for part in WHOLE[PLAIN:] if not half else reversed(WHOLE):
        if len(text) + len(part) + 2 > limit:
            break
        text += part + " "
    return text


FILLERS = {
    "ascii": "0123456789abcdefghijklmnopqrstuvwxyz ",
    "astral": "\U0001f600\U0001f3c3\U00020000\U0001f9ea",
    "other": "\u00e9\u0416\u05d0\u6f22\u65e5\u3042\uac00\U0001f600",
}


def of_length(count: int, mark: str, script: str = "ascii") -> str:
    """A text of exactly `count` characters whose end shows what was cut off."""
    head = f"{count}:{mark}:" if count > 30 else ""
    filler = FILLERS[script]
    text = head + filler * (count // len(filler) + 1)
    return text[: count - 1] + "$"
