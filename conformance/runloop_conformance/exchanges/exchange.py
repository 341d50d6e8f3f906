"""The values that the stages hand on: what is to be sent, and the outcome. Values only."""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

Intent = Literal["accept", "refuse", "either"]

TOKEN = "{token}"  # noqa: S105 - a placeholder
"""Stands for the bearer token in a probe's headers and target. The sender puts the token in."""


Framing = Literal["length", "chunked", "short", "kept", "two lengths", "both"]
"""How a body is framed. `short`: announces one byte more than it sends, then ends the stream. `kept`: by its length, on
a connection that has just carried a rejected request. `two lengths`: two that differ. `both`: in chunks, and
with a length."""

CLOSABLE: frozenset[Framing] = frozenset(("short", "kept", "two lengths", "both"))
"""Framings at which a server may close the connection instead of responding (RFC 9112, 6.3 and 9.5)."""


class Nothing:
    """The type of NOTHING: there is no JSON value (null is one)."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()


@frozen
class Probe:
    """One request of the plan, and what it tests.

    intent: `accept`, a correct server accepts it; `refuse`, it rejects it; `either`, both are legal.
    clauses: the ids of the clauses that fail by the wrong outcome.
    path: where it goes, below the server's prefix, with its parameters in it. operation: the id of its operation.
    control: the name of the accepted probe that this one is a twin of; `change` names the one difference.
    content: the JSON value of the body if it has one, else NOTHING.
    together: probes of the same non-empty group are sent at the same time.
    safe: its operation only reads, so that nobody pays for it.
    priority: probes with a lower one are sent first.
    rank: `packed`, it tests much at once; `single`, it has one thing in it, so that its rejection says which.
    """

    name: str
    intent: Intent
    clauses: tuple[str, ...]
    method: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    path: str = ""
    operation: str = ""
    content: Any = NOTHING
    query: str = ""
    control: str | None = None
    change: str | None = None
    together: str = ""
    framing: Framing = "length"
    rank: Literal["packed", "single", ""] = ""
    safe: bool = False
    priority: int = 0

    @property
    def sent(self) -> tuple[object, ...]:
        """All that a server sees of it: two probes with an equal one are the same request."""
        return self.method, self.path, self.query, self.headers, self.body, self.framing


def costs(probe: Probe) -> bool:
    """Whether a correct server may start something for it, which somebody pays for."""
    return probe.intent != "refuse" and not probe.safe


@frozen
class Response:
    """A response as received: names and values of headers as received, the body without its transfer encoding."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str = "1.1"

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


MOST_TRIES = 3
"""Tries after which 429 or 503 is the response to this request, rather than the state of the server."""

FailureKind = Literal["unreachable", "tls", "dropped", "timeout", "malformed", "too_large", "coding"]


@frozen
class Failure:
    """Why there is no complete response. `unreachable` and `tls`: nothing was sent."""

    kind: FailureKind
    text: str


@frozen
class Exchange:
    """A probe and its outcome: a response, or a failure. Times are Unix milliseconds by the suite's clock.

    tries: how often it was sent because the server asked to try again later.
    """

    number: int
    probe: Probe
    response: Response | None
    failure: Failure | None
    began_ms: int
    ended_ms: int
    tries: int = 1

    @property
    def status(self) -> int | None:
        """The status of the response, if there is one."""
        return self.response.status if self.response else None

    @property
    def accepted(self) -> bool:
        """Whether the server accepted the request: any 2xx, since a 201 has also started a run."""
        return self.response is not None and 200 <= self.response.status < 300

    @property
    def rejected(self) -> bool:
        """Whether the server rejected the request itself: a 4xx that does not ask to try again later."""
        return (
            self.response is not None and 400 <= self.response.status < 500 and self.response.status not in (408, 429)
        )

    @property
    def postponed(self) -> bool:
        """Whether the server asked to try again later (429, 503), and the tries were too few to call it a rejection."""
        later = self.response is not None and self.response.status in (429, 503)
        return later and self.tries <= MOST_TRIES


def started(exchange: Exchange) -> bool:
    """Whether a response says that a run was started: any 2xx to a POST, or a 2xx with an id to another method."""
    if exchange.response is None or not exchange.accepted or exchange.probe.safe:
        return False
    return exchange.probe.method == "POST" or b'"id"' in exchange.response.body
