"""Text that is converted or parsed: cases of keys, words of YAML, numbers, typography."""

import re

from runloop_conformance.proof.mutants.changes import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES
from runloop_conformance.proof.mutants.coercion import parsed
from runloop_conformance.proof.mutants.mutant import Mutants

MUTANTS = Mutants(__name__)
MUTANTS.change_texts(
    (
        "metadata-keys-camel-case",
        METADATA_KEYS,
        "Keys are turned to camel case, as Jackson does.",
        lambda key: re.sub("(?<=[a-z])_([a-z])", lambda match: match[1].upper(), key),
        "team_name",
    ),
    (
        "metadata-keys-dashed",
        METADATA_KEYS,
        "Underscores in keys become dashes, as in names of headers.",
        lambda key: key.replace("_", "-"),
        "team_name",
    ),
    (
        "metadata-keys-cut-at-colon",
        METADATA_KEYS,
        "A key ends before its first colon.",
        lambda key: re.sub("(?s)(?<=.):.*", "", key),
        "ci:build",
    ),
)
YAML = {
    **dict.fromkeys(("yes", "on", "true", "y"), "True"),
    **dict.fromkeys(("no", "off", "false", "n"), "False"),
    **dict.fromkeys(("null", "~"), "None"),
}
MUTANTS.change_texts(
    (
        "variables-yaml-words",
        VARIABLES,
        "Variables go through YAML, where some words are true, false or null.",
        lambda value: YAML.get(value.lower(), value),
        "yes",
    ),
    (
        "variables-truth-lower-cased",
        VARIABLES,
        "The words TRUE and FALSE are spelled in small letters.",
        lambda value: value.lower() if value in {"TRUE", "FALSE", "True", "False"} else value,
        "TRUE",
    ),
    (
        "metadata-thousands-joined",
        METADATA,
        "Commas between thousands are removed from numbers.",
        lambda value: value.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", value) else value,
        "1,000",
    ),
    (
        "metadata-whole-numbers-shortened",
        METADATA,
        "A fraction of zero is removed from numbers.",
        lambda value: value.removesuffix(".0") if re.fullmatch(r"\d+\.0", value) else value,
        "5.0",
    ),
    (
        "name-parsed",
        NAME,
        "A name that is a JSON object or array is parsed.",
        lambda value: parsed(value) if re.fullmatch(r"(?s)\{.*\}|\[.*\]", value) else value,
        '{"a":1}',
    ),
    (
        "purpose-turkish-letters-folded",
        PURPOSE,
        "The dotless and the dotted i of Turkish become plain ones.",
        lambda value: value.replace("\u0131", "i").replace("\u0130", "I"),
        "kap\u0131",
    ),
    (
        "variables-chomped",
        VARIABLES,
        "Line breaks at the end of a variable are lost, as in a shell's substitution.",
        lambda value: value.rstrip("\n"),
        "one\n",
    ),
    (
        "name-leading-mark-lost",
        NAME,
        "U+FEFF at the beginning counts as a byte order mark.",
        lambda value: value.removeprefix("\ufeff"),
        "\ufeffx",
    ),
    (
        "name-typeset",
        NAME,
        "Three dots become an ellipsis, and a c in parentheses the sign of copyright.",
        lambda value: value.replace("...", "…").replace("(c)", "©"),
        "and so on...",
    ),
    (
        "name-emoji-codes-replaced",
        NAME,
        "A word between colons becomes an emoji.",
        lambda value: re.sub(":[a-z_]+:", "\U0001f642", value),
        "all well :smile:",
    ),
)
