"""https, as in production: a certificate of one's own, trusted by SSL_CERT_FILE."""

from __future__ import annotations

import gc
import shutil
import ssl
import subprocess

import pytest
import runloop_benchmarks as rb
from conftest import Caller
from fault_server import FaultServer, fine, stall

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, to make a certificate")
# aiohttp closes a TLS connection in the background, and asyncio.run does not wait for it (its "Graceful shutdown").
AIOHTTP = pytest.param(
    "aiohttp",
    marks=[
        pytest.mark.filterwarnings("ignore::ResourceWarning"),
        pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    ],
)
WAYS = ["sync", "async", "trio", AIOHTTP]


@pytest.fixture(autouse=True)
def _collected():
    """A leaked resource is reported in the test that leaked it."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return key, cert


@pytest.fixture
def secure(certificate):
    """Makes a TLS server of faults."""
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return lambda *faults: FaultServer(list(faults), tls=context)


@pytest.mark.parametrize("how", WAYS)
def test_a_call_over_tls(how, secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with secure(fine) as server:
        assert Caller(how, server.url).start_run().id


@pytest.mark.parametrize("how", WAYS)
def test_an_untrusted_certificate_is_not_tried_again(how, secure):
    with secure(fine) as server:
        error = Caller(how, server.url).failure()
    assert type(error) is rb.APIConnectionError
    assert error.attempts == 1
    if how != "trio":  # where httpcore gives no text
        assert "certificate" in str(error).lower()
    assert server.started() == 0


@pytest.mark.parametrize("how", WAYS)
def test_the_deadline_over_tls(how, secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with secure(stall) as server:
        error = Caller(how, server.url, timeout=1.0).failure()
        assert isinstance(error, rb.APITimeoutError)
        assert isinstance(error, rb.RunMayHaveStartedError)
        assert error.idempotency_key in server.runs
