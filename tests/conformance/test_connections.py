"""What one request leaves on a connection for the next, and what cannot be framed."""

from __future__ import annotations

import asyncio
import socket

import pytest
from runloop_conformance.exchanges.exchange import Response
from runloop_conformance.proof.raw_http import RawRequest, RawResponse, Wire
from runloop_conformance.sending.socket_transport import AGENT, address, send
from runloop_conformance.servers.hosting import running

from tests.conformance.miniatures import Watched, reference
from tests.conformance.outside import TOKEN, conformance

PATH = "/v1/benchmarks/start_run"
HEADERS = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]
BODY = b'{"benchmark_id":"bmd_1"}'


class LeavesUnread(Wire):
    """Rejects before it has read the body, and reads the rest as the next request."""

    left = b""

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        self.left = received.body if response.status == 401 else b""
        return await super().reply(received, response, writer)

    async def idle(self, reader: asyncio.StreamReader) -> bytes:
        read, left = await super().idle(reader), self.left
        return left + read if read else read


class Counts(Wire):
    """Notes how many requests each connection carried."""

    def __init__(self) -> None:
        super().__init__(reference())
        self.carried: list[int] = []

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.carried.append(0)
        await super().connection(reader, writer)

    async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
        self.carried[-1] += 1
        return await super().reply(received, response, writer)


def test_an_unread_body_on_a_connection_is_detected() -> None:
    with running(LeavesUnread(reference())) as url:
        done = conformance(url, "--max-runs", 25)
    assert (done.code, done.report["verdict"]) == (1, "nonconformant")
    names = [one["request"]["name"] for one in done.clauses["request.accepted"]["counterexample"]["exchanges"]]
    assert any("after a rejected one" in name for name in names), names
    assert "replay" in done.clauses["request.accepted"]["counterexample"]["curl"]


def test_a_kept_connection_carries_the_rejected_request_and_then_the_other() -> None:
    server = Counts()
    with running(server) as url:
        response = send(address(url), "POST", PATH, HEADERS, BODY, 5.0, framing="kept")
    assert isinstance(response, Response)
    assert (response.status, server.carried) == (200, [2])


@pytest.mark.parametrize("header", [b"connection: close", b"x-nothing: 0"], ids=["announced", "unannounced"])
def test_a_connection_that_the_server_closes_is_opened_again(header: bytes) -> None:
    class Closes(Counts):
        async def reply(self, received: RawRequest, response: RawResponse, writer: asyncio.StreamWriter) -> bool:
            self.carried[-1] += 1
            name, _, value = header.partition(b": ")
            writer.write(response.head((b"content-length", b"%d" % len(response.body)), (name, value)) + response.body)
            return False

    server = Closes()
    with running(server) as url:
        response = send(address(url), "POST", PATH, HEADERS, BODY, 5.0, framing="kept")
    assert isinstance(response, Response)
    assert (response.status, server.carried) == (200, [1, 1])


@pytest.mark.parametrize(("framing", "status"), [("two lengths", 400), ("both", 200)])
def test_what_cannot_be_framed_is_sent_as_it_is(framing: str, status: int) -> None:
    with running(reference()) as url:
        response = send(address(url), "POST", PATH, HEADERS, BODY, 5.0, framing=framing)
    assert isinstance(response, Response)
    assert response.status == status


def test_a_server_that_is_gone_after_the_rejection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert not isinstance(send(address(url), "POST", PATH, HEADERS, BODY, 5.0, framing="kept"), Response)


@pytest.mark.parametrize(
    "extra_headers", [[], [("User-Agent", "mine/1"), ("Host", "other.example")]], ids=["none", "given"]
)
def test_the_usual_headers_are_sent_once(extra_headers: list[tuple[str, str]]) -> None:
    server = Watched(reference())
    with running(server) as url:
        send(address(url), "POST", PATH, [*HEADERS, *extra_headers], BODY, 5.0)
    sent = [(name.decode(), value.decode()) for name, value in server.requests[0].headers]
    agents = [value for name, value in sent if name == "user-agent"]
    assert agents == (["mine/1"] if extra_headers else [AGENT])
    assert [value for name, value in sent if name == "host"] == (["other.example"] if extra_headers else [url[7:]])
