"""Text that is escaped, unescaped or expanded: markup, templates, shells, SQL, numbers."""

import html
import re
from urllib.parse import unquote, unquote_plus

from runloop_conformance.proof.mutants.changes import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES
from runloop_conformance.proof.mutants.mutant import Mutants

MUTANTS = Mutants(__name__)
MUTANTS.change_texts(
    ("name-html-escaped", NAME, "The name is escaped for HTML.", html.escape, 'a <b> & "c"'),
    (
        "variables-html-escaped-twice",
        VARIABLES,
        "Variables are escaped for HTML twice.",
        lambda value: html.escape(html.escape(value)),
        "a&b",
    ),
    (
        "purpose-html-unescaped",
        PURPOSE,
        "HTML entities of the purpose are resolved.",
        html.unescape,
        "&lt;b&gt; &amp;amp;",
    ),
    (
        "metadata-html-escaped",
        METADATA,
        "Ampersands in metadata are escaped for HTML.",
        lambda value: value.replace("&", "&amp;"),
        "a&b",
    ),
    (
        "name-tags-stripped",
        NAME,
        "What looks like a tag is removed.",
        lambda value: re.sub("<[^<>]*>", "", value),
        "a <b>c</b>",
    ),
    ("variables-percent-decoded", VARIABLES, "Percent signs are decoded.", unquote, "b=%20c"),
    ("purpose-form-decoded", PURPOSE, "A plus becomes a blank.", unquote_plus, "a+b"),
    (
        "variables-expanded",
        VARIABLES,
        "References to variables are expanded.",
        lambda value: re.sub(r"\$\{?\w+\}?", "", value),
        "$HOME/bin:${PATH}",
    ),
    (
        "name-rendered",
        NAME,
        "The name goes through a template.",
        lambda value: re.sub(r"\{\{[^{}]*\}\}", "", value),
        "run {{ 7*7 }}",
    ),
    (
        "purpose-formatted",
        PURPOSE,
        "The purpose goes through %-formatting.",
        lambda value: value.replace("%%", "%").replace("%s", "").replace("%d", "0"),
        "100%% of %s",
    ),
    (
        "metadata-braces-formatted",
        METADATA,
        "Metadata goes through a format of braces.",
        lambda value: re.sub(r"\{\w*\}", "", value),
        "a {0} b {name}",
    ),
    (
        "variables-unquoted",
        VARIABLES,
        "Quotes around a variable are removed, as a shell does.",
        lambda value: re.sub(r"""^(['"])(.*)\1$""", r"\2", value, flags=re.DOTALL),
        '"quoted"',
    ),
    (
        "variables-backslashes-eaten",
        VARIABLES,
        "Backslashes in variables escape what follows.",
        lambda value: re.sub(r"\\(.)", r"\1", value),
        r"C:\new",
    ),
    (
        "variables-backslash-n",
        VARIABLES,
        "A backslash and an n become a line break.",
        lambda value: value.replace("\\n", "\n"),
        r"a\nb",
    ),
    (
        "metadata-backslashes-doubled",
        METADATA,
        "Backslashes in metadata are doubled.",
        lambda value: value.replace("\\", "\\\\"),
        "a\\b",
    ),
    (
        "name-quotes-doubled",
        NAME,
        "Single quotes are doubled, as for SQL.",
        lambda value: value.replace("'", "''"),
        "it's",
    ),
    (
        "name-quotes-escaped",
        NAME,
        "Quotes get a backslash, as addslashes does.",
        lambda value: re.sub(r"(['\"])", r"\\\1", value),
        "it's",
    ),
    ("purpose-quotes-dropped", PURPOSE, "Double quotes are dropped.", lambda value: value.replace('"', ""), 'say "hi"'),
    (
        "metadata-slashes-dropped",
        METADATA,
        "Slashes at the end are removed.",
        lambda value: value.rstrip("/"),
        "path/to/",
    ),
    ("name-slugged", NAME, "Blanks in the name become dashes.", lambda value: value.replace(" ", "-"), "nightly run"),
    (
        "metadata-keys-dots-replaced",
        METADATA_KEYS,
        "Dots in keys become underscores, as in PHP.",
        lambda value: value.replace(".", "_"),
        "a.b",
    ),
    (
        "metadata-keys-snake-case",
        METADATA_KEYS,
        "Keys are turned to snake case.",
        lambda value: re.sub("(?<=[a-z0-9])([A-Z])", r"_\1", value).lower(),
        "commitHash",
    ),
    (
        "metadata-keys-dollars-dropped",
        METADATA_KEYS,
        "A dollar at the start of a key is dropped.",
        lambda value: value.lstrip("$"),
        "$ref",
    ),
    (
        "name-of-null-lost",
        NAME,
        "A name that is the word null is lost.",
        lambda value: "" if value == "null" else value,
        "null",
    ),
    (
        "name-zeros-dropped",
        NAME,
        "Zeros at the start of a number are dropped.",
        lambda value: value.lstrip("0") if value.isdecimal() else value,
        "007",
    ),
    (
        "metadata-numbers-shortened",
        METADATA,
        "Numbers are read and written again.",
        lambda value: str(float(value)) if re.fullmatch(r"\d+\.\d+", value) else value,
        "1.10",
    ),
    (
        "metadata-large-numbers-rounded",
        METADATA,
        "Long integers go through a double.",
        lambda value: str(int(float(value))) if value.isdecimal() and value.isascii() else value,
        "9007199254740993",
    ),
    (
        "purpose-yes-and-no",
        PURPOSE,
        "The purpose goes through YAML, where some words are true.",
        lambda value: {"yes": "true", "no": "false", "on": "true", "off": "false"}.get(value.lower(), value),
        "no",
    ),
)
