"""The order in which valid requests are sent."""

from __future__ import annotations

from enum import IntEnum, auto


class Priority(IntEnum):
    """When a valid request is sent: first those that settle most clauses, or find most faults, for the run they cost.

    Requests of the same priority are sent in the order in which they were made. Controls come before.
    """

    WRONG_TOKEN_BEFORE = auto()  # rejected; nothing of it may be left for the next request
    TELLING_TEXTS = auto()
    AWKWARD_TEXTS = auto()
    SPELLING_OF_EVERYTHING = auto()
    EQUAL_AT_ONCE = auto()
    LARGEST_SIZES = auto()
    EMPTY = auto()
    NULL = auto()
    PRESENCE = auto()  # the first rows of the covering array, which hold most of its pairs
    OTHER_LARGEST_SIZES = auto()
    WRONG_TYPE_BEFORE = auto()  # rejected, as above
    FREE_AT_ONCE = auto()
    CHUNKED_SPELLING = auto()
    REPEATED = auto()
    PRESENCE_WITHOUT_ACCEPT = auto()
    UNKNOWN_PROPERTIES = auto()
    SCHEME_CASE = auto()
    OTHER_AWKWARD_TEXTS = auto()
    FREE_EARLY = auto()
    KNOWN_VALUES = auto()
    OTHER_PRESENCE = auto()
    OTHER_SCHEME_CASE = auto()
    OTHER_KNOWN_VALUES = auto()
    EQUAL_AFTERWARDS = auto()
    DIFFERENT_AT_ONCE = auto()
    SINGLE_SPELLING = auto()
    FREE = auto()
    RANDOM = auto()
    SINGLE = auto()  # one thing in it; comes forward as soon as a fuller request is rejected
