"""Wrong tokens that are accepted, because they are compared loosely or not at all."""

import re
from urllib.parse import unquote

from starlette.requests import Request

from runloop_conformance.proof.mutants.credentials import WRONG, with_credentials
from runloop_conformance.proof.mutants.mutant import Mutants
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.servers.reference import Reference

MUTANTS = Mutants(__name__)
REQUIRED = RULE + "bearer-required"
MALFORMED = RULE + "bearer-malformed"


@MUTANTS.mutant(REQUIRED, with_credentials(WRONG))
class AnyTokenAccepted(Reference):
    """Any bearer token will do."""

    def is_token(self, token: str) -> bool:
        return bool(token)


@MUTANTS.mutant(REQUIRED, with_credentials(), with_credentials(WRONG), with_credentials("Basic dXNlcjpwYXNz"))
class NothingChecked(Reference):
    """Authorization is left to a gateway that is not there."""

    def authorize(self, request: Request) -> None:
        """Check nothing."""


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {shortened}"))
class PrefixAccepted(Reference):
    """The beginning of the token is as good as the token."""

    def is_token(self, token: str) -> bool:
        return bool(token) and self.token.startswith(token)


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {token}x"))
class ExtensionAccepted(Reference):
    """The token may go on."""

    def is_token(self, token: str) -> bool:
        return token.startswith(self.token)


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer x{token}"))
class TokenSearchedFor(Reference):
    """The token may be anywhere in the credentials."""

    def is_token(self, token: str) -> bool:
        return self.token in token


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {swapped}"))
class TokenCaseIgnored(Reference):
    """Tokens are compared by a column whose collation ignores case."""

    def is_token(self, token: str) -> bool:
        return token.casefold() == self.token.casefold()


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {masked}"))
class LengthCompared(Reference):
    """Only the length of the token is compared."""

    def is_token(self, token: str) -> bool:
        return len(token) == len(self.token)


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {beginning}"))
class EightCharactersCompared(Reference):
    """Only the first eight characters of the token count, as with the oldest crypt."""

    def is_token(self, token: str) -> bool:
        return token[:8] == self.token[:8]


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer ' OR '1'='1"))
class TokenInSql(Reference):
    """The token becomes part of an SQL statement."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or bool(re.fullmatch(r".*' *OR *'?(\w*)'? *= *'?\1'?.*", token, re.IGNORECASE))


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer *"))
class TokenInLdap(Reference):
    """The token becomes part of an LDAP filter, where an asterisk matches anything."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or token == "*"  # noqa: S105 - a wildcard, and the fault


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer null"), with_credentials("Bearer undefined"))
class NullTokenAccepted(Reference):
    """A token that is the word null or undefined finds the row that has none."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or token in {"null", "undefined"}


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {edges}"))
class EdgesCompared(Reference):
    """Only the first eight and the last four characters of the token are compared, as they are displayed."""

    def is_token(self, token: str) -> bool:
        return (token[:8], token[-4:]) == (self.token[:8], self.token[-4:])


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer another{token}"))
class EndCompared(Reference):
    """Anything may precede the token."""

    def is_token(self, token: str) -> bool:
        return token.endswith(self.token) and " " not in token


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {end}"))
class SuffixAccepted(Reference):
    """The end of the token is as good as the token, from eight characters on."""

    def is_token(self, token: str) -> bool:
        return len(token) >= 8 and self.token.endswith(token)


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {token}="))
class PaddingIgnored(Reference):
    """The token is compared without the padding of base64."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token.rstrip("="))


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer -{token}_"))
class DashesIgnored(Reference):
    """Dashes and underscores of the token are not compared, as in a UUID."""

    def is_token(self, token: str) -> bool:
        return undashed(token) == undashed(self.token)


def undashed(token: str) -> str:
    return token.replace("-", "").replace("_", "")


@MUTANTS.mutant(REQUIRED, with_credentials("Bearer {exchanged}"))
class ChecksumCompared(Reference):
    """Only the sum of the token's characters is compared."""

    def is_token(self, token: str) -> bool:
        return sum(map(ord, token)) == sum(map(ord, self.token))


@MUTANTS.mutant(MALFORMED, with_credentials("Bearer {percented}"))
class PercentsDecoded(Reference):
    """The token is decoded, as if it came in a query."""

    def is_token(self, token: str) -> bool:
        return super().is_token(unquote(token, "latin-1"))
