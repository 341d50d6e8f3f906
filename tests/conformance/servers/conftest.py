"""Asks a server what a witness asks, and tells what came back with everything left out that may differ legally."""

import asyncio
import contextlib
import re
import time

import pytest
from runloop_conformance.proof.raw_http import Received, Wire
from runloop_conformance.servers.hosting import RawServer
from runloop_conformance.servers.reference import default_document

TOKEN = "token-0123456789abcdef"
PATH = "/v1/benchmarks/start_run"
# A hang is told from an answer by waiting this long. In process nothing hangs, and a busy machine may be slow.
PATIENCE_S = 0.4
PATIENCE_IN_PROCESS_S = 30


@pytest.fixture(scope="session")
def document():
    return default_document()


@pytest.fixture(scope="session")
def token():
    return TOKEN


@pytest.fixture(scope="session")
def observe():
    """Send the requests, and give what was seen of each answer."""

    def observe(server, witness, *, at_once=False):
        asks = [each.with_token(TOKEN) for each in witness]
        over = _over_socket if isinstance(server, RawServer) else _in_process
        return told_apart(asyncio.run(over(server, asks, at_once)))

    return observe


def told_apart(answers):
    """Put the same words for what differs from run to run: ids by order of appearance, the present time, the date."""
    ids = {}
    now = time.time_ns() // 1_000_000

    def name_id(found):
        return b"<id %d>" % ids.setdefault(found[0], len(ids))

    def name_time(found):
        return b"<now>" if abs(int(found[0]) - now) < 60_000 else found[0]

    def plain(answer):
        answer = re.sub(rb"bmr_[0-9a-f]{22}", name_id, answer)
        answer = re.sub(rb"(?<!\d)\d{13}(?!\d)", name_time, answer)
        return re.sub(rb"(?im)^date: .*$", b"date", answer)

    return [plain(answer) for answer in answers]


async def _gathered(exchange, asks, at_once):
    if at_once:
        return await asyncio.gather(*map(exchange, asks))
    return [await exchange(each) for each in asks]


async def _in_process(app, asks, at_once):
    # Without an HTTP client in between, thousands of exchanges take seconds.
    wire = Wire(app)

    async def exchange(each):
        headers = [(name.encode(), value.encode()) for name, value in _headers(each)]
        received = Received(each.method, f"{PATH}?{each.query}", headers, each.body)
        try:
            answer = await asyncio.wait_for(wire.ask(received), PATIENCE_IN_PROCESS_S)
        except TimeoutError:
            return b"no answer"
        return b"\n".join([b"%d" % answer.status, *(b"%s: %s" % pair for pair in answer.headers), answer.body])

    return await _gathered(exchange, asks, at_once)


async def _over_socket(server, asks, at_once):
    tasks = set()

    async def connected(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                await server.connection(reader, writer)
            finally:
                writer.close()

    def start(reader, writer):
        tasks.add(asyncio.create_task(connected(reader, writer)))

    listener = await asyncio.start_server(start, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]

    async def exchange(each):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        received = bytearray()
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(PATIENCE_S):
                writer.write(_written(each))
                while piece := await reader.read(65536):
                    received += piece
                    if len(received) > 1_000_000:
                        break
                received += b"<closed>"
        writer.close()
        return bytes(received)

    answers = await _gathered(exchange, asks, at_once)
    listener.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return answers


def _headers(each):
    own = [("content-type", each.content_type)] if each.content_type is not None else []
    return [*(("authorization", value) for value in each.authorization), *own, *each.headers]


def _written(each):
    lines = [
        f"{each.method} {PATH}{'?' * bool(each.query)}{each.query} HTTP/1.1",
        "host: server",
        f"content-length: {len(each.body)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in _headers(each)),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + each.body
