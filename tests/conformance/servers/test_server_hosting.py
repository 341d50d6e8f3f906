"""Servers get their own socket, report when they are ready, and stop at once."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
from runloop_conformance.servers.hosting import CannotListenError, running
from runloop_conformance.servers.reference import Reference, default_document

from tests.conformance.outside import ctrl_c_arrives
from tests.conftest import HANGS_AFTER

PATH = "/v1/benchmarks/start_run"
SERVE = "from runloop_conformance.servers.hosting import serve; serve({arguments})"


class Echo:
    async def connection(self, reader, writer):
        writer.write(await reader.readline())
        await writer.drain()


def reference(token="t0ken"):
    return Reference(default_document(), token)


def post(url, token="t0ken", body=b'{"benchmark_id":"b"}'):
    return httpx.post(url + PATH, content=body, headers={"authorization": f"Bearer {token}"}, trust_env=False)


def test_serves_on_a_free_port_and_stops():
    app = reference()
    with running(app) as url:
        assert url.startswith("http://127.0.0.1:")
        response = post(url)
        assert response.status_code == 200
        assert "date" in response.headers
    assert app.runs == 1
    with pytest.raises(httpx.ConnectError):
        post(url)


def test_a_hanging_request_does_not_hold_up_the_end():
    hung = threading.Event()

    async def hang(scope, receive, send):
        hung.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    def ask(url):
        with contextlib.suppress(httpx.HTTPError):
            post(url)

    before = time.monotonic()
    with running(hang) as url:
        asking = threading.Thread(target=ask, args=[url])
        asking.start()
        assert hung.wait(5)
    asking.join(5)
    assert not asking.is_alive()
    assert time.monotonic() - before < 3


def test_a_too_large_body_gets_a_response():
    with running(reference()) as url:
        assert post(url, body=b" " * 20_000_000).status_code == 413


def test_a_raw_server_receives_the_connection():
    with running(Echo()) as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"no HTTP\n")
            assert connection.makefile("rb").readline() == b"no HTTP\n"


def test_a_port_in_use_is_reported():
    with running(Echo()) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(CannotListenError, match=f"127.0.0.1:{port}.*--port"), running(Echo(), port=port):
            pass


@pytest.mark.parametrize(
    ("arguments", "environment", "source"),
    [
        ("token='given'", {"RUNLOOP_API_KEY": "other"}, "as given"),
        ("", {"RUNLOOP_API_KEY": "given"}, "from $RUNLOOP_API_KEY"),
        ("", {}, "made up"),
    ],
)
def test_serve_prints_its_url_and_ends_cleanly(arguments, environment, source):
    inherited = {name: value for name, value in os.environ.items() if name != "RUNLOOP_API_KEY"}
    command = [sys.executable, "-c", SERVE.format(arguments=arguments)]
    number = signal.SIGINT if source == "made up" else signal.SIGTERM
    with ctrl_c_arrives():
        process = subprocess.Popen(command, env=inherited | environment, stdout=subprocess.PIPE, text=True)
    with process:
        line = process.stdout.readline()
        url = line.split()[5]
        token = process.stdout.readline().strip().partition("=")[2] if source == "made up" else "given"
        response = post(url, token)
        process.send_signal(number)
        assert process.wait(HANGS_AFTER) == 0
    version = default_document()["info"]["version"]
    assert line == f"Serving the contract {version} at {url} (token: {source})\n"
    assert response.status_code == 200
