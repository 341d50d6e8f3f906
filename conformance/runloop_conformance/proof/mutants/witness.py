"""Witness requests: the requests whose responses show that a mutant differs from the reference server."""

import base64
import json
import re
from typing import Any

from attrs import evolve, frozen

BENCHMARK = "bmd_30xCTWqsuNaUXk3uJ0GCo"
AUTHORIZED = "Bearer {token}"
JSON = "application/json"


@frozen
class WitnessRequest:
    """One request. Placeholders in `authorization`, `query` and `headers` are filled from the server's token."""

    body: bytes
    method: str = "POST"
    authorization: tuple[str, ...] = (AUTHORIZED,)
    content_type: str | None = JSON
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def with_token(self, token: str) -> "WitnessRequest":
        """Fill in the token, or a value derived from it that is nearly right."""
        values = {
            "{token}": token,
            "{shortened}": token[:-2],
            "{swapped}": token.swapcase(),
            "{masked}": "x" * len(token),
            "{beginning}": f"{token[:8]}-and-another-end",
            "{end}": token[-10:],
            "{edges}": f"{token[:8]}-another-middle-{token[-4:]}",
            "{exchanged}": token[1] + token[0] + token[2:],
            "{percented}": "".join(f"%{ord(character):02X}" for character in token),
            "{user}": base64.b64encode(f"{token}:".encode()).decode(),
        }

        def fill(text: str) -> str:
            return re.sub(r"\{\w+\}", lambda match: values[match[0]], text)

        headers = tuple((name, fill(value)) for name, value in self.headers)
        return evolve(self, authorization=tuple(map(fill, self.authorization)), query=fill(self.query), headers=headers)


def start_run(**properties: Any) -> WitnessRequest:
    """Make a valid request with these properties beside the benchmark's id."""
    return WitnessRequest(json.dumps({"benchmark_id": BENCHMARK} | properties).encode())


def with_profile(**properties: Any) -> WitnessRequest:
    """Make a valid request whose runProfile has these properties."""
    return start_run(runProfile=properties)


def with_body(body: Any, **fields: Any) -> WitnessRequest:
    """Make a request with this body: bytes as they are, anything else as JSON."""
    return WitnessRequest(body if isinstance(body, bytes) else json.dumps(body).encode(), **fields)


def repeated(count: int, request: WitnessRequest) -> tuple[WitnessRequest, ...]:
    return (request,) * count


def many_entries(count: int) -> dict[str, str]:
    """Make a map with so many entries."""
    return {f"KEY_{number}": str(number) for number in range(count)}
