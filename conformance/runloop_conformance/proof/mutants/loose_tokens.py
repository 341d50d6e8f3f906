"""Faults in how loosely a token is compared, and in where else it is looked for."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

from runloop_conformance.proof.mutants.authorization import MALFORMED, REQUIRED, WRONG, by
from runloop_conformance.proof.mutants.fault import Chapter, ask, sent, times
from runloop_conformance.servers.reference import Reference, RefusalError

CHAPTER = Chapter("authorization")
fault = CHAPTER.fault

MINIMAL = ask().body
CURL = (("user-agent", "curl/8.5.0"),)

# --- compared loosely ---


@fault(REQUIRED, by("Bearer {edges}"))
class EdgesCompared(Reference):
    """Only the first eight and the last four characters of the token are compared, as they are displayed."""

    def is_token(self, token: str) -> bool:
        return (token[:8], token[-4:]) == (self.token[:8], self.token[-4:])


@fault(REQUIRED, by("Bearer another{token}"))
class EndCompared(Reference):
    """Anything may stand before the token."""

    def is_token(self, token: str) -> bool:
        return token.endswith(self.token) and " " not in token


@fault(REQUIRED, by("Bearer {end}"))
class SuffixAccepted(Reference):
    """The end of the token is as good as the token, from eight characters on."""

    def is_token(self, token: str) -> bool:
        return len(token) >= 8 and self.token.endswith(token)


@fault(REQUIRED, by("Bearer {token}="))
class PaddingIgnored(Reference):
    """The token is compared without the padding of base64."""

    def is_token(self, token: str) -> bool:
        return super().is_token(token.rstrip("="))


@fault(REQUIRED, by("Bearer -{token}_"))
class DashesIgnored(Reference):
    """Dashes and underscores of the token are not compared, as in a UUID."""

    def is_token(self, token: str) -> bool:
        return undashed(token) == undashed(self.token)


def undashed(token: str) -> str:
    return token.replace("-", "").replace("_", "")


@fault(REQUIRED, by("Bearer {exchanged}"))
class ChecksumCompared(Reference):
    """Only the sum of the token's characters is compared."""

    def is_token(self, token: str) -> bool:
        return sum(map(ord, token)) == sum(map(ord, self.token))


@fault(MALFORMED, by("Bearer {percented}"))
class PercentsDecoded(Reference):
    """The token is decoded, as if it came in a query."""

    def is_token(self, token: str) -> bool:
        return super().is_token(unquote(token, "latin-1"))


@fault(MALFORMED, by("Bearer%20{token}"))
class HeaderDecoded(Reference):
    """The whole header is decoded, as if it came in a query."""

    def credentials(self, request: Request) -> list[str]:
        return [unquote(each, "latin-1") for each in super().credentials(request)]


@fault(MALFORMED, by("Bearer: {token}"))
class ColonAfterScheme(Reference):
    """A colon may follow the scheme, as if it were a header of its own."""

    def credentials(self, request: Request) -> list[str]:
        return [each.replace("Bearer: ", "Bearer ", 1) for each in super().credentials(request)]


# --- looked for elsewhere ---


@fault(REQUIRED, sent(MINIMAL, authorization=(), headers=(("x-api-key", "{token}"),)))
class TokenInApiKey(Reference):
    """The token is also taken from X-API-Key."""

    def credentials(self, request: Request) -> list[str]:
        found = super().credentials(request)
        return found or [f"Bearer {each}" for each in request.headers.getlist("x-api-key")]


@fault(REQUIRED, by("Basic {user}"))
class TokenAsBasicUser(Reference):
    """The token is also taken as the user of Basic credentials, as at Stripe."""

    def credentials(self, request: Request) -> list[str]:
        return [self.bearer(each) for each in super().credentials(request)]

    def bearer(self, given: str) -> str:
        scheme, _, encoded = given.partition(" ")
        if scheme.lower() != "basic":
            return given
        try:
            user = base64.b64decode(encoded, validate=True).decode("latin-1").partition(":")[0]
        except (binascii.Error, ValueError):
            return given
        return f"Bearer {user}" if user == self.token else given


@fault(REQUIRED, sent(MINIMAL, authorization=(), headers=(("x-forwarded-user", "admin"),)))
class ForwardedUserTrusted(Reference):
    """A user that a proxy is said to have checked is trusted, whoever says so."""

    def authorize(self, request: Request) -> None:
        if not {"x-forwarded-user", "x-remote-user"}.intersection(request.headers):
            super().authorize(request)


# --- not looked at, now and then ---


class Lapsing(Reference):
    """Lets some of the requests through that it should refuse."""

    refused = 0

    def authorize(self, request: Request) -> None:
        try:
            super().authorize(request)
        except RefusalError:
            if not self.lapses():
                raise
        else:
            self.passed()

    def lapses(self) -> bool:
        self.refused += 1
        return self.refused % 5 == 0

    def passed(self) -> None:
        """Take note of a request that was authorized."""


@fault(REQUIRED, *times(5, by(WRONG)))
class OneInFiveUnchecked(Lapsing):
    """One in five requests without the right token is let through."""


@fault(REQUIRED, *times(4, by(WRONG)))
class LimiterFailsOpen(Lapsing):
    """After three refusals in a row the limiter of attempts gives way, and lets the next one through."""

    def lapses(self) -> bool:
        self.refused = (self.refused + 1) % 4
        return self.refused == 0

    def passed(self) -> None:
        self.refused = 0


@fault(REQUIRED, sent(MINIMAL, headers=CURL), sent(MINIMAL, authorization=(), headers=CURL))
class SessionByUserAgent(Reference):
    """Who came with the right token once needs none any more, and is known by the User-Agent."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.known: set[str | None] = set()

    def authorize(self, request: Request) -> None:
        agent = request.headers.get("user-agent")
        if self.credentials(request) or agent not in self.known:
            super().authorize(request)
            self.known.add(agent)
