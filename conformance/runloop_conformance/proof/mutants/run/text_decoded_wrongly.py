"""Text that is encoded or decoded in a wrong character encoding."""

import re

from runloop_conformance.proof.mutants.changes import METADATA, METADATA_KEYS, NAME, PURPOSE, VARIABLES
from runloop_conformance.proof.mutants.mutant import Mutants

MUTANTS = Mutants(__name__)
MUTANTS.change_texts(
    (
        "name-question-marks",
        NAME,
        "What is beyond the BMP becomes a question mark, as in utf8mb3.",
        lambda value: re.sub("[\U00010000-\U0010ffff]", "?", value),
        "run \U0001f3c3",
    ),
    (
        "metadata-emoji-dropped",
        METADATA,
        "What is beyond the BMP is dropped.",
        lambda value: re.sub("[\U00010000-\U0010ffff]", "", value),
        "run \U0001f3c3",
    ),
    (
        "variables-replacement-characters",
        VARIABLES,
        "What is beyond the BMP becomes replacement characters.",
        lambda value: re.sub("[\U00010000-\U0010ffff]", "\ufffd\ufffd", value),
        "\U0001f3c3",
    ),
    (
        "purpose-latin-1",
        PURPOSE,
        "What is not in Latin-1 becomes a question mark.",
        lambda value: value.encode("latin-1", "replace").decode("latin-1"),
        "日本",
    ),
    (
        "name-decoded-as-latin-1",
        NAME,
        "UTF-8 counts as Latin-1.",
        lambda value: value.encode().decode("latin-1"),
        "café",
    ),
    (
        "metadata-decoded-as-cp1252",
        METADATA,
        "UTF-8 counts as Windows-1252.",
        lambda value: value.encode().decode("cp1252", "replace"),
        "“quoted”",
    ),
    (
        "metadata-keys-decoded-as-latin-1",
        METADATA_KEYS,
        "The UTF-8 of keys counts as Latin-1.",
        lambda value: value.encode().decode("latin-1"),
        "café",
    ),
    (
        "variables-ascii-only",
        VARIABLES,
        "Variables keep their ASCII alone.",
        lambda value: value.encode("ascii", "ignore").decode(),
        "café",
    ),
    (
        "purpose-escapes-left",
        PURPOSE,
        "What is not ASCII stays escaped.",
        lambda value: value.encode("ascii", "backslashreplace").decode(),
        "café",
    ),
)
