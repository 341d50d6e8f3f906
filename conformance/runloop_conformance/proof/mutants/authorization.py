"""Faults of who may start a run."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from runloop_conformance.proof.mutants.fault import BENCHMARK, RULE, Ask, Chapter, ask, sent, times
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("authorization")
fault = CHAPTER.fault
should_fault = CHAPTER.should().fault

REQUIRED = RULE + "bearer-required"
MALFORMED = RULE + "bearer-malformed"
DOUBLED = RULE + "bearer-doubled"
CHALLENGE = RULE + "challenge"
MINIMAL = {"benchmark_id": BENCHMARK}
WRONG = "Bearer wr0ng-{token}"


def by(*authorization: str, body: Any = MINIMAL, query: str = "") -> Ask:
    return sent(body, authorization=authorization, query=query)


@fault(REQUIRED, by())
class NoHeaderAccepted(Reference):
    """A request without an Authorization header starts a run."""

    def authorize(self, request: Request) -> None:
        if self.credentials(request):
            super().authorize(request)


@fault(REQUIRED, by(WRONG))
class AnyTokenAccepted(Reference):
    """Any bearer token will do."""

    def is_token(self, token: str) -> bool:
        return bool(token)


@fault(REQUIRED, by(), by(WRONG), by("Basic dXNlcjpwYXNz"))
class NothingChecked(Reference):
    """Authorization is left to a gateway that is not there."""

    def authorize(self, request: Request) -> None:
        """Check nothing."""


@fault(REQUIRED, by("Bearer {shortened}"))
class PrefixAccepted(Reference):
    """The beginning of the token is as good as the token."""

    def is_token(self, token: str) -> bool:
        return bool(token) and self.token.startswith(token)


@fault(REQUIRED, by("Bearer {token}x"))
class ExtensionAccepted(Reference):
    """The token may go on."""

    def is_token(self, token: str) -> bool:
        return token.startswith(self.token)


@fault(REQUIRED, by("Bearer x{token}"))
class TokenSearchedFor(Reference):
    """The token may stand anywhere in what was given."""

    def is_token(self, token: str) -> bool:
        return self.token in token


@fault(REQUIRED, by("Bearer {swapped}"))
class TokenCaseIgnored(Reference):
    """Tokens are compared by a column whose collation ignores case."""

    def is_token(self, token: str) -> bool:
        return token.casefold() == self.token.casefold()


@fault(REQUIRED, by("Bearer {masked}"))
class LengthCompared(Reference):
    """Only the length of the token is compared."""

    def is_token(self, token: str) -> bool:
        return len(token) == len(self.token)


@fault(REQUIRED, by("Bearer {beginning}"))
class EightCharactersCompared(Reference):
    """Only the first eight characters of the token count, as with the oldest crypt."""

    def is_token(self, token: str) -> bool:
        return token[:8] == self.token[:8]


@fault(REQUIRED, by("Token {token}"))
class AnySchemeAccepted(Reference):
    """The scheme is not looked at."""

    def is_scheme(self, scheme: str) -> bool:
        return bool(scheme)


@fault(REQUIRED, by("Basic dXNlcjpwYXNz"))
class BasicAccepted(Reference):
    """Basic credentials are let through to a check that no longer exists."""

    def authorize(self, request: Request) -> None:
        if not any(each.lower().startswith("basic ") for each in self.credentials(request)):
            super().authorize(request)


@fault(REQUIRED, by("BearerX {token}"))
class SchemePrefixAccepted(Reference):
    """Any scheme that begins like Bearer is taken for it."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme.lower().startswith("bearer")


@fault(MALFORMED, by("{token}"))
class BareTokenAccepted(Reference):
    """The token is accepted without a scheme."""

    def credentials(self, request: Request) -> list[str]:
        return [each if " " in each else f"Bearer {each}" for each in super().credentials(request)]


@fault(MALFORMED, by("Bearer{token}"))
class NoSpaceNeeded(Reference):
    """The token may follow the scheme without a space."""

    def credentials(self, request: Request) -> list[str]:
        return [re.sub("(?i)^bearer(?=[^ ])", "Bearer ", each) for each in super().credentials(request)]


@fault(MALFORMED, by("Bearer"), by("Bearer "))
class EmptyTokenAccepted(Reference):
    """The scheme alone is enough: an empty token is looked up, and nothing is found to be wrong with it."""

    def authorize(self, request: Request) -> None:
        if [each.strip().lower() for each in self.credentials(request)] != ["bearer"]:
            super().authorize(request)


@fault(MALFORMED, by(""))
class EmptyHeaderAccepted(Reference):
    """An empty Authorization header counts as having been checked."""

    def authorize(self, request: Request) -> None:
        if self.credentials(request) != [""]:
            super().authorize(request)


@fault(MALFORMED, by("Bearer {token} and more"))
class TrailingWordsIgnored(Reference):
    """What follows the token is ignored: the header is split at spaces, and its second word taken."""

    def credentials(self, request: Request) -> list[str]:
        return [" ".join(each.split()[:2]) for each in super().credentials(request)]


@fault(MALFORMED, by('Bearer "{token}"'))
class QuotesStripped(Reference):
    """Quotes around the token are taken off."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token.strip("\"'"))


@should_fault(DOUBLED, by("Bearer {token}", "Bearer {token}"))
class EqualHeadersAccepted(Reference):
    """A doubled header is accepted where both are equal."""

    def credentials(self, request: Request) -> list[str]:
        return list(dict.fromkeys(super().credentials(request)))


@should_fault(DOUBLED, by("Bearer {token}", WRONG))
class FirstHeaderCounts(Reference):
    """Of two Authorization headers only the first is looked at."""

    def credentials(self, request: Request) -> list[str]:
        return super().credentials(request)[:1]


@fault(MALFORMED, by(WRONG, "Bearer {token}"))
class LastHeaderCounts(Reference):
    """Of two Authorization headers only the last is looked at."""

    def credentials(self, request: Request) -> list[str]:
        return super().credentials(request)[-1:]


@fault(MALFORMED, by("Bearer wrong, Bearer {token}"))
class ListAccepted(Reference):
    """Several credentials in one header, separated by commas: one of them has to be right."""

    def authorize(self, request: Request) -> None:
        parts = [part.strip() for each in self.credentials(request) for part in each.split(",")]
        if len(parts) < 2 or f"Bearer {self.token}" not in parts:
            super().authorize(request)


@fault(REQUIRED, by(query="access_token={token}"))
class AccessTokenInQuery(Reference):
    """The token is also taken from the query, as access_token."""

    def credentials(self, request: Request) -> list[str]:
        found = super().credentials(request)
        return found or [f"Bearer {each}" for each in request.query_params.getlist("access_token")]


@fault(REQUIRED, by(query="token={token}"))
class TokenInQuery(Reference):
    """The token is also taken from the query, as token."""

    def credentials(self, request: Request) -> list[str]:
        found = super().credentials(request)
        return found or [f"Bearer {each}" for each in request.query_params.getlist("token")]


@fault(MALFORMED, by("Bearer ' OR '1'='1"))
class TokenInSql(Reference):
    """The token becomes part of an SQL statement."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or bool(re.fullmatch(r".*' *OR *'?(\w*)'? *= *'?\1'?.*", token, re.IGNORECASE))


@fault(MALFORMED, by("Bearer *"))
class TokenInLdap(Reference):
    """The token becomes part of an LDAP filter, where an asterisk matches anything."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or token == "*"  # noqa: S105 - a wildcard, and the fault


@fault(REQUIRED, by("Bearer null"), by("Bearer undefined"))
class NullTokenAccepted(Reference):
    """A token that is the word null or undefined finds the row that has none."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token) or token in {"null", "undefined"}


@fault(REQUIRED, by(body=MINIMAL | {"runProfile": {}}))
class UncheckedWithProfile(Reference):
    """Requests with a runProfile are routed around the authorization."""

    async def read(self, request: Request) -> bytes:
        body = await super().read(request)
        request.state.body = body
        return body

    def authorize(self, request: Request) -> None:
        if b'"runProfile"' not in request.state.body:
            super().authorize(request)


@fault(REQUIRED, by(body=MINIMAL | {"run_name": "nightly"}))
class UncheckedUnlessMinimal(UncheckedWithProfile):
    """Only a body with nothing but the benchmark's id is checked."""

    def authorize(self, request: Request) -> None:
        if b"," not in request.state.body:
            Reference.authorize(self, request)


@fault(REQUIRED, ask(), by(WRONG))
class UncheckedAfterTheFirst(Reference):
    """Once a request was authorized, the ones after it are as well."""

    def authorize(self, request: Request) -> None:
        if not self.runs or not self.credentials(request):
            super().authorize(request)


@fault(REQUIRED, *times(5, by()))
class UncheckedFromTheFifth(Reference):
    """From the fifth request without credentials on, none are needed."""

    lacking = 0

    def authorize(self, request: Request) -> None:
        self.lacking += not self.credentials(request)
        if self.lacking < 5 or self.credentials(request):
            super().authorize(request)


class StatusOfRefusal(Reference):
    """Refuses credentials with a status of its own."""

    status = 404

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RefusalError as refusal:
            raise RefusalError(self.status_for(request), refusal.message, refusal.headers) from None

    def status_for(self, request: Request) -> int:
        return self.status if self.credentials(request) else 401


@fault(REQUIRED, by(WRONG))
class WrongTokenIsNotFound(StatusOfRefusal):
    """A wrong token is answered with 404, as if the path were not there."""


@fault(REQUIRED, by())
class MissingHeaderIsInvalid(StatusOfRefusal):
    """A missing Authorization header is reported like any missing parameter, with 422."""

    def status_for(self, request: Request) -> int:
        return 401 if self.credentials(request) else 422


@fault(REQUIRED, by(WRONG))
class WrongTokenTriesAgain(StatusOfRefusal):
    """A wrong token is answered with 429, so clients keep trying."""

    status = 429


@fault(REQUIRED, by())
class LoginPage(Reference):
    """Who has no credentials is sent a login page, with 200."""

    def refuse(self, refusal: RefusalError) -> Response:
        return HTMLResponse("<form>Log in</form>") if refusal.status == 401 else super().refuse(refusal)


@fault(REQUIRED, by())
class LoginRedirect(Reference):
    """Who has no credentials is redirected to a login page."""

    def refuse(self, refusal: RefusalError) -> Response:
        return RedirectResponse("/login", 302) if refusal.status == 401 else super().refuse(refusal)


@should_fault(CHALLENGE, by(), by(WRONG))
class NoChallenge(Reference):
    """A 401 says nothing about how to authorize."""

    def challenge(self, message: str) -> Any:
        raise RefusalError(401, message)


@should_fault(CHALLENGE, by(WRONG))
class NoChallengeForWrongToken(Reference):
    """Only a request without credentials is told how to authorize."""

    def challenge(self, message: str) -> Any:
        raise RefusalError(401, message, {} if "not valid" in message else {"WWW-Authenticate": "Bearer"})


@should_fault(RULE + "scheme-case", by("bearer {token}"))
class LowerCaseSchemeRefused(Reference):
    """Only `Bearer` is the scheme, and `bearer` is not."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme == "Bearer"


@should_fault(RULE + "scheme-case", by("BEARER {token}"))
class UpperCaseSchemeRefused(Reference):
    """`Bearer` and `bearer` are the scheme, and `BEARER` is not."""

    def is_scheme(self, scheme: str) -> bool:
        return scheme in {"Bearer", "bearer"}
