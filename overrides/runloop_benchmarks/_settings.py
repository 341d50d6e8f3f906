"""The options of a client, checked at construction, and what the environment adds to them."""

from __future__ import annotations

import ipaddress
import os
import re
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass, proxy_bypass_environment  # type: ignore[attr-defined]

import httpx
from attrs import frozen
from httpx import Timeout as Timeout  # noqa: PLC0414 - for those who import it from this package, as from the official SDK
from runloop_benchmarks_api.types import UNSET, Unset

from ._exceptions import MissingTokenError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

DEFAULT_BASE_URL = "https://api.runloop.ai"
DEFAULT_TIMEOUT = 60.0
"""Seconds for a whole call. The official SDK allows 30 s for each read, and sets no limit to their sum."""
DEFAULT_MAX_RETRIES = 5
"""As in the official SDK; what is retried is not."""
CONNECT_TIMEOUT = 5.0
"""Seconds for one attempt to connect, as in the official SDK, so that a lost packet leaves time for another attempt."""

# RFC 9110, sections 5.6.2 and 5.5.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?\Z")
_HOST = re.compile(rb"[0-9A-Za-z._:-]+\Z")
_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
_FRAMING = {"content-length", "host", "transfer-encoding"}

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


def settings_from(over: Settings | None, *, own: bool, timeout: TimeoutOption | Unset, **options: Any) -> Settings:
    """The settings that these options make, where None or UNSET means that an option was left out.

    Args:
        over: what `with_options` starts from.
        own: whether the connections are those of this package, which look for a proxy themselves.
        timeout: seconds, or None for no limit.
        options: the other options of a client.

    Raises:
        TypeError, ValueError: with the reason, and without a secret in it.
    """

    def option(name: str, default: Any = None) -> Any:
        value = options.get(name)
        return getattr(over, name, default) if value is None or value is UNSET else value

    base_url = checked_base_url(option("base_url"))
    headers = over.default_headers if over else environment_headers()
    headers = headers | checked_headers(options.get("default_headers"), argument="default_headers")
    if any(name.lower() == "x-request-id" for name in headers):
        raise ValueError("x-request-id is the idempotency key of one call: pass idempotency_key= to the call instead.")
    settings = Settings(
        bearer_token=checked_token(option("bearer_token")),
        base_url=base_url,
        timeout=checked_timeout(getattr(over, "timeout", DEFAULT_TIMEOUT) if isinstance(timeout, Unset) else timeout),
        max_retries=checked_retries(option("max_retries", DEFAULT_MAX_RETRIES)),
        retry_ambiguous=option("retry_ambiguous", False),  # noqa: FBT003 - a default
        allow_cleartext=option("allow_cleartext", False),  # noqa: FBT003
        default_headers=headers,
        default_query={**(over.default_query if over else {}), **(options.get("default_query") or {})},
        proxy=proxy_for(base_url) if own else None,
    )
    reject_cleartext(base_url, settings.proxy, allowed=settings.allow_cleartext)
    return settings


def checked_token(token: str | None) -> str:
    """The token, or an error with the reason why there is none, and never with the token in it."""
    source = "bearer_token"
    if token is None:
        token, source = os.environ.get("RUNLOOP_API_KEY"), "the environment variable RUNLOOP_API_KEY"
    if token is None:
        raise MissingTokenError("No token: pass bearer_token=, or set the environment variable RUNLOOP_API_KEY.")
    if not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all type-checked
        raise TypeError(f"bearer_token must be a str, and is {type(token).__name__}.")
    if not token.strip():
        raise MissingTokenError(f"The token is {'blank' if token else 'empty'}: look at {source}.")
    if not _TOKEN.match(token):
        where = "at its end (a newline from a file?)" if token.rstrip() != token else "in it"
        raise ValueError(
            f"The token has a space, a control character or a non-ASCII character {where}, and cannot be sent "
            f"in a header: look at {source}."
        )
    return token


def checked_base_url(base_url: str | httpx.URL | None) -> str:
    """The base URL without a slash at its end, or a ValueError with the reason."""
    source = "base_url"
    if base_url is None:
        base_url, source = os.environ.get("RUNLOOP_BASE_URL", DEFAULT_BASE_URL), "RUNLOOP_BASE_URL"
    if not isinstance(base_url, str | httpx.URL):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{source} must be a str, and is {type(base_url).__name__}.")
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
        return "it must begin with https:// (or http:// for a loopback host)"
    if not _HOST.match(url.raw_host):
        return "it names no host"
    if url.port is not None and not 0 < url.port < 65536:
        return "its port must be from 1 to 65535"
    if url.query or url.fragment or "?" in text or "#" in text:
        return "a base URL has no query and no fragment"
    return None


def proxy_for(base_url: str) -> str | None:
    """The proxy of the environment for this address, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY tell.

    Raises ValueError, without the proxy's password, where it cannot be used.
    """
    proxies = getproxies()
    url = httpx.URL(base_url)
    name = url.scheme if proxies.get(url.scheme) else "all"
    proxy = proxies.get(name)
    if not proxy or _is_direct(url, proxies.get("no", "")):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parsed = httpx.URL(proxy)
        reason = _proxy_flaw(parsed)
    except (httpx.InvalidURL, ValueError):
        reason = "it is not a URL"
    if reason:
        raise ValueError(f"The proxy that the environment variable {name.upper()}_PROXY names is unusable: {reason}.")
    return proxy


def _proxy_flaw(url: httpx.URL) -> str | None:
    if url.scheme not in {"http", "https", "socks5", "socks5h"}:
        return "it must begin with http://, https://, socks5:// or socks5h://"
    if not _HOST.match(url.raw_host):
        return "it names no host"
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        return "SOCKS needs the package socksio: pip install 'httpx[socks]'"
    return None


def _is_direct(url: httpx.URL, no_proxy: str) -> bool:
    """Whether NO_PROXY has the host: by name, by suffix, by address or by CIDR block, after commas or white space."""
    entries = re.split(r"[,\s]+", no_proxy)
    host = url.netloc.decode("ascii")
    if proxy_bypass(host) or proxy_bypass_environment(host, {"no": ",".join(entries)}):
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(url.host)
        return any(address in ipaddress.ip_network(entry, strict=False) for entry in entries if "/" in entry)
    return False


def ssl_context() -> ssl.SSLContext:
    """The trusted authorities: certifi's, or those that SSL_CERT_FILE or SSL_CERT_DIR names. Raises ValueError."""
    folder = os.environ.get("SSL_CERT_DIR")
    try:
        if folder and not os.environ.get("SSL_CERT_FILE") and not Path(folder).is_dir():
            raise NotADirectoryError(folder)
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError too
        name = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise ValueError(
            f"The certificates that the environment variable {name} names are unusable: {error}."
        ) from None


def reject_cleartext(base_url: str, proxy: str | None, *, allowed: bool) -> None:
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
    if host == "localhost":  # not x.localhost, which a resolver may send anywhere
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_headers(headers: Mapping[str, str] | None, *, argument: str) -> dict[str, str]:
    """Checked headers. An error names the header, and never shows its value."""
    checked: dict[str, str] = {}
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{argument}: names and values have to be str; the value of {name!r} may not be one.")
        if not _HEADER_NAME.match(name):
            raise ValueError(f"{argument}: {name!r} is not the name of a header.")
        if not _HEADER_VALUE.match(value):
            raise ValueError(f"{argument}: the value of {name!r} has characters that a header cannot carry.")
        if name.lower() in _FRAMING:
            raise ValueError(f"{argument}: {name!r} is set by the client itself.")
        checked[name] = value
    return checked


def environment_headers() -> dict[str, str]:
    """RUNLOOP_CUSTOM_HEADERS, one `Name: value` a line, as the official SDK reads it."""
    headers: dict[str, str] = {}
    for line in os.environ.get("RUNLOOP_CUSTOM_HEADERS", "").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = value.strip()
    return checked_headers(headers, argument="RUNLOOP_CUSTOM_HEADERS")


def checked_retries(number: int) -> int:
    """A checked number of retries."""
    if not isinstance(number, int) or isinstance(number, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"max_retries must be an int, and is {type(number).__name__}.")
    if number < 0:
        raise ValueError(f"max_retries must be 0 or more, and is {number}.")
    return number


def checked_timeout(timeout: TimeoutOption) -> TimeoutOption:
    """A checked time-out: positive seconds for the whole call, an httpx.Timeout for its single steps, or None."""
    if timeout is None or isinstance(timeout, httpx.Timeout):
        return timeout
    if not isinstance(timeout, int | float) or isinstance(timeout, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"timeout must be seconds, an httpx.Timeout or None, and is {type(timeout).__name__}.")
    if not 0 < timeout < float("inf"):
        raise ValueError(f"timeout must be more than 0 seconds, and finite: {timeout}. None means no limit.")
    return float(timeout)
