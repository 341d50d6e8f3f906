"""Settings of a client at construction: read from the right source, and rejected at once when invalid."""

from __future__ import annotations

import pytest
import runloop_benchmarks as rb
from conftest import Caller

BOTH = pytest.mark.parametrize("kind", [rb.Runloop, rb.AsyncRunloop])


@BOTH
def test_token_and_url_from_the_environment(kind, monkeypatch):
    monkeypatch.setenv("RUNLOOP_API_KEY", "from-env")
    assert kind().bearer_token == "from-env"
    assert str(kind().base_url) == "https://api.runloop.ai"
    monkeypatch.setenv("RUNLOOP_BASE_URL", "https://other.example/prefix/")
    assert str(kind().base_url) == "https://other.example/prefix"
    assert kind(bearer_token="given").bearer_token == "given"


@BOTH
@pytest.mark.parametrize("token", ["", " ", "\n", "\t ", "abc\n", "abc\r\nX: y", "a b", "a\x00b", "tök", "\x7f"])
def test_unusable_tokens(kind, token, monkeypatch):
    with pytest.raises(ValueError, match="bearer_token"):
        kind(bearer_token=token)
    if "\x00" not in token:
        monkeypatch.setenv("RUNLOOP_API_KEY", token)
        with pytest.raises(ValueError, match="RUNLOOP_API_KEY"):
            kind()


@BOTH
def test_no_token(kind):
    with pytest.raises(ValueError, match="RUNLOOP_API_KEY"):
        kind()
    with pytest.raises(TypeError, match="bearer_token"):
        kind(bearer_token=b"bytes")


@BOTH
@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "api.runloop.ai",
        "ftp://api.runloop.ai",
        "https://",
        "https:///v1",
        "https://host:port",
        "https://host:99999",
        "https://host:0",
        "https://user:pass@host",
        "https://host?x=1",
        "https://host#x",
        "https://ho st",
        " https://host",
        "https://host\n",
        "https://[::1",
        "//host",
    ],
)
def test_malformed_urls(kind, url, monkeypatch):
    with pytest.raises(ValueError, match="base_url"):
        kind(bearer_token="token", base_url=url)
    monkeypatch.setenv("RUNLOOP_BASE_URL", url)
    with pytest.raises(ValueError, match="RUNLOOP_BASE_URL"):
        kind(bearer_token="token")


@BOTH
@pytest.mark.parametrize(
    "url", ["http://api.runloop.ai", "http://10.0.0.1", "http://0.0.0.0:80", "http://localhost.example", "HTTP://x.y"]
)
def test_cleartext_is_rejected(kind, url):
    with pytest.raises(ValueError, match="allow_cleartext"):
        kind(bearer_token="token", base_url=url)
    assert kind(bearer_token="token", base_url=url, allow_cleartext=True)


@BOTH
@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1", "http://127.8.8.8", "http://[::1]:80"])
def test_loopback_may_be_cleartext(kind, url):
    assert kind(bearer_token="token", base_url=url)


@BOTH
def test_cleartext_through_a_proxy_is_rejected(kind, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    with pytest.raises(ValueError, match=r"proxy\.example"):
        kind(bearer_token="token", base_url="http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert kind(bearer_token="token", base_url="http://127.0.0.1:1")


@BOTH
@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"timeout": 0}, ValueError),
        ({"timeout": -1}, ValueError),
        ({"timeout": float("nan")}, ValueError),
        ({"timeout": float("inf")}, ValueError),
        ({"timeout": "30"}, TypeError),
        ({"timeout": True}, TypeError),
        ({"max_retries": -1}, ValueError),
        ({"max_retries": 1.5}, TypeError),
        ({"max_retries": "2"}, TypeError),
        ({"default_headers": {"a b": "c"}}, ValueError),
        ({"default_headers": {"a": "c\n"}}, ValueError),
        ({"default_headers": {"a": "ö"}}, ValueError),
        ({"default_headers": {"a": 1}}, TypeError),
        ({"default_headers": {"X-Request-ID": "one-for-all"}}, ValueError),
        ({"http_client": object()}, TypeError),
    ],
)
def test_wrong_options(kind, option, error):
    with pytest.raises(error):
        kind(bearer_token="token", **option)
    if "http_client" not in option:
        with pytest.raises(error):
            kind(bearer_token="token").with_options(**option)


def test_headers_and_queries_of_every_level(server, call, monkeypatch):
    monkeypatch.setenv("RUNLOOP_CUSTOM_HEADERS", "X-Env: env\nX-Over: env")
    call = Caller(
        call.how,
        server.url + "/prefix",
        default_headers={"X-Over": "client", "X-Client": "1", "user-agent": "mine"},
        default_query={"a": "1", "b": "client"},
    )
    call.start_run(extra_headers={"x-over": "call", "X-Call": "2"}, extra_query={"b": "call", "c": ["x", "y"]})
    request = server.requests[0]
    assert request.line == "POST /prefix/v1/benchmarks/start_run?a=1&b=call&c=x%2Cy HTTP/1.1"
    expected = {"x-env": "env", "x-over": "call", "x-client": "1", "x-call": "2", "user-agent": "mine"}
    assert expected.items() <= request.headers.items()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"].startswith("Bearer ")


def test_with_options_adds_and_shares(server):
    first = rb.Runloop(
        bearer_token="token-1", base_url=server.url, default_headers={"A": "1"}, default_query={"q": "1"}
    )
    second = first.with_options(bearer_token="token-2", default_headers={"B": "2"}, max_retries=1, timeout=9)
    second.benchmarks.start_run(benchmark_id="b")
    first.benchmarks.start_run(benchmark_id="b")
    assert server.requests[0].headers["authorization"] == "Bearer token-2"
    assert (server.requests[0].headers["a"], server.requests[0].headers["b"]) == ("1", "2")
    assert "q=1" in server.requests[0].line
    assert server.requests[1].headers["authorization"] == "Bearer token-1"
    assert "b" not in server.requests[1].headers
    assert (second.max_retries, second.timeout, first.max_retries) == (1, 9.0, 5)
    assert server.connections == 1, "they share the connections"
    assert first.copy(timeout=1).timeout == 1.0
    first.close()
    with pytest.raises(rb.ClientClosedError):
        second.benchmarks.start_run(benchmark_id="b")


def test_with_options_elsewhere(server):
    first = rb.Runloop(bearer_token="token", base_url="http://127.0.0.1:1")
    with first.with_options(base_url=server.url) as second:
        assert second.benchmarks.start_run(benchmark_id="b").id
    assert not first.is_closed()
    with pytest.raises(ValueError, match="allow_cleartext"):
        first.with_options(base_url="http://elsewhere.example")


@BOTH
@pytest.mark.parametrize("token", [None, "", " \n"])
def test_a_missing_token_is_an_error_of_this_package_too(kind, token):
    with pytest.raises(rb.RunloopError) as caught:
        kind(bearer_token=token)
    assert type(caught.value) is rb.MissingTokenError
    assert isinstance(caught.value, ValueError)


@BOTH
@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "HOST"])
def test_headers_that_frame_the_request_are_rejected(kind, name, server):
    with pytest.raises(ValueError, match=f"default_headers: '{name}'"):
        kind(bearer_token="token", default_headers={name: "5"})
    with pytest.raises(ValueError, match=f"extra_headers: '{name}'"):
        Caller("sync" if kind is rb.Runloop else "async", server.url).start_run(extra_headers={name: "5"})
    assert server.connections == 0


@BOTH
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("proxy", "reason"),
    [
        ("http://user:hidden-password@proxy.example:3128\n", "not a URL"),
        ('"http://user:hidden-password@proxy.example:3128"', "begin with http"),
        ("ftp://user:hidden-password@proxy.example", "begin with http"),
        ("http://", "names no host"),
        ("http://proxy.example:port", "not a URL"),
    ],
)
def test_an_unusable_proxy_fails_at_construction(kind, name, proxy, reason, monkeypatch):
    monkeypatch.setenv(name, proxy)
    with pytest.raises(ValueError, match=f"{name} names is unusable: .*{reason}") as caught:
        kind(bearer_token="token")
    assert "hidden-password" not in str(caught.value)


@BOTH
@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/nope"), ("SSL_CERT_FILE", __file__), ("SSL_CERT_DIR", "/nope")]
)
def test_unusable_certificates_fail_at_construction(kind, name, value, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"environment variable {name} names are unusable"):
        kind(bearer_token="token")
    assert kind(bearer_token="token", base_url="http://localhost:1"), "there is no TLS"


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("127.0.0.0/8", True),
        ("10.0.0.0/8, 127.0.0.0/8", True),
        ("example.com\n127.0.0.1\n", True),
        ("example.com 127.0.0.1", True),
        ("*", True),
        ("10.0.0.0/8", False),
        ("127.0.0.0/nonsense", False),
        ("", False),
    ],
)
def test_no_proxy(no_proxy, direct, server, monkeypatch):
    from fault_server import FaultServer, fine

    with FaultServer([fine]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", no_proxy)
        assert Caller("sync", server.url).start_run().id
        assert (len(server.requests), len(proxy.requests)) == ((1, 0) if direct else (0, 1))


@BOTH
def test_a_name_below_localhost_is_no_loopback_address(kind):
    with pytest.raises(ValueError, match="allow_cleartext"):
        kind(bearer_token="token", base_url="http://x.localhost")


@BOTH
def test_a_subclass_keeps_its_attributes(kind):
    class Mine(kind):
        pass

    client = Mine(bearer_token="token")
    client.team = "agents"
    assert client.with_options(timeout=1).team == "agents"
    assert client.with_options(timeout=1).benchmarks is not client.benchmarks
