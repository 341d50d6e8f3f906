"""Text whose white space or control characters are changed."""

import re

from runloop_conformance.proof.mutants.changes import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES
from runloop_conformance.proof.mutants.mutant import Mutants

MUTANTS = Mutants(__name__)
MUTANTS.change_texts(
    ("name-trimmed", NAME, "The name is trimmed.", str.strip, "  nightly  "),
    (
        "purpose-trimmed-at-the-end",
        PURPOSE,
        "Blanks at the end of the purpose are lost, as in a CHAR column.",
        str.rstrip,
        "x  ",
    ),
    ("metadata-trimmed", METADATA, "Metadata is trimmed.", str.strip, " value "),
    ("metadata-keys-trimmed", METADATA_KEYS, "Keys of metadata are trimmed.", str.strip, " key "),
    ("variables-trimmed", VARIABLES, "Variables are trimmed.", str.strip, " value "),
    (
        "variables-collapsed",
        VARIABLES,
        "White space in variables collapses, as when a shell splits words.",
        lambda value: re.sub(r"[ \t]+", " ", value),
        "a  b\tc",
    ),
    (
        "name-collapsed",
        NAME,
        "White space in the name collapses.",
        lambda value: re.sub(r"\s+", " ", value),
        "a  b\n c",
    ),
    ("name-line-breaks-normalized", NAME, "CR LF becomes LF.", lambda value: value.replace("\r\n", "\n"), "one\r\ntwo"),
    (
        "metadata-line-breaks-doubled",
        METADATA,
        "LF becomes CR LF.",
        lambda value: re.sub("(?<!\r)\n", "\r\n", value),
        "one\ntwo",
    ),
    ("name-tabs-expanded", NAME, "Tabs become blanks.", str.expandtabs, "a\tb"),
    (
        "purpose-control-characters-dropped",
        PURPOSE,
        "Control characters are dropped.",
        lambda value: re.sub("[\x01-\x1f\x7f]", "", value),
        "a\x01b\x1bc\x7f",
    ),
    (
        "metadata-no-break-space-replaced",
        METADATA,
        "A no-break space becomes a blank.",
        lambda value: value.replace("\xa0", " "),
        "10\xa0km",
    ),
)
