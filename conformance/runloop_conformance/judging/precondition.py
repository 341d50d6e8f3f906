"""What must be true before a server can be judged, and what to do if it is not."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from runloop_conformance.exchanges.excerpt import Excerpt
from runloop_conformance.exchanges.exchange import Exchange
from runloop_conformance.exchanges.redaction import Redaction

USUAL_PORTS = {"http": 80, "https": 443}


def precondition(
    controls: Sequence[Exchange],
    url: str,
    token: str,
    benchmark_ids: Sequence[str],
    redaction: Redaction,
    *,
    alone: bool,
    prefix: str = "--",
) -> str | None:
    """Why nothing can be said about the server at this URL, and what to pass instead; None if a control was accepted.

    One rejected control beside an accepted one is a finding, not a failed precondition; so is a 5xx that is not a 503.
    alone: the operation is all that there is to test; else its rejection still leaves the others to test.
    prefix: what stands before the name of an option for this user.
    """
    if any(exchange.accepted for exchange in controls) or not controls:
        return None
    first = controls[0]
    if first.failure:
        return _no_response(first, url, prefix)
    status = first.status or 0
    response = first.response
    assert response is not None
    if status == 401 or (status == 403 and all(e.status == 403 for e in controls)) or (status == 400 and not token):
        problem = "The token was rejected" if token else "No token was passed, and the request was rejected"
        return f"{problem} with {status}: pass one that this server takes, by $RUNLOOP_API_KEY{_token_option(prefix)}."
    if 300 <= status < 400 and not _elsewhere(response.header("Location"), url, first.probe.path):
        return None
    if 300 <= status < 400:
        return f"The server redirects ({status}) to {response.header('Location')}: pass the URL that it redirects to."
    if status in (429, 503, 408):
        return f"The server puts every request off with {status}: try again later, or slower with {prefix}rate."
    if not alone:
        return None
    if status in (404, 405):
        known = ", ".join(benchmark_ids) or "a made-up benchmark"
        return (
            f"The server responds with {status} to a valid request for {known}: pass a benchmark that exists with"
            f" {prefix}benchmark-id, and check that {url} is where the API begins (a path prefix may be missing)."
        )
    if status >= 500:
        return None
    return (
        f"The server rejected each valid request with {status}: pass a benchmark that exists with"
        f" {prefix}benchmark-id. Its response: {Excerpt(response.body, 200).text(redaction)}"
    )


def _token_option(prefix: str) -> str:
    """Only the command has one: the command line of pytest is printed in its header."""
    return " or --token" if prefix == "--" else ""


def _elsewhere(location: str | None, url: str, path: str) -> bool:
    """Whether a redirect leads to the same operation at another address, so that the URL was wrong."""
    try:
        target = urlsplit(location or "")
        moved = bool(target.netloc) and _origin(target.geturl()) != _origin(url)
    except ValueError:
        return False
    return moved or (target.path.rstrip("/").endswith(path) and target.path.endswith("/"))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme)


def _no_response(exchange: Exchange, url: str, prefix: str) -> str | None:
    failure = exchange.failure
    assert failure is not None
    text = failure.text.rstrip(".")
    if failure.kind == "unreachable":
        return f"{url} cannot be reached: {text}. Is the server running, and is the port right?"
    if failure.kind == "tls":
        return f"No secure connection to {url}: {text}. A private authority is passed with {prefix}ca-bundle."
    if failure.kind == "timeout":
        return f"{url} did not respond to a valid request: {text}. A slow server needs a longer {prefix}timeout."
    if failure.kind == "coding":
        return (
            f"{url} cannot be tested: {text}. Requests have `Accept-Encoding: gzip, deflate`: turn the other coding off"
            " in the server, or in the proxy in front of it."
        )
    if failure.kind == "dropped":
        return f"{url} ends the connection instead of responding: {text}. Does it speak HTTP here?"
    return None
