"""What must hold before anything can be said about a server, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.redaction import clean
from runloop_conformance.sending.socket_transport import address
from runloop_conformance.sending.transport import Transport


def precondition(
    controls: Sequence[Exchange], to: Transport, token: str, benchmark_ids: Sequence[str], *, alone: bool
) -> str | None:
    """Why nothing can be said about this server, and what to pass instead; None when a control was accepted.

    One refused control beside an accepted one is a finding, not a failed precondition; so is a 5xx that is not a 503.
    alone: the operation is all that there is to test; else its refusal still leaves the others to test.
    """
    if any(exchange.accepted for exchange in controls) or not controls:
        return None
    first = controls[0]
    if first.failure:
        return _no_answer(first, to)
    status = first.status or 0
    response = first.response
    assert response is not None
    if status == 401 or (status == 403 and all(e.status == 403 for e in controls)) or (status == 400 and not token):
        given = "The token was refused" if token else "No token was given, and the request was refused"
        return f"{given} with {status}: pass one that this server takes, by $RUNLOOP_API_KEY or --token."
    if 300 <= status < 400 and not _elsewhere(response.header("Location"), to.url, first.probe.path):
        return None
    if 300 <= status < 400:
        return f"The server redirects ({status}) to {response.header('Location')}: pass the URL that it redirects to."
    if status in (429, 503, 408):
        return f"The server puts every request off with {status}: try again later, or slower with --rate."
    if not alone:
        return None
    if status in (404, 405):
        known = ", ".join(benchmark_ids) or "a made-up benchmark"
        return (
            f"The server answers {status} to a valid request for {known}: pass a benchmark that exists with"
            f" --benchmark-id, and see that {to.url} is where the API begins (a path prefix may be missing)."
        )
    if status >= 500:
        return None
    return (
        f"The server refused each valid request with {status}: pass a benchmark that exists with --benchmark-id."
        f" It said: {clean(response.body.decode('utf-8', 'backslashreplace'))[:200]}"
    )


def _elsewhere(location: str | None, url: str, path: str) -> bool:
    """Whether a redirect leads to the same operation at another address, so that the URL was wrong."""
    if location is None:
        return False
    to, target = address(url), urlsplit(location)
    moved = bool(target.netloc) and (target.scheme, target.netloc) != ("https" if to.secure else "http", to.authority)
    slashed = target.path.rstrip("/").endswith(path) and target.path.endswith("/")
    return moved or slashed


def _no_answer(exchange: Exchange, to: Transport) -> str | None:
    failure = exchange.failure
    assert failure is not None
    if failure.kind == "unreachable":
        return f"{to.url} cannot be reached: {failure.text}. Is the server running, and is the port right?"
    if failure.kind == "tls":
        return f"No secure connection to {to.url}: {failure.text}. A private authority is passed with --ca-bundle."
    if failure.kind == "timeout":
        return f"{to.url} did not answer a valid request: {failure.text}. A slow server needs a longer --timeout."
    if failure.kind == "dropped":
        return f"{to.url} ends the connection instead of answering: {failure.text}. Does it speak HTTP here?"
    return None
