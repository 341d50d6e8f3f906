"""docs/moving-from-runloop_api_client.md: its tables of names are compared with both packages, and its claims about the
official SDK with that SDK."""

# ruff: noqa: SLF001 - how the SDK decides is in its private methods

from __future__ import annotations

import inspect
import pickle
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
import runloop_api_client as official
import runloop_benchmarks as rb
from runloop_api_client._models import FinalRequestOptions
from runloop_api_client._response import APIResponse
from runloop_api_client.types import BenchmarkRunView
from runloop_benchmarks import _models

PAGE = Path(__file__).parents[2] / "docs" / "moving-from-runloop_api_client.md"
TEXT = PAGE.read_text(encoding="utf-8")
CLIENTS = official.Runloop(bearer_token="t"), rb.Runloop(bearer_token="t")
RUN = rb.BenchmarkRunView(id="", benchmark_id="", start_time_ms=1, state="running", metadata={})


def public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def arguments(function):
    return set(inspect.signature(function).parameters) - {"self"}


NAMES = {
    "the package": (set(official.__all__), set(rb.__all__) - set(_models.__all__)),
    "a client": tuple(map(public, CLIENTS)),
    "arguments of `Runloop(…)`": (arguments(official.Runloop), arguments(rb.Runloop)),
    "arguments of `with_options`, `copy`": tuple(arguments(client.with_options) for client in CLIENTS),
    "`client.benchmarks`": tuple(public(client.benchmarks) for client in CLIENTS),
    "arguments of `start_run`": tuple(arguments(client.benchmarks.start_run) for client in CLIENTS),
    "a raw response": (public(APIResponse), public(rb.RawResponse)),
    "a run": (set(BenchmarkRunView.model_fields), {name for name in public(RUN) if hasattr(RUN, name)} - {"to_dict"}),
}


def listed(names):
    return ", ".join(f"`{name}`" for name in sorted(names, key=lambda name: (name.lower(), name))) or "-"


def test_the_table_of_names_is_that_of_the_packages():
    rows = [
        f"| {where} | {listed(theirs & ours)} | {listed(theirs - ours)} | {listed(ours - theirs)} |\n"
        for where, (theirs, ours) in NAMES.items()
    ]
    table = "| | in both | only in the SDK | only here |\n|---|---|---|---|\n" + "".join(rows)
    assert table in TEXT, f"put this table into {PAGE.name}:\n{table}"


def test_the_page_names_the_version_that_it_was_compared_with():
    assert f"`runloop_api_client` {version('runloop_api_client')}" in TEXT


def test_the_async_client_has_the_same_names():
    theirs, ours = (public(package.AsyncRunloop(bearer_token="t")) for package in (official, rb))
    assert theirs - ours == NAMES["a client"][0] - NAMES["a client"][1]
    assert ours - theirs == {"aclose"}


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 599])
def test_the_sdk_retries(status):
    assert CLIENTS[0]._should_retry(httpx.Response(status))


def test_the_defaults_of_the_sdk():
    assert httpx.Timeout(30, connect=5) == official.DEFAULT_TIMEOUT
    assert official.DEFAULT_MAX_RETRIES == rb.DEFAULT_MAX_RETRIES == 5
    assert CLIENTS[0]._client.follow_redirects
    assert official.Runloop(bearer_token="", base_url="http://far.example").bearer_token == ""
    for seconds, honoured in ((60, True), (61, False)):
        options = FinalRequestOptions(method="post", url="/")
        wait = CLIENTS[0]._calculate_retry_timeout(1, options, httpx.Headers({"retry-after": str(seconds)}))
        assert (wait == seconds) == honoured


def test_the_sdk_shows_environment_variables_and_cannot_unpickle_an_error():
    run = BenchmarkRunView.construct(id="r", environment_variables={"A": "canary"})
    assert "canary" in repr(run)
    response = httpx.Response(404, request=httpx.Request("POST", "https://x"))
    error = official.NotFoundError("no", response=response, body=None)
    with pytest.raises(TypeError, match="required keyword-only"):
        pickle.loads(pickle.dumps(error))


def test_the_sdk_reads_an_absent_property_as_none():
    assert BenchmarkRunView.construct(id="r").score is None
    assert RUN.score is rb.UNSET
