"""Tiny servers, named for what is wrong with them or for what they see."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import uvicorn
from attrs import define, field, frozen
from runloop_conformance.proof.raw_http import read_request
from runloop_conformance.servers.reference import Reference, RejectionError
from starlette.responses import Response

from tests.conformance.outside import CONTRACT, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


@frozen
class ReceivedRequest:
    """One request as a server saw it."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    at: float = field(eq=False)

    def values(self, name: str) -> list[str]:
        return [value.decode("latin-1") for key, value in self.headers if key == name.lower().encode()]

    def without(self, *names: str) -> tuple[object, ...]:
        """All parts that are equal between two starts of a server."""
        left_out = {"host", *names}
        headers = tuple(sorted((k, v) for k, v in self.headers if k.decode() not in left_out))
        return self.method, self.path, self.query, headers, self.body


@define
class Watched:
    """Any server, and every request that it was sent."""

    app: ASGIApp
    requests: list[ReceivedRequest] = field(factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        at = time.monotonic()
        body = bytearray()

        async def overheard() -> Any:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        try:
            await self.app(scope, overheard, send)
        finally:
            headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
            self.requests.append(
                ReceivedRequest(scope["method"], scope["path"], scope["query_string"], headers, bytes(body), at)
            )


def reference(*benchmark_ids: str, token: str = TOKEN) -> Reference:
    return Reference(CONTRACT.document, token, benchmark_ids)


@define
class Below:
    """The server under a path prefix, with nothing beside it."""

    prefix: str
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(f"{self.prefix}/"):
            await Response(status_code=404)(scope, receive, send)
            return
        await self.app({**scope, "path": scope["path"][len(self.prefix) :]}, receive, send)


@define
class Always:
    """Gives the same response to every request, with these headers."""

    status: int
    headers: dict[str, str] = field(factory=dict)
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await Response(self.body, self.status, self.headers)(scope, receive, send)


class AcceptsEverything(Reference):
    """Starts a run for every request, with any body and any credentials."""

    async def respond(self, request: Request) -> Response:
        await self.read(request)
        return self.accept(self.run_of({"benchmark_id": "bmd_30xCTWqsuNaUXk3uJ0GCo"}))


@define
class LosesResponses:
    """Starts a run for each valid request; from the second on it closes the connection instead of responding."""

    within: Reference = field(factory=reference)
    responses: int = 1

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, _, _ = await read_request(reader, writer, b"")
        if request is None:
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
        status, run = b"200 OK", {}
        try:
            run = self.start(request.method, headers, request.body)
            if self.within.runs > self.responses:
                return
        except RejectionError as rejection:
            status = b"%d Refused" % rejection.status
        response = json.dumps(run).encode()
        head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(response) + response)
        with contextlib.suppress(ConnectionError):
            await writer.drain()

    def start(self, method: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if method != "POST" or headers.get("authorization") != f"Bearer {TOKEN}":
            raise RejectionError(401, "No.")
        run_request = self.within.parse(body)
        self.within.validate(run_request)
        return self.within.run_of(run_request)


@define
class CountsConnections:
    """Sends nothing and counts the connections."""

    connections: int = 0

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.read(1)


class RespondsLate(Reference):
    """Starts the run at once and responds after a pause."""

    pause_s = 0.3

    async def respond(self, request: Request) -> Response:
        response = await super().respond(request)
        await asyncio.sleep(self.pause_s)
        return response


@define
class AddsToResponses:
    """The reference server, with headers and a property from `additions` added to each response."""

    additions: Callable[[Scope], tuple[dict[str, str], Any]]
    within: Reference = field(factory=reference)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, extra_property = self.additions(scope)
        status = 200

        async def send_with_additions(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                unchanged = [(name, value) for name, value in message["headers"] if name != b"content-length"]
                added = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
                message = {**message, "headers": [*unchanged, *added]}
            elif message.get("body"):
                response = json.loads(message["body"])
                response["told"] = extra_property
                if status != 200:
                    response = {"message": extra_property}
                message = {**message, "body": json.dumps(response).encode()}
            await send(message)

        await self.within(scope, receive, send_with_additions)


@contextlib.contextmanager
def running_tls(app: ASGIApp, certificate: Path, key: Path) -> Iterator[str]:
    """The server behind a certificate."""
    config = uvicorn.Config(
        app, port=0, ssl_certfile=certificate, ssl_keyfile=key, lifespan="off", log_config=None, http="h11", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
