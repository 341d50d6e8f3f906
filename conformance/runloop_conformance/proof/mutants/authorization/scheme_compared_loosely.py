"""Other schemes, and malformed credentials, that are accepted for a bearer token."""

import re
from urllib.parse import unquote

from starlette.requests import Request

from runloop_conformance.proof.mutants.credentials import with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
REQUIRED = RULE + "bearer-required"
MALFORMED = RULE + "bearer-malformed"


@MUTANTS.mutant(REQUIRED, with_credentials("Token {token}"))
class AnySchemeAccepted(Reference):
    """The scheme is not checked."""

    def is_scheme(self, scheme: str) -> bool:
        return bool(scheme)


@MUTANTS.mutant(REQUIRED, with_credentials("Basic dXNlcjpwYXNz"))
class BasicAccepted(Reference):
    """Basic credentials are let through to a check that no longer exists."""

    def authorize(self, request: Request) -> None:
        if not any(header.lower().startswith("basic ") for header in self.credentials(request)):
            super().authorize(request)


@MUTANTS.mutant(REQUIRED, with_credentials("BearerX {token}"))
class SchemePrefixAccepted(Reference):
    """Any scheme that begins with Bearer is accepted."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme.lower().startswith("bearer")


@MUTANTS.mutant(MALFORMED, with_credentials("{token}"))
class BareTokenAccepted(Reference):
    """The token is accepted without a scheme."""

    def credentials(self, request: Request) -> list[str]:
        return [header if " " in header else f"Bearer {header}" for header in super().credentials(request)]


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer{token}"))
class NoSpaceNeeded(Reference):
    """The token may follow the scheme without a space."""

    def credentials(self, request: Request) -> list[str]:
        return [re.sub("(?i)^bearer(?=[^ ])", "Bearer ", header) for header in super().credentials(request)]


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer"), with_credentials("Bearer "))
class EmptyTokenAccepted(Reference):
    """The scheme alone is enough: an empty token counts as valid."""

    def authorize(self, request: Request) -> None:
        if [header.strip().lower() for header in self.credentials(request)] != ["bearer"]:
            super().authorize(request)


@MUTANTS.mutant(MALFORMED, with_credentials(""))
class EmptyHeaderAccepted(Reference):
    """An empty Authorization header counts as having been checked."""

    def authorize(self, request: Request) -> None:
        if self.credentials(request) != [""]:
            super().authorize(request)


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer {token} and more"))
class TrailingWordsIgnored(Reference):
    """What follows the token is ignored: the header is split at spaces, and its second word counts."""

    def credentials(self, request: Request) -> list[str]:
        return [" ".join(header.split()[:2]) for header in super().credentials(request)]


@MUTANTS.mutant(MALFORMED, with_credentials('Bearer "{token}"'))
class QuotesStripped(Reference):
    """Quotes around the token are removed."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token.strip("\"'"))


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer%20{token}"))
class HeaderDecoded(Reference):
    """The whole header is decoded, as if it came in a query."""

    def credentials(self, request: Request) -> list[str]:
        return [unquote(header, "latin-1") for header in super().credentials(request)]


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer: {token}"))
class ColonAfterScheme(Reference):
    """A colon may follow the scheme, as in a header."""

    def credentials(self, request: Request) -> list[str]:
        return [header.replace("Bearer: ", "Bearer ", 1) for header in super().credentials(request)]
