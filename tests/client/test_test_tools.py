"""Tools that replace or watch httpx see what the default clients send, and nothing else is sent."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pook
import pytest
import respx
import runloop_benchmarks as rb
import vcr
from conftest import TOKEN

URL = "https://api.runloop.ai/v1/benchmarks/start_run"
VIEW = {"id": "bmr_mock", "benchmark_id": "b", "start_time_ms": 1, "state": "running", "metadata": {}}
BOTH = pytest.mark.parametrize("kind", ["sync", "async"])


@pytest.fixture(autouse=True)
def _tools_are_off():
    yield
    pook.off()


def start(kind, **options):
    options = {"bearer_token": TOKEN, "max_retries": 0, **options}
    if kind == "sync":
        with rb.Runloop(**options) as client:
            return client.benchmarks.start_run(benchmark_id="b")

    async def main():
        async with rb.AsyncRunloop(**options) as client:
            return await client.benchmarks.start_run(benchmark_id="b")

    return asyncio.run(main())


@BOTH
def test_pytest_httpx(kind, httpx_mock):
    httpx_mock.add_response(method="POST", url=URL, json=VIEW)
    assert start(kind).id == "bmr_mock"
    assert httpx_mock.get_request().headers["authorization"] == f"Bearer {TOKEN}"


@BOTH
def test_a_time_out_that_pytest_httpx_simulates_is_ambiguous(kind, httpx_mock):
    httpx_mock.add_exception(httpx.ReadTimeout("too slow"))
    with pytest.raises(rb.AmbiguousAPITimeoutError):
        start(kind)


@BOTH
def test_a_connection_that_pytest_httpx_rejects_was_not_sent(kind, httpx_mock):
    httpx_mock.add_exception(httpx.ConnectError("nobody listens"))
    with pytest.raises(rb.APIConnectionError) as caught:
        start(kind)
    assert not isinstance(caught.value, rb.RunMayHaveStartedError)


@BOTH
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_respx(kind, using):
    with respx.mock(using=using) as mock:
        route = mock.post(URL).respond(json=VIEW)
        assert start(kind).id == "bmr_mock"
        route.mock(side_effect=httpx.ReadTimeout)
        with pytest.raises(rb.AmbiguousAPITimeoutError):
            start(kind)
        assert route.call_count == 2


@BOTH
def test_pook(kind):
    with pook.use():
        pook.post(URL).reply(200).json(VIEW)
        assert start(kind).id == "bmr_mock"
        assert pook.isdone()


@BOTH
def test_vcrpy(kind, server, tmp_path):
    cassette = str(tmp_path / "cassette.yaml")
    options = {"base_url": server.url}
    with vcr.use_cassette(cassette, filter_headers=["authorization"]):
        recorded = start(kind, **options)
    with vcr.use_cassette(cassette, record_mode="none", match_on=["method", "uri"]):
        assert start(kind, **options) == recorded
    assert server.started() == 1, "the response to the second call came from the cassette"
    assert TOKEN not in Path(cassette).read_text()


@pytest.fixture(scope="session")
def vcrpy_8(tmp_path_factory):
    """The last version that patches httpcore instead of httpx, in its own folder."""
    folder = tmp_path_factory.mktemp("vcrpy")
    install = ["install", "-q", "--disable-pip-version-check", "--no-deps", "--target", str(folder), "vcrpy==8.1.1"]
    done = subprocess.run([sys.executable, "-m", "pip", *install], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"vcrpy 8 cannot be installed: {done.stderr[-200:]}")
    return folder


@BOTH
@pytest.mark.slow
def test_vcrpy_8_sends_nothing_without_a_cassette(kind, server, vcrpy_8, tmp_path):
    program = f"""
import asyncio, sys
sys.path.insert(0, {str(vcrpy_8)!r})
sys.modules["aiohttp"] = None  # vcrpy 8 cannot patch a newer one
import vcr
from runloop_benchmarks import AsyncRunloop, RunMayHaveStartedError, Runloop
assert vcr.__version__ == "8.1.1"
client = {"Runloop" if kind == "sync" else "AsyncRunloop"}(bearer_token="token", base_url={server.url!r})
with vcr.use_cassette({str(tmp_path / "none.yaml")!r}, record_mode="none"):
    try:
        call = client.benchmarks.start_run(benchmark_id="b")
        asyncio.run(call)
    except RunMayHaveStartedError:
        print("rejected")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "rejected\n"
    assert server.requests == []


@BOTH
def test_a_patched_transport_that_sends_by_other_means(kind, server, monkeypatch):
    """A tool that sends the request itself and then fails: the run may have started, although our network saw none."""

    def send(request):
        httpx.post(str(request.url), headers=request.headers, content=request.content)
        raise httpx.ReadTimeout("too slow")

    real = httpx.HTTPTransport.handle_request
    nested = []

    def handle(transport, request):
        if nested:
            return real(transport, request)
        nested.append(request)
        try:
            return send(request)
        finally:
            nested.clear()

    async def handle_async(_transport, request):
        return await asyncio.to_thread(send, request)

    if kind == "sync":
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    else:
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle_async)
    with pytest.raises(rb.AmbiguousAPITimeoutError):
        start(kind, base_url=server.url, max_retries=5)
    assert server.started() == 1


@BOTH
def test_plain_unittest_mock(kind):
    from unittest import mock

    response = httpx.Response(200, json=VIEW)
    transport = httpx.HTTPTransport if kind == "sync" else httpx.AsyncHTTPTransport
    name = "handle_request" if kind == "sync" else "handle_async_request"
    with mock.patch.object(transport, name, return_value=response) as patched:
        assert start(kind).id == "bmr_mock"
    patched.assert_called_once()


@BOTH
def test_sentry_sees_the_call_and_no_secret(kind, server):
    import sentry_sdk
    from sentry_sdk.integrations.httpx import HttpxIntegration
    from sentry_sdk.transport import Transport

    envelopes = []

    class Memory(Transport):
        def capture_envelope(self, envelope):
            envelopes.append(envelope)

    sentry_sdk.init(
        dsn="http://public@127.0.0.1:1/1",
        transport=Memory,
        traces_sample_rate=1.0,
        default_integrations=False,
        integrations=[HttpxIntegration()],
    )
    try:
        with sentry_sdk.start_transaction(name="test"):
            start(kind, base_url=server.url)
    finally:
        sentry_sdk.get_client().close()
    (span,) = envelopes[0].get_transaction_event()["spans"]
    assert "/v1/benchmarks/start_run" in span["description"]
    assert TOKEN not in str(envelopes[0].get_transaction_event())


def test_errors_are_built_as_in_tests_of_other_programs():
    request = httpx.Request("POST", URL)
    response = httpx.Response(404, json={"message": "no"}, request=request)
    error = rb.NotFoundError("not here", response=response, body={"message": "no"})
    assert (error.status_code, error.request, error.message, str(error)) == (404, request, "not here", "not here")
    assert rb.RateLimitError("slow down", response=httpx.Response(429), body=None).status_code == 429
    assert rb.APITimeoutError(request).request is request
    assert rb.APITimeoutError(request=request).message == "Request timed out."
    assert rb.APIConnectionError(request=request).message == "Connection error."
    assert rb.APIConnectionError(message="gone", request=request).message == "gone"
    assert rb.APIResponseValidationError(response, None).status_code == 404
    assert rb.AmbiguousInternalServerError("oh", response=httpx.Response(500), run_id="bmr_1").run_id == "bmr_1"
