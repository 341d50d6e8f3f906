"""Sends one request on one connection and reads one response, within limits of bytes and seconds, without a retry.

h11 reads the protocol. A client library would send again on a dropped connection, follow redirects, wait without end
for a trickled header, or store all that a hostile server sends; a suite that judges servers must do none of these.
"""

from __future__ import annotations

import functools
import socket
import ssl
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlsplit

import h11
from attrs import field, frozen

from runloop_conformance import __version__
from runloop_conformance.clock import SYSTEM, Clock
from runloop_conformance.exchanges.exchange import Failure, Response
from runloop_conformance.sending.patience import LateError, Patience

LARGEST_HEAD = 256 * 1024  # bytes of status line and headers
LARGEST_BODY = 16 * 1024 * 1024  # bytes, also after decompression
CHUNK = 64 * 1024
RECONNECTS = 3  # of a connection that the server closes before anything was sent
AGENT = f"runloop-conformance/{__version__}"

T = TypeVar("T")


@frozen
class Address:
    """Where the server is, according to its URL."""

    url: str
    host: str
    port: int
    secure: bool
    prefix: str
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether the server is on this machine."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")

    @property
    def clock(self) -> Clock:
        """A server behind a socket has the time of the machine."""
        return SYSTEM

    def expect(self, count: int) -> None:
        """Nothing to do: sockets wait in real time."""

    def send(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        seconds: float,
        framing: str = "length",
    ) -> Response | Failure:
        """Send one request on its own connection (see Transport)."""
        return send(self, method, target, headers, body, seconds, framing=framing)


class BadUrlError(ValueError):
    """Not the address of a server. The message says what is missing."""


class BadCertificatesError(ValueError):
    """A file that has no certificate. The message names the file."""


def address(url: str, ca_bundle: str | None = None) -> Address:
    """Read a server's URL; it may carry a path prefix.

    Raises:
        BadUrlError: no scheme, no host, a bad port, or parts that a base URL cannot have.
        BadCertificatesError: there is no certificate in `ca_bundle`.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise BadUrlError(f"{url!r} is not a URL: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadUrlError(
            f"{url!r} is not the URL of a server: write it like http://127.0.0.1:8080 or https://host/prefix."
        )
    if parts.query or parts.fragment or parts.username or parts.password:
        raise BadUrlError(
            "The URL of a server has no query, fragment or credentials; pass the token by $RUNLOOP_API_KEY."
        )
    if any(not "!" <= char <= "~" for char in url.strip()):
        raise BadUrlError(f"{url!r} has characters that a URL cannot have: encode them, as %20 for a blank.")
    secure = parts.scheme == "https"
    tls = _trusting(ca_bundle) if secure else None
    prefix = parts.path.rstrip("/")
    return Address(url.strip().rstrip("/"), parts.hostname, port or (443 if secure else 80), secure, prefix, tls)


def _trusting(ca_bundle: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_bundle)
    except OSError as error:
        raise BadCertificatesError(f"{ca_bundle}: holds no certificate in PEM: {error}") from error


class _Connection:
    """A socket that is waited at for so many seconds in all, trickled bytes included."""

    def __init__(self, to: Address, seconds: float) -> None:
        self.patience = Patience(seconds)
        self._socket: socket.socket = socket.create_connection((to.host, to.port), timeout=seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._secure = to.tls is not None
        if to.tls is not None:
            secure = to.tls.wrap_socket(self._socket, server_hostname=to.host, do_handshake_on_connect=False)
            self._socket = secure
            try:
                self._wait(secure.do_handshake)
            except BaseException:
                self.close()
                raise

    def _wait(self, call: Callable[[], T]) -> T:
        """What the call returns, once the socket is ready for it."""
        while True:
            with self.patience.wait() as seconds, suppress(TimeoutError):
                self._socket.settimeout(seconds)
                return call()

    def send(self, raw: bytes) -> None:
        """Write it all. A server may respond and close before it has read everything: that is no failure here."""
        view = memoryview(raw)
        with suppress(BrokenPipeError, ConnectionResetError):
            while view:
                view = view[self._wait(functools.partial(self._socket.send, view)) :]

    def receive(self) -> bytes:
        """The next bytes, none at the end."""
        return self._wait(lambda: self._socket.recv(CHUNK))

    def is_open(self, seconds: float = 0.02) -> bool:
        """Whether the server has left it open, for as long as a server takes that closes it at once."""
        if self._secure:  # it cannot be peeked into
            return False
        self._socket.settimeout(seconds)
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except (TimeoutError, BlockingIOError):
            return True
        except OSError:
            return False

    def finish_sending(self) -> None:
        """End the stream of the request."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _connected(to: Address, seconds: float) -> _Connection:
    """A new connection. A server may close one that was idle while this process did not run: then another is made."""
    for _ in range(RECONNECTS):
        connection = _Connection(to, seconds)
        if to.tls is not None or connection.is_open(0):
            return connection
        connection.close()
    return _Connection(to, seconds)


def send(
    to: Address,
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    seconds: float,
    *,
    framing: str = "length",
) -> Response | Failure:
    """Send one request on its own connection and read the response, or say why there is none.

    framing: see `exchange.Framing`.
    """
    raw = request_bytes(to, method, target, headers, body, framing)
    try:
        connection = _used(to, method, target, headers, body, seconds) if framing == "kept" else _connected(to, seconds)
    except (ssl.SSLError, ssl.CertificateError) as error:
        return Failure("tls", str(error))
    except (OSError, UnicodeError, LateError) as error:
        return Failure("unreachable", str(error) or type(error).__name__)
    try:
        connection.send(raw)
        if framing == "short":
            connection.finish_sending()
        return _read(connection, method)
    except LateError:
        return late(seconds)
    except (ssl.SSLError, OSError) as error:
        return Failure("dropped", f"the connection broke: {error}")
    finally:
        connection.close()


def _used(
    to: Address, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, seconds: float
) -> _Connection:
    """A connection on which a request has just been rejected: without credentials, and with a body that is cut off.

    What the server leaves unread of it would be read as the next request. A new connection, if the server closed it.
    """
    connection = _connected(to, seconds)
    anonymous = [(name, value) for name, value in headers if name != "Authorization"]
    try:
        connection.send(request_bytes(to, method, target, anonymous, body[:-1]))
        rejected = _read(connection, method)
    except (LateError, OSError):
        rejected = None
    if isinstance(rejected, Response) and _stays_open(rejected) and connection.is_open():
        connection.patience = Patience(seconds)
        return connection
    connection.close()
    return _connected(to, seconds)


def _stays_open(response: Response) -> bool:
    """Whether the connection can be used again after this response (RFC 9112, 9.3)."""
    options = ",".join(value.lower() for name, value in response.headers if name.lower() == "connection")
    return response.http_version == "1.1" and "close" not in options


def request_bytes(
    to: Address, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, framing: str = "length"
) -> bytes:
    """The request, byte for byte."""
    lines = [f"{method} {to.prefix}{target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in sent_headers(to, method, headers, body, framing)]
    if framing in ("chunked", "both"):
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in halves(body)) + b"0\r\n\r\n"
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def sent_headers(
    to: Address, method: str, headers: Sequence[tuple[str, str]], body: bytes, framing: str
) -> list[tuple[str, str]]:
    """All headers that a request leaves with."""
    # A firewall or a gateway in front of the server may reject a request without a user agent.
    names = {name.lower() for name, _ in headers}
    usual = (("Host", to.authority), ("User-Agent", AGENT), ("Accept-Encoding", "gzip, deflate"))
    every = [*(header for header in usual if header[0].lower() not in names), *headers]
    if framing in ("chunked", "both"):
        every.append(("Transfer-Encoding", "chunked"))
        every += [("Content-Length", str(len(body)))] if framing == "both" else []
    elif framing == "two lengths":
        every += [("Content-Length", str(len(body) + extra)) for extra in (0, 1)]
    elif body or method in ("POST", "PUT", "PATCH"):
        every.append(("Content-Length", str(len(body) + (framing == "short"))))
    return every


def halves(body: bytes) -> list[bytes]:
    """The chunks that a body is sent in."""
    half = len(body) // 2
    return [part for part in (body[:half], body[half:]) if part]


def late(seconds: float) -> Failure:
    """The response did not come whole in time."""
    return Failure("timeout", f"no whole response within {seconds:g} s")


def _read(connection: _Connection, method: str) -> Response | Failure:
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    # h11 reads a response only to a request that it has seen; the bytes themselves have been sent already.
    plain = method if method.isascii() and method.isalpha() else "POST"
    parser.send(h11.Request(method=plain, target="/", headers=[("Host", "x"), ("Connection", "close")]))
    parser.send(h11.EndOfMessage())
    received, ended = 0, False
    head: h11.Response | None = None
    body = bytearray()
    try:
        while not isinstance(event := parser.next_event(), h11.EndOfMessage | h11.ConnectionClosed):
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif event is h11.NEED_DATA:
                raw = connection.receive()
                ended = not raw
                received += len(raw)
                parser.receive_data(raw)
            if len(body) > LARGEST_BODY or received > LARGEST_BODY + LARGEST_HEAD:
                return Failure("too_large", f"the response is longer than {LARGEST_BODY:,} bytes")
    except h11.RemoteProtocolError as error:
        return _ended(received) if ended else Failure("malformed", str(error))
    except (ConnectionResetError, BrokenPipeError) as error:
        return Failure("dropped", f"the connection broke after {received} bytes of the response: {error}")
    if head is None:
        return _ended(received)
    spare, _ = parser.trailing_data
    if spare and method not in ("HEAD", "OPTIONS"):
        return Failure("malformed", f"{len(spare)} bytes follow the end of the response, according to its own headers")
    names = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
    return unpacked(head.status_code, names, bytes(body), head.http_version.decode("ascii"))


def unpacked(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes, http_version: str = "1.1"
) -> Response | Failure:
    """The response, its body without a content coding; a failure if the body is not what its headers say."""
    plain = _decompressed(body, headers)
    if isinstance(plain, Failure):
        return plain
    return Response(status, headers, plain, http_version)


def _ended(received: int) -> Failure:
    if received:
        return Failure("dropped", f"the connection ended after {received} bytes, before the response was complete")
    return Failure("dropped", "the connection ended without a response")


def _decompressed(body: bytes, headers: tuple[tuple[str, str], ...]) -> bytes | Failure:
    stated = ",".join(value.lower() for name, value in headers if name.lower() == "content-encoding")
    codings = [coding.strip() for coding in stated.split(",") if coding.strip() not in ("", "identity")]
    for coding in reversed(codings):
        if coding not in ("gzip", "x-gzip", "deflate"):
            return Failure("coding", f"the response is coded as {coding!r}, which the request does not accept")
        plain = _decoded(body, coding) if body else body
        if isinstance(plain, Failure):
            return plain
        body = plain
    return body


def _decoded(body: bytes, coding: str) -> bytes | Failure:
    """The content of a gzip or deflate body, which may be several gzip members, up to the largest that is read."""
    plain = bytearray()
    while body:
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            plain += unpack.decompress(body, LARGEST_BODY - len(plain) + 1)
        except zlib.error as error:
            return Failure("malformed", f"the response is labelled {coding} and is not: {error}")
        if len(plain) > LARGEST_BODY:
            return Failure("too_large", f"the response is longer than {LARGEST_BODY:,} bytes without its coding")
        if not unpack.eof:
            return Failure("malformed", f"the {coding} body ends before it is complete")
        body = unpack.unused_data
    return bytes(plain)
