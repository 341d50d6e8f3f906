"""What a client was told at construction, checked there and then: token, address, headers, patience."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import httpx
from attrs import frozen
from httpx import Timeout as Timeout  # noqa: PLC0414 - for those who import it from this package, as from the official SDK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import EllipsisType

DEFAULT_BASE_URL = "https://api.runloop.ai"
DEFAULT_TIMEOUT = 60.0
"""Seconds for a whole call. The official SDK allows 30 s for each read, and sets no limit to their sum."""
DEFAULT_MAX_RETRIES = 5
"""As in the official SDK; what is retried is not."""
CONNECT_TIMEOUT = 5.0
"""Seconds for one attempt to connect, as in the official SDK, so that a lost packet leaves time for another attempt."""
MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""An answer that is longer, also after decompression, is an error. The largest request, 64 KB, comes back once."""

# RFC 9110, section 5.6.2 and 5.5: what may stand in a field.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?\Z")
_HOST = re.compile(rb"[0-9A-Za-z._:-]+\Z")
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")

TimeoutOption = float | httpx.Timeout | None


@frozen(kw_only=True, repr=False)
class Settings:
    """A client's policy. Immutable; `with_options` makes another."""

    bearer_token: str
    base_url: str
    timeout: TimeoutOption
    max_retries: int
    retry_ambiguous: bool
    allow_cleartext: bool
    default_headers: dict[str, str]
    default_query: dict[str, Any]
    proxy: str | None

    def __repr__(self) -> str:
        return f"<Settings {self.base_url}>"

    def __attrs_post_init__(self) -> None:
        refuse_cleartext(self.base_url, self.proxy, allowed=self.allow_cleartext)


def token_from(given: str | None) -> str:
    """The token, or a ValueError that says why there is none; never with the token in it."""
    token, source = given, "bearer_token"
    if token is None:
        token, source = os.environ.get("RUNLOOP_API_KEY"), "the environment variable RUNLOOP_API_KEY"
    if token is None:
        raise ValueError("No token: pass bearer_token=, or set the environment variable RUNLOOP_API_KEY.")
    if not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all type-checked
        raise TypeError(f"bearer_token has to be a str, and is {type(token).__name__}.")
    if not token.strip():
        raise ValueError(f"The token is {'blank' if token else 'empty'}: look at {source}.")
    if not _TOKEN.match(token):
        where = "at its end (a newline from a file?)" if token.rstrip() != token else "in it"
        raise ValueError(
            f"The token has a space, a control character or a non-ASCII character {where}, and cannot be sent "
            f"in a header: look at {source}."
        )
    return token


def base_url_from(given: str | httpx.URL | None) -> str:
    """The base URL without a slash at its end, or a ValueError with the reason."""
    base_url, source = given, "base_url"
    if base_url is None:
        base_url, source = os.environ.get("RUNLOOP_BASE_URL", DEFAULT_BASE_URL), "RUNLOOP_BASE_URL"
    if not isinstance(base_url, str | httpx.URL):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{source} has to be a str, and is {type(base_url).__name__}.")
    text = str(base_url)
    try:
        url = httpx.URL(text)
        reason = _flaw(url, text)
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(f"{source} is not a URL: {error}") from None
    if url.userinfo:
        # Not shown: what is in it is a credential.
        raise ValueError(f"{source} holds a user or a password; the token is the only credential.")
    if reason:
        raise ValueError(f"{source} is malformed: {reason}: {text!r}")
    return str(url).rstrip("/")


def _flaw(url: httpx.URL, text: str) -> str | None:
    if not text.strip() or text != text.strip():
        return "it is empty, or has space around it"
    if url.scheme not in {"http", "https"}:
        return "it has to begin with https:// (or http:// for a loopback host)"
    if not _HOST.match(url.raw_host):
        return "it names no host"
    if url.port is not None and not 0 < url.port < 65536:
        return "its port has to be from 1 to 65535"
    if url.query or url.fragment or "?" in text or "#" in text:
        return "a base URL has no query and no fragment"
    return None


def proxy_for(base_url: str) -> str | None:
    """The proxy that the environment names for this address (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""
    proxies = getproxies()
    if not proxies:
        return None
    url = httpx.URL(base_url)
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(url.netloc.decode("ascii")) or proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def refuse_cleartext(base_url: str, proxy: str | None, *, allowed: bool) -> None:
    """Raise ValueError where the token would cross a network in the clear."""
    if allowed or not base_url.startswith("http:"):
        return
    for url in (base_url, proxy):
        if url is not None and not _is_loopback(httpx.URL(url).host):
            host = httpx.URL(url).host
            what = f"a proxy at {host}" if url is proxy else host
            raise ValueError(
                f"Over http the token would be readable on the way to {what}. Use https, "
                "or allow_cleartext=True where the way is safe."
            )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def headers_from(given: Mapping[str, str] | None, *, argument: str) -> dict[str, str]:
    """Checked headers. An error names the header, and never shows its value."""
    headers: dict[str, str] = {}
    for name, value in (given or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{argument}: names and values have to be str; the value of {name!r} may not be one.")
        if not _HEADER_NAME.match(name):
            raise ValueError(f"{argument}: {name!r} is not the name of a header.")
        if not _HEADER_VALUE.match(value):
            raise ValueError(f"{argument}: the value of {name!r} has characters that a header cannot carry.")
        headers[name] = value
    return headers


def environment_headers() -> dict[str, str]:
    """RUNLOOP_CUSTOM_HEADERS, one `Name: value` a line, as the official SDK reads it."""
    given: dict[str, str] = {}
    for line in os.environ.get("RUNLOOP_CUSTOM_HEADERS", "").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            given[name.strip()] = value.strip()
    return headers_from(given, argument="RUNLOOP_CUSTOM_HEADERS")


def retries_from(given: int) -> int:
    """A checked number of retries."""
    if not isinstance(given, int) or isinstance(given, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"max_retries has to be an int, and is {type(given).__name__}.")
    if given < 0:
        raise ValueError(f"max_retries has to be 0 or more, and is {given}.")
    return given


def timeout_from(given: TimeoutOption) -> TimeoutOption:
    """A checked time-out: positive seconds for the whole call, an httpx.Timeout for its single steps, or None."""
    if given is None or isinstance(given, httpx.Timeout):
        return given
    if not isinstance(given, int | float) or isinstance(given, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"timeout has to be seconds, an httpx.Timeout or None, and is {type(given).__name__}.")
    if not 0 < given < float("inf"):
        raise ValueError(f"timeout has to be more than 0 seconds, and finite: {given}. None means no limit.")
    return float(given)


@frozen(kw_only=True, repr=False)
class Given:
    """What a client was given, not checked yet. Without a `repr`: a traceback may show it."""

    bearer_token: str | None
    base_url: str | httpx.URL | None
    timeout: TimeoutOption
    max_retries: int
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, Any] | None
    retry_ambiguous: bool
    allow_cleartext: bool
    own: bool
    """Whether the connections are those of this package, which look for a proxy themselves."""
    over: Settings | None = None
    """What `with_options` starts from."""

    @classmethod
    def changing(cls, over: Settings, *, timeout: TimeoutOption | EllipsisType, **given: Any) -> Given:
        """What `with_options` was given: None, and an ellipsis for the time-out, leave things as they are."""
        kept = {name: getattr(over, name) if value is None else value for name, value in given.items() if name in _KEPT}
        return cls(**{**given, **kept}, timeout=over.timeout if timeout is ... else timeout, over=over)

    def settings(self) -> Settings | Exception:
        """The settings; or what is wrong, as a value, since the frames that found it hold the token."""
        try:
            return self._checked()
        except (TypeError, ValueError) as error:
            return bare(error)

    def _checked(self) -> Settings:
        base_url = base_url_from(self.base_url)
        headers = headers_from(self.default_headers, argument="default_headers")
        if self.over is None:
            headers = {**environment_headers(), **headers}
        else:
            headers = {**self.over.default_headers, **headers}
        if any(name.lower() == "x-request-id" for name in headers):
            raise ValueError(
                "x-request-id is the idempotency key of one call: pass idempotency_key= to the call instead."
            )
        return Settings(
            bearer_token=token_from(self.bearer_token),
            base_url=base_url,
            timeout=timeout_from(self.timeout),
            max_retries=retries_from(self.max_retries),
            retry_ambiguous=self.retry_ambiguous,
            allow_cleartext=self.allow_cleartext,
            default_headers=headers,
            default_query={**(self.over.default_query if self.over else {}), **(self.default_query or {})},
            proxy=proxy_for(base_url) if self.own else None,
        )


_KEPT = {"bearer_token", "base_url", "max_retries", "retry_ambiguous", "allow_cleartext"}


def bare(error: Exception) -> Exception:
    """The error without the frames and errors that led to it: they hold values that no traceback is to show."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error
