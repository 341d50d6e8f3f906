"""Faults in how text comes back: white space, case, normalization, characters that are not seen."""

import re
import unicodedata

from runloop_conformance.proof.mutants.fault import Chapter
from runloop_conformance.proof.mutants.place import (
    METADATA,
    METADATA_KEYS,
    NAME,
    PURPOSE,
    SECRET_VARIABLES,
    SECRETS,
    VARIABLE_NAMES,
    VARIABLES,
    text_in,
)

CHAPTER = Chapter("run")
text = text_in(CHAPTER)

# --- white space and control characters ---

text("name-trimmed", NAME, "The name is trimmed.", str.strip, "  nightly  ")
text(
    "purpose-trimmed-at-the-end",
    PURPOSE,
    "Blanks at the end of the purpose are lost, as in a CHAR column.",
    str.rstrip,
    "x  ",
)
text("metadata-trimmed", METADATA, "Metadata is trimmed.", str.strip, " value ")
text("metadata-keys-trimmed", METADATA_KEYS, "Keys of metadata are trimmed.", str.strip, " key ")
text("variables-trimmed", VARIABLES, "Variables are trimmed.", str.strip, " value ")
text(
    "variables-collapsed",
    VARIABLES,
    "White space in variables collapses, as when a shell splits words.",
    lambda value: re.sub(r"[ \t]+", " ", value),
    "a  b\tc",
)
text("name-collapsed", NAME, "White space in the name collapses.", lambda value: re.sub(r"\s+", " ", value), "a  b\n c")
text("name-line-breaks-normalized", NAME, "CR LF becomes LF.", lambda value: value.replace("\r\n", "\n"), "one\r\ntwo")
text(
    "metadata-line-breaks-doubled",
    METADATA,
    "LF becomes CR LF.",
    lambda value: re.sub("(?<!\r)\n", "\r\n", value),
    "one\ntwo",
)
text("name-tabs-expanded", NAME, "Tabs become blanks.", str.expandtabs, "a\tb")
text(
    "purpose-control-characters-dropped",
    PURPOSE,
    "Control characters are dropped.",
    lambda value: re.sub("[\x01-\x1f\x7f]", "", value),
    "a\x01b\x1bc\x7f",
)
text(
    "metadata-no-break-space-replaced",
    METADATA,
    "A no-break space becomes a blank.",
    lambda value: value.replace("\xa0", " "),
    "10\xa0km",
)

# --- case, normalization and characters that are not seen ---

text("name-lower-cased", NAME, "The name is lower-cased.", str.lower, "Nightly")
text("name-capitalized", NAME, "The name is written like a title.", str.title, "nightly run")
text("purpose-upper-cased", PURPOSE, "The purpose is upper-cased.", str.upper, "regression")
text(
    "purpose-case-folded",
    PURPOSE,
    "The purpose is case-folded where it is not ASCII.",
    lambda value: value if value.isascii() else value.casefold(),
    "Straße",
)
text(
    "metadata-keys-lower-cased",
    METADATA_KEYS,
    "Keys of metadata are lower-cased, as header names are.",
    str.lower,
    "Team",
)
text("metadata-lower-cased", METADATA, "Metadata is lower-cased.", str.lower, "Agents")
text("variable-names-upper-cased", VARIABLE_NAMES, "Names of variables are upper-cased.", str.upper, "log_level")
text("variable-names-lower-cased", VARIABLE_NAMES, "Names of variables are lower-cased.", str.lower, "LOG_LEVEL")
text("secrets-upper-cased", SECRETS, "Names of secrets are upper-cased.", str.upper, "db_password")
text(
    "secret-variables-lower-cased", SECRET_VARIABLES, "The variables of secrets are lower-cased.", str.lower, "DB_PASS"
)
text(
    "name-composed",
    NAME,
    "The name is normalized to NFC.",
    lambda value: unicodedata.normalize("NFC", value),
    "cafe\u0301",
)
text(
    "metadata-decomposed",
    METADATA,
    "Metadata is normalized to NFD, as macOS names files.",
    lambda value: unicodedata.normalize("NFD", value),
    "caf\xe9",
)
text(
    "purpose-compatible",
    PURPOSE,
    "The purpose is normalized to NFKC.",
    lambda value: unicodedata.normalize("NFKC", value),
    "ﬁve ①",
)
text(
    "metadata-keys-composed",
    METADATA_KEYS,
    "Keys of metadata are normalized to NFC.",
    lambda value: unicodedata.normalize("NFC", value),
    "cafe\u0301",
)
text(
    "name-joiners-dropped",
    NAME,
    "Characters without a width are dropped.",
    lambda value: re.sub("[\u200b-\u200d\ufe0f\u00ad]", "", value),
    "\U0001f3c3\u200d\u2640\ufe0f",
)
text(
    "name-marks-dropped",
    NAME,
    "Marks of direction are dropped.",
    lambda value: re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", value),
    "a\u202eb\u202cc",
)
text(
    "purpose-byte-order-mark-dropped",
    PURPOSE,
    "U+FEFF is dropped.",
    lambda value: value.replace("\ufeff", ""),
    "\ufeffx",
)
text(
    "name-separators-dropped",
    NAME,
    "U+2028 and U+2029 are dropped.",
    lambda value: re.sub("[\u2028\u2029]", "", value),
    "a\u2028b",
)
text(
    "name-accents-dropped",
    NAME,
    "Accents are taken off the name.",
    lambda value: "".join(each for each in unicodedata.normalize("NFD", value) if not unicodedata.combining(each)),
    "café",
)
