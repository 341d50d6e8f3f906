"""Legal HTTP: framing, versions, compression, connections and headers."""

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Callable, Sequence

from attrs import evolve

from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.raw_http import Answer, Received, Wire
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Document, Reference

VARIANTS = Variants(needs_socket=True)


CLOSE = (b"connection", b"close")
CHUNKED = (b"transfer-encoding", b"chunked")


class Spoken(Wire):
    """The reference server, over a wire of its own."""

    @classmethod
    def build(cls, document: Document, token: str, benchmark_ids: Sequence[str]) -> "Spoken":
        return cls(Reference(document, token, benchmark_ids))


@VARIANTS.variant("transport")
class PlainHttp(Spoken):
    """HTTP/1.1 as plainly as it goes, without a Date."""


@VARIANTS.variant("transport")
class ClosesEachConnection(Spoken):
    """Every connection is closed after one answer, and the answer says so."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, evolve(answer, headers=[*answer.headers, CLOSE]), writer)
        return False


@VARIANTS.variant("transport")
class DropsConnections(Spoken):
    """Every connection is closed after one answer, without a word."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, answer, writer)
        return False


@VARIANTS.variant("transport")
class DropsSomeConnections(Spoken):
    """Every third connection is closed after an answer, without a word."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        await super().reply(received, answer, writer)
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
    """Answers are HTTP/1.0, and end with the connection."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer.head(version=b"HTTP/1.0"))
        if received.method != "HEAD":
            writer.write(answer.body)
        return False


@VARIANTS.variant("transport")
class Http10WithLength(Spoken):
    """Answers are HTTP/1.0, with their length."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        length = (b"content-length", b"%d" % len(answer.body))
        writer.write(answer.head(length, version=b"HTTP/1.0"))
        if received.method != "HEAD":
            writer.write(answer.body)
        return False


@VARIANTS.variant("transport")
class EndsWithTheConnection(Spoken):
    """Answers are HTTP/1.1, and end with the connection."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer.head(CLOSE))
        if received.method != "HEAD":
            writer.write(answer.body)
        return False


class Chunked(Spoken):
    """Answers come in chunks."""

    size = 65536
    size_of_long = 65536
    extension = b""
    trailer = b""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(answer.head(CHUNKED))
        if received.method == "HEAD":
            return True
        size = self.size if len(answer.body) < 4096 else self.size_of_long
        pieces = (answer.body[start : start + size] for start in range(0, len(answer.body), size))
        chunks = (b"%x%s\r\n%s\r\n" % (len(piece), self.extension, piece) for piece in pieces)
        writer.write(b"".join(chunks) + b"0\r\n" + self.trailer + b"\r\n")
        return True


@VARIANTS.variant("transport")
class ChunkedAnswers(Chunked):
    """Answers come in one chunk."""


@VARIANTS.variant("transport")
class ChunksOfOneByte(Chunked):
    """Answers come in chunks of one byte, long ones of seven, so characters come in pieces."""

    size = 1
    size_of_long = 7


@VARIANTS.variant("transport")
class ChunksWithTrailer(Chunked):
    """Chunks have extensions, and a trailer follows."""

    size = size_of_long = 100
    extension = b";name=value"
    trailer = b"Server-Timing: run;dur=1\r\n"


class Compressed(Spoken):
    """Answers are compressed for those who take it."""

    coding = b"gzip"
    compress: Callable[[bytes], bytes] = staticmethod(gzip.compress)

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        accepted = b", ".join(value for name, value in received.headers if name == b"accept-encoding")
        if self.coding in accepted.lower() and answer.body:
            headers = [*answer.headers, (b"content-encoding", self.coding), (b"vary", b"accept-encoding")]
            answer = evolve(answer, headers=headers, body=self.compress(answer.body))
        return await super().reply(received, answer, writer)


@VARIANTS.variant("transport")
class Gzipped(Compressed):
    """Answers are compressed with gzip for those who take it."""


@VARIANTS.variant("transport")
class Deflated(Compressed):
    """Answers are compressed with deflate for those who take it."""

    coding = b"deflate"
    compress = staticmethod(zlib.compress)


class Headers(Spoken):
    """Sends headers of its own choice."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        return await super().reply(received, evolve(answer, headers=self.headers(answer)), writer)

    def headers(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        raise NotImplementedError


@VARIANTS.variant("transport")
class HeadersCapitalized(Headers):
    """Header names are written with capital letters."""

    def headers(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        return [(name.title(), value) for name, value in answer.headers]


@VARIANTS.variant("transport")
class HeadersInCapitals(Headers):
    """Header names are written in capitals."""

    def headers(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        return [(name.upper(), value) for name, value in answer.headers]


@VARIANTS.variant("transport")
class ManyHeaders(Headers):
    """Answers have many headers, some twice and some that nobody knows."""

    def headers(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        cookies = [(b"Set-Cookie", b"session=%d; Path=/" % number) for number in range(20)]
        odd = [(b"X-Empty", b""), (b"Server", b"some/1 (proxy)"), (b"Via", b"1.1 a, 1.1 b"), (b"X-Latin", b"\xfc")]
        return [*cookies, *answer.headers, *odd]


@VARIANTS.variant("transport")
class NoReasonPhrase(Spoken):
    """The status line ends after the status."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        status, _, rest = answer.whole().partition(b"\r\n")
        writer.write(b" ".join(status.split(b" ")[:2]) + b" \r\n" + rest)
        # Whoever asked for the head alone would read on, so that connection ends.
        return received.method != "HEAD"


@VARIANTS.variant(RULE + "always-answers")
class EarlyHints(Spoken):
    """An interim answer comes before the final one."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </docs>; rel=help\r\n\r\n")
        return await super().reply(received, answer, writer)


@VARIANTS.variant(RULE + "always-answers")
class InPieces(Spoken):
    """Answers come in pieces, a few milliseconds apart."""

    async def reply(self, received: Received, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        whole = answer.head((b"content-length", b"%d" % len(answer.body)))
        if received.method != "HEAD":
            whole += answer.body
        size = len(whole) // 8 + 1
        for start in range(0, len(whole), size):
            writer.write(whole[start : start + size])
            await writer.drain()
            await asyncio.sleep(0.003)
        return True
