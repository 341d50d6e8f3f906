"""Text that is escaped, unescaped or expanded: markup, templates, shells, SQL, numbers."""

import html
import re
from urllib.parse import unquote, unquote_plus

from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.place import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES

MUTANTS = Mutants(__name__)
MUTANTS.change_text("name-html-escaped", NAME, "The name is escaped for HTML.", html.escape, 'a <b> & "c"')
MUTANTS.change_text(
    "variables-html-escaped-twice",
    VARIABLES,
    "Variables are escaped for HTML twice.",
    lambda value: html.escape(html.escape(value)),
    "a&b",
)
MUTANTS.change_text(
    "purpose-html-unescaped",
    PURPOSE,
    "HTML entities of the purpose are resolved.",
    html.unescape,
    "&lt;b&gt; &amp;amp;",
)
MUTANTS.change_text(
    "metadata-html-escaped",
    METADATA,
    "Ampersands in metadata are escaped for HTML.",
    lambda value: value.replace("&", "&amp;"),
    "a&b",
)
MUTANTS.change_text(
    "name-tags-stripped",
    NAME,
    "What looks like a tag is removed.",
    lambda value: re.sub("<[^<>]*>", "", value),
    "a <b>c</b>",
)
MUTANTS.change_text("variables-percent-decoded", VARIABLES, "Percent signs are decoded.", unquote, "b=%20c")
MUTANTS.change_text("purpose-form-decoded", PURPOSE, "A plus becomes a blank.", unquote_plus, "a+b")
MUTANTS.change_text(
    "variables-expanded",
    VARIABLES,
    "References to variables are expanded.",
    lambda value: re.sub(r"\$\{?\w+\}?", "", value),
    "$HOME/bin:${PATH}",
)
MUTANTS.change_text(
    "name-rendered",
    NAME,
    "The name goes through a template.",
    lambda value: re.sub(r"\{\{[^{}]*\}\}", "", value),
    "run {{ 7*7 }}",
)
MUTANTS.change_text(
    "purpose-formatted",
    PURPOSE,
    "The purpose goes through %-formatting.",
    lambda value: value.replace("%%", "%").replace("%s", "").replace("%d", "0"),
    "100%% of %s",
)
MUTANTS.change_text(
    "metadata-braces-formatted",
    METADATA,
    "Metadata goes through a format of braces.",
    lambda value: re.sub(r"\{\w*\}", "", value),
    "a {0} b {name}",
)
MUTANTS.change_text(
    "variables-unquoted",
    VARIABLES,
    "Quotes around a variable are removed, as a shell does.",
    lambda value: re.sub(r"""^(['"])(.*)\1$""", r"\2", value, flags=re.DOTALL),
    '"quoted"',
)
MUTANTS.change_text(
    "variables-backslashes-eaten",
    VARIABLES,
    "Backslashes in variables escape what follows.",
    lambda value: re.sub(r"\\(.)", r"\1", value),
    r"C:\new",
)
MUTANTS.change_text(
    "variables-backslash-n",
    VARIABLES,
    "A backslash and an n become a line break.",
    lambda value: value.replace("\\n", "\n"),
    r"a\nb",
)
MUTANTS.change_text(
    "metadata-backslashes-doubled",
    METADATA,
    "Backslashes in metadata are doubled.",
    lambda value: value.replace("\\", "\\\\"),
    "a\\b",
)
MUTANTS.change_text(
    "name-quotes-doubled",
    NAME,
    "Single quotes are doubled, as for SQL.",
    lambda value: value.replace("'", "''"),
    "it's",
)
MUTANTS.change_text(
    "name-quotes-escaped",
    NAME,
    "Quotes get a backslash, as addslashes does.",
    lambda value: re.sub(r"(['\"])", r"\\\1", value),
    "it's",
)
MUTANTS.change_text(
    "purpose-quotes-dropped", PURPOSE, "Double quotes are dropped.", lambda value: value.replace('"', ""), 'say "hi"'
)
MUTANTS.change_text(
    "metadata-slashes-dropped",
    METADATA,
    "Slashes at the end are removed.",
    lambda value: value.rstrip("/"),
    "path/to/",
)
MUTANTS.change_text(
    "name-slugged", NAME, "Blanks in the name become dashes.", lambda value: value.replace(" ", "-"), "nightly run"
)
MUTANTS.change_text(
    "metadata-keys-dots-replaced",
    METADATA_KEYS,
    "Dots in keys become underscores, as in PHP.",
    lambda value: value.replace(".", "_"),
    "a.b",
)
MUTANTS.change_text(
    "metadata-keys-snake-case",
    METADATA_KEYS,
    "Keys are turned to snake case.",
    lambda value: re.sub("(?<=[a-z0-9])([A-Z])", r"_\1", value).lower(),
    "commitHash",
)
MUTANTS.change_text(
    "metadata-keys-dollars-dropped",
    METADATA_KEYS,
    "A dollar at the start of a key is dropped.",
    lambda value: value.lstrip("$"),
    "$ref",
)
MUTANTS.change_text(
    "name-of-null-lost",
    NAME,
    "A name that is the word null is lost.",
    lambda value: "" if value == "null" else value,
    "null",
)
MUTANTS.change_text(
    "name-zeros-dropped",
    NAME,
    "Zeros at the start of a number are dropped.",
    lambda value: value.lstrip("0") if value.isdecimal() else value,
    "007",
)
MUTANTS.change_text(
    "metadata-numbers-shortened",
    METADATA,
    "Numbers are read and written again.",
    lambda value: str(float(value)) if re.fullmatch(r"\d+\.\d+", value) else value,
    "1.10",
)
MUTANTS.change_text(
    "metadata-large-numbers-rounded",
    METADATA,
    "Long integers go through a double.",
    lambda value: str(int(float(value))) if value.isdecimal() and value.isascii() else value,
    "9007199254740993",
)
MUTANTS.change_text(
    "purpose-yes-and-no",
    PURPOSE,
    "The purpose goes through YAML, where some words are true.",
    lambda value: {"yes": "true", "no": "false", "on": "true", "off": "false"}.get(value.lower(), value),
    "no",
)
