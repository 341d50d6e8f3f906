"""Sends the requests of a witness, and normalizes what may legally differ between the responses."""

import asyncio
import contextlib
import re
import time
from urllib.parse import urlsplit

import pytest
from runloop_conformance.proof.raw_http import RawRequest, Wire
from runloop_conformance.servers.hosting import RawServer, running
from runloop_conformance.servers.reference import default_document

TOKEN = "token-0123456789abcdef"
PATH = "/v1/benchmarks/start_run"
# A correct server responds within this on any machine. A hang of a wrong server is cut off earlier: if a busy machine
# cuts off a response too, the server still differs from the reference.
PATIENCE_S = 30
HANG_S = 0.4


@pytest.fixture(scope="session")
def document():
    return default_document()


@pytest.fixture(scope="session")
def token():
    return TOKEN


@pytest.fixture(scope="session")
def observe():
    """Return a function that sends requests and returns the normalized responses."""

    def observe(server, witness, *, at_once=False, patience=PATIENCE_S):
        requests = [request.with_token(TOKEN) for request in witness]
        if isinstance(server, RawServer):
            with running(server) as url:
                return normalized(asyncio.run(_over_socket(urlsplit(url).port, requests, at_once, patience)))
        return normalized(asyncio.run(_in_process(server, requests, at_once)))

    return observe


def normalized(responses):
    """Replace what differs from run to run: ids by order of appearance, the present time, the date."""
    ids = {}
    now = time.time_ns() // 1_000_000

    def name_id(match):
        return b"<id %d>" % ids.setdefault(match[0], len(ids))

    def name_time(match):
        return b"<now>" if abs(int(match[0]) - now) < 60_000 else match[0]

    def plain(response):
        response = re.sub(rb"bmr_[0-9a-f]{22}", name_id, response)
        response = re.sub(rb"(?<!\d)\d{13}(?!\d)", name_time, response)
        return re.sub(rb"(?im)^date: .*$", b"date", response)

    return [plain(response) for response in responses]


async def _gathered(exchange, requests, at_once):
    if at_once:
        return await asyncio.gather(*map(exchange, requests))
    return [await exchange(request) for request in requests]


async def _in_process(app, requests, at_once):
    # Without an HTTP client in between, thousands of exchanges take seconds.
    wire = Wire(app)

    async def exchange(request):
        headers = [(name.encode(), value.encode()) for name, value in _headers(request)]
        received = RawRequest(request.method, f"{PATH}?{request.query}", headers, request.body)
        try:
            response = await asyncio.wait_for(wire.respond(received), PATIENCE_S)
        except TimeoutError:
            return b"no answer"
        return b"\n".join([b"%d" % response.status, *(b"%s: %s" % pair for pair in response.headers), response.body])

    return await _gathered(exchange, requests, at_once)


async def _over_socket(port, requests, at_once, patience):
    async def exchange(request):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        received = bytearray()
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(patience):
                writer.write(_written(request))
                while piece := await reader.read(65536):
                    received += piece
                    if len(received) > 1_000_000:
                        break
                received += b"<closed>"
        writer.close()
        return bytes(received)

    return await _gathered(exchange, requests, at_once)


def _headers(request):
    own = [("content-type", request.content_type)] if request.content_type is not None else []
    return [*(("authorization", value) for value in request.authorization), *own, *request.headers]


def _written(request):
    lines = [
        f"{request.method} {PATH}{'?' * bool(request.query)}{request.query} HTTP/1.1",
        "host: server",
        f"content-length: {len(request.body)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in _headers(request)),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + request.body
