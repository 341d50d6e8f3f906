"""What was not ours to show: the token, and the values of the caller's own headers.

The token is a placeholder in every probe and is put in where the bytes leave. What comes back is cleaned here before it
is written anywhere, so that no report, recording, log or message can hold it.
"""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from attrs import field, frozen

REDACTED = "[redacted]"
SHORTEST = 4  # characters; a shorter secret stands in every text by chance, and hiding it would spoil the report


def wrong_tokens(token: str) -> dict[str, str]:
    """Tokens that are wrong in one way each, by the name of the way.

    `altered` changes a character in the middle, which a check of the first or last characters alone overlooks.
    """
    middle = len(token) // 2
    other = "X" if token[middle : middle + 1] != "X" else "Y"
    made = {
        "altered": token[:middle] + other + token[middle + 1 :],
        "shorter": token[:-1],
        "longer": token + "x",
        "case": token.swapcase(),
    }
    return {name: value for name, value in made.items() if value != token and value}


def substitute(template: str, token: str) -> str:
    """Put the token into a header's or target's template: `{token}`, `{token|altered}`, `{token|basic}`, …"""
    if "{token" not in template:
        return template
    values = {f"{{token|{name}}}": value for name, value in wrong_tokens(token).items()}
    values["{token|basic}"] = base64.b64encode(f"{token}:".encode()).decode()
    values["{token|basic-user}"] = base64.b64encode(f"user:{token}".encode()).decode()
    values["{token|quoted}"] = quote(token, safe="")
    values["{token}"] = token
    for placeholder, value in values.items():
        template = template.replace(placeholder, value)
    return template


@frozen(repr=False)
class Redaction:
    """Replaces every secret, in the spellings in which a server may give it back."""

    secrets: tuple[str, ...] = field()

    def spellings(self) -> list[str]:
        """Each secret as it is, in JSON, in a URL, and in Basic credentials; the longest first."""
        found: set[str] = set()
        for secret in self.secrets:
            if len(secret) < SHORTEST:
                continue
            found |= {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), *wrong_tokens(secret).values()}
            for pair in (f"{secret}:", f"user:{secret}", secret):
                found.add(base64.b64encode(pair.encode()).decode())
        return sorted((one for one in found if len(one) >= SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without any secret."""
        for secret in self.spellings():
            text = text.replace(secret, REDACTED)
        return text

    def raw(self, raw: bytes) -> bytes:
        """The bytes without any secret."""
        for secret in self.spellings():
            raw = raw.replace(secret.encode(), REDACTED.encode())
        return raw
