"""Legal HTTP: framing, versions, compression, connections and headers."""

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Callable, Sequence

from attrs import evolve

from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.raw_http import RawRequest, RawResponse, Wire
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Document, Reference

VARIANTS = Variants(needs_socket=True)


CLOSE = (b"connection", b"close")
CHUNKED = (b"transfer-encoding", b"chunked")


class Spoken(Wire):
    """The reference server behind hand-written HTTP."""

    @classmethod
    def build(cls, document: Document, token: str, benchmark_ids: Sequence[str]) -> "Spoken":
        return cls(Reference(document, token, benchmark_ids))


@VARIANTS.variant("transport")
class PlainHttp(Spoken):
    """HTTP/1.1 as plainly as it goes, without a Date."""


@VARIANTS.variant("transport")
class ClosesEachConnection(Spoken):
    """Every connection is closed after one response, and the response says so."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, evolve(response, headers=[*response.headers, CLOSE]), writer)
        return False


@VARIANTS.variant("transport")
class DropsConnections(Spoken):
    """Every connection is closed after one response, without notice."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, response, writer)
        return False


@VARIANTS.variant("transport")
class DropsSomeConnections(Spoken):
    """Every third connection is closed after a response, without notice."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, response, writer)
        return self.exchanges % 3 != 0


@VARIANTS.variant("transport")
class DropsIdleConnections(Spoken):
    """A connection that is idle for 30 ms is closed."""

    async def idle(self, reader: asyncio.StreamReader) -> bytes:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.03):
                return await super().idle(reader)
        return b""


@VARIANTS.variant("transport")
class Http10(Spoken):
    """Responses are HTTP/1.0, and end with the connection."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        writer.write(response.head(version=b"HTTP/1.0"))
        if received.method != "HEAD":
            writer.write(response.body)
        return False


@VARIANTS.variant("transport")
class Http10WithLength(Spoken):
    """Responses are HTTP/1.0, with their length."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        length = (b"content-length", b"%d" % len(response.body))
        writer.write(response.head(length, version=b"HTTP/1.0"))
        if received.method != "HEAD":
            writer.write(response.body)
        return False


@VARIANTS.variant("transport")
class EndsWithTheConnection(Spoken):
    """Responses are HTTP/1.1, and end with the connection."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        writer.write(response.head(CLOSE))
        if received.method != "HEAD":
            writer.write(response.body)
        return False


class Chunked(Spoken):
    """Responses come in chunks."""

    size = 65536
    size_of_long = 65536
    extension = b""
    trailer = b""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        writer.write(response.head(CHUNKED))
        if received.method == "HEAD":
            return True
        size = self.size if len(response.body) < 4096 else self.size_of_long
        pieces = (response.body[start : start + size] for start in range(0, len(response.body), size))
        chunks = (b"%x%s\r\n%s\r\n" % (len(piece), self.extension, piece) for piece in pieces)
        writer.write(b"".join(chunks) + b"0\r\n" + self.trailer + b"\r\n")
        return True


@VARIANTS.variant("transport")
class ChunkedAnswers(Chunked):
    """Responses come in one chunk."""


@VARIANTS.variant("transport")
class ChunksOfOneByte(Chunked):
    """Responses come in chunks of one byte, long ones of seven, so characters come in pieces."""

    size = 1
    size_of_long = 7


@VARIANTS.variant("transport")
class ChunksWithTrailer(Chunked):
    """Chunks have extensions, and a trailer follows."""

    size = size_of_long = 100
    extension = b";name=value"
    trailer = b"Server-Timing: run;dur=1\r\n"


class Compressed(Spoken):
    """Responses are compressed if the client accepts it."""

    coding = b"gzip"
    compress: Callable[[bytes], bytes] = staticmethod(gzip.compress)

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        accepted = b", ".join(value for name, value in received.headers if name == b"accept-encoding")
        if self.coding in accepted.lower() and response.body:
            headers = [*response.headers, (b"content-encoding", self.coding), (b"vary", b"accept-encoding")]
            response = evolve(response, headers=headers, body=self.compress(response.body))
        return await super().reply(received, response, writer)


@VARIANTS.variant("transport")
class Gzipped(Compressed):
    """Responses are compressed with gzip if the client accepts it."""


@VARIANTS.variant("transport")
class Deflated(Compressed):
    """Responses are compressed with deflate if the client accepts it."""

    coding = b"deflate"
    compress = staticmethod(zlib.compress)


class Headers(Spoken):
    """Sends other headers."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        return await super().reply(received, evolve(response, headers=self.headers(response)), writer)

    def headers(self, response: RawResponse) -> list[tuple[bytes, bytes]]:
        raise NotImplementedError


@VARIANTS.variant("transport")
class HeadersCapitalized(Headers):
    """Header names are written with capital letters."""

    def headers(self, response: RawResponse) -> list[tuple[bytes, bytes]]:
        return [(name.title(), value) for name, value in response.headers]


@VARIANTS.variant("transport")
class HeadersInCapitals(Headers):
    """Header names are written in capitals."""

    def headers(self, response: RawResponse) -> list[tuple[bytes, bytes]]:
        return [(name.upper(), value) for name, value in response.headers]


@VARIANTS.variant("transport")
class ManyHeaders(Headers):
    """Responses have many headers, some twice and some unknown."""

    def headers(self, response: RawResponse) -> list[tuple[bytes, bytes]]:
        cookies = [(b"Set-Cookie", b"session=%d; Path=/" % number) for number in range(20)]
        odd = [(b"X-Empty", b""), (b"Server", b"some/1 (proxy)"), (b"Via", b"1.1 a, 1.1 b"), (b"X-Latin", b"\xfc")]
        return [*cookies, *response.headers, *odd]


@VARIANTS.variant("transport")
class NoReasonPhrase(Spoken):
    """The status line ends after the status."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        status, _, rest = response.whole().partition(b"\r\n")
        writer.write(b" ".join(status.split(b" ")[:2]) + b" \r\n" + rest)
        # A client that sent HEAD would read on, so that connection ends.
        return received.method != "HEAD"


@VARIANTS.variant(RULE + "always-answers")
class EarlyHints(Spoken):
    """An interim response comes before the final one."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </docs>; rel=help\r\n\r\n")
        return await super().reply(received, response, writer)


@VARIANTS.variant(RULE + "always-answers")
class InPieces(Spoken):
    """Responses come in pieces, a few milliseconds apart."""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        whole = response.head((b"content-length", b"%d" % len(response.body)))
        if received.method != "HEAD":
            whole += response.body
        size = len(whole) // 8 + 1
        for start in range(0, len(whole), size):
            writer.write(whole[start : start + size])
            await writer.drain()
            await asyncio.sleep(0.003)
        return True
