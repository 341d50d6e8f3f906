"""Requests about `authorization.*`: wrong credentials, each with a body that would otherwise start a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from runloop_conformance.contract.operation import Operation
from runloop_conformance.exchanges.exchange import TOKEN, Probe
from runloop_conformance.exchanges.json_path import replaced
from runloop_conformance.exchanges.redaction import wrong_tokens
from runloop_conformance.exchanges.strict_json import dump
from runloop_conformance.plan.priority import Priority
from runloop_conformance.plan.probes import twin

MATRIX: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("authorization.required", "no Authorization header", ()),
    ("authorization.form", "an empty Authorization header", ("",)),
    ("authorization.form", "the scheme alone", ("Bearer",)),
    ("authorization.form", "the bare token", (TOKEN,)),
    ("authorization.form", "no space after the scheme", (f"Bearer{TOKEN}",)),
    ("authorization.form", "a colon after the scheme", (f"Bearer: {TOKEN}",)),
    ("authorization.form", "the token in quotes", (f'Bearer "{TOKEN}"',)),
    ("authorization.form", "a word behind the token", (f"Bearer {TOKEN} more",)),
    ("authorization.form", "a word before the token", (f"Bearer more {TOKEN}",)),
    ("authorization.form", "a comma behind the token", (f"Bearer {TOKEN},x",)),
    ("authorization.form", "two tokens in one header", (f"Bearer another, Bearer {TOKEN}",)),
    ("authorization.form", "the scheme twice", (f"Bearer Bearer {TOKEN}",)),
    ("authorization.scheme", "Basic, the token as password", ("Basic {token|basic-user}",)),
    ("authorization.scheme", "Basic, the token as user", ("Basic {token|basic}",)),
    ("authorization.scheme", "Basic, the token as it is", (f"Basic {TOKEN}",)),
    ("authorization.scheme", "the scheme Token", (f"Token {TOKEN}",)),
    ("authorization.scheme", "the scheme Digest", (f"Digest {TOKEN}",)),
    ("authorization.scheme", "the scheme ApiKey", (f"ApiKey {TOKEN}",)),
    ("authorization.scheme", "a scheme that begins like Bearer", (f"BearerToken {TOKEN}",)),
    ("authorization.scheme", "a scheme that Bearer begins like", (f"Bear {TOKEN}",)),
    ("authorization.once", "a wrong token, then the right one", ("Bearer {token|altered}", f"Bearer {TOKEN}")),
    ("authorization.once", "another scheme, then the right token", ("Basic dXNlcjpwYXNz", f"Bearer {TOKEN}")),
    ("authorization.doubled", "the right token, then a wrong one", (f"Bearer {TOKEN}", "Bearer {token|altered}")),
    ("authorization.doubled", "the right token twice", (f"Bearer {TOKEN}", f"Bearer {TOKEN}")),
    ("authorization.form", "a token that is an SQL condition", ("Bearer 'OR'1'='1'--",)),
    ("authorization.form", "a token that is a pattern", ("Bearer *",)),
    ("authorization.form", "a token beyond ASCII", ("Bearer t\xf6k\xe9n",)),
    ("http.no-server-error", "a token of 2,000 characters", ("Bearer " + "x" * 2000,)),
    ("authorization.token", "a token in three parts that decode to nothing", ("Bearer eyJ.eyJ.x",)),
    ("authorization.form", "the header percent-encoded", ("Bearer%20{token|percent}",)),
    ("authorization.form", "the token percent-encoded", ("Bearer {token|percent}",)),
    ("authorization.token", "a token that is the word null", ("Bearer null",)),
    ("authorization.token", "a token that is the word undefined", ("Bearer undefined",)),
)  # fmt: skip
"""Clause, the change, and the values of the Authorization headers."""

ELSEWHERE: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("the token in the query, as access_token", "access_token={token|quoted}", ()),
    ("the token in the query, as token", "token={token|quoted}", ()),
    ("the token in the query, as api_key", "api_key={token|quoted}", ()),
    ("the header in the query", "Authorization=Bearer%20{token|quoted}", ()),
    ("the token as X-API-Key", "", (("X-API-Key", TOKEN),)),
    ("the token in a cookie", "", (("Cookie", f"token={TOKEN}; session={TOKEN}; access_token={TOKEN}"),)),
    ("the header as Proxy-Authorization", "", (("Proxy-Authorization", f"Bearer {TOKEN}"),)),
    ("the header as X-Authorization", "", (("X-Authorization", f"Bearer {TOKEN}"),)),
    ("a user that a proxy would have named", "", (("X-Forwarded-User", "admin"),)),
)
"""The change, the query, and the headers beside those of the control."""


def without_credentials(control: Probe) -> tuple[tuple[str, str], ...]:
    """The headers of the control but its Authorization."""
    return tuple(header for header in control.headers if header[0] != "Authorization")


def with_credentials(control: Probe, clause: str, change: str, values: tuple[str, ...]) -> Probe:
    """The control with these Authorization headers instead of its own."""
    headers = *(("Authorization", value) for value in values), *without_credentials(control)
    return twin(control, change, (clause,), headers=headers)


def matrix(control: Probe, others: tuple[Probe, ...], token: str) -> Iterator[Probe]:
    """The whole matrix on one control, and the most important row on the others."""
    for clause, change, values in MATRIX:
        yield with_credentials(control, clause, change, values)
    for change, query, extra in ELSEWHERE:
        headers = (*extra, *without_credentials(control))
        yield twin(control, change, ("authorization.header-only",), headers=headers, query=query)
    change, query = "a wrong token, the right one in the query", "access_token={token|quoted}&token={token|quoted}"
    names = list(wrong_tokens(token))
    wrong = "swapped" if "swapped" in names else "altered"  # two ways of being wrong in one request
    yield evolve(with_credentials(control, "authorization.token", change, (f"Bearer {{token|{wrong}}}",)), query=query)
    for name in names:
        if name != "swapped":
            values = (f"Bearer {{token|{name}}}",)
            yield with_credentials(control, "authorization.token", f"a wrong token ({name})", values)
    for other in others:
        yield with_credentials(other, "authorization.required", "no Authorization header", ())


def again(operation: Operation, control: Probe) -> list[Probe]:
    """The request without credentials, several times, some of them also different in another way.

    A check may be left out once in so many calls, or for what some rule makes an exception of.
    """
    content = control.content
    for paths, value in ((operation.texts, "x" * 1000), (operation.maps, {"a": "x" * 1000})):
        content = replaced(content, paths[0], value) if paths else content
    local = (("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1"))
    variations: tuple[dict[str, Any], ...] = (
        {}, {"content": content, "body": dump(content)},
        {}, {"headers": (("Content-Type", "application/json; charset=utf-8"), ("Accept", "*/*"))},
        {}, {"headers": (*without_credentials(control), *local)},
        {}, {"framing": "chunked"},
        {},
    )  # fmt: skip
    return [
        evolve(with_credentials(control, "authorization.required", f"no Authorization header, again ({n})", ()), **each)
        for n, each in enumerate(variations, 2)
    ]


def before_a_right_one(control: Probe) -> Probe:
    """A wrong token, sent right before a right one, which must be accepted all the same."""
    change = "a wrong token, before a right one"
    probe = with_credentials(control, "authorization.token", change, ("Bearer {token|altered}",))
    return evolve(probe, priority=Priority.WRONG_TOKEN_BEFORE)


def scheme_cases(control: Probe) -> Iterator[Probe]:
    """The scheme in other cases (RFC 9110, section 11.1)."""
    for scheme, priority in (("BEARER", Priority.SCHEME_CASE), ("bearer", Priority.OTHER_SCHEME_CASE)):
        headers = (("Authorization", f"{scheme} {TOKEN}"), *without_credentials(control))
        yield twin(
            control, f"the scheme is {scheme}", ("authorization.scheme-case",), intent="accept", headers=headers,
            priority=priority,
        )  # fmt: skip
