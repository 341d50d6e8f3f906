"""Redaction of the token and of the values of the caller's own headers.

The token is a placeholder in every probe and is put in where the bytes leave. What comes back is cleaned here before it
is written anywhere, so that no report, recording, log or message can hold it.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from urllib.parse import quote, quote_plus

from attrs import field, frozen

REDACTED = "[redacted]"
TOKEN_MARK = "[redacted token]"  # noqa: S105 - in place of the token itself, rather than of a form of it
PLACEHOLDER = re.compile(r"\{token(?:\|[a-z0-9-]+)?\}")
DEEPEST = 4  # times that a text is written as JSON inside of JSON
SPLIT = 16  # characters; half of a shorter token may be any word
SHORTEST = 4  # characters; a shorter secret is in any text by chance, and hiding it would spoil the report


def wrong_tokens(token: str) -> dict[str, str]:
    """Tokens that are each wrong in one way, by the name of the way.

    `altered` changes a character in the middle, which a check of the first or last characters alone overlooks.
    """
    middle = len(token) // 2
    other = "X" if token[middle : middle + 1] != "X" else "Y"
    made = {
        "altered": token[:middle] + other + token[middle + 1 :],
        "shorter": token[:-1],
        "longer": token + "x",
        "case": token.swapcase(),
        "begun": "another" + token,
        # From a letter on: a search is slow for what begins with an escape in some spelling.
        "end": re.sub("^[^0-9A-Za-z]+", "", token[middle:]) if len(token) >= SPLIT else "",
        "padded": token + "=",
        "swapped": token[: middle - 1] + token[middle - 1 : middle + 1][::-1] + token[middle + 1 :],
        "undashed": re.sub("[-_]", "", token),
    }
    return {name: value for name, value in made.items() if value != token and value}


def substitute(template: str, token: str) -> str:
    """Put the token into a header's or target's template: `{token}`, `{token|altered}`, `{token|basic}`, …"""
    if "{token" not in template:
        return template
    made = _made_of(token)
    return PLACEHOLDER.sub(lambda match: made.get(match[0], match[0]), template)


@functools.lru_cache(maxsize=4)
def _made_of(token: str) -> dict[str, str]:
    """What each placeholder stands for."""
    values = {f"{{token|{name}}}": value for name, value in wrong_tokens(token).items()}
    values["{token|basic}"] = base64.b64encode(f"{token}:".encode()).decode()
    values["{token|basic-user}"] = base64.b64encode(f"user:{token}".encode()).decode()
    values["{token|quoted}"] = quote(token, safe="")
    values["{token|percent}"] = "".join(f"%{byte:02x}" for byte in token.encode())
    values["{token}"] = token
    return values


@frozen(repr=False)
class Redaction:
    """Replaces every secret, in the spellings in which a server may send it back. The token comes first, if any."""

    secrets: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        spellings = {
            spelling for secret in self.secrets for spelling in _spellings(secret) if len(spelling) >= SHORTEST
        }
        longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
        # A percent-encoded byte is the same in either case (RFC 3986, section 6.2.2.1).
        patterns = (re.sub("%[0-9A-F]{2}", r"(?i:\g<0>)", re.escape(each)) for each in longest_first)
        object.__setattr__(self, "pattern", re.compile("|".join(patterns)) if spellings else None)

    def text(self, text: str) -> str:
        """The text without any secret."""
        return self.pattern.sub(self._mark, text) if self.pattern else text

    def _mark(self, match: re.Match[str]) -> str:
        token = self.secrets[0]
        return TOKEN_MARK if len(token) >= SHORTEST and token in match[0] else REDACTED

    def raw(self, raw: bytes) -> bytes:
        """The bytes without any secret."""
        if not self.pattern:
            return raw
        # Bytes that are not UTF-8 stay as they are.
        return self.text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _spellings(secret: str) -> set[str]:
    """A secret and the wrong tokens made of it: as they are, in JSON once and twice, in a URL, in Basic credentials."""
    spellings: set[str] = set()
    if len(secret) < SHORTEST:
        return spellings
    # A wrong token that holds the whole secret is redacted with it.
    for word in (secret, *(wrong for wrong in wrong_tokens(secret).values() if secret not in wrong)):
        nested = {word}
        for _ in range(DEEPEST):
            nested = {json.dumps(text)[1:-1] for text in nested}
            nested |= {text.replace("/", "\\/") for text in nested}
            spellings |= nested
        spellings |= {word, repr(word)[1:-1], html.escape(word)}
        for encoded in (quote(word, safe=""), quote(word), quote_plus(word)):
            spellings.add(encoded)
        for pair in (f"{word}:", f"user:{word}", word):
            spellings.add(base64.b64encode(pair.encode()).decode())
    return spellings
