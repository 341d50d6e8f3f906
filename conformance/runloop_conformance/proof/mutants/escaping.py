"""Faults in how text comes back: encodings, markup, templates, shells, SQL."""

import html
import re
from urllib.parse import unquote, unquote_plus

from runloop_conformance.proof.mutants.fault import Chapter
from runloop_conformance.proof.mutants.place import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES, text_in

CHAPTER = Chapter("run")
text = text_in(CHAPTER)

# --- encodings ---

text(
    "name-question-marks",
    NAME,
    "What is beyond the BMP becomes a question mark, as in utf8mb3.",
    lambda value: re.sub("[\U00010000-\U0010ffff]", "?", value),
    "run \U0001f3c3",
)
text(
    "metadata-emoji-dropped",
    METADATA,
    "What is beyond the BMP is dropped.",
    lambda value: re.sub("[\U00010000-\U0010ffff]", "", value),
    "run \U0001f3c3",
)
text(
    "variables-replacement-characters",
    VARIABLES,
    "What is beyond the BMP becomes replacement characters.",
    lambda value: re.sub("[\U00010000-\U0010ffff]", "\ufffd\ufffd", value),
    "\U0001f3c3",
)
text(
    "purpose-latin-1",
    PURPOSE,
    "What is not in Latin-1 becomes a question mark.",
    lambda value: value.encode("latin-1", "replace").decode("latin-1"),
    "日本",
)
text(
    "name-decoded-as-latin-1",
    NAME,
    "UTF-8 is taken for Latin-1.",
    lambda value: value.encode().decode("latin-1"),
    "café",
)
text(
    "metadata-decoded-as-cp1252",
    METADATA,
    "UTF-8 is taken for Windows-1252.",
    lambda value: value.encode().decode("cp1252", "replace"),
    "“quoted”",
)
text(
    "metadata-keys-decoded-as-latin-1",
    METADATA_KEYS,
    "The UTF-8 of keys is taken for Latin-1.",
    lambda value: value.encode().decode("latin-1"),
    "café",
)
text(
    "variables-ascii-only",
    VARIABLES,
    "Variables keep their ASCII alone.",
    lambda value: value.encode("ascii", "ignore").decode(),
    "café",
)
text(
    "purpose-escapes-left",
    PURPOSE,
    "What is not ASCII stays escaped.",
    lambda value: value.encode("ascii", "backslashreplace").decode(),
    "café",
)

# --- markup, templates, shells, SQL ---

text("name-html-escaped", NAME, "The name is escaped for HTML.", html.escape, 'a <b> & "c"')
text(
    "variables-html-escaped-twice",
    VARIABLES,
    "Variables are escaped for HTML twice.",
    lambda value: html.escape(html.escape(value)),
    "a&b",
)
text(
    "purpose-html-unescaped",
    PURPOSE,
    "HTML entities of the purpose are resolved.",
    html.unescape,
    "&lt;b&gt; &amp;amp;",
)
text(
    "metadata-html-escaped",
    METADATA,
    "Ampersands in metadata are escaped for HTML.",
    lambda value: value.replace("&", "&amp;"),
    "a&b",
)
text(
    "name-tags-stripped",
    NAME,
    "What looks like a tag is taken off.",
    lambda value: re.sub("<[^<>]*>", "", value),
    "a <b>c</b>",
)
text("variables-percent-decoded", VARIABLES, "Percent signs are decoded.", unquote, "b=%20c")
text("purpose-form-decoded", PURPOSE, "A plus becomes a blank.", unquote_plus, "a+b")
text(
    "variables-expanded",
    VARIABLES,
    "References to variables are expanded.",
    lambda value: re.sub(r"\$\{?\w+\}?", "", value),
    "$HOME/bin:${PATH}",
)
text(
    "name-rendered",
    NAME,
    "The name goes through a template.",
    lambda value: re.sub(r"\{\{[^{}]*\}\}", "", value),
    "run {{ 7*7 }}",
)
text(
    "purpose-formatted",
    PURPOSE,
    "The purpose goes through %-formatting.",
    lambda value: value.replace("%%", "%").replace("%s", "").replace("%d", "0"),
    "100%% of %s",
)
text(
    "metadata-braces-formatted",
    METADATA,
    "Metadata goes through a format of braces.",
    lambda value: re.sub(r"\{\w*\}", "", value),
    "a {0} b {name}",
)
text(
    "variables-unquoted",
    VARIABLES,
    "Quotes around a variable are taken off, as a shell does.",
    lambda value: re.sub(r"""^(['"])(.*)\1$""", r"\2", value, flags=re.DOTALL),
    '"quoted"',
)
text(
    "variables-backslashes-eaten",
    VARIABLES,
    "Backslashes in variables escape what follows.",
    lambda value: re.sub(r"\\(.)", r"\1", value),
    r"C:\new",
)
text(
    "variables-backslash-n",
    VARIABLES,
    "A backslash and an n become a line break.",
    lambda value: value.replace("\\n", "\n"),
    r"a\nb",
)
text(
    "metadata-backslashes-doubled",
    METADATA,
    "Backslashes in metadata are doubled.",
    lambda value: value.replace("\\", "\\\\"),
    "a\\b",
)
text(
    "name-quotes-doubled",
    NAME,
    "Single quotes are doubled, as for SQL.",
    lambda value: value.replace("'", "''"),
    "it's",
)
text(
    "name-quotes-escaped",
    NAME,
    "Quotes get a backslash, as addslashes does.",
    lambda value: re.sub(r"(['\"])", r"\\\1", value),
    "it's",
)
text("purpose-quotes-dropped", PURPOSE, "Double quotes are dropped.", lambda value: value.replace('"', ""), 'say "hi"')
text(
    "metadata-slashes-dropped",
    METADATA,
    "Slashes at the end are taken off.",
    lambda value: value.rstrip("/"),
    "path/to/",
)
text("name-slugged", NAME, "Blanks in the name become dashes.", lambda value: value.replace(" ", "-"), "nightly run")
text(
    "metadata-keys-dots-replaced",
    METADATA_KEYS,
    "Dots in keys become underscores, as in PHP.",
    lambda value: value.replace(".", "_"),
    "a.b",
)
text(
    "metadata-keys-snake-case",
    METADATA_KEYS,
    "Keys are turned to snake case.",
    lambda value: re.sub("(?<=[a-z0-9])([A-Z])", r"_\1", value).lower(),
    "commitHash",
)
text(
    "metadata-keys-dollars-dropped",
    METADATA_KEYS,
    "A dollar at the start of a key is dropped.",
    lambda value: value.lstrip("$"),
    "$ref",
)
text(
    "name-of-null-lost",
    NAME,
    "A name that is the word null is lost.",
    lambda value: "" if value == "null" else value,
    "null",
)
text(
    "name-zeros-dropped",
    NAME,
    "Zeros at the start of a number are dropped.",
    lambda value: value.lstrip("0") if value.isdecimal() else value,
    "007",
)
text(
    "metadata-numbers-shortened",
    METADATA,
    "Numbers are read and written again.",
    lambda value: str(float(value)) if re.fullmatch(r"\d+\.\d+", value) else value,
    "1.10",
)
text(
    "metadata-large-numbers-rounded",
    METADATA,
    "Long integers go through a double.",
    lambda value: str(int(float(value))) if value.isdecimal() and value.isascii() else value,
    "9007199254740993",
)
text(
    "purpose-yes-and-no",
    PURPOSE,
    "The purpose goes through YAML, where some words are true.",
    lambda value: {"yes": "true", "no": "false", "on": "true", "off": "false"}.get(value.lower(), value),
    "no",
)
