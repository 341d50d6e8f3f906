"""Text whose case, normalization or invisible characters are changed."""

import re
import unicodedata

from runloop_conformance.proof.mutants.changes import (
    METADATA,
    METADATA_KEYS,
    NAME,
    PURPOSE,
    SECRET_VARIABLES,
    SECRETS,
    VARIABLE_NAMES,
)
from runloop_conformance.proof.mutants.mutant import Mutants

MUTANTS = Mutants(__name__)
MUTANTS.change_texts(
    ("name-lower-cased", NAME, "The name is lower-cased.", str.lower, "Nightly"),
    ("name-capitalized", NAME, "The name is written like a title.", str.title, "nightly run"),
    ("purpose-upper-cased", PURPOSE, "The purpose is upper-cased.", str.upper, "regression"),
    (
        "purpose-case-folded",
        PURPOSE,
        "The purpose is case-folded where it is not ASCII.",
        lambda value: value if value.isascii() else value.casefold(),
        "Straße",
    ),
    (
        "metadata-keys-lower-cased",
        METADATA_KEYS,
        "Keys of metadata are lower-cased, as header names are.",
        str.lower,
        "Team",
    ),
    ("metadata-lower-cased", METADATA, "Metadata is lower-cased.", str.lower, "Agents"),
    ("variable-names-upper-cased", VARIABLE_NAMES, "Names of variables are upper-cased.", str.upper, "log_level"),
    ("variable-names-lower-cased", VARIABLE_NAMES, "Names of variables are lower-cased.", str.lower, "LOG_LEVEL"),
    ("secrets-upper-cased", SECRETS, "Names of secrets are upper-cased.", str.upper, "db_password"),
    (
        "secret-variables-lower-cased",
        SECRET_VARIABLES,
        "The variables of secrets are lower-cased.",
        str.lower,
        "DB_PASS",
    ),
    (
        "name-composed",
        NAME,
        "The name is normalized to NFC.",
        lambda value: unicodedata.normalize("NFC", value),
        "cafe\u0301",
    ),
    (
        "metadata-decomposed",
        METADATA,
        "Metadata is normalized to NFD, as macOS names files.",
        lambda value: unicodedata.normalize("NFD", value),
        "caf\xe9",
    ),
    (
        "purpose-compatible",
        PURPOSE,
        "The purpose is normalized to NFKC.",
        lambda value: unicodedata.normalize("NFKC", value),
        "ﬁve ①",
    ),
    (
        "metadata-keys-composed",
        METADATA_KEYS,
        "Keys of metadata are normalized to NFC.",
        lambda value: unicodedata.normalize("NFC", value),
        "cafe\u0301",
    ),
    (
        "name-joiners-dropped",
        NAME,
        "Characters without a width are dropped.",
        lambda value: re.sub("[\u200b-\u200d\ufe0f\u00ad]", "", value),
        "\U0001f3c3\u200d\u2640\ufe0f",
    ),
    (
        "name-marks-dropped",
        NAME,
        "Marks of direction are dropped.",
        lambda value: re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", value),
        "a\u202eb\u202cc",
    ),
    (
        "purpose-byte-order-mark-dropped",
        PURPOSE,
        "U+FEFF is dropped.",
        lambda value: value.replace("\ufeff", ""),
        "\ufeffx",
    ),
    (
        "name-separators-dropped",
        NAME,
        "U+2028 and U+2029 are dropped.",
        lambda value: re.sub("[\u2028\u2029]", "", value),
        "a\u2028b",
    ),
    (
        "name-accents-dropped",
        NAME,
        "Accents are removed from the name.",
        lambda value: "".join(
            character for character in unicodedata.normalize("NFD", value) if not unicodedata.combining(character)
        ),
        "café",
    ),
)
