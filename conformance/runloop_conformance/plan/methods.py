"""Requests about `http.only-post`, `http.method-not-allowed` and `request.media-types`."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from attrs import evolve

from runloop_conformance.exchanges.exchange import Probe
from runloop_conformance.plan.probes import top_level_texts, twin


def methods(control: Probe) -> Iterator[Probe]:
    """The same request by every other method."""
    clauses = ("http.only-post", "http.method-not-allowed")
    for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "FROB", "OPTIONS"):
        changed = twin(control, f"the method is {method}", clauses[:1] if method == "OPTIONS" else clauses)
        yield evolve(changed, method=method)
    # A HEAD has no body: few clients can send one with it, and any response to it is legal.
    yield evolve(twin(control, "the method is HEAD, the body is empty", clauses[:1], body=b""), method="HEAD")


def disguised_methods(control: Probe) -> Iterator[Probe]:
    """A GET that asks for the effect of the operation's own method: by the query, and by an override."""
    clauses = ("http.only-post",)
    bare = evolve(control, method="GET")
    yield twin(
        bare,
        "the method is GET, the properties in the query",
        clauses,
        body=b"",
        query=urlencode(top_level_texts(control)),
    )
    override = ("X-HTTP-Method-Override", control.method)
    yield twin(bare, "the method is GET, overridden by a header", clauses, headers=(*control.headers, override))


def media_types(control: Probe) -> Iterator[Probe]:
    """The right body with another media type."""
    for media_type in (
        "text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html", "application/octet-stream",
        "multipart/form-data; boundary=x", "application/yaml", "application/jsonx", "json",
    ):  # fmt: skip
        headers = _typed(control, media_type)
        yield twin(control, f"Content-Type is {media_type}", ("request.media-types",), headers=headers)


def _typed(control: Probe, media_type: str) -> tuple[tuple[str, str], ...]:
    return tuple((n, media_type if n == "Content-Type" else v) for n, v in control.headers)


def forms(control: Probe) -> Iterator[Probe]:
    """The control as a form."""
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in top_level_texts(control).items()
    )
    for what, media_type, body in (
        ("a form", "application/x-www-form-urlencoded", urlencode(top_level_texts(control))),
        ("a form in parts", "multipart/form-data; boundary=x", f"{parts}--x--\r\n"),
    ):
        change, headers = f"the body is {what}, and says so", _typed(control, media_type)
        yield twin(control, change, ("request.media-types",), headers=headers, body=body.encode())
