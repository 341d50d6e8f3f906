"""Tokens that are accepted in another place than the Authorization header."""

import base64
import binascii

from starlette.requests import Request

from runloop_conformance.proof.mutants.credentials import with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.mutants.witness import start_run, with_body
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
REQUIRED = RULE + "bearer-required"


@MUTANTS.mutant(REQUIRED, with_credentials(query="access_token={token}"))
class AccessTokenInQuery(Reference):
    """The token is also accepted in the query, as access_token."""

    def credentials(self, request: Request) -> list[str]:
        headers = super().credentials(request)
        return headers or [f"Bearer {token}" for token in request.query_params.getlist("access_token")]


@MUTANTS.mutant(REQUIRED, with_credentials(query="token={token}"))
class TokenInQuery(Reference):
    """The token is also accepted in the query, as token."""

    def credentials(self, request: Request) -> list[str]:
        headers = super().credentials(request)
        return headers or [f"Bearer {token}" for token in request.query_params.getlist("token")]


MINIMAL_BODY = start_run().body


@MUTANTS.mutant(REQUIRED, with_body(MINIMAL_BODY, authorization=(), headers=(("x-api-key", "{token}"),)))
class TokenInApiKey(Reference):
    """The token is also accepted in X-API-Key."""

    def credentials(self, request: Request) -> list[str]:
        headers = super().credentials(request)
        return headers or [f"Bearer {token}" for token in request.headers.getlist("x-api-key")]


@MUTANTS.mutant(REQUIRED, with_credentials("Basic {user}"))
class TokenAsBasicUser(Reference):
    """The token is also accepted as the user of Basic credentials."""

    def credentials(self, request: Request) -> list[str]:
        return [self.bearer(token) for token in super().credentials(request)]

    def bearer(self, header: str) -> str:
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return header
        try:
            user = base64.b64decode(encoded, validate=True).decode("latin-1").partition(":")[0]
        except (binascii.Error, ValueError):
            return header
        return f"Bearer {user}" if user == self.token else header


@MUTANTS.mutant(REQUIRED, with_body(MINIMAL_BODY, authorization=(), headers=(("x-forwarded-user", "admin"),)))
class ForwardedUserTrusted(Reference):
    """A header that names a checked user is trusted, whoever sends it."""

    def authorize(self, request: Request) -> None:
        if not {"x-forwarded-user", "x-remote-user"}.intersection(request.headers):
            super().authorize(request)
