"""HTTP written by hand in front of an ASGI application, for servers whose HTTP is wrong or unusual."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import h11
from attrs import frozen
from starlette.types import ASGIApp, Message

Headers = Sequence[tuple[bytes, bytes]]


@frozen
class RawRequest:
    method: str
    target: str
    headers: Headers
    body: bytes


@frozen
class RawResponse:
    status: int
    headers: Headers
    body: bytes

    def head(self, *extra: tuple[bytes, bytes], version: bytes = b"HTTP/1.1") -> bytes:
        """Write the status line and the headers, down to the empty line."""
        reason = HTTPStatus(self.status).phrase.encode()
        lines = [b"%s %d %s" % (version, self.status, reason), *(b"%s: %s" % pair for pair in (*self.headers, *extra))]
        return b"\r\n".join([*lines, b"", b""])

    def whole(self, version: bytes = b"HTTP/1.1") -> bytes:
        """Write the response, framed by its length."""
        return self.head((b"content-length", b"%d" % len(self.body)), version=version) + self.body


class Wire:
    """Correct HTTP/1.1. Subclasses override `reply`, which returns whether the connection stays open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.exchanges = 0

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = b""
        stays = True
        while stays:
            try:
                received, left, wants_more = await read_request(reader, writer, left)
            except h11.RemoteProtocolError:
                writer.write(RawResponse(400, [(b"connection", b"close")], b"").whole())
                break
            if received is None:
                break
            self.exchanges += 1
            stays = await self.reply(received, await self.respond(received), writer) and wants_more
            await writer.drain()
            if stays and not left:
                left = await self.idle(reader)
                stays = bool(left)

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        whole = response.whole()
        # A HEAD gets the head alone.
        writer.write(whole.removesuffix(response.body) if received.method == "HEAD" else whole)
        return True

    async def idle(self, reader: asyncio.StreamReader) -> bytes:
        """Wait for the first bytes of the next request; no bytes end the connection."""
        return await reader.read(65536)

    async def respond(self, received: RawRequest) -> RawResponse:
        """Return the application's response, in process."""
        path, _, query = received.target.partition("?")
        messages: list[Message] = []
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": received.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [*received.headers],
        }
        incoming = iter([{"type": "http.request", "body": received.body, "more_body": False}])

        async def receive() -> Message:
            return next(incoming, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, *rest = messages
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        return RawResponse(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: bytes
) -> tuple[RawRequest | None, bytes, bool]:
    """Return one request, the bytes after it, and whether the client keeps the connection open; None at the end."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=65536)
    if left:
        connection.receive_data(left)
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            received = RawRequest(request.method.decode(), request.target.decode(), list(request.headers), bytes(body))
            return received, bytes(connection.trailing_data[0]), connection.their_state is h11.DONE
        else:
            return None, b"", False
