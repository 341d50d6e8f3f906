"""JSON by RFC 8259: what the standard library also accepts is an error here, or is noted."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections import Counter
from typing import Any

from attrs import frozen

LONGEST_NUMBER = 400  # digits; a longer number is read as infinite, since computing it would take long


class NotJsonError(Exception):
    """The bytes are not one JSON value in UTF-8. The message says why."""


class SpelledFloat(float):
    """A number that was spelled with a fraction or an exponent, such as `1700000000000.0`."""

    __slots__ = ()


DEEPEST = 100  # levels of a response that a validator gets


@frozen
class Parsed:
    """A JSON value, and what is unusual about its spelling."""

    value: Any
    duplicates: tuple[str, ...]
    byte_order_mark: bool


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float("inf")


def _constant(name: str) -> float:
    raise NotJsonError(f"{name} is not JSON")


@functools.lru_cache(maxsize=64)
def parse(raw: bytes) -> Parsed:
    """Read one JSON value.

    Raises:
        NotJsonError: it is not UTF-8, not JSON, or nested beyond what can be read.
    """
    duplicates: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(items)
        if len(built) != len(items):
            counted = Counter(name for name, _ in items)
            duplicates.extend(name for name, times in counted.items() if times > 1)
        return built

    marked = raw.startswith(b"\xef\xbb\xbf")
    try:
        text = raw[3 * marked :].decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=SpelledFloat, parse_int=_integer, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise NotJsonError(f"not UTF-8: byte 0x{raw[3 * marked + error.start]:02x} at {error.start}") from error
    except json.JSONDecodeError as error:
        raise NotJsonError(f"not JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise NotJsonError("nested too deeply to be read") from error
    return Parsed(value, tuple(duplicates), marked)


def plain(value: object) -> Any:
    """The value in plain types, for other libraries. A number beyond a float is cut to the largest float.

    What is deeper than `DEEPEST` is left out: no schema of ours reaches there.
    """
    return _plain(value, DEEPEST)


def _plain(value: object, left: int) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item, left - 1) for name, item in value.items()} if left else {}
    if isinstance(value, list):
        return [_plain(item, left - 1) for item in value] if left else []
    if isinstance(value, float):
        return min(max(float(value), -sys.float_info.max), sys.float_info.max)
    return value


LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def dump(value: object) -> bytes:
    """The value as compact JSON in UTF-8; a lone surrogate is escaped, since UTF-8 cannot encode it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode("utf-8")
